"""SQL aggregates as a measure: ``sum(minutes) / count(distinct user_id)``."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import attrs
import polars as pl
from sqlglot import exp

from scorewell.api.v1 import Expression, Measure, Partial, Partials, Rows, frozen, setting
from scorewell.dialect.compiling import Compiler, unknown_function
from scorewell.dialect.errors import DialectError
from scorewell.dialect.functions import AGGREGATES, FUNCTIONS
from scorewell.dialect.kinds import MOMENT, Kind, Value
from scorewell.dialect.reading import AS_OF, column_name, read, refuse, written_again

__all__ = ["SqlAggregate"]

Reduction = Literal["rows", "count", "sum", "min", "max", "distinct", "first", "last", "values"]
Reduced = Mapping[Reduction, pl.Expr]


@attrs.frozen(eq=False)
class _Call:
    """One aggregate in the text: ``quantile_cont(minutes, 0.9) filter (where is_paid)``."""

    node: exp.Expr
    name: str
    argument: exp.Expr | None
    distinct: bool = False
    by: exp.Expr | None = None
    where: exp.Expr | None = None
    share: float = 0.5

    def named(self, reduction: Reduction) -> str:
        """What the partial is called. The same reduction of the same rows has the same name, and is made once."""
        parts = [reduction, *(written_again(part) for part in (self.argument, self.by, self.where) if part is not None)]
        return " | ".join(parts) if reduction != "rows" else f"rows | {self.where and written_again(self.where)}"


@attrs.frozen(eq=False)
class _Aggregate:
    """The reductions that an aggregate needs, and its value made of them; ``kind`` None: that of its argument."""

    reductions: tuple[Reduction, ...]
    finish: Callable[[Reduced, _Call], pl.Expr]
    kind: Kind | None = Kind.NUMBER
    arguments: int = 1


def _sum(reduced: Reduced, _call: _Call) -> pl.Expr:
    # Rows of which none has a value are no evidence of zero; no rows at all are.
    return pl.when((reduced["count"] > 0) | (reduced["rows"] == 0)).then(reduced["sum"])


def _mean(reduced: Reduced, _call: _Call) -> pl.Expr:
    return pl.when(reduced["count"] > 0).then(reduced["sum"] / reduced["count"])


def _quantile(reduced: Reduced, call: _Call) -> pl.Expr:
    """Between the two nearest of the sorted values: type 7 of Hyndman and Fan (1996), SQL's percentile_cont."""
    values = reduced["values"]
    position = (values.list.len().cast(pl.Float64) - 1) * call.share
    below = values.list.get(position.floor().cast(pl.Int64), null_on_oob=True)
    above = values.list.get(position.ceil().cast(pl.Int64), null_on_oob=True)
    return pl.when(values.list.len() > 0).then(below + (above - below) * (position - position.floor()))


def _any(reduced: Reduced, _call: _Call) -> pl.Expr:
    return pl.when(reduced["rows"] > 0).then(reduced["max"] == 1).otherwise(pl.lit(False))


def _same(reduction: Reduction, kind: Kind | None = Kind.NUMBER, arguments: int = 1) -> _Aggregate:
    return _Aggregate((reduction,), lambda reduced, _call: reduced[reduction], kind, arguments)


_AVG = _Aggregate(("sum", "count"), _mean)
_QUANTILE = _Aggregate(("values",), _quantile, arguments=2)
_STDDEV = _Aggregate(("values",), lambda reduced, _call: reduced["values"].list.std(ddof=1))
_VARIANCE = _Aggregate(("values",), lambda reduced, _call: reduced["values"].list.var(ddof=1))
_AGGREGATES: Mapping[str, _Aggregate] = {
    "count": _same("count"),
    "count_if": _same("rows"),
    "sum": _Aggregate(("sum", "count", "rows"), _sum),
    "avg": _AVG,
    "mean": _AVG,
    "min": _same("min", None),
    "max": _same("max", None),
    "median": _Aggregate(("values",), _quantile),
    "quantile": _QUANTILE,
    "quantile_cont": _QUANTILE,
    "percentile": _QUANTILE,
    "stddev": _STDDEV,
    "stddev_samp": _STDDEV,
    "variance": _VARIANCE,
    "var_samp": _VARIANCE,
    "first": _same("first", None),
    "last": _same("last", None),
    "arg_min": _same("first", None, arguments=2),
    "arg_max": _same("last", None, arguments=2),
    "bool_or": _Aggregate(("max", "rows"), _any, Kind.FLAG),
    "bool_and": _Aggregate(("min",), lambda reduced, _call: reduced["min"] == 1, Kind.FLAG),
}


