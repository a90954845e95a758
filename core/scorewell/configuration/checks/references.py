"""SQL in the configuration: it must be understood, and the names it uses must be seen from where it stands."""

from __future__ import annotations

import attrs

from scorewell.api.v1 import Condition, ScorewellError
from scorewell.configuration.checks.context import Context
from scorewell.configuration.nodes import Keys
from scorewell.configuration.notes import Reference
from scorewell.messages import did_you_mean, listed

__all__ = ["check_references"]

_CURLY = "‘’‚‛“”„"


@attrs.frozen
class _Scope:
    """What SQL in one place may name: ``names`` (None: a table's columns, which only the data can tell)."""

    what: str
    names: frozenset[str] | None
    as_of: bool = False


def check_references(context: Context) -> None:
    """Each SQL text that was read."""
    if not context.notes.references:
        return
    scopes = _Scopes(context)
    for reference in context.notes.references:
        scope = scopes.of(reference)
        if scope is not None:
            _check(context, reference, scope)


class _Scopes:
    def __init__(self, context: Context) -> None:
        self._context = context
        customers = frozenset(context.population)
        everything = customers | frozenset(context.metrics)
        # With a mistake among the customers' own settings it is not known which names there are.
        known = context.sound("customers") and context.written(("customers",))
        self._customers = _Scope("roles and attributes", customers if known else None, as_of=True)
        self._everything = _Scope("roles, attributes and metrics", everything if known else None)
        relative = {name for name, metric in context.project.metrics.items() if metric.relative_to is not None}
        self._before_segments = self._everything
        if known and relative:
            what = "roles, attributes and metrics that are not relative to the segment"
            self._before_segments = _Scope(what, everything - relative)
        self._of_value = _Scope("roles, attributes, metrics and value", everything | {"value"} if known else None)
        self._rows = _Scope("the table's columns", None, as_of=True)

    def of(self, reference: Reference) -> _Scope | None:
        """The scope of a text; None for what is a plugin's own affair, as a database's SQL."""
        keys = reference.node.keys
        match keys:
            case ("sources", _, "covers") | ("sources", _, "tables", _, "covers"):
                return self._customers
            case ("customers", *_) | ("metrics", _, "where" | "measure", *_) | ("outcomes", *_):
                return self._rows
            case ("metrics", *_):
                return attrs.evolve(self._before_segments, as_of=True)
            case ("segments" | "scores" | "stages", *_):
                return self._before_segments
            case ("scorecards", _, *_):
                return self._in_scorecard(keys, is_bound=reference.is_bound)
        return None

    def _in_scorecard(self, keys: Keys, *, is_bound: bool) -> _Scope:
        depth = 2
        while keys[depth] == "dimensions" and len(keys) > depth + 2:
            depth += 2
        if keys[depth] == "aggregator":
            node = keys[:depth]
            parts = (*self._context.names(*node, "dimensions"), *self._context.names(*node, "metrics"))
            return _Scope("the names of its parts", frozenset(parts))
        in_normalizer = keys[depth] == "metrics" and keys[depth + 2 : depth + 3] == ("normalizer",)
        return self._of_value if in_normalizer and not is_bound else self._everything


def _check(context: Context, reference: Reference, scope: _Scope) -> None:
    import polars as pl  # noqa: PLC0415 - for projects that use SQL, as is sqlglot

    from scorewell.dialect import condition, expression, names_in  # noqa: PLC0415 - as above: only for SQL

    compiled = condition if isinstance(reference.sql, Condition) else expression
    try:
        names = names_in(reference.sql)
        compiled(reference.sql, as_of=pl.lit(None, pl.Datetime("us", "UTC")) if scope.as_of else None)
    except ScorewellError as error:
        context.notes.value(reference.node, error.message, error.hint)
        return
    for name in sorted(names - scope.names) if scope.names is not None else ():
        hint = f"text stands in single quotes: '{name.strip(_CURLY)}'" if _is_quoted(name, reference.sql) else None
        context.notes.value(reference.node, _unseen(context, name, scope.names or frozenset(), scope.what), hint)


def _is_quoted(name: str, sql: str) -> bool:
    """Whether a name is most likely a text: in double quotes, or in the curly ones of a word processor."""
    return f'"{name}"' in sql or name[0] in _CURLY


def _unseen(context: Context, name: str, known: frozenset[str], what: str) -> str:
    if name in context.metrics:
        return f"the metric {name!r} cannot be used here, only {what}"
    role = next((role for role, column in context.project.customers.roles.items() if column == name), None)
    if role in known:
        return f"{name!r} is the column of the role {role}: write {role}"
    advice = did_you_mean(name, known, f"; there is {listed(sorted(known))}")
    return f"unknown name {name!r} among {what}{advice}"
