"""What the operators do with each kind of value."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Mapping, Sequence

import attrs
import polars as pl
from sqlglot import exp

from scorewell.dialect.functions import FunctionError, finite
from scorewell.dialect.kinds import DAY, MOMENT, Kind, Value, local, moment, number_of_days, parsed, written

__all__ = [
    "ARITHMETIC",
    "COMPARISONS",
    "add",
    "arithmetic",
    "as_kind",
    "compare",
    "interval",
    "join_text",
    "like",
    "member",
    "number",
    "subtract",
    "temporal",
    "unified",
]

Operation = Callable[[pl.Expr, pl.Expr], pl.Expr]


@attrs.frozen(eq=False)
class Operator:
    """An operator with the sign that messages call it by."""

    sign: str
    apply: Operation


def _multiply(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    # 64 bits wrap without a word: then the product is far from that of the doubles.
    product = left * right
    of_doubles = left.cast(pl.Float64) * right.cast(pl.Float64)
    return pl.when((product.cast(pl.Float64) - of_doubles).abs() < 2.0**62).then(product)


def _divide(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    # x / 0 is no number. Nulling the divisor names the right side twice and the left once: nested fractions stay small.
    divisor = pl.when(right != 0).then(right)
    if right.meta.root_names():
        return left / divisor
    # polars multiplies by the reciprocal of a divisor that is one number: 35 / 100 would be above 0.35, and differ from
    # what it is in a batch of one row. One number per row is divided by.
    return left / (left * 0 + divisor)


COMPARISONS: Mapping[type[exp.Expr], Operator] = {
    exp.EQ: Operator("=", operator.eq),
    exp.NEQ: Operator("<>", operator.ne),
    exp.LT: Operator("<", operator.lt),
    exp.LTE: Operator("<=", operator.le),
    exp.GT: Operator(">", operator.gt),
    exp.GTE: Operator(">=", operator.ge),
    exp.NullSafeEQ: Operator("is not distinct from", lambda left, right: left.eq_missing(right)),
    exp.NullSafeNEQ: Operator("is distinct from", lambda left, right: left.ne_missing(right)),
}
ARITHMETIC: Mapping[type[exp.Expr], Operator] = {
    exp.Mul: Operator("*", _multiply),
    exp.Div: Operator("/", _divide),
    exp.IntDiv: Operator("//", lambda left, right: _divide(left, right).floor().cast(pl.Int64, strict=False)),
    exp.Mod: Operator("%", lambda left, right: left % pl.when(right != 0).then(right)),
    exp.Pow: Operator("**", lambda left, right: finite(left.cast(pl.Float64).pow(right))),
}
_PLUS, _MINUS = Operator("+", operator.add), Operator("-", operator.sub)

_UNITS = {
    "second": "s",
    "minute": "m",
    "hour": "h",
    "day": "d",
    "week": "w",
    "month": "mo",
    "quarter": "q",
    "year": "y",
}
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def interval(node: exp.Interval) -> Value:
    """``interval '60 days'``: a whole number of one unit. Raises FunctionError for anything else."""
    unit = node.args.get("unit")
    amount = node.this.name if isinstance(node.this, exp.Literal) else ""
    name = (unit.name if unit is not None else "").lower().removesuffix("s")
    if name not in _UNITS or not amount.lstrip("-").isdigit():
        raise FunctionError(
            f"an interval is a whole number and one unit ({', '.join(_UNITS)}), as in interval '60 days'"
        )
    return Value(pl.lit(None), Kind.SPAN, span=(int(amount), _UNITS[name]))


def number(value: Value, sign: str) -> pl.Expr:
    """The value as a number: true is 1, an interval its days. Raises FunctionError where it is none."""
    return as_kind(value, Kind.NUMBER, sign, "UTC").expr


def as_kind(value: Value, kind: Kind, what: str, timezone: str) -> Value:
    """The value as ``what`` needs it. Raises FunctionError where it is of another kind."""
    if kind is Kind.MOMENT:
        return temporal(value, what, timezone)
    if value.kind is kind or value.kind is Kind.UNKNOWN:
        return value
    if value.kind is Kind.NULL:
        dtypes = {Kind.NUMBER: pl.Float64(), Kind.TEXT: pl.String(), Kind.FLAG: pl.Boolean()}
        return Value(value.expr.cast(dtypes[kind]), kind)
    if kind is Kind.NUMBER and value.kind is Kind.FLAG:
        return Value(value.expr.cast(pl.Int64), kind)
    if kind is Kind.NUMBER and value.kind is Kind.SPAN:
        return Value(pl.lit(_days(value)), kind)
    raise FunctionError(f"'{what}' needs {kind.value}, and this is {value.kind.value}")


def temporal(value: Value, what: str, timezone: str) -> Value:
    """The value as a date or a moment; text that is written out is read. Raises FunctionError where it is neither."""
    if value.is_temporal:
        return value
    if value.kind in (Kind.UNKNOWN, Kind.NULL) or value.may_be_date:
        return Value(value.expr.cast(MOMENT), Kind.MOMENT)
    if isinstance(value.literal, str):
        when = parsed(value.literal)
        if when is not None:
            return written(when, timezone)
        raise FunctionError(f"'{value.literal}' is no date; write it as '2026-03-01' or '2026-03-01 09:30:00'")
    hint = ": write cast(… as date)" if value.kind is Kind.TEXT else ""
    raise FunctionError(f"'{what}' needs a date or a moment, and this is {value.kind.value}{hint}")


def add(left: Value, right: Value, timezone: str) -> Value:
    """Numbers; or a date or moment and an interval or a number of days."""
    if right.is_temporal or (left.kind is Kind.SPAN and right.kind is Kind.UNKNOWN):
        left, right = right, left
    if left.is_temporal and right.is_temporal:
        raise FunctionError("two dates cannot be added; subtract them for the days between")
    if left.is_temporal or (left.kind is Kind.UNKNOWN and right.kind is Kind.SPAN):
        return _shifted(left, right, 1, timezone)
    return _number_or_date(left, right, _PLUS)


def subtract(left: Value, right: Value, timezone: str) -> Value:
    """Numbers; a date or moment less an interval or days; or two of them: the days between, as a number."""
    if left.is_temporal or right.is_temporal:
        if right.kind in (Kind.SPAN, Kind.NUMBER):
            return _shifted(left, right, -1, timezone)
        return _days_between(temporal(left, "-", timezone), temporal(right, "-", timezone), timezone)
    if left.kind is Kind.UNKNOWN and right.kind is Kind.SPAN:
        return _shifted(left, right, -1, timezone)
    if left.kind is Kind.UNKNOWN and right.kind is Kind.UNKNOWN:
        return Value(left.expr - right.expr, Kind.UNKNOWN)
    return _number_or_date(left, right, _MINUS)


def _number_or_date(left: Value, right: Value, op: Operator) -> Value:
    """A sum or a difference of numbers, as far as is known: a column may be a date, to which days are added."""
    unsure = any(value.kind is Kind.UNKNOWN or value.may_be_date for value in (left, right))
    return attrs.evolve(arithmetic(left, right, op), may_be_date=unsure)


def arithmetic(left: Value, right: Value, op: Operator) -> Value:
    """An operator on two numbers. Raises FunctionError for anything else."""
    return Value(op.apply(number(left, op.sign), number(right, op.sign)), Kind.NUMBER)


def join_text(left: Value, right: Value) -> Value:
    """``a || b``: null where one of them is. Numbers are written as text."""
    return Value(pl.concat_str([left.expr.cast(pl.String), right.expr.cast(pl.String)]), Kind.TEXT)


def compare(left: Value, right: Value, op: Operator, timezone: str) -> Value:
    """A comparison, once both sides are of one kind. Raises FunctionError where they cannot be."""
    one, other = unified([left, right], timezone, op.sign)
    return Value(op.apply(one.expr, other.expr), Kind.FLAG)


def member(value: Value, candidates: Sequence[Value], timezone: str) -> Value:
    """``x in (…)``: null where x is null, or where it is none of them and one of them is null."""
    literals = [candidate.literal for candidate in candidates]
    simple = {Kind.TEXT: str, Kind.NUMBER: int}.get(candidates[0].kind)
    if simple and value.kind in (candidates[0].kind, Kind.UNKNOWN) and all(type(one) is simple for one in literals):
        return Value(value.expr.is_in(literals), Kind.FLAG)
    equal = COMPARISONS[exp.EQ]
    tests = [compare(value, candidate, equal, timezone).expr for candidate in candidates]
    return Value(functools.reduce(operator.or_, tests), Kind.FLAG)


def like(value: Value, pattern: Value, *, ignore_case: bool) -> pl.Expr:
    """``%`` stands for any text, ``_`` for any one character. Raises FunctionError for a computed pattern."""
    if not isinstance(pattern.literal, str):
        raise FunctionError("the pattern of like must be text, written out, as in like 'A%'")
    wildcards = {"%": ".*", "_": "."}
    body = "".join(wildcards.get(character, re.escape(character)) for character in pattern.literal)
    flags = "(?is)" if ignore_case else "(?s)"
    return as_kind(value, Kind.TEXT, "like", "UTC").expr.str.contains(f"{flags}^{body}$")


def unified(values: Sequence[Value], timezone: str, what: str = "a choice") -> list[Value]:
    """The values as one kind. Raises FunctionError where they have none in common."""
    kinds = {value.kind for value in values}
    if kinds & {Kind.DATE, Kind.MOMENT}:
        found = [temporal(value, what, timezone) if value.kind is not Kind.UNKNOWN else value for value in values]
        if all(value.kind is not Kind.MOMENT for value in found):
            return found
        return [Value(moment(value, timezone), Kind.MOMENT) for value in found]
    known = {value.kind for value in values if not value.may_be_date} - {Kind.NULL, Kind.UNKNOWN}
    if Kind.NUMBER in known or Kind.SPAN in known:
        if Kind.TEXT in known:
            raise FunctionError(f"'{what}' cannot take text and a number together: quote both, or cast one of them")
        return [value if value.kind is Kind.NULL else as_kind(value, Kind.NUMBER, what, timezone) for value in values]
    if len(known) > 1:
        raise FunctionError(f"'{what}' cannot take {' and '.join(sorted(kind.value for kind in known))} together")
    return list(values)


def _shifted(when: Value, by: Value, sign: int, timezone: str) -> Value:
    if by.span is None:
        return _shifted_by_days(temporal(when, "+", timezone), number(by, "+") * sign, timezone)
    count, unit = by.span
    offset = f"{count * sign}{unit}"
    if when.kind is Kind.DATE and unit not in ("s", "m", "h"):
        return Value(when.expr.dt.offset_by(offset), Kind.DATE)
    instant = moment(temporal(when, "+", timezone), timezone)
    if timezone == "UTC":
        return Value(instant.dt.offset_by(offset), Kind.MOMENT)
    # Days and months are steps on the calendar: 60 days before a local midnight is a local midnight.
    return Value(instant.dt.convert_time_zone(timezone).dt.offset_by(offset).dt.convert_time_zone("UTC"), Kind.MOMENT)


def _shifted_by_days(when: Value, days: pl.Expr, timezone: str) -> Value:
    if when.kind is Kind.DATE:
        return Value(when.expr + pl.duration(days=days.cast(pl.Int64)), Kind.DATE)
    shift = (days * DAY).cast(pl.Int64).cast(pl.Duration("us"))
    return Value(moment(when, timezone) + shift, Kind.MOMENT)


def _days_between(left: Value, right: Value, timezone: str) -> Value:
    """Two moments: elapsed days. Where one is a date: days on the calendar, whatever the clocks did."""
    if left.kind is Kind.MOMENT and right.kind is Kind.MOMENT:
        return Value(number_of_days(left.expr - right.expr), Kind.NUMBER)
    return Value(number_of_days(local(left, timezone) - local(right, timezone)), Kind.NUMBER)


def _days(value: Value) -> float:
    count, unit = value.span or (0, "d")
    if unit not in _SECONDS:
        raise FunctionError("a month has no fixed number of days: add the interval to a date, or write days")
    return count * _SECONDS[unit] / 86_400