@frozen
class SqlAggregate(Measure):
    """SQL aggregates over a table's rows, and arithmetic of them.

    For a customer that is covered and has no rows, counts and sums are 0 and everything else is null. A sum over rows
    of which none has a value is null. Median, quantiles and standard deviation look at 10,000 values a customer.
    """

    name = "sql"

    sql: Expression = setting("aggregates over the table's columns, as in sum(minutes) / count(distinct user_id)")

    def problems(self) -> Iterator[str]:
        """What is wrong with the text alone: columns are checked against the table later."""
        try:
            calls = _calls(self.sql)
            for call in calls:
                for part in (call.argument, call.by, call.where):
                    if part is not None:
                        _kind(self.sql, part)
            _Finish(self.sql, calls, {name: pl.lit(None) for call in calls for name in _names(call).values()}).result()
        except DialectError as error:
            yield str(error)

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        partials: dict[str, Partial] = {}
        for call in _calls(self.sql):
            seen = rows if call.where is None else rows.where(rows.expression(_text(call.where)))
            if call.name == "count_if" and call.argument is not None:
                seen = seen.where(rows.expression(_text(call.argument)))
            for reduction, name in _names(call).items():
                if name not in partials:
                    partials[name] = _partial(reduction, call, seen, self.sql)
        return partials

    def finish(self, partials: Partials) -> pl.Expr:
        return _Finish(self.sql, _calls(self.sql), partials).result().expr


class _Finish(Compiler):
    """Compiles the text around the aggregates; the aggregates themselves are given."""

    def __init__(self, sql: str, calls: tuple[_Call, ...], partials: Partials) -> None:
        super().__init__(sql, None, None, None, "UTC")
        self._calls = {written_again(call.node): call for call in calls}
        self._partials = partials

    def result(self) -> Value:
        return self.value(read(self._sql))

    def value(self, node: exp.Expr) -> Value:
        if isinstance(node, (exp.Column, exp.Dot)):
            name = column_name(node)
            inside = "min(as_of - started_at)" if name == AS_OF else f"sum({name})"
            raise refuse(self._sql, node, f"'{name}' stands outside an aggregate: write it inside one, as in {inside}")
        call = self._calls.get(written_again(node)) if isinstance(node, (exp.Anonymous, exp.Filter)) else None
        if call is None:
            return super().value(node)
        aggregate = _AGGREGATES[call.name]
        reduced = {reduction: self._partials[name] for reduction, name in _names(call).items()}
        kind = aggregate.kind
        if kind is None:
            kind = Kind.UNKNOWN if call.argument is None else _kind(self._sql, call.argument)
        return Value(aggregate.finish(reduced, call), kind)


def _names(call: _Call) -> dict[Reduction, str]:
    """The reductions of a call, each with its partial's name."""
    reductions = _AGGREGATES[call.name].reductions
    if call.name == "count":
        reductions = ("rows" if call.argument is None else "distinct" if call.distinct else "count",)
        return {"count": call.named(reductions[0])}
    if call.name == "count_if":
        return {"rows": f"count_if | {call.named('count')}"}
    return {reduction: call.named(reduction) for reduction in reductions}


def _partial(reduction: Reduction, call: _Call, rows: Rows, sql: str) -> Partial:
    if reduction == "rows" or call.argument is None:
        return Partial("count", rows.count)
    value = rows.expression(_text(call.argument))
    if call.name in ("bool_or", "bool_and") or (reduction == "sum" and _kind(sql, call.argument) is Kind.FLAG):
        value = value.cast(pl.Int64)
    if reduction in ("first", "last"):
        return Partial(reduction, value, rows.time if call.by is None else rows.expression(_text(call.by)))
    return Partial("distinct" if call.distinct else reduction, value)


