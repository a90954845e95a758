"""Why a score changed where somebody changed the rules: the settings of a scorecard, and what acts on its score."""

from __future__ import annotations

import attrs
import polars as pl
from tests.support.changes import HERE, PLACES, TWO, adds_up, causes, only, side, whole
from tests.support.scorecards import customers, dimension, project, scorecard, scored

from scorewell.api.v1 import Condition, Duration
from scorewell.configuration.model import Adjustment, Band, Metric, Project, Scorecard, Segment
from scorewell.scoring import Failure
from scorewell_standard.aggregators import Minimum
from scorewell_standard.normalizers import Linear, Steps


def test_other_weights_are_one_cause_that_says_which() -> None:
    lighter = project(whole(metrics={"a": scored(), "b": scored(weight=1.0)}))
    assert only(adds_up(side(TWO, HERE), side(lighter, HERE))) == ("weights", "", -17.5, None, None, "b 3 → 1")


def test_other_thresholds_are_a_cause_for_each_metric() -> None:
    lower = project(whole(metrics={"a": scored(Linear(from_=0.0, to=50.0)), "b": scored(weight=3.0)}))
    assert only(adds_up(side(TWO, HERE), side(lower, HERE))) == ("thresholds", "a", 2.5, None, None, "a to 100 → 50")


def test_metrics_that_came_and_went_are_told_by_name() -> None:
    other = project(whole(metrics={"b": scored(weight=3.0), "c": scored()}))
    found = adds_up(side(TWO, HERE), side(other, HERE.with_columns(c=pl.lit(40.0))))
    assert found.select("kind", "name", "points", "detail").rows() == [
        ("metrics", "a", 17.5, "a removed"),
        ("metrics", "c", -10.0, "c added"),
    ]


def test_a_metric_that_is_measured_differently_is_no_data() -> None:
    renewed = project(TWO.scorecards["card"], metrics={"a": Metric(window=Duration.parse("90d")), "b": Metric()})
    found = causes(side(TWO, HERE), side(renewed, customers(a=[50], b=[60])))
    assert found == [("data", "b", -15.0), ("metrics", "a", 10.0)]


def test_reasons_and_labels_change_nothing() -> None:
    told = project(TWO.scorecards["card"], metrics={"a": Metric(label="Active days", because="so"), "b": Metric()})
    assert causes(side(TWO, HERE), side(told, customers(a=[50], b=[80]))) == [("data", "a", 10.0)]


def test_another_aggregator_is_configuration() -> None:
    worst = project(whole(Minimum(), metrics={"a": scored(), "b": scored(weight=3.0)}))
    wanted = ("configuration", "aggregator", -52.5, None, None, "weighted_average → minimum")
    assert only(adds_up(side(TWO, HERE), side(worst, HERE))) == wanted


def test_other_rules_for_segments_are_configuration() -> None:
    segments = {**PLACES.segments, "small": Segment(when=Condition("seats < 3"), scorecard="one")}
    stricter = project(PLACES.scorecards, segments=segments)
    before, after = (side(of, customers(a=[60], seats=[5])) for of in (PLACES, stricter))
    assert only(adds_up(before, after)) == ("configuration", "segments", -30.0, "small", "large", "")


def test_a_renamed_scorecard_changes_nothing() -> None:
    renamed = project({"new_name": TWO.scorecards["card"]})
    assert causes(side(TWO, HERE), side(renamed, customers(a=[50], b=[80]))) == [("data", "a", 10.0)]


def test_a_renamed_segment_or_stage_changes_nothing() -> None:
    def staged(segment: str, stages: tuple[str, str]) -> Project:
        held = {stages[0]: Condition("seats < 10"), stages[1]: None}
        scorecards = dict(zip(stages, ("one", "other"), strict=True))
        return project(PLACES.scorecards, stages=held, segments={segment: Segment(scorecard=scorecards)})

    before = side(staged("all", ("new", "mature")), customers(a=[40, 40], seats=[5, 50]))
    after = side(staged("everybody", ("fresh", "grown")), customers(a=[60, 60], seats=[5, 50]))
    assert causes(before, after, "1") == [("data", "a", 20.0)]
    assert causes(before, after, "2") == [("data", "a", 10.0)]


def test_what_a_renamed_metric_or_dimension_takes_and_adds_cancels_out() -> None:
    renamed = project(whole(metrics={"z": scored(), "b": scored(weight=3.0)}))
    found = causes(side(TWO, HERE), side(renamed, HERE.rename({"a": "z"})))
    assert [(kind, name) for kind, name, _ in found] == [("metrics", "a"), ("metrics", "z")]
    assert sum(points for *_, points in found) == 0
    one, other = (
        project(whole(dimensions={name: dimension(metrics={"a": scored()})}, metrics={"b": scored(weight=3.0)}))
        for name in ("usage", "use")
    )
    assert sum(points for *_, points in causes(side(one, HERE), side(other, HERE))) == 0


def test_a_scorecard_that_takes_the_place_of_another_is_compared_with_it() -> None:
    successor = project(
        {"card_v2": whole(metrics={"a": scored(), "b": scored(weight=1.0)})},
        segments={"card": Segment(scorecard="card_v2")},
    )
    assert only(adds_up(side(TWO, HERE), side(successor, HERE))) == ("weights", "", -17.5, None, None, "b 3 → 1")


