"""Bands that hold: by points, by thresholds, by readings; against a reference that goes run by run."""

from __future__ import annotations

from typing import Any, cast

import attrs
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scoring.test_trend import now, weekly
from tests.support.scorecards import BANDS, project, scorecard, scored
from tests.support.stored_scores import BERLIN, MONDAY, Stored, band_of, days_before, past, scores

from scorewell.configuration.model import Band, Hysteresis, Leave, Project, Segment
from scorewell.scoring import Past, fewest_runs, followed, with_hysteresis
from scorewell.scoring.hysteresis import held_in_turn

THREE_POINTS = Hysteresis(points=3.0)
THRESHOLDS = Hysteresis(leave={"at_risk": Leave(above=45.0), "healthy": Leave(below=60.0)})
THREE_READINGS = Hysteresis(readings=3)


def holding(rule: Hysteresis | None, **settings: Any) -> Project:
    card = scorecard(metrics={"a": scored()}, hysteresis=rule, **settings)
    return project(card, segments={"smb": Segment(scorecard="card")})


def bands(rule: Hysteresis, *points: float | None, **settings: Any) -> list[str | None]:
    """The bands of weekly scores, each with those before it as they were printed."""
    of, printed, found = holding(rule, **settings), pl.DataFrame(), list[str | None]()
    for position, score in enumerate(points):
        row = Stored(as_of=days_before(MONDAY, 7 * (len(points) - position)), score=score)
        known = past([]) if printed.is_empty() else Past(scores=printed)
        frame = with_hysteresis(scores([row]), known, of)
        printed = pl.concat([printed, frame.with_columns(pl.col("as_of").dt.convert_time_zone("UTC"))])
        found.append(frame["band"].item())
    return found


def test_a_band_is_left_only_by_a_score_more_than_the_points_beyond_its_edge() -> None:
    assert bands(THREE_POINTS, 40, 41, 43, 44) == ["at_risk", "at_risk", "at_risk", "stable"]
    assert bands(THREE_POINTS, 75, 70, 67, 66) == ["healthy", "healthy", "healthy", "stable"]


def test_who_left_is_held_on_the_other_side() -> None:
    assert bands(THREE_POINTS, 40, 44, 40, 37, 36) == ["at_risk", "stable", "stable", "stable", "at_risk"]


def test_a_score_may_pass_over_a_band() -> None:
    assert bands(THREE_POINTS, 30, 90) == ["at_risk", "healthy"]


def test_a_first_score_has_the_band_that_holds_it() -> None:
    assert bands(THREE_POINTS, 41) == ["stable"]


def test_runs_without_a_score_are_skipped() -> None:
    assert bands(THREE_POINTS, 40, None, 42) == ["at_risk", None, "at_risk"]


def test_thresholds_are_each_bands_own() -> None:
    assert bands(THRESHOLDS, 40, 45, 46, 41, 40) == ["at_risk", "at_risk", "stable", "stable", "at_risk"]
    assert bands(THRESHOLDS, 80, 60, 59, 70, 71) == ["healthy", "healthy", "stable", "stable", "healthy"]


def test_a_side_without_a_threshold_ends_at_the_bands_edge() -> None:
    assert bands(THRESHOLDS, 50, 40) == ["stable", "at_risk"]
    assert bands(THRESHOLDS, 50, 71) == ["stable", "healthy"]


def test_another_band_counts_after_so_many_scores_in_it() -> None:
    assert bands(THREE_READINGS, 50, 30, 30, 30) == ["stable", "stable", "stable", "at_risk"]


def test_a_score_back_in_its_band_begins_the_count_anew() -> None:
    assert bands(THREE_READINGS, 50, 30, 30, 50, 30, 30) == ["stable"] * 6


def test_readings_beyond_the_same_edge_move_to_the_nearest_of_their_bands() -> None:
    assert bands(THREE_READINGS, 80, 30, 50, 30, 30, 30)[3:] == ["stable", "stable", "at_risk"]


def test_readings_on_either_side_of_a_band_hold_it() -> None:
    assert bands(THREE_READINGS, 50, 30, 80, 30, 80) == ["stable"] * 5


def test_bands_that_name_their_lower_edge_are_held_as_far_beyond_it() -> None:
    from_below = (Band(name="red", from_=0.0), Band(name="green", from_=50.0))
    of = holding(THREE_POINTS, bands=from_below)

    def band(before: tuple[str, float], score: float) -> str:
        known = past([Stored(as_of=days_before(MONDAY, 7), score=before[1])])
        known = attrs.evolve(known, scores=known.scores.with_columns(band=pl.lit(before[0])))
        own = "green" if score >= 50 else "red"
        frame = scores([now(score)]).with_columns(band=pl.lit(own))
        return str(with_hysteresis(frame, known, of)["band"].item())

    assert [band(("red", 40), score) for score in (50, 53, 54)] == ["red", "red", "green"]
    assert [band(("green", 60), score) for score in (49, 47, 46)] == ["green", "green", "red"]


def test_a_broken_line_starts_afresh() -> None:
    frame = with_hysteresis(scores([now(41)]), past(weekly(40, line="b")), holding(THREE_POINTS))
    assert frame["band"].item() == "stable"


def test_a_held_band_is_marked_beside_it_and_only_where_something_can_be_held() -> None:
    frame = with_hysteresis(scores([now(41)]), past(weekly(40)), holding(THREE_POINTS))
    at = frame.columns.index("band")
    assert frame.columns[at + 1] == "band_held"
    assert frame.row(0, named=True)["band_held"] is True
    assert with_hysteresis(scores([now(39)]), past(weekly(40)), holding(THREE_POINTS))["band_held"].item() is False
    assert "band_held" not in with_hysteresis(scores([now(41)]), past(weekly(40)), holding(None)).columns


