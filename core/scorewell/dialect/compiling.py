"""From a syntax tree to a polars expression over rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import polars as pl
from sqlglot import exp

from scorewell.dialect import casting, operators
from scorewell.dialect.functions import ADVICE, AGGREGATES, FUNCTIONS, Function, FunctionError, part_of
from scorewell.dialect.kinds import MOMENT, Kind, Value, cells
from scorewell.dialect.reading import AS_OF, column_name, read, refuse
from scorewell.messages import did_you_mean, listed

if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["Compiler", "condition", "expression", "unknown_column", "unknown_function"]

Names = Mapping[str, "str | pl.Expr"]
Schema = Mapping[str, pl.DataType]


def expression(
    sql: str,
    *,
    rename: Names | None = None,
    as_of: pl.Expr | None = None,
    schema: Schema | None = None,
    timezone: str = "UTC",
) -> pl.Expr:
    """A row-wise expression; aggregates are refused.

    ``rename`` says which column (or which expression) a name in the SQL stands for; other names are columns.
    ``as_of`` is what that name stands for, Datetime("us", "UTC"); without it the name is refused. With ``schema``, the
    types by the names that the SQL uses, unknown columns and misfits are refused here, columns of any temporal type
    compare with ``as_of``, and days begin in ``timezone``; without, a date or a moment without a zone is taken as UTC.

    The result has the dtype the SQL has: Int64, Float64 (finite, where the columns are), Boolean, String, Date,
    Datetime("us", "UTC"). Raises DialectError.
    """
    return Compiler(sql, rename, as_of, schema, timezone).value(read(sql)).expr


def condition(
    sql: str,
    *,
    rename: Names | None = None,
    as_of: pl.Expr | None = None,
    schema: Schema | None = None,
    timezone: str = "UTC",
) -> pl.Expr:
    """A row-wise condition, Boolean; null where SQL says null. Arguments and errors as of ``expression``."""
    tree = read(sql)
    return Compiler(sql, rename, as_of, schema, timezone).flag(tree).expr


class Compiler:
    """Compiles the nodes of one expression."""

    def __init__(
        self, sql: str, rename: Names | None, as_of: pl.Expr | None, schema: Schema | None, timezone: str
    ) -> None:
        self._sql = sql
        self._rename = rename or {}
        self._as_of = as_of
        self._schema = schema
        self._timezone = timezone

    def value(self, node: exp.Expr) -> Value:
        """Any node. Raises DialectError with the node's place."""
        build = _BUILDERS.get(type(node))
        if build is None:
            self._refuse(node, f"{_described(node)} is not supported")
        try:
            return build(self, node)
        except FunctionError as error:
            raise refuse(self._sql, node, str(error)) from error

    def flag(self, node: exp.Expr) -> Value:
        """A node that must be true, false or null."""
        value = self.value(node)
        if value.kind in (Kind.FLAG, Kind.UNKNOWN):
            return value
        if value.kind is Kind.NULL:
            return Value(value.expr.cast(pl.Boolean), Kind.FLAG)
        return self._refuse(node, f"this is {value.kind.value}, and a condition was expected, as in minutes > 0")

    def _refuse(self, node: exp.Expr, message: str) -> NoReturn:
        raise refuse(self._sql, node, message)

    # Names and literals

    def _column(self, node: exp.Column | exp.Dot) -> Value:
        name = column_name(node)
        if name == AS_OF:
            if self._as_of is None:
                self._refuse(node, "as_of is not known here, only where an expression is about a table's rows")
            return Value(self._as_of.cast(MOMENT), Kind.MOMENT)
        if self._schema is not None and name not in self._schema:
            self._refuse(node, unknown_column(name, list(self._schema)))
        target = self._rename.get(name, name)
        column = pl.col(target) if isinstance(target, str) else target
        return (
            Value(column, Kind.UNKNOWN) if self._schema is None else cells(column, self._schema[name], self._timezone)
        )

    def _literal(self, node: exp.Literal) -> Value:
        if node.is_string:
            return Value(pl.lit(node.name, dtype=pl.String), Kind.TEXT, node.name)
        if node.name.isdigit() and int(node.name) < 2**63:
            return Value(pl.lit(int(node.name), dtype=pl.Int64), Kind.NUMBER, int(node.name))
        return Value(pl.lit(float(node.name), dtype=pl.Float64), Kind.NUMBER, float(node.name))

    def _boolean(self, node: exp.Boolean) -> Value:
        return Value(pl.lit(bool(node.this)), Kind.FLAG)

    def _null(self, _node: exp.Null) -> Value:
        return Value(pl.lit(None), Kind.NULL)

    def _paren(self, node: exp.Paren) -> Value:
        return self.value(node.this)

    def _interval(self, node: exp.Interval) -> Value:
        return operators.interval(node)

    # Operators

    def _binary(self, node: exp.Binary) -> Value:
        left, right = self.value(node.this), self.value(node.expression)
        if isinstance(node, exp.Add):
            return operators.add(left, right, self._timezone)
        if isinstance(node, exp.Sub):
            return operators.subtract(left, right, self._timezone)
        if isinstance(node, exp.DPipe):
            return operators.join_text(left, right)
        comparison = operators.COMPARISONS.get(type(node))
        if comparison is not None:
            return operators.compare(left, right, comparison, self._timezone)
        return operators.arithmetic(left, right, operators.ARITHMETIC[type(node)])

    def _negative(self, node: exp.Neg) -> Value:
        value = self.value(node.this)
        number = operators.number(value, "-")
        literal = -value.literal if isinstance(value.literal, (int, float)) else None
        return Value(-number, Kind.NUMBER, literal)

    def _and(self, node: exp.And) -> Value:
        return Value(self.flag(node.this).expr & self.flag(node.expression).expr, Kind.FLAG)

    def _or(self, node: exp.Or) -> Value:
        return Value(self.flag(node.this).expr | self.flag(node.expression).expr, Kind.FLAG)

    def _not(self, node: exp.Not) -> Value:
        return Value(~self.flag(node.this).expr, Kind.FLAG)

    def _is(self, node: exp.Is) -> Value:
        if isinstance(node.expression, exp.Null):
            return Value(self.value(node.this).expr.is_null(), Kind.FLAG)
        if isinstance(node.expression, exp.Boolean):
            return Value(self.flag(node.this).expr.eq_missing(pl.lit(bool(node.expression.this))), Kind.FLAG)
        return self._refuse(node, "after is: null, not null, true or false was expected")

    def _between(self, node: exp.Between) -> Value:
        value, low, high = (self.value(node.args[part]) for part in ("this", "low", "high"))
        at_least = operators.compare(value, low, operators.COMPARISONS[exp.GTE], self._timezone)
        at_most = operators.compare(value, high, operators.COMPARISONS[exp.LTE], self._timezone)
        return Value(at_least.expr & at_most.expr, Kind.FLAG)

    def _in(self, node: exp.In) -> Value:
        if not node.expressions:
            self._refuse(node, "after in: a list in parentheses was expected, as in ('a', 'b')")
        return operators.member(self.value(node.this), [self.value(one) for one in node.expressions], self._timezone)

    def _like(self, node: exp.Like | exp.ILike) -> Value:
        matched = operators.like(
            self.value(node.this), self.value(node.expression), ignore_case=isinstance(node, exp.ILike)
        )
        return Value(~matched, Kind.FLAG) if node.args.get("negate") else Value(matched, Kind.FLAG)

    # Choices, casts and calls

    def _case(self, node: exp.Case) -> Value:
        branches = [(self._branch(node.this, one.this), self.value(one.args["true"])) for one in node.args["ifs"]]
        default = node.args.get("default")
        return self._choice(branches, self.value(default) if default is not None else None)

    def _branch(self, subject: exp.Expr | None, test: exp.Expr) -> pl.Expr:
        if subject is None:
            return self.flag(test).expr
        equal = operators.COMPARISONS[exp.EQ]
        return operators.compare(self.value(subject), self.value(test), equal, self._timezone).expr

    def _if(self, node: exp.If) -> Value:
        otherwise = node.args.get("false")
        branches = [(self.flag(node.this).expr, self.value(node.args["true"]))]
        return self._choice(branches, self.value(otherwise) if otherwise is not None else None)

    def _choice(self, branches: Sequence[tuple[pl.Expr, Value]], otherwise: Value | None) -> Value:
        last = Value(pl.lit(None), Kind.NULL) if otherwise is None else otherwise
        results = operators.unified([*(result for _, result in branches), last], self._timezone)
        chosen = results[-1].expr
        for (test, _), result in zip(reversed(branches), reversed(results[:-1]), strict=True):
            chosen = pl.when(test).then(result.expr).otherwise(chosen)
        return Value(chosen, results[-1].kind)

    def _cast(self, node: exp.Cast) -> Value:
        return casting.cast(self.value(node.this), node.to, self._timezone, lenient=isinstance(node, exp.TryCast))

    def _extract(self, node: exp.Extract) -> Value:
        return self._apply(node, node.name, FUNCTIONS["year"], [self.value(node.expression)], part=node.name)

    def _call(self, node: exp.Anonymous) -> Value:
        name = node.name.lower()
        if name in AGGREGATES:
            self._refuse(
                node, f"{name} is an aggregate, and here one row is looked at; an expression over columns was expected"
            )
        function = FUNCTIONS.get(name)
        if function is None:
            self._refuse(node, unknown_function(name, FUNCTIONS))
        return self._apply(node, name, function, [self.value(argument) for argument in node.expressions])

    def _apply(
        self, node: exp.Expr, name: str, function: Function, values: list[Value], part: str | None = None
    ) -> Value:
        least, most = len(function.takes) - function.optional, len(function.takes)
        if len(values) < least or (len(values) > most and not function.repeats):
            expected = f"{least} or more" if function.repeats else str(least) if least == most else f"{least} to {most}"
            self._refuse(node, f"{name} takes {expected} argument{'s' * (expected != '1')}, not {len(values)}")
        if part is not None:
            return Value(
                part_of(part, operators.temporal(values[0], part, self._timezone), self._timezone), Kind.NUMBER
            )
        kinds = function.takes + function.takes[-1:] * (len(values) - most)
        fitted = [
            operators.as_kind(value, kind, name, self._timezone) if kind else value
            for value, kind in zip(values, kinds, strict=False)
        ]
        if function.returns is not None:
            return Value(function.build(fitted, self._timezone), function.returns)
        shared = operators.unified(fitted, self._timezone)
        return Value(function.build(shared, self._timezone), shared[0].kind)


