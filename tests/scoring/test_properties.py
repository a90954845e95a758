"""The promises of a score, as laws over generated scorecards and customers."""

from __future__ import annotations

from typing import Any

import attrs
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.by_hand import expected
from tests.support.scorecards import IDENTITY, customers, dimension, project, score, scorecard, scored, unexplained

from scorewell.api.v1 import Condition, PartName
from scorewell.configuration.model import Adjustment, Dimension, Project, Scorecard, ScoredMetric, Segment
from scorewell.scoring import fit
from scorewell_standard.aggregators import (
    AddedPoints,
    GeometricMean,
    Maximum,
    Median,
    Minimum,
    WeakestShare,
    WeightedAverage,
)
from scorewell_standard.normalizers import Percentile

METRICS = ("a", "b", "c", "d", "e")
NAMES = (*METRICS, "p", "q", "r")
DIRECTIONS = (
    AddedPoints(start=30.0, add=dict.fromkeys(map(PartName, NAMES), 25.0)),
    AddedPoints(start=100.0, deduct=dict.fromkeys(map(PartName, NAMES), 31.0)),
    AddedPoints(
        start=50.0,
        add=dict.fromkeys(map(PartName, ("a", "b", "p", "q")), 40.0),
        deduct=dict.fromkeys(map(PartName, ("b", "c", "q", "r")), 60.0),
    ),
)
aggregators = st.sampled_from(
    [
        WeightedAverage(),
        WeightedAverage(),
        Minimum(),
        Maximum(),
        Median(),
        GeometricMean(),
        WeakestShare(below=40.0),
        *DIRECTIONS,
    ]
)
weights = st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.7])
conditions = st.sampled_from([None, None, None, Condition("plan = 'A'")])
policies = st.sampled_from(["ignore", "ignore", "neutral", "worst", "fail", 30.0])
values = st.one_of(st.none(), st.sampled_from([0.0, 40.0, 100.0]), st.integers(0, 10_000).map(lambda n: n / 100))


@st.composite
def metrics(draw: st.DrawFn) -> dict[str, ScoredMetric]:
    names = draw(st.lists(st.sampled_from(METRICS), min_size=1, max_size=4, unique=True))
    return {
        name: scored(weight=draw(weights), when=draw(conditions), missing=draw(policies), normalizer=IDENTITY)
        for name in names
    }


@st.composite
def dimensions(draw: st.DrawFn, depth: int) -> dict[str, Dimension]:
    names = draw(st.lists(st.sampled_from(("p", "q", "r")), min_size=1, max_size=3, unique=True))
    return {
        name: dimension(
            draw(aggregators),
            weight=draw(weights),
            when=draw(conditions),
            minimum_coverage=draw(st.sampled_from([None, None, 0.6])),
            metrics=draw(metrics()),
            dimensions=draw(dimensions(depth - 1)) if depth and draw(st.booleans()) else {},
        )
        for name in names
    }


@st.composite
def adjustments(draw: st.DrawFn) -> tuple[Adjustment, ...]:
    effects = st.sampled_from([{"at_most": 40.0}, {"at_least": 20.0}, {"add": 15.0}, {"add": -30.0}, {"replace": 55.0}])
    return tuple(
        Adjustment(when=draw(conditions), because="why", **draw(effects)) for _ in range(draw(st.integers(0, 3)))
    )


@st.composite
def scorecards(draw: st.DrawFn) -> Scorecard:
    return scorecard(
        draw(aggregators),
        dimensions=draw(dimensions(depth=1)),
        metrics=draw(st.one_of(st.just({}), metrics())),
        adjustments=draw(adjustments()),
        minimum_coverage=draw(st.sampled_from([0.0, 0.5, 1.0])),
    )


rows = st.fixed_dictionaries({"plan": st.sampled_from(["A", "B", None]), **dict.fromkeys(METRICS, values)})
tables = st.lists(rows, min_size=1, max_size=6)
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def table(drawn: list[dict[str, Any]]) -> pl.DataFrame:
    frame = customers(**{name: [row[name] for row in drawn] for name in ("plan", *METRICS)})
    return frame.with_columns(pl.col("plan").cast(pl.String))


