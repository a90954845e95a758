"""Slides: how each kind of steady reduction is told for the rows between two moments."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import attrs
import polars as pl

from scorewell.metrics.aggregates import LARGEST, fixed_point
from scorewell.metrics.partials import is_in_every_row
from scorewell.metrics.rows import identity
from scorewell.metrics.sliding import BUCKET, CODE, PLACE, SlidingRows
from scorewell.metrics.steady import Span, Steady

__all__ = ["Slide", "has_too_large", "slides"]

_BITS = 64
_AT_ONCE = 8
_DAYS = 2**28
"""More than there are days between any two that a column can hold."""

Between = Callable[[Span], pl.Expr]


@attrs.frozen(eq=False)
class Slide:
    """A steady reduction over the rows of any of ``spans``: ``between`` gives one value a key, by code.

    Of a sum it is what is added up (Int128), of a count Int64, of the first or last time a time or null. ``dtype`` is
    that of the value that is reduced.
    """

    dtype: pl.DataType
    spans: Collection[Span]
    between: Between


def slides(rows: SlidingRows, wanted: Mapping[Steady, Collection[Span]]) -> dict[object, Slide]:
    """By its identity, each of the reductions that can be told over its spans; the others are left out."""
    dtypes = _dtypes(rows, wanted)
    made, running = dict[object, Slide](), dict[str, pl.Expr]()
    ways: list[tuple[Steady, Callable[[pl.Series], Between]]] = []
    distinct: dict[object, list[Steady]] = {}
    for steady, spans in wanted.items():
        dtype = dtypes[steady.identity]
        way = _way(rows, steady, dtype, spans)
        if way is not None:
            running[str(len(ways))] = way[0]
            ways.append((steady, way[1]))
        elif steady.kind == "distinct" and not _is(steady.value, "@day"):
            distinct.setdefault(identity(steady.value), []).append(steady)
    columns = rows.select(running)
    for (steady, between), column in zip(ways, columns.iter_columns(), strict=True):
        made[steady.identity] = Slide(dtypes[steady.identity], wanted[steady], between(column))
    for group in distinct.values():
        values = _DistinctValues.of(rows, {steady: wanted[steady] for steady in group})
        for steady in group:
            made[steady.identity] = Slide(dtypes[steady.identity], wanted[steady], values.between(steady))
    return made


def has_too_large(rows: SlidingRows, wanted: Collection[Steady]) -> bool:
    """Whether any value that counts in a sum is too large to be added."""
    dtypes = _dtypes(rows, wanted)
    sums = [each for each in wanted if each.kind == "sum" and dtypes[each.identity].is_float()]
    too_large = {
        str(number): (rows.counts(each) & ~(each.value.abs() < LARGEST).fill_null(value=False)).any()
        for number, each in enumerate(sums)
    }
    return any(column.any() for column in rows.select(too_large).iter_columns())


def _dtypes(rows: SlidingRows, wanted: Collection[Steady]) -> dict[object, pl.DataType]:
    values = {str(number): steady.value for number, steady in enumerate(wanted)}
    schema = rows.rows.lazy().select(**values).collect_schema()
    return {steady.identity: schema[str(number)] for number, steady in enumerate(wanted)}


def _is(value: pl.Expr, column: str) -> bool:
    return value.meta.eq(pl.col(column))


def _way(
    rows: SlidingRows, steady: Steady, dtype: pl.DataType, spans: Collection[Span]
) -> tuple[pl.Expr, Callable[[pl.Series], Between]] | None:
    """A column of the rows, and how it tells the reduction over a span; None where none does."""
    match steady.kind:
        case "count":
            is_every_row = not steady.conditions and is_in_every_row(steady.value)
            total = pl.col(PLACE) if is_every_row else _total(rows.counts(steady).cast(pl.UInt32))
            return total, lambda column: _difference(rows, column, pl.Int64())
        case "sum" if dtype.is_float() or dtype.is_integer() or dtype in (pl.Boolean, pl.Duration, pl.Null):
            return _total(_added(rows, steady, dtype)), lambda column: _difference(rows, column, pl.Int128())
        case "distinct" if _is(steady.value, "@day") and _split_between_days(rows, spans):
            return _total(_new_day(rows, steady).cast(pl.UInt32)), lambda column: _difference(rows, column, pl.Int64())
        case "min" | "max":
            return _extreme(rows, steady)
        case _:
            return None


def _extreme(rows: SlidingRows, steady: Steady) -> tuple[pl.Expr, Callable[[pl.Series], Between]] | None:
    """Of the first or last time: of what else is least or greatest, no place in the order of time tells."""
    column = next((name for name in ("@time", "@day") if _is(steady.value, name)), None)
    if column is None or not _is_in_order(rows, column):
        return None
    values = rows.rows.get_column(column)
    if steady.kind == "max":
        return _last(rows, steady), lambda places: _last_between(rows, places, values)
    return _first(rows, steady), lambda places: _first_between(rows, places, values)


def _total(addend: pl.Expr) -> pl.Expr:
    """At each row, the total of all rows before it."""
    # What is written out, as in sum(1), is one value and has to become one a row.
    each = pl.when(pl.col(PLACE).is_not_null()).then(addend)
    return each.fill_null(0).cum_sum().shift(1, fill_value=0)


def _added(rows: SlidingRows, steady: Steady, dtype: pl.DataType) -> pl.Expr:
    """What is added up (``Aggregated``)."""
    if dtype.is_float():
        return fixed_point(steady.value, rows.applies(steady) & (steady.value.abs() < LARGEST))
    return pl.when(rows.applies(steady)).then(steady.value).cast(pl.Int64).cast(pl.Int128)


def _new_day(rows: SlidingRows, steady: Steady) -> pl.Expr:
    """Whether the row is the first of its key and day that counts."""
    day = pl.col(CODE).cast(pl.Int64) * _DAYS + pl.col("@day").to_physical()
    last = pl.when(rows.counts(steady)).then(day).forward_fill().shift(1)
    return rows.counts(steady) & day.ne_missing(last)


def _last(rows: SlidingRows, steady: Steady) -> pl.Expr:
    """At each row, the place of the last one before it that counts."""
    return pl.when(rows.counts(steady)).then(pl.col(PLACE)).forward_fill().shift(1)


def _first(rows: SlidingRows, steady: Steady) -> pl.Expr:
    """At each row, the place of the first one from it on that counts."""
    counts = rows.counts(steady) & (pl.col(PLACE) < len(rows.rows) - 1)
    return pl.when(counts).then(pl.col(PLACE)).backward_fill()


def _difference(rows: SlidingRows, totals: pl.Series, dtype: pl.DataType) -> Between:
    at, told = rows.places, rows.told(totals)

    def between(span: Span) -> pl.Expr:
        low, high = at.ends(span, told)
        return (high - low).cast(dtype)

    return between


def _last_between(rows: SlidingRows, places: pl.Series, values: pl.Series) -> Between:
    at, place, value = rows.places, rows.told(places), rows.told(values.gather(places))

    def between(span: Span) -> pl.Expr:
        low, _ = at.ends(span)
        return pl.when(at.ends(span, place)[1] >= low).then(at.ends(span, value)[1])

    return between


def _first_between(rows: SlidingRows, places: pl.Series, values: pl.Series) -> Between:
    at, place, value = rows.places, rows.told(places), rows.told(values.gather(places))

    def between(span: Span) -> pl.Expr:
        _, high = at.ends(span)
        return pl.when(at.ends(span, place)[0] < high).then(at.ends(span, value)[0])

    return between


def _is_in_order(rows: SlidingRows, column: str) -> bool:
    """Whether the column never falls from one row of a key to the next: wall-clock time goes back in spring's night."""
    value, code = pl.col(column), pl.col(CODE)
    falls = (value < value.shift(1)) & (code == code.shift(1))
    return not rows.select({"falls": falls.any()}).item()


