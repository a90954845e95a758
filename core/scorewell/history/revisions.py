"""Which version of the tables a store has. Without Alembic, whose import takes longer than most commands."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa

from scorewell.history.errors import HistoryError
from scorewell.history.schema import VERSION_TABLE, metadata

__all__ = ["REVISION", "REVISIONS", "created", "is_there", "revision", "state"]

REVISIONS = ("0001",)
"""Every revision there has been, the oldest first."""
REVISION = REVISIONS[-1]

_version = sa.table(VERSION_TABLE, sa.column("version_num"))


def state(connection: sa.Connection, place: str) -> Literal["absent", "older", "present"]:
    """What there is of a store. Raises HistoryError for a newer one, and for tables of our names that are another's."""
    inspector = sa.inspect(connection)
    if not inspector.has_table(VERSION_TABLE):
        strangers = sorted(set(inspector.get_table_names()) & set(metadata.tables))
        if strangers:
            raise HistoryError(
                f"{place}: the database has a table {strangers[0]} that does not belong to a history",
                hint="give the history a file of its own, or in PostgreSQL a schema: "
                "postgresql://…/database?options=-csearch_path=scorewell",
            )
        return "absent"
    found = revision(connection)
    if found in REVISIONS:
        return "present" if found == REVISION else "older"
    raise HistoryError(
        f"{place}: its tables are of version {found}, which this Scorewell does not know (its own is {REVISION})",
        hint="it was written by a newer Scorewell: use that, or another store",
    )


def is_there(connection: sa.Connection, place: str) -> bool:
    """Whether there is a store, of the present revision. Raises HistoryError for one of another."""
    found = state(connection, place)
    if found == "older":
        raise HistoryError(
            f"{place}: its tables are of an older version ({revision(connection)}; now {REVISION})",
            hint="run `scorewell history upgrade`; keep a copy of the store until you have seen the result",
        )
    return found == "present"


def revision(connection: sa.Connection) -> str | None:
    """The revision that a store says it is of; None where it says nothing."""
    noted: str | None = connection.execute(sa.select(_version.c.version_num)).scalar_one_or_none()
    return noted


def created(connection: sa.Connection) -> None:
    """Make the tables, in their present form."""
    metadata.create_all(connection, checkfirst=False)
    version = sa.Table(
        VERSION_TABLE,
        sa.MetaData(),
        sa.Column("version_num", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
    )
    version.create(connection)
    connection.execute(sa.insert(version).values(version_num=REVISION))