_BUILDERS: Mapping[type[exp.Expr], Callable[..., Value]] = {
    exp.Column: Compiler._column,
    exp.Dot: Compiler._column,
    exp.Literal: Compiler._literal,
    exp.Boolean: Compiler._boolean,
    exp.Null: Compiler._null,
    exp.Paren: Compiler._paren,
    exp.Interval: Compiler._interval,
    **dict.fromkeys((exp.Add, exp.Sub, exp.DPipe, *operators.COMPARISONS, *operators.ARITHMETIC), Compiler._binary),
    exp.Neg: Compiler._negative,
    exp.And: Compiler._and,
    exp.Or: Compiler._or,
    exp.Not: Compiler._not,
    exp.Is: Compiler._is,
    exp.Between: Compiler._between,
    exp.In: Compiler._in,
    exp.Like: Compiler._like,
    exp.ILike: Compiler._like,
    exp.Case: Compiler._case,
    exp.If: Compiler._if,
    exp.Cast: Compiler._cast,
    exp.TryCast: Compiler._cast,
    exp.Extract: Compiler._extract,
    exp.Anonymous: Compiler._call,
}


def unknown_column(name: str, columns: Sequence[str]) -> str:
    """What to say of a column that is not there, with those that are."""
    return f"no column '{name}'{did_you_mean(name, columns, ';')} it has {listed(columns, 8)}"


def unknown_function(name: str, known: Mapping[str, object] | frozenset[str]) -> str:
    """What to say of a function that is not there."""
    if name in ADVICE:
        return ADVICE[name]
    near = did_you_mean(name, [*known, *AGGREGATES], "; the dialect’s page lists those there are")
    return f"there is no function '{name}'{near}"


def _described(node: exp.Expr) -> str:
    return node.sql(dialect="duckdb") if isinstance(node, exp.Binary) else type(node).__name__.lower()
