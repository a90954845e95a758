"""One bad component never takes the others down: what it touches has no value, and everything else its score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import polars as pl
import pytest
from tests.support.scorecards import customers, dimension, project, scorecard, scored

from scorewell.api.v1 import (
    Aggregator,
    Combination,
    Condition,
    Finding,
    Inputs,
    Level,
    Normalizer,
    Parts,
    Statistics,
    frozen,
)
from scorewell.configuration.model import Project, Scorecard, Segment
from scorewell.scoring import FittedProject, fit, isolated
from scorewell_standard.aggregators import GeometricMean, WeightedAverage
from scorewell_standard.normalizers import Linear, Percentile

METRICS = customers(a=[10, 20, 30, 40, 50, None], b=[60, 60, 90, 90, 20, 20], plan=["L", "L", "M", "M", "S", "S"])
SEGMENTS = {
    "large": Segment(when=Condition("plan = 'L'"), scorecard="large"),
    "medium": Segment(when=Condition("plan = 'M'"), scorecard="medium"),
    "small": Segment(scorecard="small"),
}


@frozen
class Sound(Normalizer):
    """As it is; what the broken ones below should have been."""

    name = "sound"

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        return value


@frozen
class Raising(Sound):
    name = "raising"

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        raise ZeroDivisionError("no slope")


@frozen
class NotTotal(Sound):
    name = "not_total"

    def is_total(self, scale: tuple[float, float]) -> bool:
        raise ZeroDivisionError("no slope")


@frozen
class NoExpression(Sound):
    name = "no_expression"

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        return 50.0  # type: ignore[return-value]  # that is the mistake


@frozen
class Text(Sound):
    name = "text"

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        return pl.lit("good")


@frozen
class TotalText(Text):
    name = "total_text"

    def is_total(self, scale: tuple[float, float]) -> bool:
        return True


@frozen
class OtherLength(Sound):
    name = "other_length"

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        return pl.lit(pl.Series([1.0] * 17))


def stumbling(column: pl.Series) -> pl.Series:
    raise LookupError("the model has no such customer")


@frozen
class LateFailing(Sound):
    name = "late"

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        return value.map_batches(stumbling, return_dtype=pl.Float64)


@frozen
class UnknownColumn(Sound):
    name = "unknown_column"

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        return pl.col("not there")


@frozen
class RaisingStatistics(Sound):
    name = "raising_statistics"

    def statistics(self, value: pl.Expr) -> Mapping[str, pl.Expr]:
        raise KeyError("mean")


@frozen
class NoMapping(Sound):
    name = "no_mapping"

    def statistics(self, value: pl.Expr) -> Mapping[str, pl.Expr]:
        return [value.mean()]  # type: ignore[return-value]  # that is the mistake


@frozen
class TextStatistic(Sound):
    name = "text_statistic"

    def statistics(self, value: pl.Expr) -> Mapping[str, pl.Expr]:
        return {"most": pl.lit("many")}


@frozen
class TextList(Sound):
    name = "text_list"

    def statistics(self, value: pl.Expr) -> Mapping[str, pl.Expr]:
        return {"levels": value.cast(pl.String).implode()}


@frozen
class NoAggregate(Sound):
    name = "no_aggregate"

    def statistics(self, value: pl.Expr) -> Mapping[str, pl.Expr]:
        return {"all": value}


@frozen
class LateStatistics(Sound):
    name = "late_statistics"

    def statistics(self, value: pl.Expr) -> Mapping[str, pl.Expr]:
        return {"mean": value.map_batches(stumbling, return_dtype=pl.Float64).mean()}


@frozen
class Picky(Sound):
    """Fails on values of others' customers, never on those of 'medium'."""

    name = "picky"

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        def only_medium(column: pl.Series) -> pl.Series:
            assert column.is_between(30, 40).all()
            return column

        return value.map_batches(only_medium, return_dtype=pl.Float64)


@frozen
class Undecided(Aggregator):
    name = "undecided"

    def combine(self, parts: Parts, reference: float) -> Combination:
        raise KeyError("plan")


@frozen
class NoCombination(Aggregator):
    name = "no_combination"

    def combine(self, parts: Parts, reference: float) -> Combination:
        return pl.lit(1.0)  # type: ignore[return-value]  # that is the mistake


@frozen
class TooFewWeights(Aggregator):
    name = "too_few_weights"

    def combine(self, parts: Parts, reference: float) -> Combination:
        return attrs.evolve(WeightedAverage().combine(parts, reference), weights=())


@frozen
class TextScore(Aggregator):
    name = "text_score"

    def combine(self, parts: Parts, reference: float) -> Combination:
        return attrs.evolve(WeightedAverage().combine(parts, reference), score=pl.lit("good"))


@frozen
class LateScore(Aggregator):
    name = "late_score"

    def combine(self, parts: Parts, reference: float) -> Combination:
        score = parts[0].score.map_batches(stumbling, return_dtype=pl.Float64)
        return attrs.evolve(WeightedAverage().combine(parts, reference), score=score)


