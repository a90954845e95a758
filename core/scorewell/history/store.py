"""A history: opened, asked, and written to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl
import sqlalchemy as sa

from scorewell.api.v1 import Finding, Secret
from scorewell.history import database, locking
from scorewell.history.checking import damage
from scorewell.history.errors import HistoryError
from scorewell.history.exporting import exported
from scorewell.history.forgetting import forget_customer, forget_person, is_forgotten
from scorewell.history.importing import records
from scorewell.history.pruning import prune
from scorewell.history.reading import Bound, Reads
from scorewell.history.records import StoredRun
from scorewell.history.revisions import created, is_there, state
from scorewell.history.upgrading import upgraded
from scorewell.history.writing import Writer

__all__ = ["History"]

_SECONDS_TO_WAIT_FOR_OTHERS = 60.0
_NOTHING_CHANGED = "; nothing was changed"


class _Undone(Exception):  # noqa: N818 - nothing failed
    """Ends a transaction of which nothing shall be kept."""


class History(Reads):
    """The runs of one project, in SQLite or PostgreSQL.

    A context manager; one connection to PostgreSQL is kept until its end. Every read is a transaction of its own.
    """

    def __init__(self, engine: sa.Engine, project: str, wait: float) -> None:
        self.project = project
        self._engine = engine
        self._wait = wait

    @classmethod
    def open(
        cls,
        url: str | Secret,
        *,
        project: str,
        folder: Path,
        create: bool = True,
        wait: float = _SECONDS_TO_WAIT_FOR_OTHERS,
    ) -> History:
        """The history at ``url``; SQLite's relative paths are below ``folder``. Makes the store where there is none.

        ``wait`` is for how many seconds a writer waits for another. Raises HistoryError where the database cannot be
        opened, where the store is of another version, and with ``create=False`` where there is none.
        """
        with _opened(url, folder, wait) as engine:
            if not _is_there(engine):
                if not create:
                    raise _there_is_none(engine)
                _make(engine, wait)
            return cls(engine, project, wait)

    @classmethod
    def upgrade(cls, url: str | Secret, *, folder: Path, wait: float = _SECONDS_TO_WAIT_FOR_OTHERS) -> tuple[str, ...]:
        """Bring a store to the present version, in one transaction; the revisions that were applied, in order.

        Raises HistoryError where there is no store, where it is of a newer version, and where the upgrade fails: then
        the store is as it was.
        """
        with _opened(url, folder, wait, _NOTHING_CHANGED) as engine:
            if _is_missing(engine):
                raise _there_is_none(engine)
            with locking.locked(engine, wait) as connection:
                found = state(connection, database.place(engine.url))
                if found == "absent":
                    raise _there_is_none(engine)
                applied = upgraded(connection) if found == "older" else ()
            engine.dispose()
            return applied

    @classmethod
    def find(cls, url: str | Secret, *, project: str, folder: Path) -> History | None:
        """As ``open``, but None where there is no store yet, and none is made."""
        with _opened(url, folder, _SECONDS_TO_WAIT_FOR_OTHERS) as engine:
            if _is_there(engine):
                return cls(engine, project, _SECONDS_TO_WAIT_FOR_OTHERS)
            engine.dispose()
            return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @property
    def place(self) -> str:
        """What messages call the store, without its password."""
        return database.place(self._engine.url)

    @contextmanager
    def connected(self) -> Iterator[sa.Connection]:
        with database.errors_told(self._engine.url), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Bound]:
        """Several reads of one state: what others write meanwhile is not seen in between."""
        with self.connected() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield Bound(connection, self.project, self.place)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """A transaction that alone may write: all that is done with the Writer is kept at its end, or nothing.

        Waits for another writer, of whatever project. Raises HistoryError where that takes too long, which says who it
        is, and where the database fails (no space, connection lost): then the store is as it was.
        """
        with (
            database.errors_told(self._engine.url, _NOTHING_CHANGED),
            locking.locked(self._engine, self._wait) as connection,
        ):
            yield Writer(connection, self.project, self.place)

    def prune(self, before: Mapping[str, datetime], *, dry_run: bool = False) -> dict[str, int]:
        """Remove what is older than a moment, by kind of rows; how many rows that were.

        The kinds are runs (with all that is theirs), superseded (runs), scores, metrics, transitions, receipts,
        overrides (by their end), pulses, outcomes and period_fits; ``dry_run`` only counts. Raises HistoryError for
        another.
        """
        removed: dict[str, int] = {}
        with suppress(_Undone), self.writing() as writer:
            removed = prune(writer, before)
            if dry_run:
                raise _Undone
        if any(removed.values()) and not dry_run:
            self.give_space_back()
        return removed

    def forget_customer(self, customer_id: str, names: Collection[str] = ()) -> dict[str, int]:
        """Remove all that is stored of a customer and leave a tombstone; how much was removed, by kind.

        ``names`` are what else it may be called in findings.
        """
        with self.writing() as writer:
            removed = forget_customer(writer, customer_id, names)
        self.give_space_back()
        return removed

    def forget_person(self, person: str) -> dict[str, int]:
        """Take a person's name and words out of all that is stored and leave a tombstone; in how many places."""
        with self.writing() as writer:
            changed = forget_person(writer, person)
        self.give_space_back()
        return changed

    def is_forgotten(self, customer_ids: pl.Series) -> pl.Series:
        """Which of these customers were forgotten, as Boolean."""
        with self.reading() as snapshot:
            return is_forgotten(snapshot, customer_ids)

    def check(self) -> tuple[Finding, ...]:
        """What is wrong with the store, of whatever project; nothing where it holds all that was written."""
        with self.reading() as snapshot:
            return tuple(damage(snapshot.connection))

    def export(self, folder: Path) -> dict[str, int]:
        """Write Parquet files: ``runs``, ``transitions``, and for every run ``scores/`` and ``metrics/``.

        The scores have a column for each dimension of any run. Returns each file's rows, by its path in ``folder``.
        """
        with self.reading() as snapshot:
            return exported(snapshot, folder)

    def import_scores(self, frame: pl.DataFrame, name: str) -> tuple[StoredRun, ...]:
        """Remember another product's scores (customer_id, as_of, score, band) as the score ``name``, a run a moment.

        The same customers and moments again replace theirs; others of a moment stay. Who was forgotten is left out.
        They are no runs of ours: only who asks for imported ones sees them.
        """
        with self.writing() as writer:
            known = frame.filter(~is_forgotten(writer, frame.get_column("customer_id")))
            return tuple(writer.add_imported(record) for record in records(known, name, self.project))

    def give_space_back(self) -> None:
        """SQLite keeps the room of removed rows in its file, unless it is told to write it anew."""
        if self._engine.dialect.name == "sqlite":
            with self.connected() as connection, suppress(self._engine.dialect.loaded_dbapi.Error):
                # Where another is reading, the room is kept, for rows to come.
                connection.connection.cursor().execute("VACUUM")


