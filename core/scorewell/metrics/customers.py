"""Customers: the one table that says who they are, with roles, attributes and who is active."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import attrs
import polars as pl

from scorewell import dialect
from scorewell.api.v1 import Finding, Level, Period, ReadError, ScorewellError
from scorewell.configuration.model import Project
from scorewell.messages import why
from scorewell.metrics.copies import small_copy
from scorewell.metrics.keys import CUSTOMER, KEY, NEXT, KeyMap, key_text
from scorewell.metrics.moments import TimeColumn
from scorewell.metrics.rows import ColumnPlan
from scorewell.metrics.tables import OpenTable, rejected, unread_moments

__all__ = [
    "ACTIVE",
    "GO_LIVE",
    "CustomerList",
    "customer_mistakes",
    "key_map",
    "list_customers",
    "listed",
    "nobody",
    "nobody_active",
]

ACTIVE = "@active"
GO_LIVE = "go_live"
_DATES = ("start", "go_live", "renewal")
_SINCE = "@since"
_ONE_ROW = (
    "leave the repeated rows out of the file or query, name another column as customer, or, where a customer's latest"
    " row counts, say which column is the rows' time"
)
_ONE_VERSION = "versions of a customer overlap, or a copy has it twice: leave all but one of them out of the query"


@attrs.frozen(eq=False)
class CustomerList:
    """``frame``: ``customer_id`` (String, unique, sorted), roles, attributes, ``@active`` (Boolean)."""

    frame: pl.DataFrame
    table: OpenTable
    findings: tuple[Finding, ...]


def list_customers(project: Project, table: OpenTable, as_of: datetime) -> CustomerList:
    """Read the customers. Raises ScorewellError, for repeated ids and for no customer at all too: without them there is
    nothing to measure, and what was delivered before must not be replaced by nothing."""
    for mistake in customer_mistakes(project, table, as_of):
        raise mistake
    customers, repeated = listed(project, table, as_of)
    if repeated is not None:
        raise ScorewellError(repeated.message, hint=repeated.hint)
    if customers.frame.is_empty():
        raise ScorewellError(nobody(table), hint=_when_there_is(project, table.name))
    return customers


def nobody(table: OpenTable) -> str:
    """What is said where the customers' table has no customer."""
    return f"{table.place}: there is no customer"


def _when_there_is(project: Project, name: str) -> str | None:
    """What to try where all customers are from later, as far as the table says when they are from."""
    table = OpenTable.scan(project, name, None)  # what was read for a moment may end with it
    began = table.time or table.valid_from or table.taken_at
    first = None if began is None else table.frame.select(began.day.min()).collect(engine="streaming").item()
    return None if first is None else f"a later moment: its earliest row is of {first}"


def customer_mistakes(project: Project, table: OpenTable, as_of: datetime) -> Iterator[ScorewellError]:
    """What is wrong with what the project says of the customers' table, each mistake once."""
    try:
        table.key_column()
        if table.customer.through is not None:
            yield ScorewellError(
                f"{table.place}: the customers' table needs the customer's id, not through {table.customer.through}",
                hint="customer: <the column with the customer's id>",
            )
    except ScorewellError as mistake:
        yield mistake
    plan = ColumnPlan(table, as_of)
    for column in dict.fromkeys([*project.customers.roles.values(), *project.customers.attributes]):
        try:
            plan.sql_cell(column, as_of)
        except ScorewellError as mistake:
            yield mistake
    if "go_live" in project.customers.roles:
        try:
            table.moment_column(project.customers.roles["go_live"], "go_live")
        except ScorewellError as mistake:
            yield mistake
    active, names = project.customers.active, frozenset[str]()
    if active is not None:
        try:
            names = dialect.names_in(active)
            plan.condition(active, as_of)
        except ScorewellError as mistake:
            metrics = sorted(names & project.metrics.keys())
            hint = (
                f"{metrics[0]} is a metric, but active may use only the customers' table" if metrics else mistake.hint
            )
            yield ScorewellError(f"customers.active: {mistake.message}", hint=hint)


