"""Transitions: who moved, came, returned, left, or began a new line."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from tests.scoring.test_trend import histories, now, weekly
from tests.support.stored_scores import MONDAY, Stored, days_before, past, scores, stored

from scorewell.scoring import TRANSITIONS, Past, transitions, with_trend


def found(present: list[Stored], before: list[Stored]) -> list[tuple[Any, ...]]:
    frame = transitions(scores(present), past(before))
    return frame.select("customer_id", "kind", "from_band", "to_band", "from_score", "to_score").rows()


def test_another_band_is_a_move_with_the_bands_and_scores_of_both_sides() -> None:
    assert found([now(30)], weekly(80)) == [("1", "moved", "healthy", "at_risk", 80, 30)]


def test_the_same_band_is_no_transition() -> None:
    assert found([now(60)], weekly(50)) == []


def test_a_first_score_enters() -> None:
    assert found([now(30)], []) == [("1", "entered", None, "at_risk", None, 30)]


def test_a_score_that_comes_back_into_its_band_returns() -> None:
    assert found([now(60)], weekly(50, None)) == [("1", "returned", "stable", "stable", 50, 60)]


def test_a_score_that_comes_back_into_another_band_moved() -> None:
    assert found([now(30)], weekly(50, None)) == [("1", "moved", "stable", "at_risk", 50, 30)]


def test_who_was_not_a_customer_in_the_last_run_returns_too() -> None:
    assert found([now(60), now(60, customer_id="2")], [*weekly(50, None), *weekly(50, customer_id="2")]) == [
        ("1", "returned", "stable", "stable", 50, 60)
    ]
    before = [*weekly(50), Stored(as_of=days_before(MONDAY, 1), score=50, customer_id="2")]
    assert found([now(60), now(60, customer_id="2")], before) == [("1", "returned", "stable", "stable", 50, 60)]


def test_a_broken_line_restarts_and_is_no_fall_whatever_the_bands() -> None:
    assert found([now(30)], weekly(80, line="b")) == [("1", "restarted", "healthy", "at_risk", 80, 30)]
    assert found([now(30)], weekly(20, line="b")) == [("1", "restarted", "at_risk", "at_risk", 20, 30)]


def test_who_has_no_score_any_more_left_and_so_did_who_is_gone() -> None:
    before = [*weekly(50), *weekly(80, customer_id="2")]
    assert found([now(None)], before) == [
        ("1", "left", "stable", None, 50, None),
        ("2", "left", "healthy", None, 80, None),
    ]


def test_a_customer_leaves_once() -> None:
    assert found([now(None)], weekly(50, None)) == []


def test_rows_are_sorted_and_have_the_moment_in_utc() -> None:
    present = [now(30, customer_id="b"), now(30, customer_id="a", score_name="x"), now(30, customer_id="a")]
    frame = transitions(scores(present), Past.none())
    assert frame.schema == TRANSITIONS
    assert frame["customer_id"].to_list() == ["a", "a", "b"]
    assert frame["as_of"].unique().to_list() == [MONDAY]


def test_stored_rows_will_do_so_that_a_later_run_is_compared_anew() -> None:
    first, second = weekly(80, 30)
    late = now(35)
    assert transitions(stored([late]), past([first]))["kind"].to_list() == ["moved"]
    assert transitions(stored([late]), past([first, second])).is_empty()


@given(histories())
@settings(deadline=None, max_examples=50)
def test_a_row_says_moved_exactly_where_the_trend_says_that_a_band_was_entered_now(
    history: tuple[list[Stored], list[Stored]],
) -> None:
    present, before = history
    trend = with_trend(scores(present), past(before))
    now_entered = {
        (row["customer_id"], row["score_name"])
        for row in trend.iter_rows(named=True)
        if row["last_transition"] is not None and row["days_in_band"] == 0 and row["last_transition"] == MONDAY
    }
    rows = transitions(scores(present), past(before)).iter_rows(named=True)
    assert {(row["customer_id"], row["score_name"]) for row in rows if row["kind"] == "moved"} == now_entered


@given(histories())
@settings(deadline=None, max_examples=50)
def test_customers_do_not_influence_one_another(history: tuple[list[Stored], list[Stored]]) -> None:
    present, before = history
    # A fourth customer in every run: the runs are there, whoever else is.
    runs = [Stored(as_of=moment, score=None, customer_id="4") for moment in {row.as_of for row in before}]
    fourth = now(None, customer_id="4")
    together = transitions(scores([*present, fourth]), past([*before, *runs]))
    for customer in "123":
        mine = [[row for row in rows if row.customer_id == customer] for rows in (present, before)]
        alone = transitions(scores([*mine[0], fourth]), past([*mine[1], *runs]))
        assert alone.rows() == together.filter(customer_id=customer).rows()
