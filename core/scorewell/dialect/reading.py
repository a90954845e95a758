"""From text to a syntax tree: what may stand in an expression at all, whatever it is about."""

from __future__ import annotations

import functools
from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.parsers.duckdb import DuckDBParser

from scorewell.dialect.errors import DialectError, marked

__all__ = ["AS_OF", "CLOCK", "column_name", "names_in", "place", "read", "refuse", "written_again"]

AS_OF = "as_of"
"""The name that stands for the moment of the run, wherever an expression is about rows."""


class _Plain(DuckDB):
    """DuckDB's grammar without its knowledge of functions, so that a call is a name and its arguments.

    Otherwise the parser would rename some functions and change the order of others' arguments, and messages could not
    use the words that the user wrote.
    """

    class Parser(DuckDBParser):
        FUNCTIONS: ClassVar = {}
        NO_PAREN_FUNCTIONS: ClassVar = {}
        FUNCTION_PARSERS: ClassVar = {
            name: parser
            for name, parser in DuckDBParser.FUNCTION_PARSERS.items()
            if name in {"CAST", "TRY_CAST", "EXTRACT"}
        }


CLOCK = "the clock has no place here, a result may only depend on the moment of the run: write as_of"
_CLOCKS = frozenset({"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"})
"""SQL's words for the time of day. A column of such a name is quoted."""

_WRITTEN = "written again"
_COMMENT_SIGNS = ("--", "/*", "//", "#")
_DEEPEST = 100
"""Nodes inside one another: each costs a few frames of Python's stack, of which there are a thousand."""

_REFUSED: dict[type[exp.Expr], str] = {
    exp.Query: "a query (select) has no place here: write one expression over the columns",
    exp.Subquery: "a query (select) has no place here: write one expression over the columns",
    exp.Window: "window functions (over) are not supported: give the metric a window, or use the measure change",
    exp.Alias: "a name (as) has no place here: the expression has no other name than its metric's",
    exp.Tuple: "one expression was expected, not several in parentheses",
    exp.Placeholder: "parameters are not supported: write the value itself",
    exp.WithinGroup: "within group is not supported: write quantile_cont(x, 0.9)",
    exp.IgnoreNulls: "ignore nulls is not supported, and not needed: aggregates leave nulls out",
}


@functools.lru_cache(maxsize=4096)
def read(sql: str) -> exp.Expr:
    """The tree of one expression. Raises DialectError where it is none, with the place."""
    try:
        statements = _Plain().parse(sql)
        # The parser drops comments; to read the text again costs as much as a fifth of parsing it.
        may_be_commented = any(sign in sql for sign in _COMMENT_SIGNS)
        commented = may_be_commented and any(token.comments for token in _Plain().tokenize(sql))
    except ParseError as error:
        raise DialectError(_not_understood(sql, error)) from error
    except RecursionError as error:
        raise DialectError(f"{marked(sql[:60], None)}…: nested too deep to be read") from error
    except SqlglotError as error:
        raise DialectError(f"{marked(sql, None)}: not understood, a quote is not closed") from error
    if len(statements) > 1:
        raise DialectError(f"{marked(sql, sql.find(';'))}: one expression was expected, not several separated by ;")
    if commented:
        raise DialectError(f"{marked(sql, None)}: comments (-- and /* */) are not supported in an expression")
    tree = statements[0]
    if not isinstance(tree, exp.Expr):
        raise DialectError("an expression was expected, as in sum(minutes) / count(*), but there is none")
    _refuse_what_has_no_place(sql, tree)
    return tree


def _refuse_what_has_no_place(sql: str, tree: exp.Expr) -> None:
    if isinstance(tree, exp.Star):
        raise refuse(sql, tree, "* is no value: name a column, or write count(*)")
    level, depth = [tree], 0
    while level:
        for node in level:
            if isinstance(node, exp.Identifier) and node.name.lower() in _CLOCKS and not node.args.get("quoted"):
                raise refuse(sql, node, CLOCK)
            if isinstance(node, exp.Alias) and _follows_a_digit(sql, node.args["alias"]):
                raise refuse(sql, node.args["alias"], "write a duration as interval '90 days', or days as a number: 90")
            for kind, message in _REFUSED.items():
                if isinstance(node, kind):
                    raise refuse(sql, node, message)
        level, depth = [child for node in level for child in node.iter_expressions()], depth + 1
        if depth > _DEEPEST:
            raise DialectError(
                f"{marked(sql[:60], None)}…: nested more than {_DEEPEST} deep; write in (…) for many ors"
            )


def _follows_a_digit(sql: str, name: exp.Expr) -> bool:
    """Whether a name is the unit of ``90d``, which the parser takes for a number that is called d."""
    start = place(name)
    return start is not None and start > 0 and sql[start - 1].isdigit()


def names_in(sql: str) -> frozenset[str]:
    """The columns that an expression refers to; ``as_of`` is none of them. Raises DialectError."""
    nodes = (node for node in read(sql).walk() if isinstance(node, (exp.Column, exp.Dot)))
    return frozenset(column_name(node) for node in nodes if not isinstance(node.parent, exp.Dot)) - {AS_OF, "*"}


def names_if_readable(sql: str | None) -> frozenset[str]:
    """As ``names_in``; none where there is none or it cannot be read, which is told where it is compiled."""
    try:
        return frozenset() if sql is None else names_in(sql)
    except DialectError:
        return frozenset()


def column_name(node: exp.Column | exp.Dot) -> str:
    """A name as the user means it: ``product.depth`` is one name with a dot in it."""
    return ".".join(part.name for part in node.parts)


def written_again(node: exp.Expr) -> str:
    """The text of a node, such that reading it gives the same node."""
    # A tree is never changed, and to write it costs as much as to read it.
    if _WRITTEN not in node.meta:
        node.meta[_WRITTEN] = node.sql(dialect=_Plain, normalize_functions=False)
    return str(node.meta[_WRITTEN])


def place(node: exp.Expr) -> int | None:
    """Where in the text a node begins, as near as the parser remembers."""
    starts = [part.meta["start"] for part in node.walk() if "start" in part.meta]
    return min(starts, default=None)


def refuse(sql: str, node: exp.Expr, message: str) -> DialectError:
    """The error that says what is wrong with ``node``."""
    return DialectError(f"{marked(sql, place(node))}: {message}")


def _not_understood(sql: str, error: ParseError) -> str:
    first = error.errors[0] if error.errors else {}
    before, highlight = first.get("start_context"), first.get("highlight")
    start = len(before) if before is not None and sql.startswith(before) else None
    after = f" at '{highlight}'" if highlight and start is not None else ""
    return f"{marked(sql, start)}: not understood{after}; one SQL expression was expected, as in minutes / seats"