@frozen
class LateWeights(Aggregator):
    name = "late_weights"

    def combine(self, parts: Parts, reference: float) -> Combination:
        late = parts[0].score.map_batches(stumbling, return_dtype=pl.Float64)
        return attrs.evolve(WeightedAverage().combine(parts, reference), weights=tuple(late for _ in parts))


@frozen
class NoNumber(Aggregator):
    name = "no_number"

    def combine(self, parts: Parts, reference: float) -> Combination:
        made = WeightedAverage().combine(parts, reference)
        return attrs.evolve(made, score=made.score * float("nan"))


@frozen
class UnaskedStatistic(Sound):
    """Asks for the median, and reads something else."""

    name = "unasked_statistic"

    def statistics(self, value: pl.Expr) -> Mapping[str, pl.Expr]:
        return {"median": value.median()}

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        return value - statistics["medain"]


NORMALIZERS: list[Normalizer] = [
    Raising(), UnaskedStatistic(), NotTotal(), NoExpression(), Text(), TotalText(), OtherLength(), LateFailing(),
    UnknownColumn(), RaisingStatistics(), NoMapping(), TextStatistic(), TextList(), NoAggregate(), LateStatistics(),
]  # fmt: skip
AGGREGATORS: list[Aggregator] = [
    Undecided(), NoCombination(), TooFewWeights(), TextScore(), LateScore(), LateWeights(), NoNumber(),
]  # fmt: skip


def named(component: object) -> str:
    return component.name  # type: ignore[attr-defined, no-any-return]  # every component has one


def three(broken: Scorecard) -> Project:
    """Three segments with a scorecard each; that of the large may be broken, the others never are."""
    cards = {
        "large": broken,
        "medium": scorecard(metrics={"a": scored(), "b": scored(weight=3.0)}),
        "small": scorecard(metrics={"a": scored(Percentile()), "b": scored()}, aggregator=GeometricMean()),
    }
    return project(cards, segments=SEGMENTS)


def outcome(made: Project, **options: Any) -> tuple[FittedProject, pl.DataFrame, list[Finding]]:
    fitted, scores = isolated(fit(made, METRICS), METRICS, **options)
    return fitted, scores, [found for found in fitted.findings(METRICS) if found.id == "component-failed"]


@pytest.mark.parametrize("broken", NORMALIZERS, ids=named)
def test_a_broken_normalizer_costs_its_metric_and_nobody_else_anything(broken: Normalizer) -> None:
    _, scores, findings = outcome(three(scorecard(metrics={"a": scored(broken), "b": scored()})))
    large = scores.filter(segment="large")
    assert large["status"].to_list() == ["error", "error"]
    assert large["score"].to_list() == [60, 60]
    assert large["coverage"].to_list() == [0.5, 0.5]
    assert large["normalized.a"].to_list() == large["contribution.a"].to_list() == [None, None]
    whole = three(scorecard(metrics={"a": scored(Sound()), "b": scored()}))
    others = fit(whole, METRICS).score(METRICS.lazy()).collect().filter(pl.col("segment") != "large")
    assert scores.filter(pl.col("segment") != "large").select(others.columns).equals(others)
    [found] = findings
    assert (found.level, found.where) == (Level.ERROR, "scorecards.large.a")
    assert found.message.startswith(f"normalizer '{broken.name}' (tests) failed: ")


@pytest.mark.parametrize("broken", AGGREGATORS, ids=named)
def test_a_broken_dimension_is_missing_data_of_its_parent(broken: Aggregator) -> None:
    def made(aggregator: Aggregator) -> Project:
        depth = dimension(aggregator, metrics={"a": scored()})
        return three(scorecard(dimensions={"depth": depth}, metrics={"b": scored()}))

    _, scores, findings = outcome(made(broken))
    large = scores.filter(segment="large")
    assert large["status"].to_list() == ["error", "error"]
    assert large["score"].to_list() == [60, 60]
    assert large["coverage"].to_list() == [0.5, 0.5]
    assert large["normalized.depth.a"].to_list() == [10, 20]
    assert large["dimension.depth"].to_list() == large["contribution.depth.a"].to_list() == [None, None]
    whole = fit(made(WeightedAverage()), METRICS).score(METRICS.lazy()).collect().filter(pl.col("segment") != "large")
    assert scores.filter(pl.col("segment") != "large").select(whole.columns).equals(whole)
    [found] = findings
    assert (found.level, found.where) == (Level.ERROR, "scorecards.large.depth")
    assert found.message.startswith(f"aggregator '{broken.name}' (tests) failed: ")


@pytest.mark.parametrize("broken", AGGREGATORS, ids=named)
def test_a_broken_root_leaves_no_score(broken: Aggregator) -> None:
    _, scores, findings = outcome(three(scorecard(broken, metrics={"a": scored(), "b": scored()})))
    large = scores.filter(segment="large")
    for column, value in {"status": "error", "score": None, "band": None, "contribution.a": None}.items():
        assert large[column].to_list() == [value] * 2
    assert scores.filter(pl.col("segment") != "large")["status"].to_list() == ["scored", "scored", "scored", "partial"]
    assert [found.where for found in findings] == ["scorecards.large"]


