"""Tables and how their rows find their customers."""

from __future__ import annotations

from scorewell.api.v1 import CustomerKey, Table
from scorewell.configuration.checks.context import Context
from scorewell.configuration.nodes import Keys

__all__ = ["check_tables"]


def check_tables(context: Context) -> None:
    """Each table's customer key, and that the ways through other tables end."""
    for source in context.names("sources"):
        context.identifier("source", source, ("sources", source))
    for source, entry in context.project.sources.items():
        for name, table in entry.tables.items():
            inside = ("sources", source) if name == "" else ("sources", source, "tables", name)
            if table.fresh_within is not None and table.time is None and context.sound(*inside):
                message = "a table without time is a snapshot, of which nobody knows how old it is: write time: COLUMN"
                context.notes.at((*inside, "fresh_within"), message)
            if table.customer is not None:
                _key(context, f"{source}.{name}" if name else source, table.customer, (*inside, "customer"))


def _key(context: Context, table: str, key: CustomerKey, keys: Keys) -> None:
    if not context.sound(*keys):
        return
    if key.row == (key.column is not None):
        context.notes.at(keys, "expected a column, or row: true where each row is a customer; exactly one of them")
    elif key.through is not None and key.row:
        context.notes.at(keys, "through needs the column that is looked up")
    elif key.through is not None:
        _through(context, table, key.through, (*keys, "through"))


def _through(context: Context, table: str, through: str, keys: Keys) -> None:
    target = _target(context, through, keys)
    if target is None:
        return
    name, entry = target
    if entry.customer is None:
        context.notes.at(keys, f"table {name} does not say its customer, so nothing leads through it")
        return
    way = [table, name]
    following = _following(context, name)
    while following is not None and way[-1] not in way[:-1]:
        way.append(following)
        following = _following(context, following)
    if way[-1] == table:
        context.notes.at(keys, f"the way to the customer goes in a circle: {' → '.join(way)}")


def _following(context: Context, name: str) -> str | None:
    """The table that a table's key leads through, None where it holds the customer's id (or leads nowhere)."""
    source, _, inner = name.partition(".")
    known = context.project.sources.get(source)
    entry = None if known is None else known.tables.get(inner)
    through = None if entry is None or entry.customer is None else entry.customer.through
    return None if through is None else through.rpartition(".")[0]


def _target(context: Context, through: str, keys: Keys) -> tuple[str, Table] | None:
    name, _, column = through.rpartition(".")
    if not name or not column:
        context.notes.at(keys, f"expected a table and its column, as contracts.subscription_id, got {through!r}")
        return None
    table = context.table(name, keys)
    return None if table is None else (name, table)
