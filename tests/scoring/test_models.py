"""Models: what they learn from, that they predict once, and what happens where they cannot."""

from __future__ import annotations

from typing import Any

import attrs
import polars as pl
import pytest
from tests.support.model import CALLS, Distance, Stumbling
from tests.support.scorecards import customers, dimension, project, scorecard, scored, unexplained

from scorewell.api.v1 import Condition, Examples, Learned, Level, ScorewellError, frozen
from scorewell.configuration.model import Project, Segment
from scorewell.scoring import FittedProject, fit, isolated, train

METRICS = customers(a=[10, 20, 30, 40, None, 60], b=[1, 2, 3, 4, 5, 6])
OUTCOMES = pl.DataFrame({"customer_id": ["1", "2", "3", "4"], "happened": [True, False, False, True]})
OF = project(scorecard(Distance(), metrics={"a": scored(), "b": scored()}))


def trained(of: Project = OF, metrics: pl.DataFrame = METRICS, outcomes: pl.DataFrame = OUTCOMES) -> FittedProject:
    fitted = fit(of, metrics)
    learned = {name: train(fitted, name, metrics, outcomes).learned for name in of.scorecards}
    return attrs.evolve(fitted, learned=learned)


def scores(fitted: FittedProject, metrics: pl.DataFrame = METRICS) -> pl.DataFrame:
    return fitted.score(metrics.lazy()).collect()


def test_a_model_learns_from_the_customers_whose_outcome_is_known() -> None:
    assert trained().learned == {"card": {"": {"means": [25.0, 2.5]}}}


def test_a_trained_model_scores_and_its_parts_explain_the_score() -> None:
    result = scores(trained())
    # 50 + (10 - 25) + (1 - 2.5); of the fifth: 50 - 5 + (5 - 2.5)
    assert result["score"].to_list() == [34, 45, 56, 67, 48, 89]
    assert result["baseline"].to_list() == [50] * 6
    assert result["contribution.a"].to_list() == [-15, -5, 5, 15, -5, 35]
    assert unexplained(result) < 1e-9


def test_each_customer_is_predicted_once() -> None:
    CALLS.clear()
    scores(trained())
    assert sum(CALLS) == 6


def test_one_customer_alone_scores_as_among_many() -> None:
    fitted = trained()
    alone = pl.concat(scores(fitted, METRICS[row]) for row in range(6))
    assert alone.equals(scores(fitted))


def test_a_model_in_a_dimension_explains_itself_in_the_whole() -> None:
    of = project(
        scorecard(
            dimensions={
                "risk": dimension(Distance(), weight=3.0, metrics={"a": scored(), "b": scored()}),
                "rest": dimension(metrics={"c": scored()}),
            }
        )
    )
    metrics = METRICS.with_columns(c=pl.lit(80.0))
    result = scores(trained(of, metrics), metrics)
    assert result["dimension.risk"].to_list() == [33.5, 44.5, 55.5, 66.5, 47.5, 88.5]
    assert result["score"].to_list() == [45, 53, 62, 70, 56, 86]  # (3 * risk + 80) / 4
    assert result["contribution.risk.a"].to_list() == pytest.approx([-11.25, -3.75, 3.75, 11.25, -3.75, 26.25])
    assert unexplained(result) < 1e-9


def test_an_untrained_model_leaves_the_score_to_its_rules_and_says_so() -> None:
    fitted = fit(OF, METRICS)
    assert scores(fitted)["score"].to_list()[:2] == [6, 11]
    (finding,) = fitted.findings(METRICS)
    assert (finding.id, finding.level, finding.where) == ("untrained-model", Level.WARNING, "scorecards.card")
    assert finding.message == "distance was never trained: its rules give the scores instead"
    assert finding.hint == "scorewell fit"


def test_too_little_data_is_told_in_the_models_own_words() -> None:
    of = project(scorecard(Distance(floor=5), metrics={"a": scored(), "b": scored()}))
    result = train(fit(of, METRICS), "card", METRICS, OUTCOMES)
    assert result.learned == {}
    assert result.untrained == {"": "4 examples, and 5 are needed"}
    (finding,) = attrs.evolve(fit(of, METRICS), untrained={"card": result.untrained}).findings(METRICS)
    assert finding.message.startswith("distance had too little data (4 examples, and 5 are needed)")


