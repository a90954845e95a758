"""Check: what is to be said about the data behind a project, all of it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial

import attrs
import polars as pl

from scorewell.api.v1 import Finding, Level, ScorewellError
from scorewell.configuration.model import Metric, Project
from scorewell.configuration.past_windows import past_columns, past_windows
from scorewell.messages import why
from scorewell.metrics.as_of import lookups, measured_by_table, require_aware
from scorewell.metrics.copies import small_copy
from scorewell.metrics.customers import (
    ACTIVE,
    GO_LIVE,
    CustomerList,
    customer_mistakes,
    key_map,
    listed,
    nobody,
    nobody_active,
)
from scorewell.metrics.derived import derive
from scorewell.metrics.freshness import stale
from scorewell.metrics.going_live import go_live_metric, placed
from scorewell.metrics.keys import CUSTOMER, KEY, KeyMap, key_text
from scorewell.metrics.measuring import COVERED, Attempt, broken, coverage
from scorewell.metrics.places import told_in_project
from scorewell.metrics.reduction import ROWS
from scorewell.metrics.strange_pulses import strange_pulses
from scorewell.metrics.strays import stray_keys
from scorewell.metrics.tables import OpenTable, nothing_seen, rejected, row_moments, unread_moments

__all__ = ["Checked", "checked"]

_MOST_TEXTS = 1000
_ISO_DATE = r"^\d{4}-\d\d-\d\d"
_ABOUT_NUMBERS = {"not-finite", "too-large"}


@attrs.frozen(eq=False)
class Checked:
    """What ``checked`` finds; the types of the metrics table, None where the customers cannot be listed; the columns of
    each table that could be looked at; and these tables, "" being the customers with their roles and attributes."""

    findings: tuple[Finding, ...]
    schema: pl.Schema | None
    columns: Mapping[str, Mapping[str, pl.DataType]]
    frames: Mapping[str, pl.LazyFrame]

    def texts(self, table: str, columns: Iterable[str]) -> dict[str, frozenset[str]]:
        """The different texts of some columns of a table, of those that are text and have no more than a thousand."""
        if table not in self.frames:
            return {}
        try:
            schema = self.frames[table].collect_schema()
            names = [name for name in dict.fromkeys(columns) if schema.get(name) == pl.String]
            different = [pl.col(name).drop_nulls().unique().head(_MOST_TEXTS + 1).implode() for name in names]
            row = self.frames[table].select(different).collect(engine="streaming").row(0, named=True) if names else {}
        except Exception:  # noqa: BLE001 - a source that breaks is told of where its rows are looked at
            return {}
        return {name: frozenset(texts) for name, texts in row.items() if len(texts) <= _MOST_TEXTS}

    def undated(self, table: str, column: str) -> str | None:
        """The first cell, in the order of letters, of a column of text that does not begin with an ISO date."""
        if table not in self.frames:
            return None
        try:
            if self.frames[table].collect_schema().get(column) != pl.String:
                return None
            undated = pl.col(column).filter(~pl.col(column).str.contains(_ISO_DATE))
            cell = self.frames[table].select(undated.min()).collect(engine="streaming").item()
        except Exception:  # noqa: BLE001 - as above
            return None
        return None if cell is None else str(cell)


def checked(project: Project, as_of: datetime) -> Checked:
    """Look at every table as a run as of the moment (aware) would, and tell everything that is wrong or strange.

    Columns and their types, customers that are there twice, keys that match nothing, times that cannot be read, lie in
    the future or are missing, and every expression against the real columns. A user's mistake is a finding.
    """
    require_aware(as_of)
    check = _Check(project, as_of)
    check.customers()
    milestones = [] if project.customers.go_live is None else [project.customers.go_live.source]
    for name in dict.fromkeys([*milestones, *measured_by_table(project), *lookups(project)]):
        check.table(name, {**go_live_metric(project, name), **measured_by_table(project).get(name, {})})
    check.derived()
    return Checked(
        findings=tuple(told_in_project(project.folder, each) for each in dict.fromkeys(check.findings)),
        schema=check.schema,
        columns={name: table.scanned for name, table in check.opened.items()},
        frames=check.frames,
    )


@attrs.define(eq=False)
class _Check:
    project: Project
    as_of: datetime
    findings: list[Finding] = attrs.field(factory=list)
    opened: dict[str, OpenTable] = attrs.field(factory=dict)
    schema: pl.Schema | None = None
    _customers: CustomerList | None = None
    _types: dict[str, pl.DataType] = attrs.field(factory=dict)
    _failed: dict[str, str] = attrs.field(factory=dict)

    def customers(self) -> None:
        """The customers' table: without it, keys and coverage cannot be checked."""
        name = self.project.customers.source
        table = self._open(name)
        if table is None:
            return
        mistakes = list(customer_mistakes(self.project, table, self.as_of))
        self.findings += [_mistake("customers", mistake) for mistake in mistakes]
        if mistakes:
            return
        try:
            self._customers, repeated = listed(self.project, table, self.as_of)
        except ScorewellError as error:
            self.findings.append(_mistake("customers", error))
            return
        if self.project.customers.go_live is not None:
            dated = self._customers.frame.with_columns(pl.lit(None, pl.Date).alias(GO_LIVE))
            self._customers = attrs.evolve(self._customers, frame=dated)
        self.findings += self._customers.findings
        if repeated is not None:
            self.findings.append(repeated)
        if self._customers.frame.is_empty():
            self.findings.append(_note("no-customers", Level.ERROR, name, nobody(table), 0))
        elif not self._customers.frame.get_column(ACTIVE).any():
            self.findings.append(nobody_active(self.project))

    @property
    def frames(self) -> dict[str, pl.LazyFrame]:
        """The tables that could be opened, and "", the customers."""
        customers = {} if self._customers is None else {"": self._customers.frame.lazy()}
        return {**customers, **{name: table.frame for name, table in self.opened.items()}}

    def table(self, name: str, metrics: Mapping[str, Metric]) -> None:
        """A table that metrics or lookups need, and its metrics' expressions."""
        table = self._open(name)
        if table is None:
            return
        mistakes = list(_declared(table))
        self.findings += [_mistake(f"sources.{name}", mistake) for mistake in mistakes]
        if mistakes:
            self._failed |= dict.fromkeys(metrics, why(mistakes[0]))
            return
        try:
            unread = unread_moments(table, self.as_of) if name != self.project.customers.source else []
            self._rows(table)
            if name != self.project.customers.source:
                self.findings += [
                    *unread,
                    *small_copy(table, self.as_of),
                    *self._keys(table),
                    *rejected(table, self.as_of),
                ]
                self.findings += strange_pulses(self.project, table, self.as_of)
            if self._customers is not None:
                self.findings += coverage(self.project, name, self._customers.frame, self.as_of)[1]
        except Exception as error:  # noqa: BLE001 - whatever a source raises is a finding about it
            self.findings.append(_mistake(f"sources.{name}", _told(table, error)))
        self._metrics(table, metrics)

    def derived(self) -> None:
        """The derived metrics' expressions, against the types of what they are derived from."""
        if self._customers is None:
            return
        frame = self._customers.frame.clear().with_columns(
            pl.lit(None, self._types.get(name, pl.Float64())).alias(name)
            for name, metric in self.project.metrics.items()
            if metric.sql is None
        )
        frame = frame.with_columns(pl.lit(None, pl.Float64).alias(name) for name in past_columns(self.project))
        frame, _, findings = derive(self.project, frame, self.as_of, self._failed)
        self.findings += findings
        self.schema = frame.schema

    def _open(self, name: str) -> OpenTable | None:
        if name not in self.opened:
            try:
                self.opened[name] = OpenTable.scan(self.project, name, None)
            except ScorewellError as error:
                self.findings.append(_mistake(f"sources.{name}", error))
                return None
        return self.opened[name]

    def _rows(self, table: OpenTable) -> None:
        """How many rows there are, and when they are from."""
        began = table.time or table.valid_from or table.taken_at
        if began is None:
            rows = table.frame.select(pl.len()).collect(engine="streaming").item()
            timeless = future = 0
        else:
            before = began.before(self.as_of)
            rows, timeless, future = (
                table.frame.select(
                    pl.len().alias("rows"), before.is_null().sum().alias("timeless"), (~before).sum().alias("future")
                )
                .collect(engine="streaming")
                .row(0)
            )
        place, name = table.place, table.name
        if not rows:
            self.findings.append(_note("empty-table", Level.WARNING, name, f"{place}: the table has no rows", 0))
        elif future and future == rows - timeless:
            self.findings.append(attrs.evolve(nothing_seen(table, self.as_of), count=rows))
        elif future:
            says = f"{place}: rows from {self.as_of.isoformat()} on, not seen: {future}"
            self.findings.append(_note("future-rows", Level.NOTE, name, says, future))
        if table.meaning.fresh_within is not None and table.age is not None:
            newest = table.seen(self.as_of).select(table.age.instant.max()).collect(engine="streaming").item()
            told = stale(table, newest, self.as_of)
            self.findings += [] if told is None else [told]
        if timeless:
            declared = next(says for says in ("time", "valid_from", "taken_at") if says in table.moments)
            what = "a time" if declared == "time" else declared
            says = f"{place}: rows without {what}, never seen: {timeless}"
            self.findings.append(_note("rows-without-time", Level.WARNING, name, says, timeless))

    def _keys(self, table: OpenTable) -> list[Finding]:
        """The keys that lead nowhere, of the rows that a run sees."""
        if self._customers is None:
            return []
        keys = key_map(self.project, table, self.as_of, self.opened)
        seen = table.seen(self.as_of).group_by(table.raw_key(self.as_of)).agg(pl.len().alias(ROWS))
        text = key_text(pl.col(KEY), seen.collect_schema()[KEY]).alias(KEY)
        led = keys.lead(seen.with_columns(text)).collect(engine="streaming")
        ids = self._customers.frame.get_column(CUSTOMER)
        return [_nearly_known(each, ids) for each in stray_keys(table, led, keys, self._customers.frame)]

    def _metrics(self, table: OpenTable, metrics: Mapping[str, Metric]) -> None:
        """The metrics, each over the real columns without any rows; then all that are sound over the rows."""
        empty = attrs.evolve(table, frame=pl.LazyFrame(schema=table.scanned))
        nobody = pl.DataFrame(schema={CUSTOMER: pl.String, COVERED: pl.Boolean})
        described = nobody if self._customers is None else self._customers.frame.clear()
        past = past_windows(self.project)
        measured = Attempt(empty, self.as_of, KeyMap(), nobody, described, past).one_by_one(metrics)
        self.findings += [placed(each) for each in measured.findings]
        self._failed |= measured.failed
        self._types |= {name: dtype for name, dtype in measured.frame.schema.items() if name in metrics}
        sound = {name: metric for name, metric in metrics.items() if name not in measured.failed}
        try:
            everybody = nobody if self._customers is None else self._customers.frame
            measured = Attempt(table, self.as_of, KeyMap(), nobody, everybody, past).attributed(sound)
        except ScorewellError as error:
            self.findings.append(_mistake(f"sources.{table.name}", error))
        else:
            # Without customers every key is a stray: those were told already.
            told = _ABOUT_NUMBERS | {"metric-failed"}
            self.findings += [finding for finding in measured.findings if finding.id in told]