@few
@given(scorecards(), tables)
def test_scores_are_those_that_a_row_by_row_computation_gives(card: Scorecard, drawn: list[dict[str, Any]]) -> None:
    answers = score(project(card), table(drawn))
    for answer, row in zip(answers.iter_rows(named=True), drawn, strict=True):
        wanted = expected(card, row)
        assert answer["status"] == wanted["status"]
        assert (answer["coverage"] is None) == (wanted["coverage"] is None)
        assert abs((answer["coverage"] or 0) - (wanted["coverage"] or 0)) < 1e-9
        assert (answer["score"] is None) == (wanted["score"] is None)
        if answer["score"] is not None:
            # Where the unrounded score is on the edge of two whole numbers to the ninth decimal, either is right.
            assert abs(answer["score"] - answer["contribution.rounding"] - wanted["unrounded"]) < 1e-9


@few
@given(scorecards(), tables)
def test_baseline_and_contributions_add_up_to_the_printed_score(card: Scorecard, drawn: list[dict[str, Any]]) -> None:
    assert unexplained(score(project(card), table(drawn))) < 1e-9


@few
@given(scorecards(), tables)
def test_exactly_one_band_holds_each_number_and_no_number_leaves_the_scale(
    card: Scorecard, drawn: list[dict[str, Any]]
) -> None:
    for answer in score(project(card), table(drawn)).iter_rows(named=True):
        number = answer["score"]
        if number is None:
            assert answer["band"] is None
        else:
            assert 0 <= number <= 100
            assert number == int(number)
            assert answer["band"] == ("at_risk" if number <= 40 else "stable" if number <= 70 else "healthy")


@few
@given(scorecards(), tables, st.sampled_from([0.001, 3.0, 1e6]))
def test_scaling_all_weights_changes_nothing(card: Scorecard, drawn: list[dict[str, Any]], factor: float) -> None:
    def heavier(part: Any) -> Any:
        changes: dict[str, Any] = {
            "dimensions": {
                name: attrs.evolve(heavier(each), weight=each.weight * factor) for name, each in part.dimensions.items()
            },
            "metrics": {name: attrs.evolve(each, weight=each.weight * factor) for name, each in part.metrics.items()},
        }
        return attrs.evolve(part, **changes)

    columns = ["customer_id", "status", "band"]
    before, after = score(project(card), table(drawn)), score(project(heavier(card)), table(drawn))
    unrounded = pl.col("score") - pl.col("contribution.rounding")
    assert before["status"].to_list() == after["status"].to_list()
    gap = (before.select(unrounded).to_series() - after.select(unrounded).to_series()).abs().max()
    assert gap is None or gap < 1e-9, columns


@few
@given(scorecards(), tables, st.randoms(use_true_random=False))
def test_the_order_of_customers_changes_nothing(card: Scorecard, drawn: list[dict[str, Any]], random: Any) -> None:
    ordered = table(drawn)
    shuffled = ordered[random.sample(range(len(drawn)), len(drawn))]
    assert _bytes(score(project(card), ordered)) == _bytes(score(project(card), shuffled))


@few
@given(scorecards(), tables, st.randoms(use_true_random=False))
def test_the_order_in_which_parts_are_configured_changes_nothing(
    card: Scorecard, drawn: list[dict[str, Any]], random: Any
) -> None:
    def shuffled(part: Any) -> Any:
        dimensions = [(name, shuffled(each)) for name, each in part.dimensions.items()]
        return attrs.evolve(
            part,
            dimensions=dict(random.sample(dimensions, len(dimensions))),
            metrics=dict(random.sample(list(part.metrics.items()), len(part.metrics))),
        )

    before, after = score(project(card), table(drawn)), score(project(shuffled(card)), table(drawn))
    assert set(before.columns) == set(after.columns)
    for name in set(before.columns) - {"scorecard"}:
        one, other = before[name], after[name]
        assert one.is_null().equals(other.is_null()), name
        # A sum in another order may differ in its last digit.
        same = (one - other).abs().max() or 0.0 if one.dtype.is_float() else 0.0 if one.equals(other) else 1.0
        assert same < 1e-9, name


