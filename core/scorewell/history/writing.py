"""What a history is told, all of it in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import attrs
import polars as pl
import polars.selectors as cs
import sqlalchemy as sa

from scorewell.history import schema
from scorewell.history.copies import RUN, change_run, run_by_column, scores_by_column, transitions_by_column
from scorewell.history.dimensions import dimensions_as_text
from scorewell.history.errors import HistoryError
from scorewell.history.parts import document_row, frame_rows
from scorewell.history.reading import Bound
from scorewell.history.records import STAYS_BEGIN, RunRecord, StoredReceipt, StoredRun
from scorewell.history.rows import insert, rows_of, storable, storable_texts

__all__ = ["Writer"]

_runs = schema.runs
_KEYS = ["customer_id", "score_name"]
_TEXTS = cs.by_dtype(pl.String, pl.Categorical, pl.Enum, pl.Null)


class Writer(Bound):
    """The one writer of a store, while ``History.writing`` lasts; what it reads is what it wrote."""

    def replace(self, record: RunRecord) -> StoredRun:
        """Remember a run, in place of what was remembered of the same one.

        The same run is one of the same moment and run_id, and keeps its number. Another run of the same moment is kept,
        and superseded from now on.
        """
        former = self._run_of(record)
        number = self._next_number() if former is None else former.number
        if former is not None:
            self.remove(former)
        if record.kind != "import":
            same = (_runs.c.project == self.project) & (_runs.c.as_of == record.as_of) & (_runs.c.kind != "import")
            for other in self.stored(same & ~_runs.c.superseded):
                change_run(self.connection, other.number, lambda _: {"superseded": True})
        self.connection.execute(sa.insert(_runs), [self._row(number, record)])
        self._insert_frame(number, RUN, run_by_column(self.connection, number))
        self._insert_scores(number, rows_of(schema.scores, _score_rows(number, record)))
        if record.metrics.width:
            self._insert_frame(number, "metrics", storable_texts(record.metrics, "customer_id").sort("customer_id"))
        if record.transitions is not None:
            self._insert_transitions(number, record.as_of, record.transitions)
        if record.kind != "import":
            self._forget_stays(_runs.c.as_of > record.as_of)
            self._insert_frame(number, "stays", self._stays(number, record))
        if former is not None:
            self.drop_unreferenced()
        [stored] = self.stored(_runs.c.number == number)
        return stored

    def add_imported(self, record: RunRecord) -> StoredRun:
        """Remember imported scores, among those of the same import and moment that other customers have."""
        former = self._run_of(record)
        if former is None:
            return self.replace(record)
        columns = record.scores.columns
        kept = self.scores([former], columns).join(record.scores, on="customer_id", how="anti", maintain_order="left")
        scores = pl.concat([kept, record.scores]).sort("customer_id")
        return self.replace(attrs.evolve(record, scores=scores))

    def replace_transitions(self, run: StoredRun, transitions: pl.DataFrame) -> None:
        """Remember other band changes of a run: another run has come before it. Columns as in ``RunRecord``."""
        copied = (schema.frames.c.run == run.number) & (schema.frames.c.kind == "transitions")
        self.connection.execute(sa.delete(schema.frames).where(copied))
        ours = schema.of_run(schema.transitions, run.number)
        self.connection.execute(sa.delete(schema.transitions).where(ours))
        self._insert_transitions(run.number, run.as_of, transitions)
        self._forget_stays(_runs.c.as_of >= run.as_of)

    def remember_receipts(self, run: StoredRun, receipts: Sequence[StoredReceipt]) -> None:
        """Remember what the sinks did with a run, in place of what was remembered of it.

        Of a run that is there no more, nothing: it was too old to be kept, or pruned while it was delivered.
        """
        if not self.stored((_runs.c.number == run.number) & (_runs.c.run_id == run.run_id)):
            return
        table = schema.receipts
        self.connection.execute(sa.delete(table).where(table.c.run == run.number))
        rows = [
            storable({"run": run.number, "position": position, **attrs.asdict(receipt)})
            for position, receipt in enumerate(receipts, 1)
        ]
        if rows:
            self.connection.execute(sa.insert(table), rows)

    def remember_period_fit(self, *, scorecard: str, as_of: datetime, settings: str, document: str) -> None:
        """Remember what was learned for the period that begins ``as_of``, with settings of this digest."""
        table = schema.period_fits
        key = {"project": self.project, "scorecard": scorecard, "as_of": as_of, "settings": settings}
        same = sa.and_(*(table.c[name] == value for name, value in key.items()))
        self.connection.execute(sa.delete(table).where(same))
        self.connection.execute(sa.insert(table), [{**key, "document": self._document("period_fit", document)}])

    def remove(self, run: StoredRun) -> dict[str, int]:
        """Remove all that is remembered of a run; how many rows that were, by kind."""
        frames = schema.frames
        metrics = sa.select(sa.func.sum(frames.c.rows)).where(frames.c.run == run.number, frames.c.kind == "metrics")
        removed = {"scores": 0, "metrics": int(self.connection.execute(metrics).scalar_one() or 0)}
        for table in (schema.scores, schema.transitions, schema.receipts, frames):
            gone = self.connection.execute(sa.delete(table).where(schema.of_run(table, run.number))).rowcount
            removed |= {table.name: gone} if table is not frames else {}
        self.connection.execute(sa.delete(_runs).where(_runs.c.number == run.number))
        return removed

    def take_out(self, run: StoredRun) -> tuple[dict[str, int], StoredRun | None]:
        """Remove a run from among others; what ``remove`` says, and the run of the same moment that is valid again.

        That is the one that was remembered last of those it superseded. The band changes of that run and of later ones
        may be others now: the caller writes them anew by ``replace_transitions``.
        """
        removed = self.remove(run)
        self.drop_unreferenced()
        if run.superseded or run.kind == "import":
            return removed, None
        self._forget_stays(_runs.c.as_of >= run.as_of)
        same = (_runs.c.project == self.project) & (_runs.c.as_of == run.as_of) & (_runs.c.kind != "import")
        last = max(self.stored(same), key=lambda each: each.recorded_at, default=None)
        if last is None:
            return removed, None
        change_run(self.connection, last.number, lambda _: {"superseded": False})
        [valid] = self.stored(_runs.c.number == last.number)
        return removed, valid

    def drop_unreferenced(self) -> int:
        """Remove the documents that belong to no run and no period any more; how many those were."""
        referring = (_runs.c.configuration_document, _runs.c.fit, schema.period_fits.c.document)
        # Gathered once: no column of these has an index, and to seek each document in all runs would take the square.
        used = sa.union_all(*(sa.select(column) for column in referring))
        unused = schema.documents.c.sha256.not_in(used)
        return self.connection.execute(sa.delete(schema.documents).where(unused)).rowcount

    def _run_of(self, record: RunRecord) -> StoredRun | None:
        same = (_runs.c.project == self.project) & (_runs.c.as_of == record.as_of) & (_runs.c.run_id == record.run_id)
        return next(iter(self.stored(same)), None)

    def _next_number(self) -> int:
        greatest = self.connection.execute(sa.select(sa.func.max(_runs.c.number))).scalar_one()
        return int(greatest or 0) + 1

    def _insert_scores(self, number: int, rows: pl.DataFrame) -> None:
        # While the database takes the rows, and Python waits for it, their copy is made.
        with ThreadPoolExecutor(1) as beside:
            copy = beside.submit(lambda: list(frame_rows(number, "scores", scores_by_column(rows))))
            insert(self.connection, schema.scores, rows)
            self._insert_parts(copy.result())

    def _insert_frame(self, number: int, kind: str, frame: pl.DataFrame) -> None:
        self._insert_parts(frame_rows(number, kind, frame))

    def _insert_parts(self, parts: Iterable[dict[str, Any]]) -> None:
        for part in parts:
            self.connection.execute(sa.insert(schema.frames), [part])

    def _insert_transitions(self, number: int, as_of: datetime, transitions: pl.DataFrame) -> None:
        rows = rows_of(schema.transitions, _transition_rows(number, self.project, as_of, transitions))
        insert(self.connection, schema.transitions, rows)
        self._insert_frame(number, "transitions", transitions_by_column(rows))

    def _stays(self, number: int, record: RunRecord) -> pl.DataFrame:
        """Since which run every customer has been in its band.

        They are those of the run before, but for who changed its band now, so nobody looks through all band changes
        that there ever were. A run is noted by its number, not its moment: that of a run that is pruned later is known
        no more.
        """
        before = self.last_stays(record.as_of).drop("as_of")
        if record.transitions is None:
            return before
        begun = record.transitions.filter(pl.col("kind").is_in(STAYS_BEGIN))
        begun = begun.with_columns(pl.lit(number, pl.Int64).alias("run")).select(before.columns)
        begun = storable_texts(begun.with_columns(_TEXTS.cast(pl.String)), "customer_id")
        return pl.concat([before.join(begun, on=_KEYS, how="anti", maintain_order="left"), begun]).sort(_KEYS)

    def _forget_stays(self, condition: sa.ColumnElement[bool]) -> None:
        """Remove the stays that the runs of a ``condition`` keep, since a run that they rest on is another now. Where a
        run has none, ``last_stays`` finds them among the band changes."""
        table = schema.frames
        runs = sa.select(_runs.c.number).where(_runs.c.project == self.project, condition)
        self.connection.execute(sa.delete(table).where(table.c.kind == "stays", table.c.run.in_(runs)))

    def _row(self, number: int, record: RunRecord) -> dict[str, Any]:
        return {
            "number": number,
            "project": self.project,
            "run_id": record.run_id,
            "as_of": record.as_of,
            "kind": record.kind,
            "configuration": record.configuration,
            "configuration_document": self._document("configuration", record.document),
            "fit": self._document("fit", record.fit),
            "versions": dict(record.versions),
            "failed": dict(record.failed),
            "stale": dict(record.stale),
            "findings": [attrs.asdict(found) for found in record.findings],
            "customers": _customers(record.scores),
            "superseded": False,
            "pruned": [],
            "recorded_at": datetime.now(UTC),
        }

    def _document(self, kind: str, text: str) -> str:
        """The hash of a text that is in the store from now on."""
        row = document_row(kind, text)
        documents = schema.documents
        is_there = sa.select(documents.c.kind).where(documents.c.sha256 == row["sha256"])
        if self.connection.execute(is_there).first() is None:
            self.connection.execute(sa.insert(documents), [row])
        return str(row["sha256"])


def _customers(scores: pl.DataFrame) -> int:
    """How many customers have scores: where there is one score, as many as there are rows."""
    return scores.height if scores["score_name"].n_unique() <= 1 else scores["customer_id"].n_unique()


def _ids(number: int) -> pl.Expr:
    return pl.int_range(pl.len(), dtype=pl.Int64) + number * schema.IDS_A_RUN


def _score_rows(number: int, record: RunRecord) -> pl.DataFrame:
    """The rows of table ``scores``: what a scores frame has of its columns, its dimensions as one text."""
    missing = {"customer_id", "score_name", "score", "band", "status"} - set(record.scores.columns)
    if missing:
        raise HistoryError(f"the scores have no column {', '.join(sorted(missing))}")
    frame = storable_texts(record.scores, "customer_id")
    given = {"id", "run", "as_of", "dimensions"}
    there = [column.name for column in schema.scores.c if column.name in frame.columns and column.name not in given]
    absent = [column for column in schema.scores.c if column.name not in given and column.name not in there]
    return frame.select(
        _ids(number).alias("id"),
        pl.lit(number, pl.Int64).alias("run"),
        pl.lit(record.as_of.astimezone(UTC)).dt.cast_time_unit("us").alias("as_of"),
        dimensions_as_text(frame.columns).alias("dimensions"),
        *there,
        *(
            pl.lit(None, pl.Float64 if isinstance(column.type, sa.Double) else pl.String).alias(column.name)
            for column in absent
        ),
    )


def _transition_rows(number: int, project: str, as_of: datetime, transitions: pl.DataFrame) -> pl.DataFrame:
    return storable_texts(transitions, "customer_id").with_columns(
        _ids(number).alias("id"),
        pl.lit(number, pl.Int64).alias("run"),
        pl.lit(project).alias("project"),
        pl.lit(as_of.astimezone(UTC)).dt.cast_time_unit("us").alias("as_of"),
    )
