"""From text to a syntax tree: what may stand in an expression at all, whatever it is about."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ParseError, SqlglotError

from scorewell.dialect.errors import DialectError, marked

__all__ = ["AS_OF", "column_name", "names_in", "place", "read", "refuse"]

AS_OF = "as_of"
"""The name that stands for the moment of the run, wherever an expression is about rows."""


class _Plain(DuckDB):
    """DuckDB's grammar without its knowledge of functions, so that a call is a name and its arguments.

    Otherwise the parser would rename some functions and change the order of others' arguments, and messages could not
    use the words that the user wrote.
    """

    class Parser(DuckDB.Parser):
        FUNCTIONS = {}
        NO_PAREN_FUNCTIONS = {}
        FUNCTION_PARSERS = {
            name: parser
            for name, parser in DuckDB.Parser.FUNCTION_PARSERS.items()
            if name in {"CAST", "TRY_CAST", "EXTRACT"}
        }


_REFUSED: dict[type[exp.Expression], str] = {
    exp.Query: "a query (select) has no place here: write one expression over the columns",
    exp.Subquery: "a query (select) has no place here: write one expression over the columns",
    exp.Window: "window functions (over) are not supported: give the metric a window, or use the measure change",
    exp.Alias: "a name (as) has no place here: the expression has no other name than its metric's",
    exp.Tuple: "one expression was expected, not several in parentheses",
    exp.Placeholder: "parameters are not supported: write the value itself",
    exp.WithinGroup: "within group is not supported: write quantile_cont(x, 0.9)",
    exp.IgnoreNulls: "ignore nulls is not supported, and not needed: aggregates leave nulls out",
}


def read(sql: str) -> exp.Expression:
    """The tree of one expression. Raises DialectError where it is none, with the place."""
    try:
        statements = _Plain().parse(sql)
        commented = any(token.comments for token in _Plain().tokenize(sql))
    except ParseError as error:
        raise DialectError(_not_understood(sql, error)) from error
    except SqlglotError as error:
        raise DialectError(f"{marked(sql, None)}: not understood, a quote is not closed") from error
    if len(statements) > 1:
        raise DialectError(f"{marked(sql, sql.find(';'))}: one expression was expected, not several separated by ;")
    if commented:
        raise DialectError(f"{marked(sql, None)}: comments (-- and /* */) are not supported in an expression")
    tree = statements[0]
    if not isinstance(tree, exp.Expression):
        raise DialectError("an expression was expected, as in sum(minutes) / count(*), but there is none")
    for node in tree.walk():
        for kind, message in _REFUSED.items():
            if isinstance(node, kind):
                raise refuse(sql, node, message)
    if isinstance(tree, exp.Star):
        raise refuse(sql, tree, "* is no value: name a column, or write count(*)")
    return tree


def names_in(sql: str) -> frozenset[str]:
    """The columns that an expression refers to; ``as_of`` is none of them. Raises DialectError."""
    return frozenset(
        column_name(node) for node in read(sql).find_all(exp.Column, exp.Dot) if not isinstance(node.parent, exp.Dot)
    ) - {AS_OF, "*"}


def column_name(node: exp.Column | exp.Dot) -> str:
    """A name as the user means it: ``product.depth`` is one name with a dot in it."""
    if isinstance(node, exp.Dot):
        return f"{column_name(node.this)}.{node.expression.name}"
    return ".".join(part.name for part in node.parts)


def place(node: exp.Expression) -> int | None:
    """Where in the text a node begins, as near as the parser remembers."""
    starts = [part.meta["start"] for part in node.walk() if "start" in part.meta]
    return min(starts, default=None)


def refuse(sql: str, node: exp.Expression, message: str) -> DialectError:
    """The error that says what is wrong with ``node``."""
    return DialectError(f"{marked(sql, place(node))}: {message}")


def _not_understood(sql: str, error: ParseError) -> str:
    first = error.errors[0] if error.errors else {}
    before, highlight = first.get("start_context"), first.get("highlight")
    start = len(before) if before is not None and sql.startswith(before) else None
    after = f" at '{highlight}'" if highlight and start is not None else ""
    return f"{marked(sql, start)}: not understood{after}; one SQL expression was expected, as in minutes / seats"
