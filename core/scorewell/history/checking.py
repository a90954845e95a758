"""Whether a store holds what was written, and all of it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import accumulate

import attrs
import polars as pl
import sqlalchemy as sa
from polars.exceptions import PolarsError

from scorewell.api.v1 import Finding, Level
from scorewell.history import schema
from scorewell.history.copies import DIMENSIONS, RUN, SCORES, TRANSITIONS, checksum, said_by_run, said_in
from scorewell.history.database import RESTORE
from scorewell.history.errors import HistoryError
from scorewell.history.parts import digest, text_of
from scorewell.history.rows import fetched

__all__ = ["damage"]

_runs, _scores, _transitions = schema.runs, schema.scores, schema.transitions
_frames, _documents = schema.frames, schema.documents
_OF_RUNS = (schema.scores, schema.frames, schema.transitions, schema.receipts)


def damage(connection: sa.Connection) -> Iterator[Finding]:
    """What is wrong with a store, of whatever project: nothing where it is whole."""
    file = list(_file_damaged(connection)) if connection.dialect.name == "sqlite" else []
    yield from file
    if file:
        return  # its rows cannot be read, or are not those that were written
    yield from _documents_damaged(connection)
    yield from _orphans(connection)
    yield from _not_one_of_a_moment(connection)
    for run in connection.execute(sa.select(_runs).order_by(_runs.c.number)).mappings().all():
        yield from _run_damaged(connection, run)


def _file_damaged(connection: sa.Connection) -> Iterator[Finding]:
    said: list[str] = []
    try:
        said += connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars()
    except sa.exc.DatabaseError as error:
        said.append(str(error.orig))  # after a while SQLite gives up
    for line in dict.fromkeys(said):
        if line != "ok":
            yield attrs.evolve(_found("damaged-file", "the file", line), hint=RESTORE)


def _documents_damaged(connection: sa.Connection) -> Iterator[Finding]:
    known = set()
    for row in connection.execute(sa.select(_documents)):
        known.add(row.sha256)
        try:
            text_of(row.sha256, row.content, "")
        except HistoryError:
            yield _found(
                "damaged-document", f"document {row.sha256[:12]}", f"the {row.kind} differs from what was written"
            )
    for column in (_runs.c.configuration_document, _runs.c.fit, schema.period_fits.c.document):
        for sha256 in sorted(set(connection.execute(sa.select(column)).scalars()) - known):
            yield _found("missing-document", f"document {sha256[:12]}", f"{column} refers to it, but it is missing")


def _orphans(connection: sa.Connection) -> Iterator[Finding]:
    for table in _OF_RUNS:
        query = sa.select(table.c.run, sa.func.count()).group_by(table.c.run).order_by(table.c.run)
        strays = query.where(table.c.run.not_in(sa.select(_runs.c.number)))
        for number, count in connection.execute(strays):
            yield _found("rows-without-run", f"run {number}", f"{table.name} has rows of it, but it is missing", count)


def _not_one_of_a_moment(connection: sa.Connection) -> Iterator[Finding]:
    valid = sa.func.sum(sa.case((_runs.c.superseded, 0), else_=1))
    query = sa.select(_runs.c.project, _runs.c.as_of, valid).where(_runs.c.kind != "import")
    for project, as_of, count in connection.execute(query.group_by(_runs.c.project, _runs.c.as_of).having(valid != 1)):
        identity = "several-valid-runs" if count else "no-valid-run"
        yield _found(identity, project, f"{count} runs as of {as_of.isoformat()} are valid: expected one")


def _run_damaged(connection: sa.Connection, run: sa.RowMapping) -> Iterator[Finding]:
    number, where = run["number"], f"run {run['number']} ({run['project']}, {run['as_of']:%Y-%m-%d %H:%M} UTC)"
    yield from _own_row_damaged(connection, run, where)
    customers: set[str] | None = None
    if "scores" not in run["pruned"]:
        columns = (_scores.c[name] for name in ("run", "as_of", *SCORES, "dimensions"))
        scores = fetched(connection, sa.select(*columns).where(schema.of_run(_scores, number)).order_by(_scores.c.id))
        customers = set(scores["customer_id"])
        if len(customers) != run["customers"]:
            message = f"it has scores of {len(customers)} customers, but records {run['customers']}"
            yield _found("customers-differ", where, message)
        yield from _strays(run, where, "scores", scores)
        yield from _scores_damaged(connection, number, where, scores)
    if "transitions" not in run["pruned"]:
        yield from _transitions_damaged(connection, run, where)
        yield from _frame(connection, number, where, "stays")[1]
    if "metrics" not in run["pruned"] and run["kind"] != "import":
        yield from _metrics_damaged(connection, number, where, customers)


def _own_row_damaged(connection: sa.Connection, run: sa.RowMapping, where: str) -> Iterator[Finding]:
    copy, damaged = _frame(connection, run["number"], where, RUN)
    yield from damaged
    if copy is not None:
        said, written = said_by_run(run), said_in(copy)
        others = [name for name in said if name in written and said[name] != written[name]]
        if others:
            yield _found("run-differs", where, f"{', '.join(others)} in table runs: different from what was written")


def _strays(run: sa.RowMapping, where: str, table: str, rows: pl.DataFrame) -> Iterator[Finding]:
    """Rows whose ids are the run's, and that say otherwise: of table ``scores`` or ``transitions``."""
    its_own = {"run": run["number"], "as_of": run["as_of"], "project": run["project"]}
    other = [pl.col(name) != value for name, value in its_own.items() if name in rows.columns]
    count = rows.filter(pl.any_horizontal(other)).height
    if count:
        message = f"{table} say another {' or '.join(name for name in its_own if name in rows.columns)} than their ids"
        yield _found("rows-of-another-run", where, message, count)


