"""Tables: from what a source scanned to cells that measures can use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import attrs
import polars as pl

from scorewell.api.v1 import (
    Column,
    CustomerKey,
    Finding,
    Level,
    Period,
    ReadError,
    Rejected,
    ScorewellError,
    Source,
    Table,
)
from scorewell.configuration.model import Project
from scorewell.discovery import ships_with_scorewell
from scorewell.messages import nearest, why
from scorewell.metrics.keys import KEY, usable_as_key
from scorewell.metrics.moments import Calendar, TimeColumn

__all__ = [
    "ROW",
    "OpenTable",
    "moment_names",
    "no_column",
    "nothing_seen",
    "rejected",
    "row_moments",
    "speaker",
    "unread_moments",
]

ROW = "@row"
"""The number of a row from 1, where the table has no key."""
_TIMES = (
    "write them as 2026-03-01 or 2026-03-01T14:30:00Z, or tell the source how they are written, if it has a setting"
)


def speaker(component: object) -> str:
    """The component and whose it is, for messages: ``measure 'tilt' (scorewell_acme)``."""
    cls = type(component)
    kind = next(
        (base.__name__.lower() for base in cls.__mro__ if base.__module__.startswith("scorewell.api.")), "plugin"
    )
    return f"{kind} '{getattr(cls, 'name', cls.__name__)}' ({cls.__module__.partition('.')[0]})"


def _lazy(answer: object) -> pl.LazyFrame:
    """What a source answered, where that is what it promises."""
    if not isinstance(answer, pl.LazyFrame):
        instead = ": return its lazy()" if isinstance(answer, pl.DataFrame) else ""
        raise TypeError(f"scan returned {type(answer).__name__}: expected a polars LazyFrame{instead}")
    return answer


def _described(source: Source, table: str, name: str) -> str:
    try:
        return source.described(table)
    except Exception as error:
        raise ReadError(f"{name}: {speaker(source)} failed to say what it calls this table: {why(error)}") from error


def _unread(answer: Iterable[object]) -> list[Rejected]:
    rows = []
    for row in answer:
        if not isinstance(row, Rejected):
            raise TypeError(f"rejected yielded {row!r:.40}: expected a Rejected")
        rows.append(row)
    return rows


def no_column(place: str, wanted: str, columns: Iterable[str]) -> ScorewellError:
    """The error for a column that is not there, with those that are, the nearest first."""
    columns = list(columns)
    near = nearest(wanted, columns, 3)
    shown = [*near, *(column for column in columns if column not in near)][:3]
    more = f" ({len(columns) - len(shown)} more)" if len(columns) > len(shown) else ""
    has = f"it has {', '.join(shown)}{more}" if columns else "it has no columns"
    return ScorewellError(f"{place}: no column {wanted!r}; {has}", hint=f"did you mean {near[0]!r}?" if near else None)


@attrs.frozen(eq=False)
class OpenTable:
    """A table that was scanned; what the project says of its columns is checked when it is asked for.

    ``frame`` has the columns as the source gives them (with ``@row`` where rows are customers), ``scanned`` the dtypes.
    ``rejected`` asks for what the source could not read as it stands, as of a moment, after the frame was collected.
    """

    name: str
    source: Source
    place: str
    meaning: Table
    frame: pl.LazyFrame
    scanned: Mapping[str, pl.DataType]
    calendar: Calendar
    rejected: Callable[[datetime], Sequence[Rejected]]

    @classmethod
    def scan(cls, project: Project, name: str, period: Period | None) -> OpenTable:
        """Ask the source. Raises ReadError with the table's place and the cause."""
        source, table, meaning = project.table(name)
        described = _described(source, table, name)
        place = f"{name} (table {described})" if described and described != name else name
        by_row = meaning.customer is not None and meaning.customer.row
        try:
            # Where a row's number is its customer, no row may be left out.
            asked = None if by_row else _asked(source, meaning, period, project.timezone)
            frame = _lazy(source.scan(table, asked))
            frame = frame.with_row_index(ROW, offset=1) if by_row else frame
            scanned = frame.collect_schema()
        except (Exception, SystemExit) as error:
            raise ReadError(
                _unreadable(name, described, place, source, error), hint=getattr(error, "hint", None)
            ) from error
        calendar = Calendar.of(project.timezone)
        return cls(
            name,
            source,
            place,
            meaning,
            frame,
            dict(scanned),
            calendar,
            lambda _: _unread(source.rejected(table, asked)),
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """The table's own columns, in its order."""
        return tuple(column for column in self.scanned if column != ROW)

    def dtype(self, column: str) -> pl.DataType:
        """The scanned dtype of a column. Raises ScorewellError where there is none of that name."""
        if column not in self.scanned:
            raise no_column(self.place, column, self.columns)
        return self.scanned[column]

    @property
    def customer(self) -> CustomerKey:
        """How rows find their customer. Raises ScorewellError where the project does not say."""
        if self.meaning.customer is None:
            raise ScorewellError(
                f"{self.place}: its column with the customer is not named; it has {', '.join(self.columns[:3])}",
                hint=f"customer: <the column with the customer's id> under sources.{self.name}",
            )
        return self.meaning.customer

    def key_column(self) -> str:
        """The column that holds the key. Raises ScorewellError for one that is missing or cannot be a key."""
        key = self.customer
        if key.row:
            return ROW
        if key.column is None:
            raise ScorewellError(f"{self.place}: customer names no column", hint="customer: <column>")
        dtype = self.dtype(key.column)
        if not usable_as_key(dtype):
            raise ScorewellError(
                f"{self.place}: customer column {key.column!r} holds {dtype}: expected text or numbers"
            )
        return key.column

    def raw_key(self, end: datetime) -> pl.Expr:
        """The key of each row as ``@key``, as it was known at ``end``, in a dtype that rows can be grouped by."""
        column = self.key_column()
        key = pl.col(column)
        key = key.cast(pl.String) if isinstance(self.scanned[column], (pl.Categorical, pl.Enum)) else key
        return self._known(column, key, end).alias(KEY)

    def moment_column(self, column: str, says: str) -> TimeColumn:
        """A column that tells times; ``says`` is what declares it so (``time``, ``until``, ``known``).

        Raises ScorewellError where there is none of that name, and where it holds no times.
        """
        dtype = self.dtype(column)
        if not TimeColumn.accepts(dtype):
            raise ScorewellError(
                f"{self.place}: {says} column {column!r} holds {dtype}: expected a date, a datetime or ISO text",
                hint=_TIMES,
            )
        return TimeColumn(column, dtype, self.calendar)

    @property
    def time(self) -> TimeColumn | None:
        """The declared ``time``."""
        return self.moment_column(self.meaning.time, "time") if self.meaning.time is not None else None

    @property
    def until(self) -> TimeColumn | None:
        """The declared ``until``."""
        return self.moment_column(self.meaning.until, "until") if self.meaning.until is not None else None

    @property
    def valid_from(self) -> TimeColumn | None:
        """The declared ``valid_from``."""
        column = self.meaning.valid_from
        return None if column is None else self.moment_column(column, "valid_from")

    @property
    def valid_to(self) -> TimeColumn | None:
        """The declared ``valid_to``."""
        column = self.meaning.valid_to
        return None if column is None else self.moment_column(column, "valid_to")

    @property
    def taken_at(self) -> TimeColumn | None:
        """The declared ``taken_at``."""
        column = self.meaning.taken_at
        return None if column is None else self.moment_column(column, "taken_at")

    @property
    def is_versioned(self) -> bool:
        """Whether which rows hold depends on the moment by more than their ``time``."""
        return self.meaning.valid_from is not None or self.meaning.taken_at is not None

    @property
    def age(self) -> TimeColumn | None:
        """The column whose latest cell says how fresh the table is: its ``time``, else when its copies were taken."""
        return self.time or self.taken_at

    @property
    def moments(self) -> Mapping[str, TimeColumn]:
        """The declared times of the rows themselves, by what declares each."""
        return {says: self.moment_column(column, says) for says, column in row_moments(self.meaning).items()}

    def known_by(self, column: str) -> tuple[TimeColumn, ...]:
        """The moments any of which makes a cell of this column known; none: known from its row's time.

        A cell that is such a moment itself, or the row's end, is known when it has come, at the latest.
        """
        moments = []
        if column in self.meaning.known:
            moments.append(self.moment_column(self.meaning.known[Column(column)], "known"))
        if column in {self.meaning.until, self.meaning.valid_to}:
            moments.append(self.moment_column(column, "until" if column == self.meaning.until else "valid_to"))
        elif column in self.meaning.known.values() and column != self.meaning.time:
            moments.append(self.moment_column(column, "known"))
        return tuple(moments)

    def is_moment(self, column: str) -> bool:
        """Whether the column is declared to tell times."""
        return column in moment_names(self.meaning)

    def cell_dtype(self, column: str) -> pl.DataType:
        """The dtype that ``cell`` gives."""
        dtype = self.dtype(column)
        if dtype.is_integer():
            return pl.Int64()
        if dtype.is_float() or dtype.is_decimal():
            return pl.Float64()
        return pl.String() if isinstance(dtype, (pl.Categorical, pl.Enum)) else dtype

    def cell(self, column: str) -> pl.Expr:
        """A column's cells in the dtypes that measures know: Int64, Float64 (finite or null), String, and the others.

        An unsigned integer above the largest Int64 is an error when collected, not another number.
        """
        scanned, dtype = self.dtype(column), self.cell_dtype(column)
        cell = pl.col(column) if scanned == dtype else pl.col(column).cast(dtype)
        return pl.when(cell.is_finite()).then(cell) if scanned.is_float() else cell

    def known_cell(self, column: str, end: datetime) -> pl.Expr:
        """The cells as they were known at ``end``: null before their moment has come."""
        return self._known(column, self.cell(column), end)

    def known_instant(self, column: str, end: datetime) -> pl.Expr:
        """Like ``known_cell``, of a column that tells times, as instants."""
        return self._known(column, self.moment_column(column, "time").instant, end)

    def _known(self, column: str, cell: pl.Expr, end: datetime) -> pl.Expr:
        moments = self.known_by(column)
        if not moments:
            return cell
        return pl.when(pl.any_horizontal(*(moment.before(end).fill_null(value=False) for moment in moments))).then(cell)

    def seen(self, as_of: datetime, start: datetime | None = None, *, per: str | None = None) -> pl.LazyFrame:
        """The rows with ``start <= time < as_of``, of a table of versions those that held, of copies the latest
        copy's; all rows of a snapshot that has neither.

        ``per`` is the column whose next row ends a version that does not say its end; default the customer's key.
        """
        frame = self._held(as_of, per)
        if self.time is None:
            return frame
        frame = frame.filter(self.time.before(as_of))
        return frame if start is None else frame.filter(self.time.since(start))

    def _held(self, as_of: datetime, per: str | None) -> pl.LazyFrame:
        frame = self.frame
        if self.taken_at is not None:
            frame = frame.filter(self.taken_at.before(as_of))
            frame = frame.filter(self.taken_at.order == self.taken_at.order.max())
        if self.valid_from is None:
            return frame
        frame = frame.filter(self.valid_from.before(as_of))
        if self.valid_to is None:
            key = self.raw_key(as_of) if per is None else self.known_cell(per, as_of)
            latest = self.valid_from.order.max().over(key)
            return frame.filter(self.valid_from.order == latest)
        return frame.filter(~self.valid_to.before(as_of).fill_null(value=False))


def row_moments(meaning: Table) -> dict[str, Column]:
    """The columns that are declared to tell times of the rows themselves, by what declares each."""
    declared = {
        "time": meaning.time,
        "until": meaning.until,
        "valid_from": meaning.valid_from,
        "valid_to": meaning.valid_to,
        "taken_at": meaning.taken_at,
    }
    return {says: column for says, column in declared.items() if column is not None}


def moment_names(meaning: Table) -> tuple[str, ...]:
    """All columns that are declared to tell times."""
    return tuple(dict.fromkeys((*row_moments(meaning).values(), *meaning.known.values())))


def _asked(source: Source, meaning: Table, period: Period | None, timezone: str) -> Period | None:
    """The period that the source may hold against the one column it knows."""
    if period is None or source.period_column in {None, meaning.time}:
        return None if period is None else attrs.evolve(period, timezone=timezone)
    # A version or a copy counts however long ago it began.
    begins = {meaning.valid_from, meaning.taken_at}
    return Period(None, period.end, timezone) if source.period_column in begins else None


def _unreadable(name: str, described: str, place: str, source: Source, error: BaseException) -> str:
    """What is said of a table that cannot be opened: whose source it is where that is somebody else's."""
    told = why(error)
    if not (isinstance(error, ScorewellError) and ships_with_scorewell(type(source))):
        return f"{place}: cannot be read by {speaker(source)}: {told}"
    return f"{name}: {told}" if described in told else f"{place}: {told}"


def nothing_seen(table: OpenTable, as_of: datetime) -> Finding:
    """What is said of a table that has no row yet, or none at all."""
    if table.meaning.time is None and not table.is_versioned:
        id_, says = "empty-table", "the table has no rows"
    else:
        id_, says = "no-rows-yet", f"no row is from before {as_of.isoformat()}"
    return Finding(id=id_, level=Level.WARNING, where=table.name, message=f"{table.place}: {says}", count=0)


def unread_moments(table: OpenTable, as_of: datetime) -> list[Finding]:
    """Text cells of columns declared to tell times that are no ISO 8601; they count as empty.

    Raises ScorewellError where that is all cells of a column: rows that nobody can place would count as zero. Rows that
    are known to come later say nothing: what is read today must be what was read then.
    """
    began = [each for each in (table.time, table.valid_from, table.taken_at) if each is not None]
    rows = table.frame.filter(*(moment.before(as_of).fill_null(value=True) for moment in began))
    findings = []
    for column in moment_names(table.meaning):
        if table.scanned.get(column) != pl.String:
            continue
        cell = pl.col(column)
        instant = TimeColumn(column, pl.String(), table.calendar).instant
        unread = cell.filter(instant.is_null())
        filled, count, examples = (
            rows.filter(cell.str.strip_chars() != "")
            .select(pl.len().alias("@filled"), unread.len().alias("@unread"), unread.unique().sort().head(3).implode())
            .collect(engine="streaming")
            .row(0)
        )
        if count == filled > 0:
            raise ScorewellError(
                f"{table.place}: none of the {count} filled cells of {column!r} is a date or time"
                f" ({', '.join(example[:40] for example in examples)})",
                hint=_TIMES,
            )
        if count:
            findings.append(
                Finding(
                    id="unread-times",
                    level=Level.WARNING,
                    where=table.name,
                    message=f"{table.place}: cells of {column!r} that are not a date or time, taken as empty: {count}",
                    count=count,
                    examples=tuple(examples),
                    hint=_TIMES,
                )
            )
    return findings


def rejected(table: OpenTable, as_of: datetime) -> list[Finding]:
    """What the source could not read as it stands, lines and single cells, one finding a table.

    Asked for after the frame was collected.
    """
    try:
        rows = table.rejected(as_of)
    except Exception as error:  # noqa: BLE001 - a plugin's failure is told as the plugin's, whatever it raised
        told = f"{table.place}: {speaker(table.source)} failed to say what it could not read: {why(error)}"
        return [Finding(id="rejected-rows", level=Level.WARNING, where=table.name, message=told)]
    if not rows:
        return []
    return [
        Finding(
            id="rejected-rows",
            level=Level.WARNING,
            where=table.name,
            message=(
                f"{table.place}: lines and cells that could not be read as written: {len(rows)};"
                f" the first: {rows[0].place}: {rows[0].reason}"
            ),
            count=len(rows),
            examples=tuple(row.place for row in rows[:3]),
        )
    ]