def listed(project: Project, table: OpenTable, as_of: datetime) -> tuple[CustomerList, Finding | None]:
    """The customers, of repeated ids the first, and what to say of repeated ids. Raises ScorewellError, ReadError.

    Of a table with a time a customer may have many rows: the latest that is seen says what the customer is. So of
    versions of which only the beginning is known.
    """
    plan = ColumnPlan(table, as_of)
    wanted = {role: str(column) for role, column in project.customers.roles.items()}
    wanted |= {str(column): str(column) for column in project.customers.attributes}
    columns = [pl.col(plan.sql_cell(column, as_of)[0]).alias(name) for name, column in wanted.items()]
    active = pl.lit(value=True)
    if project.customers.active is not None:
        active = plan.condition(project.customers.active, as_of)
    key = key_text(pl.col(KEY), table.scanned[table.key_column()]).alias(CUSTOMER)
    beginning = plan.beginning()
    since = () if beginning is None else (pl.col(beginning).alias(_SINCE),)
    try:
        frame = plan.frame().select(key, *columns, active.alias(ACTIVE), *since).collect(engine="streaming")
        findings = [*unread_moments(table, as_of), *small_copy(table, as_of)]
        findings += [*rejected(table, as_of), *_without_id(table, frame)]
    except ScorewellError:
        raise
    except Exception as error:
        raise ReadError(f"{table.place}: the customers cannot be read: {why(error)}") from error
    frame = frame.drop_nulls(CUSTOMER)
    if since:
        frame, several = _latest(table, frame)
        findings += several
    frame = frame.sort(CUSTOMER)
    repeated = _repeated(table, frame)
    frame = frame.unique(CUSTOMER, keep="first", maintain_order=True)
    findings += _never_null(project, frame)
    frame, unread = _dated(table, frame)
    frame = _named(frame) if "name" in project.customers.roles else frame
    unread += _without_revenue(table, frame)
    if GO_LIVE in project.customers.roles:
        frame = frame.with_columns(_came(table, frame.schema[GO_LIVE], as_of))
    frame = frame.with_columns(pl.col(ACTIVE).fill_null(value=False))
    if "parent" in project.customers.roles:
        frame = _with_children(frame)
    return CustomerList(frame, table, (*findings, *unread)), repeated


def _latest(table: OpenTable, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding]]:
    """Each customer's latest row; of several at the same moment the greatest, so that no order of rows matters."""
    order = (_SINCE, *(name for name in frame.columns if name != _SINCE))
    latest = frame.sort(order).unique(CUSTOMER, keep="last").drop(_SINCE)
    superseded = len(frame) - len(latest)
    if not superseded:
        return latest, []
    # Of versions only the latest are here at all.
    other = "a later row" if table.time is not None else "a row with greater values"
    return latest, [
        Finding(
            id="superseded-rows",
            level=Level.NOTE,
            where=table.name,
            message=f"{table.place}: rows of customers that have {other}, which counts instead: {superseded}",
            count=superseded,
        )
    ]


def _repeated(table: OpenTable, frame: pl.DataFrame) -> Finding | None:
    """What is wrong where several rows have the same ``customer_id``: every number of theirs would be ambiguous."""
    repeated = frame.group_by(CUSTOMER).len().filter(pl.col("len") > 1).sort(CUSTOMER)
    if repeated.is_empty():
        return None
    examples = tuple(repeated.get_column(CUSTOMER).head(3))
    return Finding(
        id="duplicate-customers",
        level=Level.ERROR,
        where=table.name,
        message=(
            f"{table.place}: customer ids in more than one row: {len(repeated)}"
            f" ({', '.join(map(repr, examples))}); expected one row per customer"
        ),
        count=len(repeated),
        examples=examples,
        hint=_ONE_ROW if not table.is_versioned else _ONE_VERSION,
    )


def _without_id(table: OpenTable, frame: pl.DataFrame) -> list[Finding]:
    count = frame.get_column(CUSTOMER).null_count()
    if not count:
        return []
    return [
        Finding(
            id="rows-without-key",
            level=Level.WARNING,
            where=table.name,
            message=f"{table.place}: rows left out because they have no customer id: {count}",
            count=count,
        )
    ]


def _never_null(project: Project, frame: pl.DataFrame) -> list[Finding]:
    unknown = frame.filter(pl.col(ACTIVE).is_null()).get_column(CUSTOMER)
    if unknown.is_empty():
        return []
    return [
        Finding(
            id="null-condition",
            level=Level.NOTE,
            where="customers.active",
            message=(
                f"customers.active: customers for whom {str(project.customers.active)!r} is neither true nor false,"
                f" and who count as inactive: {len(unknown)}"
            ),
            count=len(unknown),
            examples=tuple(unknown.head(3)),
        )
    ]


