"""Whom a scorecard compares with, and what scores where they are too few."""

from __future__ import annotations

import attrs
import polars as pl
import pytest
from tests.support.scorecards import customers, dimension, project, score, scorecard, scored

from scorewell.api.v1 import Condition, Level
from scorewell.configuration.model import Project, Segment
from scorewell.scoring import FittedProject, fit, mistakes
from scorewell_standard.normalizers import Case, Cases, Categories, Linear, Percentile

TENTH = Linear(from_=0.0, to=1000.0)
RELATIVE = Percentile(fallback=TENTH)


def many(count: int) -> pl.DataFrame:
    """Customers whose ``a`` is 1, 2, …, their number."""
    return customers(a=[float(number) for number in range(1, count + 1)])


def compared(normalizer: Percentile | Cases = RELATIVE) -> Project:
    return project(scorecard(metrics={"a": scored(normalizer)}, precision=None))


def test_with_29_values_the_fallback_scores_and_with_30_the_normalizer() -> None:
    assert score(compared(), many(29))["score"][-1] == 2.9
    assert score(compared(), many(30))["score"][-1] == pytest.approx(100 * 29.5 / 30)


def test_which_one_scored_and_why_is_a_note() -> None:
    (finding,) = fit(compared(), many(12)).findings(many(12))
    assert (finding.id, finding.level, finding.where, finding.count) == (
        "fallback-normalizer",
        Level.NOTE,
        "scorecards.card.a",
        12,
    )
    assert finding.message == "linear scores instead: percentile has 12 values, needs 30"


def test_without_a_fallback_what_there_is_is_learned_from_and_told() -> None:
    fitted = fit(compared(Percentile()), many(2))
    assert fitted.score(many(2).lazy()).collect()["score"].to_list() == [25, 75]
    (finding,) = fitted.findings(many(2))
    assert (finding.id, finding.level, finding.message) == (
        "few-values",
        Level.NOTE,
        "percentile has 2 values to compare with, needs 30",
    )


def test_enough_values_are_no_finding() -> None:
    assert fit(compared(), many(30)).findings(many(30)) == ()


def test_a_fallback_may_have_a_fallback() -> None:
    chain = Percentile(fallback=Percentile(fallback=TENTH))
    assert score(compared(chain), many(5))["score"][-1] == 0.5


def test_the_choice_is_the_fits_and_not_that_of_the_customers_who_are_scored() -> None:
    fitted = fit(compared(), many(12))
    assert fitted.score(many(100).lazy()).collect()["score"][-1] == 10
    stored = FittedProject.from_json(compared(), fitted.to_json())
    assert stored.score(many(100).lazy()).collect().equals(fitted.score(many(100).lazy()).collect())


def test_the_fingerprint_tells_which_normalizer_scores() -> None:
    of = compared()
    fitted = fit(of, many(12))
    assert attrs.evolve(fitted, values={}).fingerprints != fitted.fingerprints


def test_in_one_plan_a_small_scorecard_falls_back_and_a_large_one_does_not() -> None:
    of = project(
        {
            "large": scorecard(dimensions={"d": dimension(metrics={"a": scored(RELATIVE)})}, precision=None),
            "small": scorecard(dimensions={"d": dimension(metrics={"a": scored(RELATIVE)})}, precision=None),
        },
        segments={
            "large": Segment(when=Condition("plan = 'L'"), scorecard="large"),
            "small": Segment(scorecard="small"),
        },
    )
    metrics = many(50).with_columns(plan=pl.when(pl.col("a") <= 40).then(pl.lit("L")).otherwise(pl.lit("S")))
    scores = score(of, metrics)["score"]
    assert scores[39] == pytest.approx(100 * 39.5 / 40)
    assert scores[49] == 5


def test_a_case_falls_back_by_the_values_of_all() -> None:
    cases = Cases(cases=(Case(when=Condition("a > 3"), normalizer=RELATIVE), Case(normalizer=Linear(from_=0, to=10))))
    assert score(compared(cases), many(5))["score"].to_list() == [10, 20, 30, 0.4, 0.5]
    assert score(compared(cases), many(50))["score"][49] == pytest.approx(99)


def test_a_scorecard_may_compare_with_all_active_customers() -> None:
    card = scorecard(metrics={"a": scored(Percentile())}, precision=None)
    segments = {
        "large": Segment(when=Condition("plan = 'L'"), scorecard="all"),
        "small": Segment(scorecard="own"),
    }
    everybody: Project = project(
        {"all": scorecard(metrics={"a": scored(Percentile())}, precision=None, fit_on="all"), "own": card},
        segments=segments,
    )
    metrics = customers(
        a=[10, 20, 30, 40, 1000], plan=["S", "L", "S", "S", "S"], **{"@active": [True, True, True, True, False]}
    )
    scores = score(everybody, metrics)["score"].to_list()
    # Of 10, 20, 30, 40: better than one, and half a tie with itself. The others of 10, 30, 40.
    assert scores[1] == 37.5
    assert scores[0] == pytest.approx(100 * 0.5 / 3)


def test_check_tries_the_normalizer_and_its_fallback() -> None:
    schema = many(1).schema
    assert mistakes(compared(), schema) == ()
    assert mistakes(compared(Percentile(fallback=Categories(categories={"x": 1.0}))), schema) == ()
