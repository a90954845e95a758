"""A fit is plain data: it can be stored, and it says by its fingerprint when anything behind a score changed."""

from __future__ import annotations

import pytest
from tests.support.scorecards import customers, project, score, scorecard, scored

from scorewell.api.v1 import Condition, Normalizer, ScorewellError
from scorewell.configuration.model import Metric, Segment
from scorewell.scoring import FittedProject, fit
from scorewell_standard.normalizers import Case, Cases, Categories, Linear, Percentile

OF = project(scorecard(metrics={"a": scored(Percentile()), "b": scored()}))
METRICS = customers(a=[1, 2, 3, 9], b=[10, 20, 30, 40])


def test_a_stored_fit_scores_as_the_fresh_one() -> None:
    fitted = fit(OF, METRICS, {"acme": "1.0"})
    stored = FittedProject.from_json(OF, fitted.to_json())
    assert stored.score(METRICS.lazy()).collect().equals(fitted.score(METRICS.lazy()).collect())
    assert stored.fingerprints == fitted.fingerprints


def test_a_new_customer_is_judged_by_the_population_that_was_fitted() -> None:
    fitted = fit(OF, METRICS)
    assert fitted.score(customers(a=[100], b=[0]).lazy()).collect()["normalized.a"].to_list() == [87.5]


def test_with_no_population_a_percentile_is_missing() -> None:
    fitted = fit(OF, customers(a=[None], b=[50]))
    row = fitted.score(customers(a=[5], b=[50]).lazy()).collect()
    assert row.select("normalized.a", "coverage", "status").row(0) == (None, 0.5, "partial")


def test_with_no_population_a_percentile_is_missing_under_a_condition_too() -> None:
    of = project(scorecard(metrics={"a": scored(Percentile(), when=Condition("b > 0")), "b": scored()}))
    row = fit(of, customers(a=[None], b=[50])).score(customers(a=[5], b=[50]).lazy()).collect()
    assert row.select("normalized.a", "coverage", "status").row(0) == (None, 0.5, "partial")


@pytest.mark.parametrize(
    "other",
    [
        fit(project(scorecard(metrics={"a": scored(Percentile(), weight=2.0), "b": scored()})), METRICS),
        fit(OF, customers(a=[1, 2, 3, 10], b=[10, 20, 30, 40])),
        fit(OF, METRICS, {"scorewell-acme": "1.1"}),
    ],
    ids=["configuration", "population", "plugin version"],
)
def test_the_fingerprint_changes_with_all_that_a_score_rests_on(other: FittedProject) -> None:
    assert other.fingerprints != fit(OF, METRICS).fingerprints


def test_every_score_carries_its_scorecards_fingerprint() -> None:
    fitted = fit(OF, METRICS)
    assert set(fitted.score(METRICS.lazy()).collect()["scorecard"]) == {fitted.fingerprints["card"]}


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 1}'])
def test_what_is_no_stored_fit_is_refused(text: str) -> None:
    with pytest.raises(ScorewellError, match="this is not a stored fit"):
        FittedProject.from_json(OF, text)


def test_a_fit_of_another_format_is_refused_by_its_number() -> None:
    with pytest.raises(ScorewellError, match="the fit has format 99; this version reads 1"):
        FittedProject.from_json(OF, '{"format": 99}')


IS_CATEGORY = "metric 'a' is a category, and normalizer '{}' needs a number"


@pytest.mark.parametrize(
    ("normalizer", "named"),
    [
        (Linear(from_=0.0, to=1.0), "linear"),
        (Percentile(), "percentile"),
        (Cases(cases=(Case(when=None, normalizer=Percentile()),)), "percentile"),
        (Percentile(fallback=Linear(from_=0.0, to=1.0)), "percentile"),
    ],
)
def test_a_category_in_a_normalizer_of_numbers_is_told_and_the_rest_is_scored(
    normalizer: Normalizer, named: str
) -> None:
    of = project(scorecard(metrics={"a": scored(normalizer), "b": scored()}))
    metrics = customers(a=["x", "1"], b=[30, 60])
    fitted = fit(of, metrics)
    assert [each.cause for each in fitted.failures["card"].values()] == [IS_CATEGORY.format(named)]
    scores = fitted.score(metrics.lazy()).collect()
    assert scores.select("score", "status", "metric.a").rows() == [(30, "error", "x"), (60, "error", "1")]


def test_the_customers_of_other_scorecards_do_not_notice_a_metric_that_became_text() -> None:
    cards = {"one": scorecard(metrics={"a": scored()}), "two": scorecard(metrics={"b": scored()})}
    segments = {"one": Segment(when=Condition("plan = 'A'"), scorecard="one"), "two": Segment(scorecard="two")}
    scores = score(project(cards, segments=segments), customers(a=["x", "1"], b=[30, 60], plan=["A", "B"]))
    assert scores.select("score", "status").rows() == [(None, "error"), (60, "scored")]


def test_categories_are_learned_from_and_scored_as_text() -> None:
    of = project(
        scorecard(metrics={"a": scored(Categories(categories={"x": 90.0, "else": 10.0}))}), metrics={"a": Metric()}
    )
    assert score(of, customers(a=["x", "y"]))["score"].to_list() == [90, 10]


def test_a_null_condition_is_a_finding_with_its_customers() -> None:
    of = project(scorecard(metrics={"a": scored(), "b": scored(when=Condition("plan = 'A'"))}))
    metrics = customers(a=[1, 2, 3], b=[1, 2, 3], plan=[None, "A", None])
    (finding,) = fit(of, metrics).findings(metrics)
    assert (finding.id, finding.where, finding.count, finding.examples) == (
        "null-condition",
        "scorecards.card.b.when",
        2,
        ("1", "3"),
    )
