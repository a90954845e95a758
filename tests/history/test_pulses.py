"""Pulses, kept with who gave them, when and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import polars as pl
import pytest

from scorewell.history import History
from scorewell.history.pulses import Pulse, StoredPulse, add_pulse, pulse_rows, pulses

MAY = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
GIVEN = Pulse(customer_id="a1", value=2, reason="sponsor", note="Left for a rival", author="mara", given_at=MAY)


def given(history: History, **changes: Any) -> StoredPulse:
    with history.writing() as writer:
        return add_pulse(writer, attrs.evolve(GIVEN, **changes))


def test_what_was_said_is_there_again_the_latest_first(history: History) -> None:
    first = given(history)
    second = given(history, value=4, given_at=MAY + DAY, note=None)
    third = given(history, value=5, given_at=MAY - DAY)
    assert pulses(history) == (second, first, third)
    assert Pulse(**{field.name: getattr(first, field.name) for field in attrs.fields(Pulse)}) == GIVEN


def test_they_are_a_table_of_events(history: History) -> None:
    given(history, given_at=MAY + DAY, value=4, reason=None)
    given(history)
    rows = pulse_rows(history)
    assert rows.schema == {
        "customer_id": pl.String,
        "pulse": pl.Int64,
        "reason": pl.String,
        "note": pl.String,
        "by": pl.String,
        "time": pl.Datetime("us", "UTC"),
    }
    assert rows.select("customer_id", "pulse", "reason", "by", "time").rows() == [
        ("a1", 2, "sponsor", "mara", MAY),
        ("a1", 4, None, "mara", MAY + DAY),
    ]


def test_those_of_a_period_begin_with_its_first_moment_and_end_before_its_last(history: History) -> None:
    for days in range(3):
        given(history, given_at=MAY + days * DAY)
    assert pulse_rows(history, MAY + DAY, MAY + 2 * DAY)["time"].to_list() == [MAY + DAY]


def test_those_of_one_customer_are_told_alone(history: History) -> None:
    given(history)
    mine = given(history, customer_id="b2")
    assert pulses(history, customer_id="b2") == (mine,)


def test_another_project_in_the_same_store_has_its_own(open_history: Callable[..., History]) -> None:
    given(open_history("Acme"))
    assert pulses(open_history("Other")) == ()
    assert pulse_rows(open_history("Other")).is_empty()


@pytest.mark.parametrize("value", [0, 6, -1])
def test_nobody_feels_better_than_5_or_worse_than_1(history: History, value: int) -> None:
    with pytest.raises(ValueError, match="a pulse is 1 to 5"):
        given(history, value=value)
