"""A polars predicate as SQL, as far as it is simple: rows that the database need not send.

The translation may let rows through, never hold one back: polars filters again what arrives.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa

from scorewell_standard.sources.sql_columns import SqlColumn

__all__ = ["where"]

Condition = sa.ColumnElement[bool]
Value = int | float | str | date | datetime

_MIRRORED = {"Lt": "Gt", "LtEq": "GtEq", "Gt": "Lt", "GtEq": "LtEq", "Eq": "Eq"}
_OPERATORS: Mapping[str, Callable[[Any, Any], Condition]] = {
    "Lt": operator.lt,
    "LtEq": operator.le,
    "Gt": operator.gt,
    "GtEq": operator.ge,
    "Eq": operator.eq,
}
_MARGIN_DAYS = 0.001  # julianday is a float


def where(predicate: pl.Expr, columns: Mapping[str, SqlColumn]) -> Condition | None:
    """The condition; None where nothing of the predicate can be said in SQL.

    polars has no public form of an expression's tree: what is not known in its JSON is not pushed.
    """
    try:
        tree = json.loads(predicate.meta.serialize(format="json"))
    except (pl.exceptions.PolarsError, ValueError):
        return None
    return _condition(tree, columns)


def _condition(node: object, columns: Mapping[str, SqlColumn]) -> Condition | None:
    match node:
        case {"BinaryExpr": {"left": left, "op": "And", "right": right}}:
            return _both(_condition(left, columns), _condition(right, columns))
        case {"BinaryExpr": {"left": left, "op": "Or", "right": right}}:
            one, other = _condition(left, columns), _condition(right, columns)
            return None if one is None or other is None else sa.or_(one, other)
        case {"BinaryExpr": {"left": {"Column": str(name)}, "op": str(op), "right": {"Literal": literal}}}:
            return _comparison(columns[name], op, _value(literal))
        case {"BinaryExpr": {"left": {"Literal": literal}, "op": str(op), "right": {"Column": str(name)}}}:
            return _comparison(columns[name], _MIRRORED.get(op, op), _value(literal))
        case {"Function": {"input": [{"Column": str(name)}, *bounds], "function": {"Boolean": function}}}:
            return _of_function(columns[name], function, bounds)
        case _:
            return None


def _both(one: Condition | None, other: Condition | None) -> Condition | None:
    if one is None or other is None:
        return other if one is None else one
    return sa.and_(one, other)


def _of_function(column: SqlColumn, function: object, bounds: Sequence[object]) -> Condition | None:
    match function, bounds:
        case "IsNotNull", []:
            return column.selected.is_not(None)
        case {"IsBetween": _}, [{"Literal": low}, {"Literal": high}]:
            return _both(_comparison(column, "GtEq", _value(low)), _comparison(column, "LtEq", _value(high)))
        case _:
            return None


def _value(literal: object) -> Value | None:
    match literal:
        case {"Scalar": {"Datetime": [int(count), "Microseconds", zone]}}:
            moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=count)
            return moment if zone is not None else moment.replace(tzinfo=None)
        case {"Scalar": {"Date": int(days)}}:
            return date(1970, 1, 1) + timedelta(days=days)
        case {"Scalar": {"Int64": int(number)}} | {"Scalar": {"Int32": int(number)}} | {"Dyn": {"Int": int(number)}}:
            return number
        case {"Scalar": {"Float64": float(number)}} | {"Dyn": {"Float": float(number)}}:
            return number
        case {"Scalar": {"String": str(text)}} | {"Dyn": {"Str": str(text)}}:
            return text
        case _:
            return None


def _comparison(column: SqlColumn, op: str, value: Value | None) -> Condition | None:
    compare = _OPERATORS.get(op)
    if compare is None or value is None:
        return None
    if column.kind in ("date", "datetime", "instant") and isinstance(value, date):
        return _in_julian_days(column, op, value)
    return compare(column.selected, value) if _is_comparable(column, op, value) else None


def _is_comparable(column: SqlColumn, op: str, value: Value) -> bool:
    """Whether a database would compare the column with the value as polars does."""
    dtype = column.dtype
    match value:
        case datetime():
            return isinstance(dtype, pl.Datetime) and bool(dtype.time_zone) == bool(value.tzinfo)
        case date():
            return dtype == pl.Date
        case str():
            return dtype == pl.String and op == "Eq"  # an order of text is each database's own
        case _:
            return column.kind is None and dtype.is_numeric()


def _in_julian_days(column: SqlColumn, op: str, value: date) -> Condition:
    """SQLite's dates are text in several forms; a form that it cannot read is let through."""
    days = sa.func.julianday(column.selected)
    sought = sa.func.julianday(value.isoformat())
    below, above = days <= sought + _MARGIN_DAYS, days >= sought - _MARGIN_DAYS
    holds = {"Lt": below, "LtEq": below, "Gt": above, "GtEq": above}.get(op, sa.and_(below, above))
    return sa.or_(days.is_(None), holds)
