"""What became of customers is kept once, however often runs tell it."""

from __future__ import annotations

import polars as pl
from tests.support.remembered import MONDAY, NEXT_MONDAY

from scorewell.history import History
from scorewell.history.outcomes import outcomes, remember_outcomes
from scorewell.history.rows import MOMENT


def _told(*rows: tuple[str, str, object]) -> pl.DataFrame:
    schema = {"customer_id": pl.String(), "outcome": pl.String(), "happened_at": MOMENT}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def test_what_was_told_before_is_not_added_again(history: History) -> None:
    with history.writing() as writer:
        assert remember_outcomes(writer, _told(("ada", "churned", MONDAY), ("bob", "renewed", MONDAY))) == 2
    with history.writing() as writer:
        assert remember_outcomes(writer, _told(("bob", "renewed", MONDAY), ("bob", "churned", NEXT_MONDAY))) == 1
    kept = outcomes(history).select("customer_id", "outcome").rows()
    assert kept == [("ada", "churned"), ("bob", "renewed"), ("bob", "churned")]


def test_customers_and_outcomes_may_be_called_anything(history: History) -> None:
    odd = _told(("a\x00b", "left\x00us", MONDAY), ('ä,"b\nc', "", MONDAY))
    for expected in (2, 0):
        with history.writing() as writer:
            assert remember_outcomes(writer, odd) == expected
    assert outcomes(history).select("customer_id", "outcome").rows() == [("a\ufffdb", "left\ufffdus"), ('ä,"b\nc', "")]
