"""Moving: rows reduced at one moment after the other. What is steady slides; the rest is reduced at each moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import attrs
import polars as pl

from scorewell.api.v1 import ScorewellError
from scorewell.configuration.model import Metric
from scorewell.metrics.aggregates import Aggregated
from scorewell.metrics.keys import CUSTOMER, KEY, KeyMap, key_text
from scorewell.metrics.partials import KINDS, Asked, Reduction
from scorewell.metrics.reduction import ROWS, Leading, Reduced, reduce_rows
from scorewell.metrics.rows import ColumnPlan
from scorewell.metrics.scans import Asker
from scorewell.metrics.slides import Slide, has_too_large, slides
from scorewell.metrics.sliding import AGE, BUCKET, Places, SlidingRows
from scorewell.metrics.steady import Span, Steady, span, steady

__all__ = ["LARGEST", "MovingTable"]

LARGEST = 16_000_000
"""Numbers that are held for each thing that is reduced: 64 to 256 MB."""
_FEWEST = 2
_Answers = tuple[ColumnPlan, dict[str, Asked], dict[str, ScorewellError]]
_AskedAt = Callable[[datetime], list[_Answers]]


@attrs.frozen(eq=False)
class MovingTable:
    """A table's rows at many moments up to ``until``; ``keys`` are as text, by code."""

    until: datetime
    places: Places
    keys: pl.Series
    slides: Mapping[object, Slide]
    steady: Mapping[Reduction, Steady | None]
    newest: pl.DataFrame | None
    is_odd: bool

    @classmethod
    def of(
        cls,
        plan: ColumnPlan,
        moments: Sequence[datetime],
        asked: Sequence[Mapping[str, Metric]],
        past: Mapping[str, int],
        ask: Asker,
        *,
        largest: int = LARGEST,
    ) -> MovingTable | None:
        """The plan's table at the moments, for groups of metrics that are asked for together; at the first of them,
        where a number for each key and window of all would be more than ``largest`` numbers.

        None where which rows count depends on the moment by more than their time, nothing is steady, or there are so
        many keys that hardly any moments fit together.
        """
        table = plan.table

        def asked_at(moment: datetime) -> list[_Answers]:
            return [ask(table, moment, plan.customers, metrics, past) for metrics in asked]

        moments = moments[: _how_many(plan, moments, asked_at, largest)]
        if len(moments) < _FEWEST or table.time is None or table.is_versioned or table.known_by(table.key_column()):
            return None
        spans, found, last = dict[Span, None](), dict[object, _Found](), list[ColumnPlan]()
        known = dict[Reduction, Steady | None]()
        for moment in moments:
            last = []
            for one, answers, _ in asked_at(moment):
                last.append(one)
                spans[Span(one.start, moment)] = None
                for reduction in (each for answer in answers.values() for each in answer.all):
                    same = steady(one, reduction)
                    known[reduction] = same
                    if same is not None:
                        found.setdefault(same.identity, _Found()).add(moment, same, span(one, reduction.mask or ""))
        # The values of a customer's several keys may be the same.
        kinds = KINDS if table.customer.through is None else KINDS - {"distinct"}
        often = [
            each
            for each in found.values()
            if each.steady.kind in kinds and moments[-1] in each.moments and len(each.moments) * 2 >= len(moments)
        ]
        if not often:
            return None
        wanted = {each.steady: each.spans for each in often}
        rows = SlidingRows.of(last, wanted, (each for of in (spans, *wanted.values()) for each in of))
        keys = rows.keys.to_frame().select(key_text(pl.col(KEY), rows.keys.dtype)).to_series()
        is_odd = rows.is_odd or has_too_large(rows, wanted)
        return cls(moments[-1], rows.places, keys, slides(rows, wanted), known, rows.newest(), is_odd)

    def reduce(self, plan: ColumnPlan, reductions: Sequence[Reduction], key_map: KeyMap) -> Reduced:
        """As ``reduce_rows``."""
        seen = Span(plan.start, plan.as_of)
        moved, rest = self.moved(plan, reductions)
        if not self.places.knows(seen) or not moved:
            return reduce_rows(plan, reductions, key_map)
        leading = Leading(key_map, self.keys.dtype)
        low, high = self.places.ends(seen)
        values = {column.name: value for column, value in moved.items()}
        columns = {KEY: pl.lit(self.keys), ROWS: (high - low).cast(pl.Int64)} | values
        frame = pl.select(expr.alias(name) for name, expr in columns.items())
        led = leading.eager(frame.filter(pl.col(ROWS) > 0))
        frame = leading.combined(led, [*moved])
        frame = frame.with_columns(c.finished(frame).alias(c.name) for c in moved if c.reduction.kind == "sum")
        names = {column.reduction.identity: column.name for column in moved}
        too_large = [c.too_large() for c in moved if c.reduction.kind == "sum" and c.dtype.is_float()]
        capped = dict[object, int]()
        if rest:
            reduced = reduce_rows(plan, [*rest.values()], key_map, plan.frame(each.mask for each in rest.values()))
            other = {reduced.names[each.identity]: name for name, each in rest.items()}
            frame = frame.join(reduced.frame.rename(other), on=CUSTOMER, how="left")
            names |= {each.identity: name for name, each in rest.items()}
            too_large += reduced.too_large
            capped = reduced.capped
        is_odd = self.is_odd or bool(rest and reduced.odd)
        return Reduced(
            frame=frame,
            names=names,
            keys=led.select(KEY, CUSTOMER, ROWS),
            newest=self._newest(seen),
            odd=int(is_odd),
            too_large=tuple(too_large),
            capped=capped,
        )

    def _newest(self, seen: Span) -> datetime | None:
        if self.newest is None:
            return None
        low, high = self.places.within(seen)
        newest = self.newest.filter(pl.col(BUCKET).is_between(low, high, closed="left")).get_column(AGE).max()
        return newest if isinstance(newest, datetime) else None

    def moved(
        self, plan: ColumnPlan, reductions: Sequence[Reduction]
    ) -> tuple[dict[Aggregated, pl.Expr], dict[str, Reduction]]:
        """The reductions that slide, each with a value a key; and the others; named as ``reduce_rows`` names them."""
        moved, rest = dict[Aggregated, pl.Expr](), dict[str, Reduction]()
        for number, reduction in enumerate({each.identity: each for each in reductions}.values()):
            same = self.steady[reduction] if reduction in self.steady else steady(plan, reduction)
            of = span(plan, reduction.mask or "")
            slide = None if same is None else self.slides.get(same.identity)
            if slide is None or of not in slide.spans:
                rest[f"@p{number}"] = reduction
            else:
                moved[Aggregated(reduction, f"@p{number}", slide.dtype)] = slide.between(of)
        return moved, rest


def _how_many(plan: ColumnPlan, moments: Sequence[datetime], asked: _AskedAt, largest: int) -> int:
    """How many of the moments have no more than ``largest`` ends of windows of keys."""
    keys = plan.table.frame.select(plan.table.raw_key(plan.as_of).n_unique()).collect(engine="streaming").item()
    edges = set[datetime]()
    for number, moment in enumerate(moments):
        edges.add(moment)
        for one, _, _ in asked(moment):
            edges |= {end for window in one.windows.values() for end in (window.start, window.end)}
        if (len(edges) + 1) * keys > largest:
            return number
    return len(moments)


@attrs.define(eq=False)
class _Found:
    """A steady reduction, with all its spans and the moments that ask for it."""

    steady: Steady = attrs.field(init=False)
    spans: dict[Span, None] = attrs.field(factory=dict)
    moments: set[datetime] = attrs.field(factory=set)

    def add(self, moment: datetime, same: Steady, of: Span) -> None:
        self.steady = same
        self.spans[of] = None
        self.moments.add(moment)