def _scores_damaged(connection: sa.Connection, number: int, where: str, scores: pl.DataFrame) -> Iterator[Finding]:
    parts, damaged = _parts(connection, number, where, "scores")
    yield from damaged
    if not parts:
        return  # an earlier version wrote the run
    copy = pl.concat(parts)
    both = [name for name in SCORES if name in copy.columns]
    if not _is_same(copy.select(both), scores.select(both)):
        yield _found("scores-differ", where, "its scores by column differ from table scores")
    elif DIMENSIONS in copy.columns and _has_other_dimensions(parts, scores["dimensions"]):
        yield _found("dimensions-differ", where, "the dimensions in table scores differ from what was written")


def _is_same(copy: pl.DataFrame, rows: pl.DataFrame) -> bool:
    """A column that was all null when it was copied may have no type of its own."""
    return copy.cast(rows.schema).equals(rows)


def _has_other_dimensions(parts: Sequence[pl.DataFrame], dimensions: pl.Series) -> bool:
    ends = list(accumulate(part.height for part in parts))
    return any(
        part.height and checksum(dimensions[end - part.height : end]) != part.item(0, DIMENSIONS)
        for part, end in zip(parts, ends, strict=True)
    )


def _transitions_damaged(connection: sa.Connection, run: sa.RowMapping, where: str) -> Iterator[Finding]:
    copy, damaged = _frame(connection, run["number"], where, "transitions")
    yield from damaged
    columns = (_transitions.c[name] for name in ("run", "as_of", "project", *TRANSITIONS))
    query = sa.select(*columns).where(schema.of_run(_transitions, run["number"])).order_by(_transitions.c.id)
    rows = fetched(connection, query)
    yield from _strays(run, where, "transitions", rows)
    if copy is not None and not _is_same(copy, rows.select(TRANSITIONS)):
        yield _found("transitions-differ", where, "its band changes by column differ from table transitions")


def _metrics_damaged(
    connection: sa.Connection, number: int, where: str, customers: set[str] | None
) -> Iterator[Finding]:
    metrics, damaged = _frame(connection, number, where, "metrics")
    yield from damaged
    if metrics is None and not damaged:
        yield _found("missing-metrics", where, "its metric values are missing")
    elif metrics is not None and customers is not None:
        missing = sorted(customers - set(metrics["customer_id"]))
        if missing:
            yield _found(
                "scores-without-metrics", where, "customers have a score but no metric values", len(missing), missing
            )


def _frame(connection: sa.Connection, number: int, where: str, kind: str) -> tuple[pl.DataFrame | None, list[Finding]]:
    """A run's frame of a kind, where it is there and whole; and what is wrong with it."""
    frames, found = _parts(connection, number, where, kind)
    return pl.concat(frames) if frames else None, found


def _parts(connection: sa.Connection, number: int, where: str, kind: str) -> tuple[list[pl.DataFrame], list[Finding]]:
    """The parts of a run's frame of a kind, where they are there and whole; and what is wrong with them."""
    query = sa.select(_frames).where(schema.of_run(_frames, number), _frames.c.kind == kind)
    parts = connection.execute(query.order_by(_frames.c.part)).all()
    damaged = f"damaged-{kind}"
    if [part.part for part in parts] != list(range(len(parts))):
        return [], [
            _found(damaged, where, f"parts of its {kind} are missing: there are {[part.part for part in parts]}")
        ]
    frames, found = [], []
    for part in parts:
        frame = _read(part.content) if digest(part.content) == part.sha256 else None
        if frame is None:
            found.append(_found(damaged, where, f"part {part.part} of its {kind} differs from what was written"))
        elif frame.height != part.rows:
            found.append(
                _found(
                    damaged, where, f"part {part.part} of its {kind} has {frame.height} rows, but records {part.rows}"
                )
            )
        else:
            frames.append(frame)
    return [] if found else frames, found


def _read(content: bytes) -> pl.DataFrame | None:
    try:
        return pl.read_parquet(io.BytesIO(content))
    except PolarsError:
        return None


def _found(identity: str, where: str, message: str, count: int | None = None, examples: Sequence[str] = ()) -> Finding:
    return Finding(
        id=identity, level=Level.ERROR, where=where, message=message, count=count, examples=tuple(examples[:3])
    )
