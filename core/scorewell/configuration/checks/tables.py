"""Tables and how their rows find their customers."""

from __future__ import annotations

from collections.abc import Iterator

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
            if context.sound(*inside):
                for key, message in (*_fresh(table), *_versions(table)):
                    context.notes.at((*inside, key), message)
            if table.customer is not None:
                _key(context, f"{source}.{name}" if name else source, table.customer, (*inside, "customer"))


def _fresh(table: Table) -> Iterator[tuple[str, str]]:
    if table.fresh_within is not None and table.time is None and table.taken_at is None:
        message = "a table without time is a snapshot of unknown age: write time: COLUMN"
        yield "fresh_within", message


def _versions(table: Table) -> Iterator[tuple[str, str]]:
    """What cannot be meant by ``valid_from``, ``valid_to`` and ``taken_at``, by the key that it is told at."""
    if table.valid_to is not None and table.valid_from is None:
        yield "valid_to", "valid_to needs the start of the row too: write valid_from: COLUMN"
    if table.valid_from is not None and table.taken_at is not None:
        message = "valid_from is for rows with a start, taken_at for full copies: expected one of them"
        yield "taken_at", message
    elif table.valid_from is not None and table.time is not None and table.valid_to is None:
        message = (
            "in a table with time, a customer's next row does not end the earlier one: write valid_to: COLUMN, "
            "or leave out time or valid_from"
        )
        yield "valid_from", message
    yield from _same_column(table)
    is_by_row = table.customer is not None and table.customer.row
    if is_by_row and (table.valid_from is not None or table.taken_at is not None):
        key = "valid_from" if table.valid_from is not None else "taken_at"
        yield key, "row: true makes each row a customer of its own, so that none is a version of another"


def _same_column(table: Table) -> Iterator[tuple[str, str]]:
    """Two words for one column, where they mean different things."""
    for key, other in (
        ("valid_from", "time"),
        ("valid_to", "valid_from"),
        ("valid_to", "until"),
        ("taken_at", "time"),
    ):
        column = getattr(table, key)
        if column is not None and column == getattr(table, other):
            yield key, f"{column!r} is {other} already: expected another column, or one of the two left out"


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
        context.notes.at(keys, f"table {name} does not name its customer, so it leads to no customer")
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