def test_a_persons_override_decides_on_the_band() -> None:
    frame = scores([now(41)]).with_columns(override=pl.lit("Sponsor came back, until 2026-09-01"))
    assert with_hysteresis(frame, past(weekly(40)), holding(THREE_POINTS))["band"].item() == "stable"


def test_each_scorecard_holds_as_it_says_itself() -> None:
    cards = {
        "loose": scorecard(metrics={"a": scored()}),
        "firm": scorecard(metrics={"a": scored()}, hysteresis=THREE_POINTS),
        "slow": scorecard(metrics={"a": scored()}, hysteresis=THREE_READINGS),
    }
    of = project(cards, segments={name: Segment(scorecard=name) for name in cards})
    present = [now(score, segment=name, customer_id=name) for name in cards for score in [44.0]]
    before = [row for name in cards for row in weekly(40, segment=name, customer_id=name)]
    frame = with_hysteresis(scores(present), past(before), of)
    assert dict(frame.select("customer_id", "band").iter_rows()) == {
        "loose": "stable",
        "firm": "stable",
        "slow": "at_risk",
    }


def test_trend_and_transitions_speak_of_the_band_that_is_held() -> None:
    of = holding(THREE_POINTS)
    first = followed(scores([attrs.evolve(now(40), as_of=days_before(MONDAY, 7))]).drop("line"), Past.none(), of)
    stored = first.scores.with_columns(pl.col("as_of").dt.convert_time_zone("UTC"))
    second = followed(scores([now(42)]).drop("line"), Past(scores=stored, last_stays=first.transitions), of)
    row = second.scores.row(0, named=True)
    assert (row["band"], row["days_in_band"], row["change"]) == ("at_risk", 7, 2)
    assert second.transitions.is_empty()


def test_readings_say_how_many_runs_are_needed_however_old() -> None:
    assert [fewest_runs(holding(rule)) for rule in (None, THREE_POINTS, Hysteresis(readings=6))] == [1, 1, 5]


# The reference: the printed band of each score from those before it, one at a time.


def reference(rule: Hysteresis, points: list[float | None]) -> list[str | None]:
    names = [band.name for band in BANDS]
    found, numbers, current = list[str | None](), list[int](), cast("int | None", None)
    for score in points:
        if score is None:
            found.append(None)
            continue
        own = names.index(band_of(score) or "")
        numbers.append(own)
        current = own if current is None else step(rule, current, score, numbers)
        found.append(names[current])
    return found


def step(rule: Hysteresis, current: int, score: float, numbers: list[int]) -> int:
    edges, own = [0.0, 40.0, 70.0, 100.0], numbers[-1]
    if rule.readings is not None:
        last = numbers[-rule.readings :] if len(numbers) >= rule.readings else [current]
        return min(last) if min(last) > current else min(current, max(last))
    if rule.points is not None:
        low, high = edges[current] - rule.points, edges[current + 1] + rule.points
    else:
        leave = rule.leave.get(BANDS[current].name, Leave())
        low = 100.0 if leave.below is None else leave.below
        high = 0.0 if leave.above is None else leave.above
    is_kept = score <= high if own > current else score >= low
    return current if is_kept else own


rules = st.one_of(
    st.integers(1, 40).map(lambda points: Hysteresis(points=float(points))),
    st.integers(2, 4).map(lambda count: Hysteresis(readings=count)),
    st.just(THRESHOLDS),
)


@given(rules, st.lists(st.one_of(st.none(), st.integers(0, 100).map(float)), min_size=1, max_size=8))
@settings(deadline=None, max_examples=60)
def test_bands_are_those_of_the_reference(rule: Hysteresis, points: list[float | None]) -> None:
    assert bands(rule, *points) == reference(rule, points)


@given(rules, st.lists(st.one_of(st.none(), st.integers(0, 100).map(float)), min_size=1, max_size=8))
@settings(deadline=None, max_examples=20)
def test_bands_in_turn_are_those_of_the_reference(rule: Hysteresis, points: list[float | None]) -> None:
    rows = [Stored(as_of=days_before(MONDAY, 7 * (len(points) - at)), score=score) for at, score in enumerate(points)]
    latest_first = past(reversed(rows)).scores.drop("line")
    assert held_in_turn(latest_first, holding(rule)).get_column("band").to_list() == reference(rule, points)


@pytest.mark.parametrize(("weeks", "band"), [(15, "at_risk"), (16, "stable")])
def test_bands_in_turn_do_not_hold_beyond_what_a_run_looks_back_at(weeks: int, band: str) -> None:
    """After 16 weeks without a score, 119 days lie between the two, and a run looks at 113."""
    points = [38.0, *[None] * weeks, 41.0]
    rows = [Stored(as_of=days_before(MONDAY, 7 * (len(points) - at)), score=score) for at, score in enumerate(points)]
    found = held_in_turn(past(rows).scores.drop("line"), holding(THREE_POINTS)).get_column("band").to_list()
    assert (found[0], found[-1]) == ("at_risk", band)


@pytest.mark.parametrize("rule", [THREE_POINTS, THRESHOLDS, THREE_READINGS])
def test_a_run_of_nobody_has_the_column_too(rule: Hysteresis) -> None:
    assert "band_held" in with_hysteresis(scores([]), Past.none(), holding(rule)).columns
    assert BERLIN.key in str(scores([]).schema["as_of"])
