"""What a history answers: which runs there are, their scores, metric values and band changes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

import polars as pl
import sqlalchemy as sa

from scorewell.api.v1 import Finding, Level
from scorewell.history import schema
from scorewell.history.errors import HistoryError, NotKept
from scorewell.history.parts import frame_of, text_of
from scorewell.history.records import EVERY_KIND, OWN_KINDS, STAYS_BEGIN, StoredReceipt, StoredRun
from scorewell.history.rows import MOMENT, fetched

__all__ = ["COPIED", "Bound", "Reads"]

_runs, _scores, _transitions, _frames = schema.runs, schema.scores, schema.transitions, schema.frames
_RUN_COLUMNS = [_runs.c[field] for field in StoredRun.__annotations__]
_SCORE_COLUMNS = tuple(column.name for column in _scores.c if column.name != "id")
COPIED = ("customer_id", "score_name", "score", "band", "status", "segment", "stage", "line")
"""The columns of scores that are also kept as a frame: a trend reads them of everybody, a hundred times as fast as row
by row."""
_TRANSITION_COLUMNS = [column for column in _transitions.c if column.name not in ("id", "project")]
_STAYS = pl.Schema(
    {
        "run": pl.Int64(),
        "customer_id": pl.String(),
        "score_name": pl.String(),
        "as_of": MOMENT,
        "kind": pl.String(),
        "to_band": pl.String(),
    }
)


class Reads(ABC):
    """The reads of a history, by one project; other projects in the same store are not seen.

    Moments that are given are aware; those that are returned are in UTC. Runs that another run of the same moment
    superseded, and imported ones, are left out unless they are asked for. Every read sees whole runs only.
    """

    project: str

    @abstractmethod
    def connected(self) -> AbstractContextManager[sa.Connection]:
        """A connection to read from; errors within are told."""

    @property
    @abstractmethod
    def place(self) -> str:
        """What messages call the store."""

    def runs(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        superseded: bool = False,
        kinds: Collection[str] = OWN_KINDS,
    ) -> tuple[StoredRun, ...]:
        """The runs with ``since`` <= as_of <= ``until``, by as_of. With ``superseded`` those are among them, each
        before the one that counts of its moment."""
        query = self._of_project(superseded=superseded, kinds=kinds)
        query = query.where(_runs.c.as_of >= since) if since is not None else query
        query = query.where(_runs.c.as_of <= until) if until is not None else query
        return self._stored(query.order_by(_runs.c.as_of, _runs.c.superseded.desc(), _runs.c.number))

    def projects(self) -> tuple[str, ...]:
        """The names of all projects that have runs in the store, this one's too."""
        with self.connected() as connection:
            return tuple(connection.scalars(sa.select(_runs.c.project).distinct().order_by(_runs.c.project)))

    def run_at(self, as_of: datetime) -> StoredRun | None:
        """The run of this very moment."""
        return next(iter(self._stored(self._of_project().where(_runs.c.as_of == as_of))), None)

    def run_before(self, as_of: datetime) -> StoredRun | None:
        """The latest run with as_of before this moment."""
        query = self._of_project().where(_runs.c.as_of < as_of).order_by(_runs.c.as_of.desc()).limit(1)
        return next(iter(self._stored(query)), None)

    def last_run(self) -> StoredRun | None:
        """The latest run of all; None where there is none."""
        return next(iter(self._stored(self._of_project().order_by(_runs.c.as_of.desc()).limit(1))), None)

    def run_after(self, as_of: datetime) -> StoredRun | None:
        """The earliest run with as_of after this moment."""
        query = self._of_project().where(_runs.c.as_of > as_of).order_by(_runs.c.as_of).limit(1)
        return next(iter(self._stored(query)), None)

    def scores(self, runs: Sequence[StoredRun], columns: Collection[str] | None = None) -> pl.DataFrame:
        """The scores of these runs, run after run, each in the order in which it was remembered.

        Columns: run, customer_id, score_name, as_of (Datetime us, UTC), score, band, status, segment, stage, coverage,
        baseline, scorecard, line, override, dimensions (JSON text: path to score); or those of them in ``columns``.
        """
        names = _SCORE_COLUMNS if columns is None else tuple(columns)
        with self.connected() as connection:
            frames = [self._scores(connection, run, names) for run in runs]
            return pl.concat(frames or [fetched(connection, _score_rows(names).where(sa.false()))])

    def scores_of(
        self,
        customer_id: str,
        *,
        score_name: str | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        imported: bool = False,
    ) -> pl.DataFrame:
        """One customer's scores with as_of <= ``until``, the latest first, at most ``limit``; columns as ``scores``.

        ``imported`` also brings those of other products, whose score_name is the name that they were imported as.
        """
        kinds = EVERY_KIND if imported else OWN_KINDS
        query = (
            sa.select(*(_scores.c[name] for name in _SCORE_COLUMNS))
            .join(_runs, _runs.c.number == _scores.c.run)
            .where(_scores.c.customer_id == customer_id, *self._visible(superseded=False, kinds=kinds))
            .order_by(_scores.c.as_of.desc(), _scores.c.score_name)
            .limit(limit)
        )
        query = query.where(_scores.c.score_name == score_name) if score_name is not None else query
        query = query.where(_scores.c.as_of <= until) if until is not None else query
        with self.connected() as connection:
            return fetched(connection, query)

    def metrics(self, run: StoredRun, customers: Collection[str] | None = None) -> pl.DataFrame:
        """The metrics table of a run as it was, sorted by customer_id; with ``customers``, their rows alone.

        Raises NotKept where there are none (pruned, or the run is an import), HistoryError where it is not what was
        written.
        """
        may_hold = []
        if customers is not None and len(customers) == 1:
            [only] = customers
            between = (_frames.c.first_customer <= only) & (_frames.c.last_customer >= only)
            may_hold = [between | (_frames.c.part == 0)]
        with self.connected() as connection:
            found = self._frame(connection, run, "metrics", *may_hold)
        if found is None:
            why = "were pruned" if "metrics" in run.pruned else "are missing"
            raise NotKept(self._named(run), f"its metric values {why}")
        return found if customers is None else found.filter(pl.col("customer_id").is_in(list(customers)))

    def fit(self, run: StoredRun) -> str:
        """What the run's scorecards learned, as JSON. Raises HistoryError where it is not what was written."""
        return self._document_of(run, _runs.c.fit)

    def document(self, run: StoredRun) -> str:
        """The text of the run's configuration. Raises HistoryError where it is not what was written."""
        return self._document_of(run, _runs.c.configuration_document)

    def findings(self, run: StoredRun) -> tuple[Finding, ...]:
        """What the run noticed, as it was told then."""
        with self.connected() as connection:
            told = connection.execute(sa.select(_runs.c.findings).where(_runs.c.number == run.number)).scalar_one()
        return tuple(
            Finding(**{**found, "level": Level(found["level"]), "examples": tuple(found["examples"])}) for found in told
        )

    def receipts(self, run: StoredRun) -> tuple[StoredReceipt, ...]:
        """What the sinks did with the run, in their order."""
        table = schema.receipts
        columns = [table.c[field] for field in StoredReceipt.__annotations__]
        with self.connected() as connection:
            rows = connection.execute(sa.select(*columns).where(table.c.run == run.number).order_by(table.c.position))
            return tuple(StoredReceipt(**row) for row in rows.mappings())

    def transitions(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        customer_id: str | None = None,
        superseded: bool = False,
    ) -> pl.DataFrame:
        """The band changes with ``since`` <= as_of <= ``until``, by as_of, customer and score; with ``superseded`` also
        those of superseded runs.

        Columns: run, customer_id, score_name, as_of (Datetime us, UTC), kind, from_band, to_band, from_score, to_score.
        """
        query = self._transitions(customer_id, superseded=superseded)
        query = query.where(_transitions.c.as_of >= since) if since is not None else query
        query = query.where(_transitions.c.as_of <= until) if until is not None else query
        order = (_transitions.c.as_of, _transitions.c.customer_id, _transitions.c.score_name)
        with self.connected() as connection:
            return fetched(connection, query.order_by(*order))

    def last_stays(self, before: datetime) -> pl.DataFrame:
        """Of every customer and score the latest band change before this moment with which a stay in a band began.

        Columns: run, customer_id, score_name, as_of (Datetime us, UTC), kind (of ``STAYS_BEGIN``), to_band.
        """
        last = self.run_before(before)
        if last is None:
            return pl.DataFrame(schema=_STAYS)
        of_runs = sa.select(_runs.c.number, _runs.c.as_of, _runs.c.pruned)
        of_runs = of_runs.where(_runs.c.as_of < before, *self._visible(superseded=False, kinds=OWN_KINDS))
        with self.connected() as connection:
            found = self._frame(connection, last, "stays")
            found = fetched(connection, self._stays_in_transitions(before)) if found is None else found
            runs = connection.execute(of_runs).all()
        there = [(run.number, run.as_of) for run in runs if "transitions" not in run.pruned]
        moments = pl.DataFrame(there, schema={"run": pl.Int64, "as_of": MOMENT}, orient="row")
        return found.join(moments, on="run", maintain_order="left").select(_STAYS.names())

    def _stays_in_transitions(self, before: datetime) -> sa.Select[Any]:
        """The last stays, sought among all band changes: where an earlier version wrote the run before, and where a run
        came between others, the run before has no frame of them."""
        rank = (
            sa.func.row_number()
            .over(
                partition_by=(_transitions.c.customer_id, _transitions.c.score_name),
                order_by=(_transitions.c.as_of.desc(), _transitions.c.id.desc()),
            )
            .label("rank")
        )
        ours = self._transitions().where(_transitions.c.as_of < before, _transitions.c.kind.in_(STAYS_BEGIN))
        ranked = ours.add_columns(rank).subquery()
        columns = [ranked.c[name] for name in ("run", "customer_id", "score_name", "kind", "to_band")]
        return sa.select(*columns).where(ranked.c.rank == 1).order_by(ranked.c.customer_id, ranked.c.score_name)

    def period_fit(self, *, scorecard: str, as_of: datetime, settings: str) -> str | None:
        """What was learned for a period that begins ``as_of``, with settings of this digest; None where nothing was."""
        fits, documents = schema.period_fits, schema.documents
        query = (
            sa.select(documents.c.sha256, documents.c.content)
            .join(fits, fits.c.document == documents.c.sha256)
            .where(
                fits.c.project == self.project,
                fits.c.scorecard == scorecard,
                fits.c.as_of == as_of,
                fits.c.settings == settings,
            )
        )
        with self.connected() as connection:
            found = connection.execute(query).first()
        return None if found is None else text_of(found.sha256, found.content, f"{self.place}, fit of {scorecard}")

    def _scores(self, connection: sa.Connection, run: StoredRun, names: Sequence[str]) -> pl.DataFrame:
        copied = [name for name in names if name in COPIED]
        of_run = {"run": pl.lit(run.number, pl.Int64), "as_of": pl.lit(run.as_of, MOMENT)}
        if copied and all(name in COPIED or name in of_run for name in names):
            found = self._frame(connection, run, "scores", columns=copied)
            if found is not None:
                return found.select(of_run.get(name, pl.col(name)).alias(name) for name in names)
        return fetched(connection, _score_rows(names).where(schema.of_run(_scores, run.number)))

    def _frame(
        self,
        connection: sa.Connection,
        run: StoredRun,
        kind: str,
        *also: sa.ColumnElement[bool],
        columns: list[str] | None = None,
    ) -> pl.DataFrame | None:
        """A frame of a run, of the parts that hold what is asked for; None where there are none."""
        of_run = (_frames.c.run == run.number) & (_frames.c.kind == kind)
        query = sa.select(_frames.c.part, _frames.c.sha256, _frames.c.content).where(of_run, *also)
        parts = [(row.part, row.sha256, row.content) for row in connection.execute(query.order_by(_frames.c.part))]
        return frame_of(parts, kind, self._named(run), columns) if parts else None

    def _transitions(self, customer_id: str | None = None, *, superseded: bool = False) -> sa.Select[Any]:
        joined = sa.select(*_TRANSITION_COLUMNS).join(_runs, _runs.c.number == _transitions.c.run)
        # Each of these leads to an index, and their runs are the project's anyway: with both, SQLite would take the
        # project's, and look at everybody's band changes for those of one customer.
        column, wanted = (
            (_transitions.c.project, self.project) if customer_id is None else (_transitions.c.customer_id, customer_id)
        )
        return joined.where(column == wanted, *self._visible(superseded=superseded, kinds=OWN_KINDS))

    def _of_project(self, *, superseded: bool = False, kinds: Collection[str] = OWN_KINDS) -> sa.Select[Any]:
        return sa.select(*_RUN_COLUMNS).where(*self._visible(superseded=superseded, kinds=kinds))

    def _visible(self, *, superseded: bool, kinds: Collection[str]) -> Iterable[sa.ColumnElement[bool]]:
        yield _runs.c.project == self.project
        yield _runs.c.kind.in_(tuple(kinds))
        if not superseded:
            yield _runs.c.superseded == sa.false()

    def _stored(self, query: sa.Select[Any]) -> tuple[StoredRun, ...]:
        with self.connected() as connection:
            return tuple(StoredRun(**row) for row in connection.execute(query).mappings())

    def _document_of(self, run: StoredRun, reference: sa.Column[str]) -> str:
        documents = schema.documents
        query = (
            sa.select(documents.c.sha256, documents.c.content)
            .join(_runs, reference == documents.c.sha256)
            .where(_runs.c.number == run.number)
        )
        with self.connected() as connection:
            found = connection.execute(query).first()
        if found is None:
            raise HistoryError(
                f"{self._named(run)} is not there any more", hint="it was replaced or pruned in the meantime"
            )
        return text_of(found.sha256, found.content, self._named(run))

    def _named(self, run: StoredRun) -> str:
        return f"{self.place}: run {run.number} ({run.as_of:%Y-%m-%d %H:%M} UTC)"


def _score_rows(names: Sequence[str]) -> sa.Select[Any]:
    return sa.select(*(_scores.c[name] for name in names))


class Bound(Reads):
    """Reads through one connection, within its transaction."""

    def __init__(self, connection: sa.Connection, project: str, place: str) -> None:
        self.project = project
        self.connection = connection
        self._place = place

    @property
    def place(self) -> str:
        return self._place

    def connected(self) -> AbstractContextManager[sa.Connection]:
        return nullcontext(self.connection)

    def stored(self, condition: sa.ColumnElement[bool]) -> tuple[StoredRun, ...]:
        """The runs, of whatever project and kind, superseded or not, that a condition on table ``runs`` holds for."""
        return self._stored(sa.select(*_RUN_COLUMNS).where(condition).order_by(_runs.c.number))