def test_examples_are_the_scorecards_own_customers_active_or_not() -> None:
    of = project(
        {
            "large": scorecard(Distance(floor=1), metrics={"a": scored()}),
            "small": scorecard(Distance(floor=1), metrics={"a": scored()}),
        },
        segments={
            "large": Segment(when=Condition("plan = 'L'"), scorecard="large"),
            "small": Segment(scorecard="small"),
        },
    )
    metrics = customers(a=[10, 20, 30, 40], plan=["L", "L", "S", "S"], **{"@active": [True, False, True, True]})
    nothing = pl.DataFrame({"customer_id": ["1", "2", "3"], "happened": [False] * 3})
    fitted = trained(of, metrics, nothing)
    assert fitted.learned == {"large": {"": {"means": [15.0]}}, "small": {"": {"means": [30.0]}}}


def test_a_model_shares_no_plan_with_another_scorecard() -> None:
    alike = scorecard(Distance(floor=1), metrics={"a": scored()})
    of = project(
        {"large": alike, "small": alike},
        segments={
            "large": Segment(when=Condition("plan = 'L'"), scorecard="large"),
            "small": Segment(scorecard="small"),
        },
    )
    metrics = customers(a=[10, 20, 30, 40], plan=["L", "L", "S", "S"])
    fitted = attrs.evolve(fit(of, metrics), learned={"large": {"": {"means": [0.0]}}, "small": {"": {"means": [30.0]}}})
    assert scores(fitted, metrics)["score"].to_list() == [60, 70, 50, 60]


def test_a_model_does_not_see_what_does_not_apply() -> None:
    of = project(scorecard(Distance(floor=1), metrics={"a": scored(), "b": scored(when=Condition("a > 15"))}))
    result = scores(trained(of))
    assert result["contribution.b"].to_list() == [-5, -0.5, 0.5, 1.5, -5, 3.5]
    assert result["coverage"].to_list()[:2] == [1.0, 1.0]


def test_a_model_that_fails_when_it_predicts_costs_its_own_scorecard_only() -> None:
    of = project(
        {
            "large": scorecard(Stumbling(), metrics={"a": scored()}),
            "small": scorecard(metrics={"a": scored()}),
        },
        segments={
            "large": Segment(when=Condition("plan = 'L'"), scorecard="large"),
            "small": Segment(scorecard="small"),
        },
    )
    metrics = customers(a=[10, 20, 30, 40], plan=["L", "L", "S", "S"])
    fitted, result = isolated(trained(of, metrics), metrics)
    assert result["status"].to_list() == ["error", "error", "scored", "scored"]
    assert "the trees are gone" in fitted.failures["large"][""].why


@frozen
class Opinionated(Distance):
    name = "opinionated"

    def learn(self, examples: Examples) -> Learned:
        return {"mean": float("nan")}


@frozen
class Wordless(Distance):
    name = "wordless"

    def learn(self, examples: Examples) -> Learned:
        return None  # type: ignore[return-value]  # that is the mistake


@frozen
class Broken(Distance):
    name = "broken"

    def learn(self, examples: Examples) -> Learned:
        raise ZeroDivisionError("no variance")


@pytest.mark.parametrize(
    ("model", "cause"),
    [
        (Opinionated(), "Out of range float values are not JSON compliant"),
        (Wordless(), "expected a mapping of plain JSON data"),
        (Broken(), "ZeroDivisionError: no variance"),
    ],
)
def test_a_model_that_fails_to_learn_is_attributed(model: Distance, cause: str) -> None:
    of = project(scorecard(model, metrics={"a": scored()}))
    result = train(fit(of, METRICS), "card", METRICS, OUTCOMES)
    assert result.learned == {}
    failure = result.failures["card"][""]
    assert cause in failure.why
    assert failure.component.startswith(f"aggregator '{model.name}'")


def test_what_was_learned_is_part_of_the_fingerprint_and_of_the_stored_fit() -> None:
    fitted = trained()
    assert fitted.fingerprints != fit(OF, METRICS).fingerprints
    stored = FittedProject.from_json(OF, fitted.to_json())
    assert stored.fingerprints == fitted.fingerprints
    assert scores(stored).equals(scores(fitted))


def test_a_model_over_dimensions_is_refused() -> None:
    of: Any = project(scorecard(Distance(), dimensions={"d": dimension(metrics={"a": scored()})}))
    with pytest.raises(ScorewellError, match="distance learns from metrics, and 'd' is a dimension"):
        fit(of, METRICS)