@few
@given(scorecards(), scorecards(), tables)
def test_the_order_of_segments_that_share_nobody_changes_nothing(
    one: Scorecard, other: Scorecard, drawn: list[dict[str, Any]]
) -> None:
    metrics = table(drawn)
    segments = {
        "of_a": Segment(when=Condition("plan = 'A'"), scorecard="one"),
        "of_b": Segment(when=Condition("plan = 'B'"), scorecard="other"),
        "of_none": Segment(when=Condition("plan is null"), scorecard="one"),
    }
    turned = dict(reversed(segments.items()))
    before, after = (score(_both(one, other, order), metrics) for order in (segments, turned))
    columns = [name for name in before.columns if name != "scorecard"]  # the fingerprint knows the order
    assert _bytes(before.select(columns)) == _bytes(after.select(columns))


@few
@given(scorecards(), tables)
def test_streaming_equals_in_memory_equals_one_row_at_a_time(card: Scorecard, drawn: list[dict[str, Any]]) -> None:
    metrics = table(drawn)
    fitted = fit(project(card), metrics)
    in_memory = fitted.score(metrics.lazy()).collect()
    streaming = fitted.score(metrics.lazy()).collect(engine="streaming")
    one_by_one = pl.concat([fitted.score(row.lazy()).collect() for row in metrics.iter_slices(1)])
    assert _bytes(in_memory) == _bytes(streaming) == _bytes(one_by_one)


def _bytes(frame: pl.DataFrame) -> str:
    return frame.write_csv()  # floats in their shortest exact form


@few
@given(scorecards(), scorecards(), tables)
def test_a_scorecard_gives_the_same_scores_alone_and_beside_others(
    one: Scorecard, other: Scorecard, drawn: list[dict[str, Any]]
) -> None:
    metrics = table(drawn)
    segments = {"of_a": Segment(when=Condition("plan = 'A'"), scorecard="one"), "rest": Segment(scorecard="other")}
    together = score(_both(one, other, segments), metrics)
    for segment, card in (("of_a", one), ("rest", other)):
        alone = score(project(card), metrics)
        columns = ["customer_id", "score", "band", "status", "coverage", "baseline"]
        ids = together.filter(pl.col("segment") == segment)["customer_id"]
        assert (
            together.filter(pl.col("segment") == segment)
            .select(columns)
            .equals(alone.filter(pl.col("customer_id").is_in(ids.implode())).select(columns))
        )


def _both(one: Scorecard, other: Scorecard, segments: dict[str, Segment]) -> Project:
    return project({"one": one, "other": other}, segments=segments)


@few
@given(scorecards(), rows, st.sampled_from(METRICS), st.integers(0, 100))
def test_a_better_value_never_lowers_the_score(card: Scorecard, row: dict[str, Any], name: str, better: int) -> None:
    if row[name] is None:
        row = {**row, name: 10.0}
    improved = {**row, name: max(row[name], float(better))}
    before, after = (score(project(card), table([each])) for each in (row, improved))
    unrounded = pl.col("score") - pl.col("contribution.rounding")
    low, high = before.select(unrounded).item(), after.select(unrounded).item()
    assert (low is None) == (high is None)
    assert low is None or high >= low - 1e-9


@few
@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=60))
def test_percentile_ranks_are_monotone_and_within_the_scale(drawn: list[float]) -> None:
    answers = score(project(scorecard(metrics={"a": scored(Percentile())}, precision=None)), customers(a=drawn)).sort(
        "metric.a"
    )["normalized.a"]
    assert answers.is_between(0, 100).all()
    assert (answers.diff().drop_nulls() >= -1e-6).all()
