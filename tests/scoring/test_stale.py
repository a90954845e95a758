"""Status ``stale``: the score is kept, and what it rests on is too old."""

from __future__ import annotations

import polars as pl
from tests.support.scorecards import customers, project, score, scorecard, scored

from scorewell.api.v1 import Condition
from scorewell.configuration.model import Segment
from scorewell.scoring import STATUSES, fit


def test_stale_stands_between_insufficient_data_and_partial() -> None:
    at = STATUSES.index("stale")
    assert STATUSES[at - 1 : at + 2] == ("insufficient_data", "stale", "partial")


def test_customers_whose_scorecard_uses_a_stale_metric_keep_their_score() -> None:
    of = project(scorecard(metrics={"a": scored(), "b": scored()}))
    scores = score(of, customers(a=[80, 20], b=[60, None]), stale={"b"})
    assert scores.select("score", "status").rows() == [(70, "stale"), (20, "stale")]


def test_customers_of_another_scorecard_are_not_stale() -> None:
    cards = {"one": scorecard(metrics={"a": scored()}), "other": scorecard(metrics={"b": scored()})}
    segments = {"one": Segment(when=Condition("plan = 'A'"), scorecard="one"), "other": Segment(scorecard="other")}
    scores = score(project(cards, segments=segments), customers(a=[80, 20], b=[60, 60], plan=["A", "B"]), stale={"b"})
    assert scores["status"].to_list() == ["scored", "stale"]


def test_too_little_data_is_told_before_stale_data() -> None:
    of = project(scorecard(metrics={"a": scored(), "b": scored()}, minimum_coverage=0.6))
    assert score(of, customers(a=[80], b=[None]), stale={"a"})["status"].item() == "insufficient_data"


def test_an_error_is_told_before_stale_data() -> None:
    of = project(scorecard(metrics={"a": scored(), "b": scored()}))
    assert score(of, customers(a=[80], b=[60]), failed={"b"}, stale={"a"})["status"].item() == "error"


def test_who_has_no_scorecard_is_not_stale() -> None:
    segments = {"one": Segment(when=Condition("plan = 'A'"), scorecard="card")}
    of = project(scorecard(metrics={"a": scored()}), segments=segments)
    assert score(of, customers(a=[80], plan=["B"]), stale={"a"})["status"].item() == "unassigned"


def test_staleness_changes_nothing_but_the_status() -> None:
    of = project(scorecard(metrics={"a": scored(), "b": scored()}))
    metrics = customers(a=[80, 20], b=[60, None])
    fitted = fit(of, metrics)
    fresh, old = (fitted.score(metrics.lazy(), stale=stale).collect() for stale in ((), ("a",)))
    assert fresh.drop("status").equals(old.drop("status"))
    assert old["status"].unique().to_list() == ["stale"]
    assert isinstance(old, pl.DataFrame)
