"""A normalizer that leaves it to others, by condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs
import polars as pl

from scorewell.api.v1 import Condition, Inputs, Normalizer, Statistics, frozen, setting


@frozen
class Case:
    """One case: where ``when`` holds (without it, always), ``normalizer`` decides; none is not applicable."""

    when: Condition | None = setting(
        "a condition over roles, attributes and metrics; 'value' is the metric", default=None
    )
    normalizer: Normalizer | None = setting("what decides here; none for not applicable")


@frozen
class Cases(Normalizer):
    """Another normalizer for each condition, tried in order; where none holds, the metric is not applicable.

    Statistics are learned from the whole population, whatever the case; so are they counted where a normalizer in here
    has a fallback.
    """

    name = "cases"
    accepts = "any"

    cases: tuple[Case, ...] = setting("the cases, in order")

    def problems(self) -> Iterator[str]:
        if not self.cases:
            yield "cases is empty: it needs at least one case"
        for position, case in enumerate(self.cases[:-1], 1):
            if case.when is None:
                yield f"case {position} has no 'when' and is not the last: the cases after it never apply"

    @property
    def past_windows(self) -> int:
        return max((case.normalizer.past_windows for case in self.cases if case.normalizer is not None), default=0)

    @property
    def fallback(self) -> Normalizer | None:
        fallbacks = [None if case.normalizer is None else case.normalizer.fallback for case in self.cases]
        if all(each is None for each in fallbacks):
            return None
        cases = zip(self.cases, fallbacks, strict=True)
        return Cases(cases=tuple(Case(when=case.when, normalizer=each or case.normalizer) for case, each in cases))

    def reach(self, scale: tuple[float, float]) -> tuple[float, float]:
        each = [case.normalizer.reach(scale) for case in self.cases if case.normalizer is not None]
        return min((least for least, _ in each), default=0.0), max((most for _, most in each), default=100.0)

    def statistics(self, value: pl.Expr) -> Mapping[str, pl.Expr]:
        return {
            f"{position}.{name}": aggregate
            for position, case in enumerate(self.cases)
            if case.normalizer is not None
            for name, aggregate in case.normalizer.statistics(value).items()
        }

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        points = pl.lit(None, dtype=pl.Float64)
        for position, case in reversed([*enumerate(self.cases)]):
            answer = (
                pl.lit(None, dtype=pl.Float64)
                if case.normalizer is None
                else case.normalizer.normalize(value, inputs, _CaseStatistics(statistics, position))
            )
            holds = pl.lit(value=True) if case.when is None else inputs.condition(case.when, value=value)
            points = pl.when(holds).then(answer).otherwise(points)
        return points


@attrs.frozen
class _CaseStatistics:
    """The statistics of one case among those of all."""

    statistics: Statistics
    position: int

    def __getitem__(self, name: str) -> pl.Expr:
        return self.statistics[f"{self.position}.{name}"]

    def has(self, name: str) -> bool:
        return self.statistics.has(f"{self.position}.{name}")

    def interpolated(self, x: str, y: str, value: pl.Expr) -> pl.Expr:
        return self.statistics.interpolated(f"{self.position}.{x}", f"{self.position}.{y}", value)

    def lookup(self, name: str, index: pl.Expr) -> pl.Expr:
        return self.statistics.lookup(f"{self.position}.{name}", index)
