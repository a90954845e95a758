"""A metric that is relative to the segment is scored, and shown, as what it is beyond the segment's median."""

from __future__ import annotations

from typing import Any

import attrs
import polars as pl
import pytest
from tests.support.scorecards import customers, project, score, scorecard, scored

from scorewell.api.v1 import Condition, Expression, ScorewellError
from scorewell.configuration.model import Adjustment, Metric, Project, Score, Segment
from scorewell.scoring import FittedProject, fit
from scorewell_standard.aggregators import Minimum
from scorewell_standard.normalizers import Linear, OwnBaseline, Percentile

AROUND_ZERO = Linear(from_=-10.0, to=10.0)
RELATIVE = Metric(relative_to="segment")
BIG = Segment(when=Condition("plan = 'big'"), scorecard="card")
SMALL = Segment(when=Condition("plan = 'small'"), scorecard="card")


def of(card: Any = None, **settings: Any) -> Project:
    """Two segments with one scorecard, whose metric ``a`` is relative."""
    return project(
        card or scorecard(metrics={"a": scored(AROUND_ZERO)}),
        **{"metrics": {"a": RELATIVE}, "segments": {"big": BIG, "small": SMALL}, **settings},
    )


PLANS = ["big", "big", "big", "small", "small"]
PEOPLE = customers(plan=PLANS, a=[100, 104, 90, 1, 4])  # medians: 100 and 2.5


def beyond(of_project: Project, metrics: pl.DataFrame, name: str = "a") -> list[float | None]:
    return score(of_project, metrics)[f"metric.{name}"].to_list()


def test_the_value_is_what_it_is_beyond_the_segments_median() -> None:
    assert beyond(of(), PEOPLE) == [0.0, 4.0, -10.0, -1.5, 1.5]


def test_what_is_normalized_is_the_relative_value() -> None:
    assert score(of(), PEOPLE)["normalized.a"].to_list() == [50.0, 70.0, 0.0, 42.5, 57.5]


def test_where_everybody_falls_alike_nobody_is_alarmed() -> None:
    august = customers(plan=PLANS, a=[-0.4] * 5)
    assert beyond(of(), august) == [0.0] * 5


def test_who_is_at_the_median_is_at_exactly_zero() -> None:
    thirds = customers(plan=["big"] * 3, a=[1 / 3, 0.1, 0.7])
    assert beyond(of(), thirds)[0] == 0.0


def test_statistics_are_learned_from_the_relative_values() -> None:
    ranked = of(scorecard(metrics={"a": scored(Percentile())}))
    # −10, −1.5, 0, 1.5 and 4, in both segments together.
    ranks = score(ranked, PEOPLE).sort("metric.a")["normalized.a"].to_list()
    assert ranks == pytest.approx([10, 30, 50, 70, 90], abs=1e-9)


def test_conditions_and_adjustments_see_the_relative_value() -> None:
    rule = Adjustment(when=Condition("a < -5"), add=1.0, because="far below the others")
    card = scorecard(
        metrics={"a": scored(AROUND_ZERO), "b": scored(when=Condition("a > 0"))}, adjustments=(rule,), precision=None
    )
    metrics = PEOPLE.with_columns(b=pl.lit(80.0))
    scores = score(of(card, metrics={"a": RELATIVE, "b": Metric()}), metrics)
    assert scores["normalized.b"].is_not_null().to_list() == [False, True, False, False, True]
    assert scores["contribution.adjustment.1"].fill_null(0.0).to_list() == [0.0, 0.0, 1.0, 0.0, 0.0]


def test_other_metrics_are_as_measured() -> None:
    metrics = PEOPLE.with_columns(b=pl.col("a"))
    assert beyond(of(metrics={"a": RELATIVE, "b": Metric()}), metrics, "b") == PEOPLE["a"].to_list()


def test_missing_stays_missing_and_is_in_no_median() -> None:
    metrics = customers(plan=["big"] * 4, a=[None, 1, float("nan"), 3])
    assert beyond(of(), metrics) == [None, -1.0, None, 1.0]


def test_inactive_customers_are_in_no_median_and_have_no_relative_value() -> None:
    metrics = customers(plan=["big"] * 3, a=[1, 3, 50]).with_columns(pl.Series("@active", [True, True, False]))
    assert beyond(of(), metrics) == [-1.0, 1.0, None]


def test_without_a_segment_there_is_nothing_to_be_relative_to() -> None:
    metrics = customers(plan=["big", "other"], a=[1, 3])
    assert beyond(of(), metrics) == [0.0, None]


def test_where_nobody_of_a_segment_has_a_value_it_is_missing() -> None:
    fitted = fit(of(), customers(plan=["big", "small"], a=[1, None]))
    later = customers(plan=["big", "small"], a=[3, 4])
    assert fitted.score(later.lazy()).collect()["metric.a"].to_list() == [2.0, None]


