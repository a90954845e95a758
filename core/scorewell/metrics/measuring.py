"""Measuring: the metrics of one table, one row a customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import attrs
import polars as pl

from scorewell import dialect
from scorewell.api.v1 import Finding, Level, Measure, Period, ReadError, ScorewellError
from scorewell.configuration.model import Metric, Project
from scorewell.configuration.past_windows import past_windows
from scorewell.messages import why
from scorewell.metrics.copies import small_copy
from scorewell.metrics.customers import CustomerList, key_map
from scorewell.metrics.freshness import ago, newest_seen, stale
from scorewell.metrics.keys import CUSTOMER, KeyMap
from scorewell.metrics.moments import Calendar, TimeColumn, literal
from scorewell.metrics.partials import Asked, Reduction, ask_all
from scorewell.metrics.reach import earliest_start
from scorewell.metrics.reduction import LIST_LENGTH, Reduced, reduce_rows
from scorewell.metrics.rows import ColumnPlan
from scorewell.metrics.scans import Asker, Reducer, Scans
from scorewell.metrics.strange_pulses import strange_pulses
from scorewell.metrics.strays import stray_keys, stray_numbers
from scorewell.metrics.tables import OpenTable, nothing_seen, rejected, speaker, unread_moments
from scorewell.metrics.values import as_value

__all__ = ["COVERED", "Attempt", "Measured", "broken", "coverage", "measure_table", "period_of"]

COVERED = "@covered"
BEGAN = "@began"


@attrs.frozen(eq=False)
class Measured:
    """Metrics of one table: ``frame`` has ``customer_id`` and a column a metric that succeeded, and a column
    (``past_column``) for each of its earlier windows that is needed.

    ``saw_rows``: whether there was any row from the earliest window on; ``newest``: the time of the newest of them,
    where the table must be fresh. ``stale`` says why the metrics of a table that is not are stale.
    """

    frame: pl.DataFrame
    failed: Mapping[str, str]
    findings: tuple[Finding, ...]
    saw_rows: bool = True
    newest: datetime | None = None
    stale: Mapping[str, str] = attrs.field(factory=dict)


def period_of(project: Project, table: str, metrics: Mapping[str, Metric], as_of: datetime) -> Period:
    """The rows that the metrics of a table need: from the earliest window, or from the first row."""
    calendar, (_, _, meaning) = Calendar.of(project.timezone), project.table(table)
    past = past_windows(project)
    starts = [earliest_start(meaning, metric, as_of, calendar, past.get(name, 0)) for name, metric in metrics.items()]
    known = [start for start in starts if start is not None]
    return Period(min(known) if known and len(known) == len(starts) else None, as_of.astimezone(UTC))


def coverage(project: Project, name: str, customers: pl.DataFrame, as_of: datetime) -> tuple[pl.Series, list[Finding]]:
    """Whom a table can know about, in the order of ``customers``. Raises ScorewellError for a mistake in ``covers``."""
    _, _, meaning = project.table(name)
    if meaning.covers is None:
        return pl.Series(COVERED, [True]).new_from_index(0, len(customers)), []
    covers = dialect.condition(meaning.covers, schema=customers.schema, as_of=literal(as_of), timezone=project.timezone)
    covered = customers.select(pl.lit(value=True).alias("@all"), covers.alias(COVERED)).get_column(COVERED)
    unknown = customers.get_column(CUSTOMER).filter(covered.is_null())
    findings = []
    if len(unknown):
        findings.append(
            Finding(
                id="null-condition",
                level=Level.NOTE,
                where=f"sources.{name}.covers",
                message=(
                    f"sources.{name}.covers: customers for whom {str(meaning.covers)!r} is neither true nor false,"
                    f" and who are not covered: {len(unknown)}"
                ),
                count=len(unknown),
                examples=tuple(unknown.head(3)),
            )
        )
    return covered.fill_null(value=False), findings


def _began(project: Project, customers: pl.DataFrame) -> tuple[pl.Expr, ...]:
    """Since when a customer is one, as ``@began``, where the project says so."""
    if "start" not in project.customers.roles or not TimeColumn.accepts(customers.schema["start"]):
        return ()
    return (pl.col("start").alias(BEGAN),)


def measure_table(
    project: Project,
    name: str,
    metrics: Mapping[str, Metric],
    customers: CustomerList,
    as_of: datetime,
    *,
    scans: Scans,
) -> Measured:
    """Measure all metrics of a table. Never raises for what a source, a component or a user did: that is ``failed``."""
    try:
        table = scans.opened.get(name) or scans.open(name, period_of(project, name, metrics, as_of))
        keys = key_map(project, table, as_of, scans.opened)
        covered, findings = coverage(project, name, customers.frame, as_of)
        if table is not customers.table:
            try:
                findings += [*unread_moments(table, as_of), *small_copy(table, as_of)]
                findings += strange_pulses(project, table, as_of)
            except ScorewellError:
                raise
            except Exception as error:
                raise broken(table, error) from error
        # A cell that is misspelt in `known` would be seen by everybody before its time.
        _ = table.key_column(), table.moments, [table.dtype(cell) for cell in table.meaning.known]
    except Exception as error:  # noqa: BLE001 - one source never takes the others down
        return _none_of(name, metrics, error, customers)
    base = customers.frame.select(CUSTOMER, covered.alias(COVERED), *_began(project, customers.frame))
    attempt = Attempt(table, as_of, keys, base, customers.frame, past_windows(project), scans.ask, scans.reduce)
    try:
        measured = attempt.attributed(metrics)
    except ReadError as error:
        return _none_of(name, metrics, error, customers)
    if table is not customers.table:
        findings += rejected(table, as_of)
    findings += _nothing_yet(scans, table, measured, as_of)
    told = _stale(scans, table, measured, as_of)
    stale_metrics = {} if told is None else {name: told.message for name in metrics if name not in measured.failed}
    findings += [] if told is None else [told]
    return attrs.evolve(measured, findings=(*findings, *measured.findings), stale=stale_metrics)


def _stale(scans: Scans, table: OpenTable, measured: Measured, as_of: datetime) -> Finding | None:
    """What is said of a table that is not fresh. Where its newest row is older than every window, it is looked for."""
    told = stale(table, measured.newest, as_of)
    if told is None or measured.newest is not None:
        return told
    return stale(table, newest_seen(scans.anytime(table.name, as_of), as_of), as_of)


def _nothing_yet(scans: Scans, table: OpenTable, measured: Measured, as_of: datetime) -> list[Finding]:
    """What is said where nothing lies before the moment: zeros for everybody would pass for an answer.

    Rows may be older than every window, so the source is asked once more, for one row from any time.
    """
    if measured.saw_rows:
        return []
    try:
        if not scans.anytime(table.name, as_of).seen(as_of).head(1).collect(engine="streaming").is_empty():
            return []
    except Exception:  # noqa: BLE001 - the metrics were measured; a source that is gone since then has nothing to add
        return []
    return [nothing_seen(table, as_of)]


def broken(table: OpenTable, error: Exception) -> ReadError:
    """What is said of a source that breaks while its rows are read."""
    return ReadError(f"{table.place}: broke while {speaker(table.source)} read it: {why(error)}")


def _none_of(name: str, metrics: Mapping[str, Metric], error: Exception, customers: CustomerList) -> Measured:
    finding = Finding(
        id="table-failed",
        level=Level.ERROR,
        where=name,
        message=why(error),
        count=len(metrics),
        examples=tuple(sorted(metrics)[:3]),
        hint=getattr(error, "hint", None),
    )
    return Measured(customers.frame.select(CUSTOMER), dict.fromkeys(metrics, why(error)), (finding,))


@attrs.frozen(eq=False)
class Attempt:
    """One table, opened, with all it takes to measure.

    ``base``: ``customer_id``, ``@covered`` and, where the project knows it, ``@began``, sorted; ``customers``: their
    roles and attributes, in the same order (a check has
    them all, and a ``base`` of nobody). ``past`` says of which metrics how many earlier windows are needed.
    """

    table: OpenTable
    as_of: datetime
    keys: KeyMap
    base: pl.DataFrame
    customers: pl.DataFrame
    past: Mapping[str, int] = attrs.field(factory=dict)
    ask: Asker = ask_all
    reduce: Reducer = reduce_rows

    def together(self, metrics: Mapping[str, Metric]) -> Measured:
        """All metrics by one plan; those that cannot even be asked are left out of it."""
        plan, asked, failed = self.ask(self.table, self.as_of, self.customers.schema, metrics, self.past)
        if not asked:
            return self._told(self.base.select(CUSTOMER), failed, ())
        reduced = self._reduce(plan, asked)
        frame, findings = self._finish(asked, reduced)
        strays = stray_keys(self.table, reduced.keys, self.keys, self.base)
        numbers = stray_numbers(plan, reduced) if reduced.odd else []
        told = self._told(frame, failed, (*strays, *numbers, *findings))
        return attrs.evolve(told, saw_rows=not reduced.keys.is_empty(), newest=reduced.newest)

    def attributed(self, metrics: Mapping[str, Metric]) -> Measured:
        """All metrics; where that fails, whose fault it is. Raises ReadError where it is the source's."""
        try:
            return self.together(metrics)
        except ReadError:
            raise
        except Exception:  # noqa: BLE001 - which part failed is found out by running the parts
            try:
                # A source that breaks half way breaks again; over a readable one it is a metric that fails.
                self.table.frame.select(pl.len()).collect(engine="streaming")
            except Exception as error:
                raise broken(self.table, error) from error
            return self.one_by_one(metrics)

    def one_by_one(self, metrics: Mapping[str, Metric]) -> Measured:
        """Each metric by a plan of its own, so that a failure is nobody else's."""
        frame, failed, times = self.base.select(CUSTOMER), dict[str, str](), list[datetime]()
        findings: dict[Finding, None] = {}
        for name, metric in metrics.items():
            try:
                measured = self.together({name: metric})
            except Exception as error:  # noqa: BLE001 - attributed to the metric
                assert metric.measure is not None  # noqa: S101 - derived metrics are not measured
                message = f"{self.table.place}: {speaker(metric.measure)}: {why(error)}"
                told = ScorewellError(message, hint=getattr(error, "hint", None))
                measured = self._told(frame.select(CUSTOMER), {name: told}, ())
            failed |= measured.failed
            times += [] if measured.newest is None else [measured.newest]
            findings |= dict.fromkeys(measured.findings)
            frame = frame.join(measured.frame, on=CUSTOMER, how="left", maintain_order="left")
        return Measured(frame, failed, tuple(findings), newest=max(times, default=None))

    def _was_there(self, asked: Asked) -> pl.Expr:
        """Whether the customer was one already when the window began: before, nothing is no zero."""
        if not asked.k or BEGAN not in self.base.columns or asked.metric.window is None:
            return pl.lit(value=True)
        start, _ = self.table.calendar.window(self.as_of, asked.metric.window.whole_days or 0, asked.k)
        began = TimeColumn(BEGAN, self.base.schema[BEGAN], self.table.calendar)
        return began.before(start).fill_null(value=True)

    def _told(self, frame: pl.DataFrame, failed: Mapping[str, ScorewellError], findings: Sequence[Finding]) -> Measured:
        told = [
            Finding(id="metric-failed", level=Level.ERROR, where=f"metrics.{name}", message=why(error), hint=error.hint)
            for name, error in failed.items()
        ]
        return Measured(frame, {name: why(error) for name, error in failed.items()}, (*findings, *told))

    def _reduce(self, plan: ColumnPlan, asked: Mapping[str, Asked]) -> Reduced:
        wanted: list[Reduction] = []
        for one in asked.values():
            wanted += one.all
        return self.reduce(plan, wanted, self.keys)

    def _with_customers(self, frame: pl.DataFrame, asked: Mapping[str, Asked]) -> pl.DataFrame:
        """The partials with what the metrics ask of the customers' list beside them."""
        wanted = {_of_customer(name, key): expr for name, one in asked.items() for key, expr in one.of_customer.items()}
        if not wanted:
            return frame
        try:
            told = self.customers.select(pl.col(CUSTOMER), **wanted).drop(CUSTOMER)
        except pl.exceptions.PolarsError as error:
            raise self._unreadable(list(wanted.values()), error) from error
        # A check looks at all customers and measures nobody.
        return frame.hstack(told.head(frame.height).get_columns())

    def _unreadable(self, asked: Sequence[pl.Expr], error: pl.exceptions.PolarsError) -> ScorewellError:
        """What is said where the customers' cells are not what a metric takes them for."""
        names = sorted({name for expr in asked for name in expr.meta.root_names()} & set(self.customers.columns))
        holds = " and ".join(f"{name} holds {dialect.kind_of(self.customers.schema[name]).value}" for name in names)
        return ScorewellError(f"the customers' {holds} that cannot be read: {str(error).partition(chr(10))[0]}")

    def _about_rows(self, asked: Asked, reduced: Reduced) -> Iterator[pl.Expr]:
        """What must hold of a metric's rows for it to have a value: how many there are, and how old."""
        metric, calendar, end = asked.metric, self.table.calendar, self.as_of
        if asked.k and metric.window is not None:
            _, end = calendar.window(self.as_of, metric.window.whole_days or 0, asked.k)
        if asked.row_count is not None:
            yield pl.col(reduced.names[asked.row_count.identity]) >= metric.min_rows
        if asked.newest is not None and metric.fresh_within is not None:
            limit = literal(ago(end, metric.fresh_within, calendar))
            yield (pl.col(reduced.names[asked.newest.identity]) >= limit).fill_null(value=False)
        if asked.first is not None and metric.min_age is not None:
            limit = literal(ago(end, metric.min_age, calendar))
            yield (pl.col(reduced.names[asked.first.identity]) <= limit).fill_null(value=False)

    def _finish(self, asked: Mapping[str, Asked], reduced: Reduced) -> tuple[pl.DataFrame, list[Finding]]:
        """From partials to values: empty ones for customers without rows, missing for the uncovered."""
        frame = self.base.join(reduced.frame, on=CUSTOMER, how="left", maintain_order="left")
        kinds = {reduced.names[r.identity]: r.kind for one in asked.values() for r in one.all}
        frame = frame.with_columns(
            _without_values(column, kind, frame.schema[column]) for column, kind in kinds.items()
        )
        frame = self._with_customers(frame, asked)
        values = []
        findings: list[Finding] = []
        for column, one in asked.items():
            assert one.metric.measure is not None  # noqa: S101 - derived metrics are not measured
            partials = {key: pl.col(reduced.names[r.identity]) for key, r in one.reductions.items()}
            partials |= {key: pl.col(_of_customer(column, key)) for key in one.of_customer}
            applies = pl.all_horizontal(COVERED, self._was_there(one), *self._about_rows(one, reduced))
            values.append(pl.when(applies).then(_finished(one.metric.measure, partials)).alias(column))
            findings += _capped(one, reduced)
        finished = frame.select(CUSTOMER, *values)
        columns, odd = [finished.get_column(CUSTOMER)], list[Finding]()
        for column, one in asked.items():
            value, strange = as_value(finished.get_column(column), finished.get_column(CUSTOMER), one.place)
            columns.append(value)
            odd += strange
        return pl.DataFrame(columns), [*findings, *odd]


