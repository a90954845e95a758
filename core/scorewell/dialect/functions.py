"""The row-wise functions, and what to write instead of those that are missing on purpose."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs
import polars as pl

from scorewell.dialect.kinds import Kind, Value, local, moment
from scorewell.dialect.reading import CLOCK

__all__ = ["ADVICE", "AGGREGATES", "FUNCTIONS", "Function", "FunctionError", "part_of"]


class FunctionError(ValueError):
    """An argument that a function cannot take; the compiler adds the place."""


@attrs.frozen(eq=False)
class Function:
    """A function: ``takes`` has the kind of each argument (None: any), the last ``optional`` of which may be missing;
    where ``repeats``, the last one may be repeated. ``build`` is given the values, already of those kinds, and the
    time zone. ``returns`` None: the kind that its arguments share."""

    takes: tuple[Kind | None, ...]
    returns: Kind | None
    build: Callable[[list[Value], str], pl.Expr]
    optional: int = 0
    repeats: bool = False


def finite(number: pl.Expr) -> pl.Expr:
    """Null for NaN and the infinities: they are no answers."""
    return pl.when(number.is_finite()).then(number)


def _numeric(function: Callable[..., pl.Expr], arguments: int = 1, *, guarded: bool = False) -> Function:
    def build(values: list[Value], _timezone: str) -> pl.Expr:
        number = function(*(value.expr for value in values))
        return finite(number) if guarded else number

    return Function((Kind.NUMBER,) * arguments, Kind.NUMBER, build)


def _round(values: list[Value], _timezone: str) -> pl.Expr:
    digits = _whole(values, 1, "round", "digits") if len(values) > 1 else 0
    if digits < 0:
        raise FunctionError("round takes 0 or more digits")
    return values[0].expr.round(digits, mode="half_away_from_zero")


def _log(values: list[Value], _timezone: str) -> pl.Expr:
    if len(values) == 1:
        return finite(values[0].expr.log(10.0))
    return finite(values[1].expr.log() / values[0].expr.log())


def _text(
    function: Callable[..., pl.Expr], arguments: int, returns: Kind = Kind.TEXT, *, optional: int = 0
) -> Function:
    def build(values: list[Value], _timezone: str) -> pl.Expr:
        result = function(*(value.expr for value in values))
        return result.cast(pl.Int64) if returns is Kind.NUMBER else result

    return Function((Kind.TEXT,) * arguments, returns, build, optional)


def _substr(values: list[Value], _timezone: str) -> pl.Expr:
    start = _whole(values, 1, "substr", "start")
    if start < 1:
        raise FunctionError("substr counts from 1")
    length = _whole(values, 2, "substr", "length") if len(values) > 2 else None
    return values[0].expr.str.slice(start - 1, length)


def _left(values: list[Value], _timezone: str) -> pl.Expr:
    return values[0].expr.str.head(_whole(values, 1, "left", "length"))


def _right(values: list[Value], _timezone: str) -> pl.Expr:
    return values[0].expr.str.tail(_whole(values, 1, "right", "length"))


def _concat(values: list[Value], _timezone: str) -> pl.Expr:
    return pl.concat_str([value.expr.cast(pl.String) for value in values], ignore_nulls=True)


def _whole(values: list[Value], index: int, function: str, argument: str) -> int:
    literal = values[index].literal
    if not isinstance(literal, int):
        raise FunctionError(f"the {argument} of {function} must be a whole number, written out")
    return literal


PARTS: Mapping[str, Callable[[pl.Expr], pl.Expr]] = {
    "year": lambda when: when.dt.year(),
    "quarter": lambda when: when.dt.quarter(),
    "month": lambda when: when.dt.month(),
    "week": lambda when: when.dt.week(),
    "day": lambda when: when.dt.day(),
    "dow": lambda when: when.dt.weekday() % 7,
    "isodow": lambda when: when.dt.weekday(),
    "doy": lambda when: when.dt.ordinal_day(),
    "hour": lambda when: when.dt.hour(),
    "minute": lambda when: when.dt.minute(),
    "second": lambda when: when.dt.second(),
}
"""The parts of a moment, read from the local clock. ``dow`` counts from Sunday 0, ``isodow`` from Monday 1; ``week``
is the ISO week."""

_TRUNCATED = {"year": "1y", "quarter": "1q", "month": "1mo", "week": "1w", "day": "1d"}


def part_of(part: str, when: Value, timezone: str) -> pl.Expr:
    """A part of a moment, Int64. Raises FunctionError for an unknown part."""
    aliases = {"dayofweek": "dow", "weekday": "dow", "dayofyear": "doy"}
    name = aliases.get(part.lower(), part.lower())
    if name not in PARTS:
        raise FunctionError(f"no part '{part}'; there are {', '.join(PARTS)}")
    return PARTS[name](local(when, timezone)).cast(pl.Int64)


def _date_part(values: list[Value], timezone: str) -> pl.Expr:
    return part_of(_word(values, "date_part"), values[1], timezone)


def _date_trunc(values: list[Value], timezone: str) -> pl.Expr:
    part = _word(values, "date_trunc").lower()
    if part not in _TRUNCATED:
        raise FunctionError(f"date_trunc cannot cut at '{part}'; it can at {', '.join(_TRUNCATED)}")
    return local(values[1], timezone).dt.truncate(_TRUNCATED[part]).dt.date()


def _word(values: list[Value], function: str) -> str:
    literal = values[0].literal
    if not isinstance(literal, str):
        raise FunctionError(f"the first argument of {function} is a part of a date in quotes, as 'month'")
    return literal


def _named_part(part: str) -> Function:
    return Function((Kind.MOMENT,), Kind.NUMBER, lambda values, timezone: part_of(part, values[0], timezone))


def _epoch(values: list[Value], timezone: str) -> pl.Expr:
    return moment(values[0], timezone).dt.timestamp("us") / 1_000_000


def _nullif(values: list[Value], _timezone: str) -> pl.Expr:
    return pl.when(values[0].expr.ne_missing(values[1].expr)).then(values[0].expr)


def _over_values(function: Callable[..., pl.Expr]) -> Function:
    def build(values: list[Value], _timezone: str) -> pl.Expr:
        return function([value.expr for value in values])

    return Function((None, None), None, build, optional=1, repeats=True)


_LENGTH = _text(lambda text: text.str.len_chars(), 1, Kind.NUMBER)
_CEIL = _numeric(lambda x: x.ceil())
_COALESCE = _over_values(pl.coalesce)
_POW = _numeric(lambda x, y: x.cast(pl.Float64).pow(y), 2, guarded=True)
_SUBSTR = Function((Kind.TEXT, Kind.NUMBER, Kind.NUMBER), Kind.TEXT, _substr, optional=1)

FUNCTIONS: Mapping[str, Function] = {
    "abs": _numeric(lambda x: x.abs()),
    "sign": _numeric(lambda x: x.sign()),
    "round": Function((Kind.NUMBER, Kind.NUMBER), Kind.NUMBER, _round, optional=1),
    "floor": _numeric(lambda x: x.floor()),
    "ceil": _CEIL,
    "ceiling": _CEIL,
    "sqrt": _numeric(lambda x: x.sqrt(), guarded=True),
    "exp": _numeric(lambda x: x.exp(), guarded=True),
    "ln": _numeric(lambda x: x.log(), guarded=True),
    "log": Function((Kind.NUMBER, Kind.NUMBER), Kind.NUMBER, _log, optional=1),
    "log2": _numeric(lambda x: x.log(2.0), guarded=True),
    "log10": _numeric(lambda x: x.log(10.0), guarded=True),
    "pow": _POW,
    "power": _POW,
    "coalesce": _COALESCE,
    "ifnull": _COALESCE,
    "greatest": _over_values(pl.max_horizontal),
    "least": _over_values(pl.min_horizontal),
    "nullif": Function((None, None), None, _nullif),
    "lower": _text(lambda text: text.str.to_lowercase(), 1),
    "upper": _text(lambda text: text.str.to_uppercase(), 1),
    "trim": _text(lambda text, *characters: text.str.strip_chars(*characters), 2, optional=1),
    "ltrim": _text(lambda text, *characters: text.str.strip_chars_start(*characters), 2, optional=1),
    "rtrim": _text(lambda text, *characters: text.str.strip_chars_end(*characters), 2, optional=1),
    "length": _LENGTH,
    "len": _LENGTH,
    "substr": _SUBSTR,
    "substring": _SUBSTR,
    "left": Function((Kind.TEXT, Kind.NUMBER), Kind.TEXT, _left),
    "right": Function((Kind.TEXT, Kind.NUMBER), Kind.TEXT, _right),
    "concat": Function((None, None), Kind.TEXT, _concat, optional=1, repeats=True),
    "replace": _text(lambda text, old, new: text.str.replace_all(old, new, literal=True), 3),
    "contains": _text(lambda text, part: text.str.contains(part, literal=True), 2, Kind.FLAG),
    "starts_with": _text(lambda text, part: text.str.starts_with(part), 2, Kind.FLAG),
    "ends_with": _text(lambda text, part: text.str.ends_with(part), 2, Kind.FLAG),
    "date_part": Function((Kind.TEXT, Kind.MOMENT), Kind.NUMBER, _date_part),
    "date_trunc": Function((Kind.TEXT, Kind.MOMENT), Kind.DATE, _date_trunc),
    "epoch": Function((Kind.MOMENT,), Kind.NUMBER, _epoch),
    **{part: _named_part(part) for part in ("year", "quarter", "month", "week", "day", "hour", "dayofweek")},
}
"""Every row-wise function by its name in lower case."""

AGGREGATES = frozenset(
    {"arg_max", "arg_min", "avg", "bool_and", "bool_or", "count", "count_if", "first", "last", "max", "mean", "median"}
    | {"min", "percentile", "quantile", "quantile_cont", "stddev", "stddev_samp", "sum", "var_samp", "variance"}
)
"""The names of the calls that reduce many rows to one value."""

_CHANCE = "chance has no place here: the same data must give the same result"

ADVICE: Mapping[str, str] = {
    **dict.fromkeys(
        ("now", "today", "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "getdate"),
        CLOCK,
    ),
    **dict.fromkeys(("random", "rand", "uuid", "gen_random_uuid"), _CHANCE),
    **dict.fromkeys(
        ("date_diff", "datediff", "age", "timestampdiff"), "subtract instead: as_of - signup_date is a number of days"
    ),
    **dict.fromkeys(
        ("date_add", "dateadd", "date_sub"), "add or subtract an interval instead: as_of - interval '60 days'"
    ),
    **dict.fromkeys(("to_date", "strptime", "to_timestamp"), "write cast(x as date) or cast(x as timestamp)"),
    **dict.fromkeys(("percentile_cont", "percentile_disc"), "write quantile_cont(x, 0.9)"),
    **dict.fromkeys(
        ("any_value", "arbitrary"), "any value would depend on the order of rows: write min(x), first(x) or last(x)"
    ),
    **dict.fromkeys(("approx_count_distinct",), "write count(distinct x)"),
    **dict.fromkeys(("stddev_pop", "var_pop"), "write stddev(x) or variance(x), those of a sample"),
    **dict.fromkeys(("row_number", "rank", "lag", "lead"), "window functions are not supported"),
}
"""Functions that people reach for and that are missing on purpose, with what to write instead."""