def test_other_levels_are_told_as_they_were_and_are() -> None:
    def stepped(low: float) -> Project:
        return project(whole(metrics={"a": scored(Steps(steps={"< 30": low, "else": 100.0})), "b": scored()}))

    found = adds_up(side(stepped(0.0), customers(a=[20], b=[80])), side(stepped(50.0), customers(a=[20], b=[80])))
    assert only(found)[-1] == "a steps < 30: 0, else: 100 → < 30: 50, else: 100"


def test_what_is_written_in_points_comes_with_another_scale() -> None:
    def stepped(top: float) -> Scorecard:
        high = Steps(steps={"< 30": 0.0, "else": top})
        bands = (Band(name="all", up_to=top),)
        return whole(metrics={"a": scored(high), "b": scored(weight=3.0)}, scale=(0.0, top), bands=bands)

    found = adds_up(side(project(stepped(100.0)), HERE), side(project(stepped(10.0)), HERE))
    assert only(found)[:2] == ("configuration", "scale")


def test_thresholds_in_the_units_of_a_metric_are_a_cause_beside_another_scale() -> None:
    tens = {"scale": (0.0, 10.0), "bands": (Band(name="all", up_to=10.0),)}
    lower = whole(metrics={"a": scored(Linear(from_=0.0, to=50.0)), "b": scored(weight=3.0)}, **tens)
    found = adds_up(side(TWO, HERE), side(project(lower), HERE))
    assert found.select("kind", "name", "points").rows()[1] == ("thresholds", "a", 2.5)


def test_many_settings_at_once_add_up() -> None:
    other = project(
        scorecard(
            dimensions={"p": dimension(Minimum(), weight=2.0, metrics={"a": scored(when=Condition("b > 3"))})},
            metrics={"b": scored(Linear(from_=10.0, to=90.0), missing="worst"), "c": scored()},
            scale=(0.0, 10.0),
            precision=1,
            bands=(Band(name="all", up_to=10.0),),
        )
    )
    found = adds_up(side(TWO, HERE), side(other, HERE.with_columns(c=pl.lit(40.0))))
    assert {"a", "c", "b", "scale"} <= set(found["name"])


# -- adjustments, override, rounding ---------------------------------------------------------------------------------


def at_most(limit: float, because: str, when: str | None = None) -> Adjustment:
    return Adjustment(at_most=limit, when=None if when is None else Condition(when), because=because)


def test_an_adjustment_that_began_has_its_reason_and_its_points() -> None:
    of = project(whole(metrics={"a": scored()}, adjustments=(at_most(40.0, "Invoice unpaid", "b > 0"),)))
    before, after = (side(of, customers(a=[90], b=[unpaid])) for unpaid in (0, 1))
    assert only(adds_up(before, after)) == ("adjustment", "Invoice unpaid", -50.0, None, None, "began")
    assert only(adds_up(after, before)) == ("adjustment", "Invoice unpaid", 50.0, None, None, "ended")


def test_adjustments_are_the_same_by_their_reason_wherever_they_stand() -> None:
    one, two = at_most(40.0, "one"), Adjustment(add=5.0, because="two")
    before, after = (
        side(project(whole(metrics={"a": scored()}, adjustments=each)), customers(a=[90]))
        for each in ((two, one), (one, two))
    )
    # 90 + 5 is 95, 55 more than 40; and 90 is 50 more, and 5 come after.
    assert causes(before, after) == [("adjustment", "one", 5.0)]


def test_a_replaced_score_without_data_counts_from_the_baseline() -> None:
    replaced = Adjustment(replace=30.0, when=Condition("b > 0"), because="Known to us")
    of = project(whole(metrics={"a": scored()}, adjustments=(replaced,)))
    before, after = side(of, customers(a=[80], b=[0])), side(of, customers(a=[None], b=[1]))
    assert causes(before, after) == [("adjustment", "Known to us", -70.0), ("missing", "a", 20.0)]


def test_an_override_is_a_cause_and_says_its_reason() -> None:
    before, after = (side(TWO, HERE) for _ in range(2))
    scores = after.scores.with_columns(
        pl.lit(90.0).alias("score"),
        pl.lit(27.5).alias("contribution.override"),
        pl.lit("Sponsor confirmed").alias("override"),
    )
    found = adds_up(before, attrs.evolve(after, scores=scores))
    assert only(found) == ("override", "", 27.5, None, "Sponsor confirmed", "began")


def test_rounding_is_the_last_cause() -> None:
    of = project(scorecard(metrics={"a": scored(), "b": scored(weight=2.0)}))
    before, after = side(of, customers(a=[0], b=[0])), side(of, customers(a=[1], b=[0]))
    assert causes(before, after) == [("data", "a", 0.333333), ("rounding", "", -0.333333)]


def test_a_component_that_fails_since_is_configuration() -> None:
    before = after = side(TWO, HERE)
    failed = after.fitted.without({"card": {"b": Failure(component="normalizer 'linear'", cause="it broke")}})
    after = attrs.evolve(after, fitted=failed, scores=failed.score(HERE.lazy()).collect())
    assert causes(before, after) == [("configuration", "failures", -52.5)]


def test_what_this_version_scores_differently_is_told_as_that() -> None:
    before = after = side(TWO, HERE)
    older = before.scores.with_columns(pl.col("score") - 2.5, pl.col("contribution.a") - 2.5)
    assert causes(attrs.evolve(before, scores=older), after) == [("configuration", "versions", 2.5)]
