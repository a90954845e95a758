"""Laws of normalizers, over generated settings and values: within the scale, monotone, alone as in company."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.scorecards import customers, project, scorecard, scored

from scorewell.api.v1 import Expression, Normalizer
from scorewell.configuration.model import Metric
from scorewell.scoring import fit
from scorewell_standard.normalizers import Linear
from scorewell_standard.normalizers.curves import Curve
from scorewell_standard.normalizers.lines import Range
from scorewell_standard.normalizers.own_baseline import OwnBaseline
from scorewell_standard.normalizers.percentile import Percentile
from scorewell_standard.normalizers.population import MinMax, ZScore
from scorewell_standard.normalizers.targets import Decay, Target

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
numbers = st.integers(-3000, 3000).map(lambda n: n / 30)
positive = st.integers(1, 3000).map(lambda n: n / 30)
cells = st.one_of(st.none(), numbers)
rows = st.lists(st.tuples(cells, cells, cells, cells), min_size=1, max_size=8)
AGREED = Expression("agreed")


def bound(known: st.SearchStrategy[float]) -> st.SearchStrategy[Any]:
    return st.one_of(known, st.just(AGREED), st.just(Expression("agreed * 1.7 - 3")))


@st.composite
def rising(draw: st.DrawFn) -> Range:
    steps = [draw(positive) for _ in range(3)]
    start = draw(numbers)
    return Range(best=(start + steps[0], start + sum(steps[:2])), worst=(start, start + sum(steps)))


MONOTONE: dict[str, st.SearchStrategy[Normalizer]] = {
    "linear": st.builds(Linear, from_=numbers.map(lambda n: n - 101), to=bound(numbers.map(lambda n: n + 101))),
    "curve": st.builds(Curve, good=positive.map(lambda n: n + 101), ok=positive.map(lambda n: min(n, 100))),
    "target": st.builds(Target, target=bound(positive), floor=st.sampled_from([0.0, 0.25, 0.9])),
    "zscore": st.just(ZScore()),
    "min_max": st.builds(MinMax, from_=st.sampled_from([0.0, 0.1]), to=st.sampled_from([0.9, 1.0])),
    "percentile": st.just(Percentile()),
}
OTHERS: dict[str, st.SearchStrategy[Normalizer]] = {
    "range": st.one_of(
        rising(), st.builds(Range, best=st.tuples(bound(numbers), numbers), worst=st.tuples(numbers, bound(numbers)))
    ),
    "decay": st.builds(Decay, half_life=bound(positive), shape=st.sampled_from(["linear", "exponential"])),
    "own_baseline": st.builds(
        OwnBaseline, windows=st.integers(1, 2), usual=st.sampled_from(["median", "mean"]), to=st.just(1.0)
    ),
    "curve of the customer": st.builds(Curve, good=bound(positive), ok=bound(numbers.map(lambda n: abs(n) + 200))),
}
any_normalizer = st.one_of(*MONOTONE.values(), *OTHERS.values())
directions = st.sampled_from(["higher", "lower"])


def table(drawn: list[tuple[float | None, ...]]) -> pl.DataFrame:
    names = ("a", "agreed", "@past.a.1", "@past.a.2")
    return customers(**dict(zip(names, map(list, zip(*drawn, strict=True)), strict=True)))


def fitted(normalizer: Normalizer, better: Any, metrics: pl.DataFrame) -> Any:
    card = scorecard(metrics={"a": scored(normalizer)}, precision=None)
    return fit(project(card, metrics={"a": Metric(better=better), "agreed": Metric()}), metrics)


@few
@given(any_normalizer, directions, rows)
def test_an_answer_is_within_the_scale_and_null_for_null(normalizer: Normalizer, better: Any, drawn: Any) -> None:
    metrics = table(drawn)
    made = fitted(normalizer, better, metrics)
    answers = made.score(metrics.lazy()).collect()["normalized.a"]
    assert answers.drop_nulls().is_between(0, 100).all()
    assert answers.filter(metrics["a"].is_null()).null_count() == metrics["a"].null_count()
    assert [finding for finding in made.findings(metrics) if finding.id == "normalized-out-of-scale"] == []
    if normalizer.is_total((0.0, 100.0)):
        assert answers.is_null().equals(metrics["a"].is_null())


@few
@given(any_normalizer, directions, rows)
def test_streaming_equals_in_memory_equals_one_row_at_a_time(normalizer: Normalizer, better: Any, drawn: Any) -> None:
    metrics = table(drawn)
    made = fitted(normalizer, better, metrics)
    in_memory = made.score(metrics.lazy()).collect()
    streaming = made.score(metrics.lazy()).collect(engine="streaming")
    one_by_one = pl.concat([made.score(row.lazy()).collect() for row in metrics.iter_slices(1)])
    assert in_memory.write_csv() == streaming.write_csv() == one_by_one.write_csv()


@few
@given(st.one_of(*MONOTONE.values()), rows, cells.filter(lambda cell: cell is not None), positive)
def test_more_is_never_worse_where_more_is_better(normalizer: Normalizer, drawn: Any, value: float, by: float) -> None:
    metrics = table(drawn)
    made = fitted(normalizer, "higher", metrics)
    agreed = abs(drawn[0][1] or 1.0) + 101.0
    pair = table([(value, agreed, None, None), (value + by, agreed, None, None)])
    low, high = made.score(pair.lazy()).collect()["normalized.a"]
    assert (low is None) == (high is None)
    assert low is None or high >= low - 1e-6


@few
@given(any_normalizer, directions, rows)
def test_a_stored_fit_scores_as_the_fit_itself(normalizer: Normalizer, better: Any, drawn: Any) -> None:
    metrics = table(drawn)
    made = fitted(normalizer, better, metrics)
    read = type(made).from_json(made.project, made.to_json())
    assert read.score(metrics.lazy()).collect().equals(made.score(metrics.lazy()).collect())
