"""The tables of a history.

No foreign keys: each of a million scores would be checked against the one run that they all belong to.
``History.check`` proves what they would have.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

__all__ = [
    "IDS_A_RUN",
    "VERSION_TABLE",
    "Instant",
    "Json",
    "documents",
    "frames",
    "metadata",
    "of_run",
    "outcomes",
    "overrides",
    "period_fits",
    "pulses",
    "receipts",
    "runs",
    "scores",
    "tombstones",
    "transitions",
]

VERSION_TABLE = "history_version"
"""Where Alembic notes the revision. Not its own name for it: the database may be shared with another program."""

IDS_A_RUN = 2**32
"""A row's id is its run's number times this, plus its position: a run is one contiguous range."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(sa.types.TypeDecorator[datetime]):
    """A moment, aware: in SQLite, which has no type for it, microseconds since 1970 in UTC."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(sa.BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        if value is None or isinstance(value, datetime):
            return None if value is None else value.astimezone(UTC)
        return _EPOCH + timedelta(microseconds=value)


class Json(sa.types.TypeDecorator[Any]):
    """Plain data as JSON text, keys in order: the same data are the same bytes."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        return json.dumps(value, sort_keys=True, ensure_ascii=False)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        return json.loads(value)


INSTANT = Instant()
# Ids sort by their bytes, here as in the frames; a locale's order would make the index several times dearer.
_ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
# In SQLite only a column that is INTEGER by that very name is the row's own number.
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def of_run(table: sa.Table, number: int) -> sa.ColumnElement[bool]:
    """Which rows of a table are a run's. Ids are one range a run, so they are asked for where the table has them."""
    if "id" in table.c:
        return table.c.id.between(number * IDS_A_RUN, number * IDS_A_RUN + IDS_A_RUN - 1)
    return table.c.run == number


metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("number", _NUMBER, primary_key=True, autoincrement=False),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("run_id", sa.Text, nullable=False),
    sa.Column("as_of", INSTANT, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("configuration", sa.Text, nullable=False),
    sa.Column("configuration_document", sa.Text, nullable=False),
    sa.Column("fit", sa.Text, nullable=False),
    sa.Column("versions", Json, nullable=False),
    sa.Column("failed", Json, nullable=False),
    sa.Column("stale", Json, nullable=False),
    sa.Column("findings", Json, nullable=False),
    sa.Column("customers", sa.BigInteger, nullable=False),
    sa.Column("superseded", sa.Boolean, nullable=False),
    sa.Column("pruned", Json, nullable=False),
    sa.Column("recorded_at", INSTANT, nullable=False),
    sa.UniqueConstraint("project", "as_of", "run_id"),
)

scores = sa.Table(
    "scores",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=False),
    sa.Column("run", sa.BigInteger, nullable=False),
    sa.Column("customer_id", _ID, nullable=False),
    sa.Column("score_name", _ID, nullable=False),
    sa.Column("as_of", INSTANT, nullable=False),
    sa.Column("score", sa.Double),
    sa.Column("band", sa.Text),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("segment", sa.Text),
    sa.Column("stage", sa.Text),
    sa.Column("coverage", sa.Double),
    sa.Column("baseline", sa.Double),
    sa.Column("scorecard", sa.Text),
    sa.Column("line", sa.Text),
    sa.Column("override", sa.Text),
    sa.Column("dimensions", sa.Text, nullable=False),
    sa.Index(None, "customer_id", "score_name", "as_of"),
)

frames = sa.Table(
    "frames",
    metadata,
    sa.Column("run", sa.BigInteger, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True),
    sa.Column("first_customer", _ID),
    sa.Column("last_customer", _ID),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

period_fits = sa.Table(
    "period_fits",
    metadata,
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("scorecard", sa.Text, primary_key=True),
    sa.Column("as_of", INSTANT, primary_key=True),
    sa.Column("settings", sa.Text, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)

transitions = sa.Table(
    "transitions",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=False),
    sa.Column("run", sa.BigInteger, nullable=False),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("customer_id", _ID, nullable=False),
    sa.Column("score_name", _ID, nullable=False),
    sa.Column("as_of", INSTANT, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("from_band", sa.Text),
    sa.Column("to_band", sa.Text),
    sa.Column("from_score", sa.Double),
    sa.Column("to_score", sa.Double),
    sa.Index(None, "project", "as_of"),
    sa.Index(None, "customer_id", "score_name", "as_of"),
)

receipts = sa.Table(
    "receipts",
    metadata,
    sa.Column("run", sa.BigInteger, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("sink", sa.Text, nullable=False),
    sa.Column("location", sa.Text),
    sa.Column("count", sa.BigInteger),
    sa.Column("what", sa.Text),
    sa.Column("failure", sa.Text),
)

overrides = sa.Table(
    "overrides",
    metadata,
    sa.Column("number", _NUMBER, primary_key=True, autoincrement=False),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("customer_id", _ID, nullable=False),
    sa.Column("score_name", _ID, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("value", sa.Double),
    sa.Column("band", sa.Text),
    sa.Column("because", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("begins", INSTANT, nullable=False),
    sa.Column("until", INSTANT, nullable=False),
    sa.Column("recorded_at", INSTANT, nullable=False),
    sa.Column("withdrawn_at", INSTANT),
    sa.Column("withdrawn_by", sa.Text),
    sa.Column("withdrawn_because", sa.Text),
    sa.Index(None, "project", "customer_id"),
)

pulses = sa.Table(
    "pulses",
    metadata,
    sa.Column("number", _NUMBER, primary_key=True, autoincrement=False),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("customer_id", _ID, nullable=False),
    sa.Column("value", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("note", sa.Text),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("given_at", INSTANT, nullable=False),
    sa.Column("recorded_at", INSTANT, nullable=False),
    sa.Index(None, "project", "customer_id", "given_at"),
)

outcomes = sa.Table(
    "outcomes",
    metadata,
    sa.Column("number", _NUMBER, primary_key=True, autoincrement=False),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("customer_id", _ID, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("happened_at", INSTANT, nullable=False),
    sa.Column("recorded_at", INSTANT, nullable=False),
    sa.Index(None, "project", "customer_id", "happened_at"),
)

tombstones = sa.Table(
    "tombstones",
    metadata,
    sa.Column("number", _NUMBER, primary_key=True, autoincrement=False),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("removed", Json, nullable=False),
    sa.Column("recorded_at", INSTANT, nullable=False),
)