def _nearly_known(stray: Finding, ids: pl.Series) -> Finding:
    """The finding, with what to try where its keys are the customers' but for capital letters, blanks or zeros."""

    def folded(keys: pl.Series) -> pl.Series:
        return keys.str.strip_chars().str.to_lowercase().str.strip_chars_start("0")

    if stray.id != "unknown-customers" or not folded(pl.Series(stray.examples)).is_in(folded(ids).implode()).any():
        return stray
    hint = "write keys as the customers' are: they differ in capital letters, blanks or leading zeros alone"
    return attrs.evolve(stray, hint=hint)


def _told(table: OpenTable, error: Exception) -> ScorewellError:
    return error if isinstance(error, ScorewellError) else broken(table, error)


def _declared(table: OpenTable) -> Iterator[ScorewellError]:
    """What is wrong with what the project says of a table's columns, each mistake once."""
    attempts: list[Callable[[], object]] = [table.key_column]
    attempts += [partial(table.moment_column, column, says) for says, column in row_moments(table.meaning).items()]
    for cell, moment in table.meaning.known.items():
        attempts += [partial(table.dtype, cell), partial(table.moment_column, moment, "known")]
    for attempt in attempts:
        try:
            attempt()
        except ScorewellError as mistake:
            yield mistake


def _mistake(where: str, error: ScorewellError) -> Finding:
    return Finding(id="mistake", level=Level.ERROR, where=where, message=why(error), hint=error.hint)


def _note(id_: str, level: Level, where: str, message: str, count: int) -> Finding:
    return Finding(id=id_, level=level, where=where, message=message, count=count)