@contextmanager
def _opened(url: str | Secret, folder: Path, wait: float, consequence: str = "") -> Iterator[sa.Engine]:
    """An engine, for somebody to dispose of unless there is an error within, which is told with its consequence."""
    address = database.address(url.reveal() if isinstance(url, Secret) else url, folder)
    engine = database.engine(address, wait)
    try:
        with database.errors_told(address, consequence):
            yield engine
    except BaseException:
        engine.dispose()
        raise


def _is_missing(engine: sa.Engine) -> bool:
    """Whether there is not even a file; to look into it would make it."""
    return engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).exists()


def _is_there(engine: sa.Engine) -> bool:
    """Whether there is a store of our version. Raises HistoryError for one of another."""
    if _is_missing(engine):
        return False
    with engine.connect() as connection:
        return is_there(connection, database.place(engine.url))


def _there_is_none(engine: sa.Engine) -> HistoryError:
    where = engine.url.database if engine.dialect.name == "sqlite" else None
    told = database.place(engine.url) if where is None else f"history {where}"
    return HistoryError(
        f"{told}: there is no history yet", hint="`scorewell run` creates it; the setting history says where"
    )


def _make(engine: sa.Engine, wait: float) -> None:
    if engine.dialect.name == "sqlite":
        Path(str(engine.url.database)).parent.mkdir(parents=True, exist_ok=True)
    with locking.locked(engine, wait) as connection:
        # Another may have made it while we waited.
        if not is_there(connection, database.place(engine.url)):
            created(connection)