def _with_children(frame: pl.DataFrame) -> pl.DataFrame:
    """The parent as the id that it is, and how many active customers name each as their parent."""
    parent = key_text(pl.col("parent"), frame.schema["parent"]).alias("parent")
    frame = frame.with_columns(parent)
    is_child = pl.col(ACTIVE) & (pl.col("parent") != pl.col(CUSTOMER))
    counts = frame.filter(is_child).group_by("parent").agg(pl.len().cast(pl.Float64).alias("children"))
    return frame.join(counts, left_on=CUSTOMER, right_on="parent", how="left", maintain_order="left").with_columns(
        pl.col("children").fill_null(0.0)
    )


def _came(table: OpenTable, dtype: pl.DataType, as_of: datetime) -> pl.Expr:
    """The local day of going live, null before it has come: a date that is only planned is not known to come true."""
    moment = TimeColumn(GO_LIVE, dtype, table.calendar)
    return pl.when(moment.before(as_of)).then(moment.day).alias(GO_LIVE)


def _dated(table: OpenTable, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding]]:
    """The roles that are dates by their meaning, read from text where the source gives text."""
    findings = []
    for role in _DATES:
        if frame.schema.get(role) != pl.String:
            continue
        moment = TimeColumn(role, pl.String(), table.calendar)
        before = frame.get_column(role)
        frame = frame.with_columns(moment.day)
        unread = before.filter((before.str.strip_chars() != "") & frame.get_column(role).is_null())
        if len(unread):
            findings.append(
                Finding(
                    id="unread-times",
                    level=Level.WARNING,
                    where=f"customers.roles.{role}",
                    message=f"{table.place}: cells of the role {role} that are no dates, taken as empty: {len(unread)}",
                    count=len(unread),
                    examples=tuple(unread.unique().sort().head(3)),
                    hint="ISO 8601 as in 2026-03-01",
                )
            )
    return frame, findings


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    """The name as text, also where customers are called by numbers."""
    dtype = frame.schema["name"]
    return frame if dtype in (pl.String, pl.Null) else frame.with_columns(key_text(pl.col("name"), dtype).alias("name"))


def _without_revenue(table: OpenTable, frame: pl.DataFrame) -> list[Finding]:
    """What is said where revenue is text: one cell of a file is enough, and no report has revenue."""
    if frame.schema.get("revenue") != pl.String or frame.get_column("revenue").null_count() == len(frame):
        return []
    cells = frame.get_column("revenue").drop_nulls()
    other = cells.filter(cells.cast(pl.Float64, strict=False).is_null())
    return [
        Finding(
            id="revenue-is-text",
            level=Level.WARNING,
            where="customers.roles.revenue",
            message=f"{table.place}: the role revenue holds text, expected numbers: reports show no revenue",
            examples=tuple((other if len(other) else cells).unique().sort().head(3)),
            hint="another column, or tell the source how its numbers are written, if it has a setting",
        )
    ]


def nobody_active(project: Project) -> Finding:
    """What is said where no customer is active."""
    return Finding(
        id="nobody-active",
        level=Level.WARNING,
        where="customers.active",
        message="no customer is active, so nobody has a score",
        hint=f"check its rule: {project.customers.active}",
    )


def key_map(
    project: Project, table: OpenTable, as_of: datetime, opened: Mapping[str, OpenTable], trail: tuple[str, ...] = ()
) -> KeyMap:
    """Which customer each key of the table leads to, over as many tables as it takes.

    Rows from ``as_of`` on lead nowhere. Raises ScorewellError for a table that is unknown, leads in a circle or has not
    the column.
    """
    through = table.customer.through
    if through is None:
        return KeyMap()
    name, _, column = through.rpartition(".")
    if name not in project.tables:
        raise ScorewellError(
            f"{table.place}: customer through {through!r}: no table {name!r}; there are {', '.join(project.tables)}"
        )
    if name in (*trail, table.name):
        raise ScorewellError(
            f"{table.place}: customer through {' → '.join((*trail, table.name, name))} leads in a circle"
        )
    lookup = opened.get(name) or OpenTable.scan(project, name, Period(None, as_of))
    dtype = lookup.cell_dtype(column)
    following = lookup.raw_key(as_of).alias(NEXT)
    further = key_map(project, lookup, as_of, opened, (*trail, table.name))
    seen = lookup.seen(as_of, per=column)
    links = seen.select(key_text(lookup.known_cell(column, as_of), dtype).alias(KEY), following)
    text = key_text(pl.col(NEXT), links.collect_schema()[NEXT]).alias(NEXT)
    try:
        led = further.lead(links.unique().select(KEY, text), on=NEXT).collect(engine="streaming")
    except Exception as error:
        raise ReadError(f"{lookup.place}: keys cannot be looked up: {why(error)}") from error
    return KeyMap.of(led, further)