def test_a_segments_median_is_of_all_its_stages() -> None:
    stages: dict[str, Condition | None] = {"young": Condition("plan = 'big'"), "old": None}
    one = Segment(scorecard={"young": "card", "old": "other"})
    cards = {
        "card": scorecard(metrics={"a": scored(AROUND_ZERO)}),
        "other": scorecard(Minimum(), metrics={"a": scored(AROUND_ZERO, missing="worst")}),
    }
    staged = of(cards, segments={"everyone": one}, stages=stages)
    assert beyond(staged, PEOPLE) == [10.0, 14.0, 0.0, -89.0, -86.0]


def test_segments_with_scorecards_of_their_own_have_their_own_medians() -> None:
    cards = {
        "card": scorecard(metrics={"a": scored(AROUND_ZERO)}),
        "other": scorecard(Minimum(), metrics={"a": scored(AROUND_ZERO, missing="worst")}),
    }
    apart = of(cards, segments={"big": BIG, "small": attrs.evolve(SMALL, scorecard="other")})  # type: ignore[misc] # made by @frozen
    scores = score(apart, PEOPLE)
    assert scores["metric.a"].to_list() == [0.0, 4.0, -10.0, -1.5, 1.5]
    assert scores["score"].to_list() == [50.0, 70.0, 0.0, 43.0, 58.0]


def test_a_new_customer_is_judged_by_the_medians_that_were_fitted() -> None:
    fitted = fit(of(), PEOPLE)
    assert fitted.score(customers(plan=["small"], a=[7]).lazy()).collect()["metric.a"].to_list() == [4.5]


def test_a_scorecard_that_learns_from_an_earlier_moment_has_the_medians_of_then() -> None:
    then = customers(plan=PLANS, a=[50, 60, 70, 1, 1])
    fitted = fit(of(), PEOPLE, populations={"card": then})
    assert fitted.score(PEOPLE.lazy()).collect()["metric.a"].to_list() == [40.0, 44.0, 30.0, 0.0, 3.0]


def test_one_customer_alone_scores_as_among_all() -> None:
    fitted = fit(of(), PEOPLE)
    together = fitted.score(PEOPLE.lazy()).collect()
    alone = pl.concat(fitted.score(PEOPLE[row].lazy()).collect() for row in range(len(PEOPLE)))
    assert alone.equals(together)


def test_a_stored_fit_has_the_medians() -> None:
    fitted = fit(of(), PEOPLE)
    stored = FittedProject.from_json(of(), fitted.to_json())
    assert stored.score(PEOPLE.lazy()).collect().equals(fitted.score(PEOPLE.lazy()).collect())
    assert stored.fingerprints == fitted.fingerprints


def test_another_median_is_another_fingerprint() -> None:
    other = customers(plan=PLANS, a=[100, 104, 90, 1, 5])
    assert fit(of(), other).fingerprints != fit(of(), PEOPLE).fingerprints


def test_metrics_in_any_order_of_rows_score_alike() -> None:
    assert score(of(), PEOPLE.reverse()).equals(score(of(), PEOPLE))


# What would need the segment before there is one


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"segments": {"big": attrs.evolve(BIG, when=Condition("a > 1"))}}, "segments.big.when"),  # type: ignore[misc] # made by @frozen
        ({"stages": {"young": Condition("a > 1")}}, "stages.young"),
        ({"metrics": {"a": RELATIVE, "b": Metric(sql=Expression("a * 2"))}}, "metrics.b.sql"),
    ],
)
def test_no_rule_that_is_asked_before_may_use_it(settings: dict[str, Any], place: str) -> None:
    with pytest.raises(ScorewellError, match=f"{place}: the metric 'a' is relative to the segment") as caught:
        fit(of(**settings), PEOPLE)
    assert caught.value.hint == "a second metric without relative_to"


def test_no_normalizer_may_compare_it_with_earlier_windows_which_are_as_measured() -> None:
    card = scorecard(metrics={"a": scored(OwnBaseline())})
    with pytest.raises(ScorewellError, match=r"metrics\.a is relative to the segment, but its normalizer uses"):
        fit(of(card), PEOPLE)


def test_a_category_cannot_be_relative() -> None:
    with pytest.raises(ScorewellError, match=r"metrics\.a: only a number can be relative to the segment"):
        fit(of(scorecard(metrics={})), customers(plan=PLANS, a=["x"] * 5))


def test_scores_that_share_a_scorecard_have_medians_of_their_own_segments() -> None:
    everybody = Score(segments={"big": Segment(scorecard="card")})
    two = of(segments={}, scores={"health": Score(segments={"big": BIG, "small": SMALL}), "reach": everybody})
    scores = score(two, PEOPLE)
    by_score = dict(scores.group_by("score_name", maintain_order=True).agg("metric.a").iter_rows())
    assert by_score == {"health": [0.0, 4.0, -10.0, -1.5, 1.5], "reach": [10.0, 14.0, 0.0, -89.0, -86.0]}