def _of_customer(metric: str, partial: str) -> str:
    return f"@customer:{metric}:{partial}"


def _without_values(column: str, kind: str, dtype: pl.DataType) -> pl.Expr:
    """The partial's value for a customer without rows (the table in ``api.v1.Partial``)."""
    match kind:
        case "sum" | "count" | "distinct":
            return pl.col(column).fill_null(pl.lit(0).cast(dtype))
        case "values" | "set":
            return pl.col(column).fill_null(pl.lit([], dtype))
        case _:
            return pl.col(column)


def _finished(measure: Measure, partials: Mapping[str, pl.Expr]) -> pl.Expr:
    answer: object = measure.finish(partials)
    if not isinstance(answer, pl.Expr):
        raise TypeError(f"finish answered {answer!r:.40}: expected a polars expression")
    return answer


def _capped(asked: Asked, reduced: Reduced) -> list[Finding]:
    capped = max((reduced.capped.get(r.identity, 0) for r in asked.reductions.values()), default=0)
    if not capped:
        return []
    return [
        Finding(
            id="values-thinned",
            level=Level.NOTE,
            where=asked.place,
            message=(
                f"{asked.place}: customers with more than {LIST_LENGTH:,} values, of whom that many values,"
                f" evenly spaced, are looked at: {capped}"
            ),
            count=capped,
        )
    ]
