"""The trend of scores: against a reference that goes row by row, and case by case."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.support.stored_scores import BERLIN, MONDAY, Stored, days_before, past, scores

from scorewell.scoring import Past, with_trend

DAY = timedelta(days=1)
COLUMNS = (
    *("previous_score", "change", "change_30d", "change_90d", "slope", "volatility"),
    *("days_in_band", "last_transition", "line_break"),
)


def trend(now: Stored, before: list[Stored], **of_past: Any) -> dict[str, Any]:
    return with_trend(scores([now]), past(before, **of_past)).row(0, named=True)


def weekly(*points: float | None, **settings: Any) -> list[Stored]:
    """Scores of the weeks before Monday, the last of them one week ago."""
    count = len(points)
    return [
        Stored(as_of=days_before(MONDAY, 7 * (count - position)), score=score, **settings)
        for position, score in enumerate(points)
    ]


def now(score: float | None, **settings: Any) -> Stored:
    return Stored(as_of=MONDAY, score=score, **settings)


def test_the_columns_stand_behind_the_baseline_with_their_types() -> None:
    frame = with_trend(scores([now(50)]), Past.none())
    at = frame.columns.index("baseline") + 1
    assert tuple(frame.columns[at : at + len(COLUMNS)]) == COLUMNS
    types = {**dict.fromkeys(COLUMNS[:6], pl.Float64()), "days_in_band": pl.Int64(), "line_break": pl.String()}
    assert dict(frame.select(COLUMNS).schema) == {**types, "last_transition": pl.Datetime("us", "Europe/Berlin")}


def test_a_first_score_has_no_trend_and_is_in_its_band_since_now() -> None:
    row = trend(now(50), [])
    assert {name: row[name] for name in COLUMNS} == {**dict.fromkeys(COLUMNS), "days_in_band": 0}


def test_a_run_of_nobody_has_the_columns_too() -> None:
    assert set(COLUMNS) <= set(with_trend(scores([]), past(weekly(50, 51))).columns)


def test_the_change_is_from_the_last_score_and_runs_without_one_are_skipped() -> None:
    row = trend(now(50), weekly(40, 44.5, None))
    assert (row["previous_score"], row["change"]) == (44.5, 5.5)


def test_who_has_no_score_now_still_has_a_previous_one_and_no_trend() -> None:
    row = trend(now(None), weekly(40, 44, 48, 50))
    assert {name: row[name] for name in COLUMNS} == {**dict.fromkeys(COLUMNS), "previous_score": 50}


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ([28, 35], 28),  # weekly: four weeks are nearer than five
        ([31], 31),
        ([24, 36], 36),  # as near: the earlier
        ([22], None),
        ([38], None),
        ([22.5], 22.5),
        ([37.5], 37.5),
    ],
)
def test_a_change_over_thirty_days_is_from_the_score_nearest_to_them_within_a_quarter(
    ages: list[float], expected: float | None
) -> None:
    # The score says how many days ago it is, so the change does too.
    row = trend(now(0), [Stored(as_of=days_before(MONDAY, age), score=age) for age in ages])
    assert row["change_30d"] == (None if expected is None else -expected)


def test_a_change_over_ninety_days_reaches_from_67_to_112() -> None:
    def change(*ages: float) -> float | None:
        row = trend(now(0), [Stored(as_of=days_before(MONDAY, age), score=age) for age in ages])
        return row["change_90d"]  # type: ignore[no-any-return]

    assert change(84, 91, 98) == -91
    assert (change(67), change(68), change(112), change(113)) == (None, -68, -112, None)


def test_a_steady_fall_has_a_slope_and_no_volatility() -> None:
    row = trend(now(40), weekly(*(80 - 5 * week for week in range(8))))
    assert (row["slope"], row["volatility"]) == (-5, 0)


def test_a_zigzag_has_volatility_and_no_slope() -> None:
    row = trend(now(50), weekly(50, 60, 60))
    assert (row["slope"], row["volatility"]) == (0, 5)


def test_a_slope_needs_three_scores_over_two_weeks() -> None:
    assert trend(now(50), weekly(40, 45))["slope"] == 5
    assert trend(now(50), weekly(45))["slope"] is None
    daily = [Stored(as_of=days_before(MONDAY, days), score=50.0) for days in range(1, 14)]
    assert trend(now(50), daily)["slope"] is None
    assert trend(now(50), [*daily, Stored(as_of=days_before(MONDAY, 14), score=50.0)])["slope"] == 0


def test_a_scale_or_moments_that_need_more_than_64_bits_are_followed_as_well() -> None:
    odd = timedelta(microseconds=123_457)
    steady = [
        attrs.evolve(each, as_of=each.as_of + week * odd)
        for week, each in enumerate(weekly(*(8e13 - 5e12 * week for week in range(8))))
    ]
    row = trend(now(4e13), steady)
    assert row["slope"] == pytest.approx(-5e12, rel=1e-6)
    assert row["volatility"] == pytest.approx(0, abs=1e7)


def test_who_else_is_there_changes_no_digit_of_a_trend() -> None:
    def volatility(*customers: str) -> float:
        before = [each for name in customers for each in weekly(48783286.441, 6321794.817, customer_id=name)]
        frame = with_trend(scores([now(60486599, customer_id=name) for name in customers]), past(before))
        return frame["volatility"][0]  # type: ignore[no-any-return]

    assert volatility("1") == volatility("1", "2")


def test_scores_older_than_ninety_days_do_not_bend_the_slope() -> None:
    old = [Stored(as_of=days_before(MONDAY, 91), score=0.0)]
    assert trend(now(50), [*old, *weekly(50, 50, 50)])["slope"] == 0
    assert trend(now(50), [attrs.evolve(old[0], as_of=days_before(MONDAY, 90)), *weekly(50, 50, 50)])["slope"] > 0


def test_a_week_is_a_week_when_the_clocks_change() -> None:
    moment = datetime(2026, 4, 6, tzinfo=BERLIN)  # summer time began on 29 March
    before = [Stored(as_of=days_before(moment, 7 * week), score=80.0 + 5 * week) for week in range(1, 4)]
    row = with_trend(scores([Stored(as_of=moment, score=80.0)]), past(before)).row(0, named=True)
    assert (row["slope"], row["volatility"], row["days_in_band"]) == (-5, 0, 21)


def test_two_weeks_to_the_day_are_two_weeks_though_an_hour_is_missing() -> None:
    moment = datetime(2026, 4, 6, tzinfo=BERLIN)
    before = [Stored(as_of=days_before(moment, days), score=50.0) for days in (14, 7)]
    assert with_trend(scores([Stored(as_of=moment, score=50.0)]), past(before))["slope"].item() == 0


def test_days_in_a_band_count_from_the_first_score_in_it() -> None:
    row = trend(now(65), weekly(80, 75, 60, 55))
    assert (row["days_in_band"], row["last_transition"]) == (14, days_before(MONDAY, 14))


def test_a_band_entered_now_is_entered_now() -> None:
    row = trend(now(30), weekly(80, 60, 55))
    assert (row["days_in_band"], row["last_transition"]) == (0, MONDAY)


def test_a_run_without_a_score_does_not_interrupt_a_stay() -> None:
    assert trend(now(50), weekly(80, 55, None, 55))["days_in_band"] == 21


def moved(days: float, to: str, kind: str = "moved") -> dict[str, object]:
    at = days_before(MONDAY, days).astimezone(ZoneInfo("UTC"))
    return {"customer_id": "1", "score_name": "health", "as_of": at, "kind": kind, "from_band": "x", "to_band": to}


@pytest.mark.parametrize(("kind", "came"), [("moved", 400), ("entered", None), ("restarted", None)])
def test_how_long_a_stay_is_that_began_beyond_the_reach_is_known_from_its_transition(
    kind: str, came: int | None
) -> None:
    row = trend(now(50), weekly(50, 50), transitions=[moved(400, "stable", kind)])
    assert row["days_in_band"] == 400
    assert row["last_transition"] == (None if came is None else days_before(MONDAY, came))


def test_a_stored_transition_counts_only_where_the_stay_may_be_that_old() -> None:
    assert trend(now(50), weekly(80, 50), transitions=[moved(400, "stable")])["days_in_band"] == 7
    assert trend(now(50), weekly(50, 50), transitions=[moved(400, "healthy")])["days_in_band"] == 14
    assert trend(now(50), weekly(50, line="b"), transitions=[moved(400, "stable")])["days_in_band"] == 0


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ({"segment": "enterprise", "stage": "old"}, "segment"),
        ({"stage": "old"}, "stage"),
        ({}, "scorecard"),
        ({"segment": None, "stage": None}, "segment"),
    ],
)
def test_a_break_of_the_line_says_what_broke_it(before: dict[str, Any], expected: str) -> None:
    row = trend(now(80, stage="new"), weekly(30, **{"stage": "new", **before, "line": "b"}))
    assert (row["line_break"], row["change"], row["previous_score"], row["days_in_band"]) == (expected, None, 30, 0)


def test_what_was_imported_has_no_line_and_is_another_scorecards() -> None:
    row = trend(now(80), weekly(30, 31, segment=None, line=None))
    assert (row["line_break"], row["change"], row["slope"]) == ("scorecard", None, None)


def test_imported_scores_follow_one_another() -> None:
    row = trend(now(80, line=None, segment=None), weekly(60, 70, segment=None, line=None))
    assert (row["line_break"], row["change"], row["slope"]) == (None, 10, 10)


def test_a_line_that_comes_back_begins_anew() -> None:
    before = [*weekly(10, 20, 30, None, None), *weekly(40, 40, line="b")]
    row = trend(now(50), before)
    assert (row["line_break"], row["slope"], row["change_30d"], row["days_in_band"]) == ("scorecard", None, None, 0)


def test_a_break_is_told_once() -> None:
    row = trend(now(50), [*weekly(10, None, line="b"), *weekly(45)])
    assert (row["line_break"], row["change"]) == (None, 5)


def test_what_is_stored_of_the_same_moment_or_later_is_not_looked_at() -> None:
    later = [Stored(as_of=MONDAY, score=1.0), Stored(as_of=MONDAY + 7 * DAY, score=2.0)]
    assert trend(now(50), [*weekly(45), *later])["previous_score"] == 45


def test_two_scores_of_a_customer_have_a_trend_each() -> None:
    before = [*weekly(40, 45), *weekly(90, 80, score_name="adoption")]
    frame = with_trend(scores([now(50), now(70, score_name="adoption")]), past(before))
    assert frame["slope"].to_list() == [5, -10]


def test_the_order_of_rows_stays() -> None:
    frame = with_trend(scores([now(50, customer_id=name) for name in "cab"]), past(weekly(40, customer_id="a")))
    assert frame["customer_id"].to_list() == ["c", "a", "b"]
    assert frame["change"].to_list() == [None, 10, None]


# The reference: one customer at a time, floats, loops.


def reference(row: Stored, before: list[Stored]) -> dict[str, Any]:
    key = (row.customer_id, row.score_name)
    mine = [each for each in before if (each.customer_id, each.score_name) == key and each.score is not None]
    mine = sorted((each for each in mine if each.as_of < row.as_of), key=lambda each: each.as_of)
    found: dict[str, Any] = dict.fromkeys(COLUMNS)
    if mine:
        found["previous_score"] = mine[-1].score
    if row.score is None:
        return found
    line: list[Stored] = []
    for each in reversed(mine):
        if each.line != row.line:
            break
        line.insert(0, each)
    if mine and not line:
        found["line_break"] = break_of(row, mine[-1])
    return found | along(row, line) | stay(row, line)


def break_of(row: Stored, last: Stored) -> str:
    differing = [name for name in ("segment", "stage") if getattr(last, name) != getattr(row, name)]
    return differing[0] if differing and last.line is not None else "scorecard"


def along(row: Stored, line: list[Stored]) -> dict[str, Any]:
    found = least_squares([(-age(row, each), number(each)) for each in [*line, row] if age(row, each) <= 90])
    if line:
        found["change"] = number(row) - number(line[-1])
    for days in (30, 90):
        nearest = min(line, key=lambda each: (abs(age(row, each) - days), -age(row, each)), default=None)
        if nearest is not None and abs(age(row, nearest) - days) <= days / 4:
            found[f"change_{days}d"] = number(row) - number(nearest)
    return found


def stay(row: Stored, line: list[Stored]) -> dict[str, Any]:
    entered, came = row, False
    for each in reversed(line):
        if each.band != row.band:
            came = True
            break
        entered = each
    return {"days_in_band": math.floor(age(row, entered)), "last_transition": entered.as_of if came else None}


def number(row: Stored) -> float:
    assert row.score is not None
    return row.score


def age(row: Stored, each: Stored) -> float:
    return (wall(row) - wall(each)) / DAY


def wall(row: Stored) -> datetime:
    return row.as_of.astimezone(BERLIN).replace(tzinfo=None)


def least_squares(points: list[tuple[float, float]]) -> dict[str, float]:
    if len(points) < 3 or points[0][0] > -14:
        return {}
    middle_x = math.fsum(x for x, _ in points) / len(points)
    middle_y = math.fsum(y for _, y in points) / len(points)
    rate = math.fsum((x - middle_x) * (y - middle_y) for x, y in points)
    rate /= math.fsum((x - middle_x) ** 2 for x, _ in points)
    squares = math.fsum((y - middle_y - rate * (x - middle_x)) ** 2 for x, y in points)
    return {"slope": rate * 7, "volatility": math.sqrt(squares / len(points))}


MOMENTS = [
    *(days_before(MONDAY, 7 * week) for week in range(1, 20)),
    *(days_before(MONDAY, days) for days in (1, 2, 30, 90, 30.5, 64.75)),
    days_before(MONDAY, 400),
]


@st.composite
def rows(draw: st.DrawFn, moments: list[datetime]) -> list[Stored]:
    made = []
    for as_of in moments:
        for customer_id in draw(st.lists(st.sampled_from("123"), unique=True)):
            for score_name in draw(st.sampled_from([("health",), ("health", "adoption"), ()])):
                score = draw(st.one_of(st.none(), st.integers(0, 1000).map(lambda n: n / 10)))
                stage = draw(st.sampled_from([None, None, None, "old"]))
                line = draw(st.sampled_from(["a", "a", "a", "b", None]))
                made.append(
                    Stored(
                        as_of=as_of,
                        score=score,
                        customer_id=customer_id,
                        score_name=score_name,
                        segment="smb" if line else None,
                        stage=stage,
                        line=None if line is None else f"{line}{stage}",
                    )
                )
    return made


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Stored], list[Stored]]:
    moments = draw(st.lists(st.sampled_from(MOMENTS), unique=True, max_size=9))
    return draw(rows([MONDAY])), draw(rows(moments))


@given(histories())
@settings(deadline=None)
def test_the_trend_is_that_of_the_reference(history: tuple[list[Stored], list[Stored]]) -> None:
    present, before = history
    frame = with_trend(scores(present), past(before))
    for row, got in zip(present, frame.iter_rows(named=True), strict=True):
        for name, value in reference(row, before).items():
            close = pytest.approx(value, abs=2e-9) if isinstance(value, float) else value
            assert got[name] == close, name


@given(histories(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30)
def test_no_order_of_stored_rows_changes_a_digit(history: tuple[list[Stored], list[Stored]], chance: Any) -> None:
    present, before = history
    shuffled = before.copy()
    chance.shuffle(shuffled)
    frame = scores(present)
    assert_frame_equal(with_trend(frame, past(before)), with_trend(frame, past(shuffled)), check_exact=True)
