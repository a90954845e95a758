"""The words that messages are made of."""

from __future__ import annotations

import pytest

from scorewell.api.v1 import ScorewellError
from scorewell.messages import did_you_mean, listed, suggested, why


@pytest.mark.parametrize("written", ["minuts", "Minutes", "MINUTS"])
def test_a_near_miss_is_told_whatever_its_case(written: str) -> None:
    assert did_you_mean(written, ["seats", "minutes"]) == ", did you mean 'minutes'?"


def test_what_is_near_nothing_is_told_what_there_is() -> None:
    known = ["seats", "minutes"]
    assert did_you_mean("tickets_open", known, f"; there is {listed(known)}") == "; there is seats, minutes"


def test_the_nearest_names_are_what_to_try() -> None:
    assert suggested("globex inc", ["Initech", "Globex Corp", "Globex"]) == "Globex Corp or Globex"


def test_of_many_names_the_first_are_listed_and_the_others_counted() -> None:
    assert listed([str(number) for number in range(5)], 3) == "0, 1, 2 (2 more)"
    assert listed([]) == "nothing"


def test_an_error_is_told_in_one_line_with_its_kind_where_that_says_something() -> None:
    assert why(ScorewellError("no such table", hint="tickets")) == "no such table"
    assert why(ZeroDivisionError("division by zero\nand more")) == "ZeroDivisionError: division by zero"
    assert why(KeyboardInterrupt()) == "KeyboardInterrupt"


@pytest.mark.parametrize("kind", [ScorewellError, OSError])
def test_an_error_in_one_line_has_no_password_of_an_address(kind: type[Exception]) -> None:
    told = why(kind("403 for https://api.example.com/v1/accounts?api_key=s3cret\nmore"))
    assert "s3cret" not in told
    assert "https://api.example.com/v1/accounts?api_key=***" in told
