"""From an aggregated score to the printed one: adjustments, rounding, bands, scales, statuses."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from tests.support.scorecards import customers, dimension, project, score, scorecard, scored, unexplained

from scorewell.api.v1 import Condition
from scorewell.configuration.model import Adjustment, Band, Segment
from scorewell.scoring import fit
from scorewell_standard.normalizers import Linear, Steps


def printed(value: float | None, **settings: Any) -> float | None:
    return score(project(scorecard(metrics={"a": scored()}, **settings)), customers(a=[value]))["score"].item()


@pytest.mark.parametrize(
    ("value", "expected"), [(69.5, 70), (69.499999, 69), (69.4999999999999, 70), (0.5, 1), (99.5, 100), (68.75, 69)]
)
def test_scores_are_rounded_to_nine_decimals_and_then_half_up(value: float, expected: float) -> None:
    assert printed(value) == expected


@pytest.mark.parametrize(("precision", "expected"), [(0, 69), (1, 69.4), (2, 69.45), (None, 69.449)])
def test_the_precision_is_the_scorecards(precision: int | None, expected: float) -> None:
    assert printed(69.449, precision=precision) == expected


def test_a_half_in_decimals_goes_up_too() -> None:
    assert printed(69.45, precision=1) == 69.5


@pytest.mark.parametrize("scale", [(-100.0, 100.0), (-1000.0, 0.0), (0.0, 1000.0)])
def test_every_half_goes_up_wherever_the_scale_begins(scale: tuple[float, float]) -> None:
    low, high = scale
    halves = [low + step + 0.5 for step in range(int(high - low))]
    card = scorecard(
        metrics={"a": scored(Linear(from_=low, to=high))}, scale=scale, bands=(Band(name="all", up_to=high),)
    )
    assert score(project(card), customers(a=halves))["score"].to_list() == [half + 0.5 for half in halves]


def test_the_band_is_that_of_the_printed_number() -> None:
    card = scorecard(metrics={"a": scored()})
    scores = score(project(card), customers(a=[40.4, 40.5, 70.49, 70.5, 0, 100]))
    assert scores["band"].to_list() == ["at_risk", "stable", "stable", "healthy", "at_risk", "healthy"]


def test_bands_may_begin_or_end_at_their_number() -> None:
    bands = (Band(name="red", from_=0.0), Band(name="yellow", from_=50.0), Band(name="green", from_=75.0))
    card = scorecard(metrics={"a": scored()}, bands=bands)
    scores = score(project(card), customers(a=[49, 50, 74, 75]))
    assert scores["band"].to_list() == ["red", "yellow", "yellow", "green"]


def adjusted(value: float | None, *adjustments: Adjustment, **settings: Any) -> dict[str, Any]:
    card = scorecard(metrics={"a": scored()}, adjustments=adjustments, **settings)
    scores = score(project(card), customers(a=[value], plan=["A"]))
    assert unexplained(scores) < 1e-9
    return scores.row(0, named=True)


def test_each_adjustment_is_a_contribution_equal_to_what_it_did() -> None:
    row = adjusted(80.0, Adjustment(at_most=40.0, because="unpaid"), Adjustment(add=10.0, because="reference"))
    assert row["score"] == 50
    assert (row["contribution.adjustment.1"], row["contribution.adjustment.2"]) == (-40, 10)


def test_adding_stops_at_the_ends_of_the_scale() -> None:
    assert adjusted(95.0, Adjustment(add=10.0, because="x"))["contribution.adjustment.1"] == 5
    assert adjusted(3.0, Adjustment(add=-10.0, because="x"))["contribution.adjustment.1"] == -3


def test_at_least_lifts_and_replace_replaces() -> None:
    assert adjusted(20.0, Adjustment(at_least=30.0, because="x"))["score"] == 30
    assert adjusted(20.0, Adjustment(replace=88.0, because="x"))["score"] == 88


def test_an_adjustment_whose_condition_does_not_hold_does_nothing() -> None:
    row = adjusted(80.0, Adjustment(when=Condition("plan = 'B'"), at_most=40.0, because="x"))
    assert (row["score"], row["contribution.adjustment.1"]) == (80, 0)


@pytest.mark.parametrize("effect", [{"at_most": 40.0}, {"at_least": 40.0}, {"add": 10.0}])
def test_on_a_missing_score_only_replace_acts(effect: dict[str, float]) -> None:
    assert adjusted(None, Adjustment(because="x", **effect))["score"] is None


def test_a_replaced_missing_score_is_explained_from_the_baseline() -> None:
    row = adjusted(None, Adjustment(replace=55.0, because="x"), minimum_coverage=0.5)
    assert (row["score"], row["baseline"], row["contribution.adjustment.1"]) == (55, 100, -45)


TEN = (Band(name="low", up_to=5.0), Band(name="high", up_to=10.0))


def test_a_scale_maps_all_that_a_user_writes_or_sees() -> None:
    card = scorecard(
        dimensions={
            "d": dimension(
                metrics={"a": scored(Steps(steps={"< 1": 0.0, "< 2": 5.0, "else": 10.0})), "b": scored(missing=4.0)}
            )
        },
        adjustments=(Adjustment(when=Condition("a >= 2"), at_most=6.5, because="x"),),
        bands=TEN,
        scale=(0.0, 10.0),
        precision=1,
    )
    scores = score(project(card), customers(a=[0, 1, 2], b=[100, None, 100]))
    assert unexplained(scores) < 1e-9
    assert scores["score"].to_list() == [5, 4.5, 6.5]
    assert scores["normalized.d.a"].to_list() == [0, 5, 10]
    assert scores["dimension.d"].to_list() == [5, 4.5, 10]
    assert scores["baseline"].to_list() == [10, 10, 10]
    assert scores["contribution.adjustment.1"].to_list() == [0, 0, -3.5]
    assert scores["band"].to_list() == ["low", "low", "high"]


def test_a_customer_without_a_segment_is_listed_as_unassigned() -> None:
    of = project(
        scorecard(metrics={"a": scored()}), segments={"a": Segment(when=Condition("plan = 'A'"), scorecard="card")}
    )
    scores = score(of, customers(a=[80, 80], plan=["A", "Z"]))
    assert scores.select("segment", "score", "status", "baseline", "normalized.a", "contribution.a").rows() == [
        ("a", 80, "scored", 100, 80, -20),
        (None, None, "unassigned", None, None, None),
    ]


def test_a_customer_who_is_not_active_is_listed_without_a_score() -> None:
    metrics = customers(a=[80, 80]).with_columns(pl.Series("@active", [True, False]))
    scores = score(project(scorecard(metrics={"a": scored()})), metrics)
    assert scores.select("score", "status").rows() == [(80, "scored"), (None, "inactive")]


def test_a_failed_metric_is_an_error_of_those_whose_scorecard_uses_it() -> None:
    cards = {"one": scorecard(metrics={"a": scored(), "b": scored()}), "two": scorecard(metrics={"a": scored()})}
    of = project(
        cards, segments={"one": Segment(when=Condition("plan = 'A'"), scorecard="one"), "two": Segment(scorecard="two")}
    )
    scores = score(of, customers(a=[80, 80], b=[None, None], plan=["A", "B"]), failed={"b"})
    assert scores.select("score", "status").rows() == [(80, "error"), (80, "scored")]


def test_the_scorecard_is_that_of_the_stage() -> None:
    cards = {"new": scorecard(metrics={"a": scored()}), "old": scorecard(metrics={"b": scored()})}
    of = project(
        cards,
        segments={
            "big": Segment(when=Condition("plan = 'A'"), scorecard={"onboarding": "new", "mature": "old"}),
            "rest": Segment(scorecard="old"),
        },
        stages={"onboarding": Condition("a < 50"), "mature": None},
    )
    scores = score(of, customers(a=[10, 60, 10], b=[90, 90, 90], plan=["A", "A", "B"]))
    assert scores.select("segment", "stage", "score").rows() == [
        ("big", "onboarding", 10),
        ("big", "mature", 90),
        ("rest", "onboarding", 90),
    ]


def test_the_frame_has_the_columns_of_all_scorecards() -> None:
    cards = {
        "one": scorecard(metrics={"a": scored()}),
        "two": scorecard(dimensions={"d": dimension(metrics={"b": scored()})}),
    }
    of = project(
        cards, segments={"one": Segment(when=Condition("plan = 'A'"), scorecard="one"), "two": Segment(scorecard="two")}
    )
    scores = score(of, customers(a=[80, 80], b=[60, 60], plan=["A", "B"]))
    assert scores.columns == [
        "customer_id", "score_name", "segment", "stage", "score", "band", "status", "coverage", "baseline",
        "dimension.d", "metric.a", "metric.b", "normalized.a", "normalized.d.b", "contribution.a", "contribution.d.b",
        "contribution.rounding", "scorecard",
    ]  # fmt: skip
    assert scores.select("score", "contribution.a", "contribution.d.b").rows() == [(80, -20, None), (60, None, -40)]


def test_conditions_know_dates() -> None:
    metrics = customers(a=[80, 80]).with_columns(signed=pl.Series([date(2026, 1, 31), date(2025, 1, 31)]))
    segments = {
        "new": Segment(when=Condition("signed >= '2026-01-01'"), scorecard="card"),
        "old": Segment(scorecard="card"),
    }
    of = project(scorecard(metrics={"a": scored()}), segments=segments)
    assert score(of, metrics)["segment"].to_list() == ["new", "old"]


def test_what_if_a_metric_were_perfect_is_the_same_computation() -> None:
    of = project(scorecard(metrics={"a": scored(), "b": scored()}))
    metrics = customers(a=[20], b=[60])
    assert fit(of, metrics).score(metrics.lazy(), forced={"a": 100.0}).collect()["score"].to_list() == [80]