def _text(node: exp.Expr) -> Expression:
    return Expression(written_again(node))


def _kind(sql: str, node: exp.Expr) -> Kind:
    """The kind of an aggregate's argument, as far as its text shows. Raises DialectError where it is no expression."""
    inner = Compiler(sql, None, pl.lit(None, dtype=MOMENT), None, "UTC")
    return inner.value(node).kind


@functools.lru_cache(maxsize=1024)
def _calls(sql: str) -> tuple[_Call, ...]:
    """The aggregates in the text. Raises DialectError where there are none, or one is not well formed."""
    tree = read(sql)
    calls: list[_Call] = []
    for node in tree.walk(prune=lambda node: _aggregate_in(node) is not None):
        anonymous = _aggregate_in(node)
        if anonymous is not None:
            calls.append(_call(sql, node, anonymous))
        elif isinstance(node, exp.Anonymous) and node.name.lower() not in FUNCTIONS:
            raise refuse(sql, node, unknown_function(node.name.lower(), FUNCTIONS))
    if not calls:
        raise refuse(sql, tree, "an aggregate was expected, as in sum(minutes), count(*) or avg(satisfaction_score)")
    return tuple(calls)


def _aggregate_in(node: exp.Expr) -> exp.Anonymous | None:
    """The aggregate that a node is, with or without a filter."""
    inner = node.this if isinstance(node, exp.Filter) else node
    return inner if isinstance(inner, exp.Anonymous) and inner.name.lower() in AGGREGATES else None


def _call(sql: str, node: exp.Expr, anonymous: exp.Anonymous) -> _Call:
    name = anonymous.name.lower()
    arguments = list(anonymous.expressions)
    where = node.expression.this if isinstance(node, exp.Filter) else None
    for inner in (part for argument in [*arguments, *([where] if where else [])] for part in argument.walk()):
        if _aggregate_in(inner) is not None:
            raise refuse(sql, inner, f"an aggregate inside {name}: aggregates cannot be nested")
    if name == "count" and (not arguments or isinstance(arguments[0], exp.Star)):
        return _Call(node, name, None, where=where)
    expected = _AGGREGATES[name].arguments
    if len(arguments) != expected:
        raise refuse(sql, anonymous, f"{name} takes {expected} argument{'s' * (expected > 1)}, not {len(arguments)}")
    argument, by, share, distinct = arguments[0], None, 0.5, False
    if isinstance(argument, exp.Distinct):
        if name != "count" or len(argument.expressions) != 1:
            raise refuse(sql, anonymous, "distinct is for count(distinct x), with one expression")
        argument, distinct = argument.expressions[0], True
    if isinstance(argument, exp.Order):
        argument, by, name = _ordered(sql, argument, name)
    if name in ("arg_min", "arg_max"):
        by = arguments[1]
    elif expected == 2:
        share = _share(sql, name, arguments[1])
    return _Call(node, name, argument, distinct, by, where, share)


def _ordered(sql: str, order: exp.Order, name: str) -> tuple[exp.Expr, exp.Expr, str]:
    """``last(plan order by changed_at)``; ``desc`` makes the first the last."""
    if name not in ("first", "last") or len(order.expressions) != 1:
        raise refuse(
            sql, order, "order by is for first and last, with one expression, as in last(plan order by changed_at)"
        )
    by = order.expressions[0]
    if by.args.get("desc"):
        name = {"first": "last", "last": "first"}[name]
    return order.this, by.this, name


def _share(sql: str, name: str, node: exp.Expr) -> float:
    """A quantile's place, 0 to 1. Raises DialectError for anything that is not written out."""
    try:
        share = float(node.name) if isinstance(node, exp.Literal) and not node.is_string else -1.0
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise refuse(
            sql, node, f"the second argument of {name} is a number from 0 to 1, written out, as in {name}(x, 0.9)"
        )
    return share