@pytest.mark.parametrize("missing", ["neutral", "worst", 70.0])
def test_nothing_is_filled_in_for_a_broken_normalizer(missing: Any) -> None:
    _, scores, _ = outcome(three(scorecard(metrics={"a": scored(Raising(), missing=missing), "b": scored()})))
    assert scores.filter(segment="large")["score"].to_list() == [60, 60]


def test_a_required_metric_whose_normalizer_is_broken_leaves_no_score() -> None:
    _, scores, _ = outcome(three(scorecard(metrics={"a": scored(Raising(), missing="fail"), "b": scored()})))
    assert scores.filter(segment="large").select("score", "status").rows() == [(None, "error")] * 2


def test_where_its_condition_does_not_hold_a_broken_metric_is_not_missing() -> None:
    card = scorecard(metrics={"a": scored(LateFailing(), when=Condition("a > 15")), "b": scored()})
    _, scores, _ = outcome(three(card))
    assert scores.filter(segment="large")["coverage"].to_list() == [1.0, 0.5]


def test_all_that_is_broken_is_found() -> None:
    deep = dimension(LateScore(), metrics={"a": scored(LateFailing())})
    card = scorecard(dimensions={"deep": deep}, metrics={"b": scored(Raising())})
    fitted, scores, findings = outcome(three(card))
    assert {found.where for found in findings} == {
        "scorecards.large.deep", "scorecards.large.deep.a", "scorecards.large.b"
    }  # fmt: skip
    assert scores.filter(segment="large")["score"].to_list() == [None, None]
    assert set(fitted.failures) == {"large"}


def test_one_scorecard_of_a_shape_is_broken_and_the_other_not() -> None:
    cards = {name: scorecard(metrics={"a": scored(), "b": scored()}) for name in ("large", "medium", "small")}
    cards["medium"] = scorecard(metrics={"a": scored(LateFailing()), "b": scored()})
    _, scores, _ = outcome(project(cards, segments=SEGMENTS))
    assert scores["status"].to_list() == ["scored", "scored", "error", "error", "scored", "partial"]
    assert scores["score"].to_list() == [35, 40, 90, 90, 35, 20]


def test_a_normalizer_is_not_broken_by_what_other_scorecards_customers_have() -> None:
    cards = {name: scorecard(metrics={"a": scored(), "b": scored()}) for name in ("large", "medium", "small")}
    cards["medium"] = scorecard(metrics={"a": scored(Picky()), "b": scored()})
    fitted, scores, findings = outcome(project(cards, segments=SEGMENTS))
    assert (fitted.failures, findings) == ({}, [])
    assert scores["score"].to_list() == [35, 40, 60, 65, 35, 20]


def test_the_lazy_score_leaves_out_what_raises_while_it_is_planned() -> None:
    made = three(scorecard(metrics={"a": scored(Raising()), "b": scored()}))
    fitted = fit(made, METRICS)
    scores = fitted.score(METRICS.lazy()).collect()
    assert scores["status"].to_list() == ["error", "error", "scored", "scored", "scored", "partial"]
    assert fitted.failures == {}  # nothing changed under its owner's hands


def test_what_failed_survives_being_stored() -> None:
    made = three(scorecard(metrics={"a": scored(LateFailing()), "b": scored()}))
    fitted, scores, _ = outcome(made)
    again = FittedProject.from_json(made, fitted.to_json())
    assert again.failures == fitted.failures
    assert again.score(METRICS.lazy()).collect().equals(scores)


def test_the_fingerprint_tells_a_broken_scorecard_from_a_whole_one() -> None:
    made = three(scorecard(metrics={"a": scored(LateFailing()), "b": scored()}))
    before = fit(made, METRICS)
    after, _, _ = outcome(made)
    changed = {name for name, print_ in after.fingerprints.items() if print_ != before.fingerprints[name]}
    assert changed == {"large"}


def test_whole_numbers_in_one_scorecard_break_nothing() -> None:
    @frozen
    class Whole(Sound):
        name = "whole"

        def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
            return value.cast(pl.Int64)

    fitted, scores, _ = outcome(three(scorecard(metrics={"a": scored(Whole()), "b": scored()})))
    assert fitted.failures == {}
    assert scores["score"].to_list()[:2] == [35, 40]


def test_a_standard_component_is_told_with_its_plugin_distribution_and_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def raising(*_: object) -> pl.Expr:
        raise ZeroDivisionError

    monkeypatch.setattr(Linear, "normalize", raising)
    _, _, findings = outcome(project(scorecard(metrics={"a": scored(Linear(from_=0.0, to=1.0))})))
    assert findings[0].message.startswith("normalizer 'linear' of plugin 'standard' (scorewell ")
    assert findings[0].message.endswith(") failed: ZeroDivisionError")