def _split_between_days(rows: SlidingRows, spans: Collection[Span]) -> bool:
    """Whether no day has rows on both sides of where a span begins or ends, but for spans from the first row on."""
    if all(span.start is None for span in spans):
        return True
    day = pl.col("@day").to_physical()
    of_bucket = (
        rows.rows.lazy().group_by(BUCKET).agg(day.min().alias("from"), day.max().alias("to")).sort(BUCKET).collect()
    )
    parts = of_bucket.select(BUCKET, pl.col("to").cum_max(), pl.col("from").cum_min(reverse=True))
    for edge in {edge for span in spans if span.start is not None for edge in rows.places.within(span)}:
        before = parts.filter(pl.col(BUCKET) < edge).get_column("to").max()
        after = parts.filter(pl.col(BUCKET) >= edge).get_column("from").min()
        if isinstance(before, int) and isinstance(after, int) and before >= after:
            return False
    return True


@attrs.define(eq=False)
class _DistinctValues:
    """The different values of each key, with a bit for each span of each reduction that they are counted in.

    ``bits`` says of a reduction and a span which word and which bit it is.
    """

    pairs: pl.DataFrame
    keys: int
    bits: Mapping[tuple[object, Span], tuple[str, int]]
    _counted: dict[tuple[str, int], pl.Series] = attrs.field(factory=dict)

    @classmethod
    def of(cls, rows: SlidingRows, wanted: Mapping[Steady, Collection[Span]]) -> _DistinctValues:
        """The values of reductions that all have the same."""
        bits, words = dict[tuple[object, Span], tuple[str, int]](), dict[str, pl.Expr]()
        for steady, spans in wanted.items():
            for first in range(0, len(spans), _BITS):
                chunk, word = [*spans][first : first + _BITS], f"@word:{len(words)}"
                words[word] = pl.when(rows.counts(steady)).then(_bits_of(rows, chunk).gather(pl.col(BUCKET)))
                bits |= {(steady.identity, span): (word, bit) for bit, span in enumerate(chunk)}
        value = next(iter(wanted)).value
        pairs = (
            rows.rows.lazy()
            .select(CODE, value.alias("@value"), **{word: bit.fill_null(0) for word, bit in words.items()})
            .filter(pl.any_horizontal(pl.col(*words) != 0))
            .group_by(CODE, "@value")
            .agg(pl.col(*words).bitwise_or())
            .drop("@value")
            .collect(engine="streaming")
        )
        return cls(pairs, len(rows.keys), bits)

    def between(self, steady: Steady) -> Between:
        """How many different values each key has."""
        return lambda span: pl.lit(self._count(*self.bits[steady.identity, span]))

    def _count(self, word: str, bit: int) -> pl.Series:
        if (word, bit) not in self._counted:
            self._count_some(bit - bit % _AT_ONCE)
        return self._counted[word, bit]

    def _count_some(self, first: int) -> None:
        """Count some bits of all words: the next moments ask for the next bits."""
        words = [name for name in self.pairs.columns if name != CODE]
        wanted = [(word, bit) for word in words for bit in range(first, first + _AT_ONCE)]
        counts = (
            self.pairs.lazy()
            .group_by(CODE)
            .agg(
                ((pl.col(word) & pl.lit(1 << bit, pl.UInt64)) != 0).sum().alias(f"{word}.{bit}") for word, bit in wanted
            )
        )
        every = pl.LazyFrame({CODE: pl.int_range(self.keys, dtype=pl.UInt32, eager=True)})
        counted = every.join(counts, on=CODE, how="left", maintain_order="left").fill_null(0).collect()
        for word, bit in wanted:
            self._counted[word, bit] = counted.get_column(f"{word}.{bit}").cast(pl.Int64)


def _bits_of(rows: SlidingRows, spans: Sequence[Span]) -> pl.Expr:
    """For each bucket, the bits of the spans that its rows are in."""
    of_bucket = [0] * rows.places.buckets
    for bit, span in enumerate(spans):
        low, high = rows.places.within(span)
        for bucket in range(low, high):
            of_bucket[bucket] |= 1 << bit
    return pl.lit(pl.Series(of_bucket, dtype=pl.UInt64))
