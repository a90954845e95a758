"""Many moments at once give what each of them gives alone, to the byte."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.metrics.test_laws import METRICS
from tests.support.measured_project import InMemory, Of, Reduce, derived, metric, project, table

from scorewell.api.v1 import Column, Condition, Duration, Expression, Partial, Period, Rejected, ScorewellError
from scorewell.configuration.model import GoLive, Project, SourceTables
from scorewell.dialect import SqlAggregate
from scorewell.metrics import MetricsTable, metrics_as_of, metrics_over
from scorewell_standard.measures import ActiveDays, Change, DaysSince, Stickiness, Trend

FIRST, LAST = datetime(2025, 9, 20), datetime(2026, 4, 10)
SCHEMA = {
    "customer": pl.String,
    "user": pl.Int64,
    "at": pl.Datetime("us"),
    "n": pl.Float64,
    "grade": pl.Int64,
    "graded": pl.Datetime("us"),
    "ended": pl.Date,
    "kind": pl.String,
}
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "America/Asuncion")


def same(project_: Project, moments: Sequence[datetime]) -> None:
    over = list(metrics_over(project_, moments))
    assert len(over) == len(set(moments))
    for moment, table_ in zip(sorted(set(moments)), over, strict=True):
        alone = metrics_as_of(project_, moment)
        assert written(table_) == written(alone), moment
        assert told(table_) == told(alone), moment


def told(result: MetricsTable) -> tuple[object, ...]:
    return result.failed, result.findings, result.stale, result.as_known_today


def written(result: MetricsTable) -> bytes:
    file = BytesIO()
    result.frame.write_parquet(file)
    return file.getvalue()


def sql(text: str, **more: Any) -> Any:
    return attrs.evolve(metric(SqlAggregate(sql=Expression(text)), window=more.pop("window", "30d")), **more)


def answers() -> Of:
    """Conditions that a measure makes of the rows' own cells."""

    def asks(rows: Any) -> dict[str, Partial]:
        return {"it": Partial("count", rows.where(rows.column(Column("grade")) > 2).column(Column("grade")))}

    return Of(asks=asks, ends=lambda partials: partials["it"])


MANY = METRICS | {
    "active": metric(ActiveDays(), window="30d"),
    "active90": metric(ActiveDays(), window="90d", where="kind = 'x'"),
    "sticky": metric(Stickiness(user=Column("user")), window="30d"),
    "since": metric(DaysSince()),
    "since_x": metric(DaysSince(), where="kind = 'x'", window="60d"),
    "since_ended": metric(DaysSince(column=Column("ended"))),
    "before": metric(Change(of=ActiveDays()), window="14d"),
    "year": metric(Change(of=SqlAggregate(sql=Expression("sum(n)")), against="year_before"), window="30d"),
    "trend": metric(Trend(of=SqlAggregate(sql=Expression("count(*)"))), window="28d"),
    "total_x": sql("sum(n) filter (where kind = 'x')"),
    "mean": sql("avg(grade)"),
    "users": sql("count(distinct user)", window="90d"),
    "kinds": sql("count(distinct kind)", window="7d", where=Condition("n > 0")),
    "ones": sql("sum(1)"),
    "halves": sql("sum(0.5)", window="90d", where=Condition("kind = 'x'")),
    "written_out": sql("sum(2) - count(3) + count(distinct 4) + avg(5)"),
    "nowhere": sql("count(1 / 0) + sum(ln(0))"),
    "largest": sql("max(n)"),
    "least": sql("min(user)", window="90d"),
    "middle30": sql("median(n)"),
    "recent": metric("count", where="at > as_of - interval '10 days'"),
    "enough": metric("count", window="30d", min_rows=2),
    "fresh": attrs.evolve(metric("count"), fresh_within=Duration.parse("20d")),
    "old": attrs.evolve(metric("sum:n", window="90d"), min_age=Duration.parse("12d")),
    "answers": metric(answers(), window="30d"),
    "twice": derived("total + rows"),
    "text": metric(Reduce(kind="last", column=Column("kind"), by=Column("at")), window="30d"),
}

times = st.datetimes(FIRST - timedelta(days=200), LAST + timedelta(days=30)) | st.sampled_from(
    [
        datetime(2025, 10, 25, 23, 59, 59, 999999),
        datetime(2025, 10, 26, 2, 30),
        datetime(2025, 10, 26),
        datetime(2026, 3, 29, 2, 30),
        datetime(2026, 3, 29, 3, 15),
        datetime(2025, 10, 5, 0, 30),
    ]
)
moments = st.lists(
    st.datetimes(FIRST, LAST).map(lambda moment: moment.replace(tzinfo=UTC))
    | st.dates(FIRST.date(), LAST.date()).map(lambda day: datetime(day.year, day.month, day.day, tzinfo=UTC))
    | st.sampled_from([datetime(2025, 10, 26, 0, 45, tzinfo=UTC), datetime(2025, 10, 26, 1, 15, tzinfo=UTC)]),
    min_size=2,
    max_size=4,
)
rows = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "stranger", None, ""]),
        st.none() | st.integers(0, 3),
        st.none() | times,
        st.sampled_from([0.1, 0.2, 1e15, -3.5, 7e-9, None, float("nan"), float("inf"), 1e19]),
        st.none() | st.integers(0, 5),
        st.none() | times,
        st.none() | times.map(datetime.date),
        st.sampled_from(["x", "y", None]),
    ),
    max_size=25,
)
TIMES = {
    "naive": pl.col("at"),
    "milliseconds": pl.col("at").dt.cast_time_unit("ms"),
    "zoned": pl.col("at").dt.replace_time_zone("UTC"),
    "elsewhere": pl.col("at").dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Kolkata"),
    "date": pl.col("at").dt.date(),
    "text": pl.col("at").dt.to_string("iso"),
    "dirty": pl.coalesce(pl.col("at").dt.to_string("iso"), pl.lit("soon")),
}


def honest(frame: pl.DataFrame) -> Any:
    """A source that leaves out all rows outside the period it is asked for, in UTC."""

    def scan(period: Period | None) -> pl.LazyFrame:
        if period is None:
            return frame.lazy()
        at = pl.col("at").dt.replace_time_zone("UTC")
        after = pl.lit(value=True) if period.start is None else at >= period.start
        return frame.lazy().filter(after & (at < period.end))

    return scan


@settings(deadline=None, max_examples=10)
@given(rows, moments, st.sampled_from(ZONES), st.sampled_from(sorted(TIMES)))
def test_each_moment_is_what_it_is_alone(
    data: list[tuple[object, ...]], when: list[datetime], zone: str, kind: str
) -> None:
    frame = pl.DataFrame(data, schema=SCHEMA, orient="row").with_columns(TIMES[kind].alias("at"))
    events = table(frame, time="at", until="ended", known={"grade": "graded"}, fresh_within=Duration.parse("20d"))
    same(project(MANY, customers=["a", "b", "c"], timezone=zone, events=events), when)


@settings(deadline=None, max_examples=8)
@given(rows, moments, st.sampled_from(sorted(MANY)))
def test_a_metric_alone_is_what_it_is_among_others(
    data: list[tuple[object, ...]], when: list[datetime], name: str
) -> None:
    frame = pl.DataFrame(data, schema=SCHEMA, orient="row")
    metrics = {name: MANY[name]} if MANY[name].sql is None else MANY
    events = table(
        honest(frame), time="at", until="ended", known={"grade": "graded"}, fresh_within=Duration.parse("9d")
    )
    same(project(metrics, customers=["a", "b"], events=events), when)


links = st.lists(
    st.tuples(st.sampled_from(["s1", "s2", "s3", None]), st.sampled_from(["a", "b", "nobody", None]), times),
    max_size=8,
)
people = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), times, st.sampled_from(["gold", "none", None]), st.none() | times),
    min_size=1,
    max_size=10,
)


@settings(deadline=None, max_examples=8)
@given(rows, links, people, moments, st.sampled_from(ZONES))
def test_keys_and_customers_are_those_of_each_moment(
    data: list[tuple[object, ...]],
    linked: list[tuple[object, ...]],
    listed: list[tuple[object, ...]],
    when: list[datetime],
    zone: str,
) -> None:
    frame = pl.DataFrame(data, schema=SCHEMA, orient="row").with_columns(
        pl.col("customer").replace({"a": "s1", "b": "s2", "c": "s3"})
    )
    contracts = pl.DataFrame(
        linked, schema={"key": pl.String, "customer": pl.String, "since": pl.Datetime("us")}, orient="row"
    )
    crm = pl.DataFrame(
        [*listed, ("z", FIRST - timedelta(days=999), "gold", None)],
        schema={"customer": pl.String, "changed": pl.Datetime("us"), "plan": pl.String, "began": pl.Datetime("us")},
        orient="row",
    )
    metrics = {
        name: MANY[name] for name in ("active", "sticky", "users", "total", "largest", "before", "since", "trend")
    }
    metrics |= {
        "contracts": metric("count", source="contracts"),
        "plans": metric("distinct:plan", source="crm"),
        "since_crm": metric(DaysSince(), source="crm"),
    }
    small = project(
        metrics,
        customers=table(crm, time="changed"),
        timezone=zone,
        active="plan <> 'none'",
        roles={"start": "began"},
        attributes=["plan"],
        contracts=table(contracts, time="since" if len(linked) % 2 else None),
        events=table(frame, through="contracts.key", time="at", covers="plan = 'gold' or customer_id = 'a'"),
    )
    live = GoLive(source="events", where=Condition("kind = 'x'"))
    same(attrs.evolve(small, customers=attrs.evolve(small.customers, go_live=live)), when)


@settings(deadline=None, max_examples=10)
@given(rows, moments, st.sampled_from(["valid_from", "both", "taken_at", "none"]))
def test_versions_are_those_of_each_moment(data: list[tuple[object, ...]], when: list[datetime], kind: str) -> None:
    frame = pl.DataFrame(data, schema=SCHEMA, orient="row")
    meaning: dict[str, object] = {
        "valid_from": {"valid_from": "at"},
        "both": {"valid_from": "at", "valid_to": "graded"},
        "taken_at": {"taken_at": "at", "fresh_within": Duration.parse("20d")},
        "none": {},
    }[kind]
    metrics = {
        "rows": metric("count"),
        "total": metric("sum:n"),
        "users": metric("distinct:user"),
        "most": sql("max(n)", window=None),
    }
    same(project(metrics, customers=["a", "b"], events=table(frame, **meaning)), when)


WHEN = [datetime(2026, 1, day, tzinfo=UTC) for day in (5, 12, 19)]
ROWS = pl.DataFrame(
    [("a", 1, datetime(2025, 12, day), float(day), 1, None, None, "x") for day in range(1, 29)],
    schema=SCHEMA,
    orient="row",
)


def over(events: SourceTables, **metrics: Any) -> list[MetricsTable]:
    small = project(metrics or {"total": metric("sum:n", window="30d")}, events=events)
    same(small, WHEN)
    return list(metrics_over(small, WHEN))


def test_a_source_is_asked_once_for_all_moments() -> None:
    asked: list[Period | None] = []

    def scan(period: Period | None) -> pl.LazyFrame:
        asked.append(period)
        return ROWS.lazy()

    assert (
        len(list(metrics_over(project({"total": metric("sum:n", window="30d")}, events=table(scan, time="at")), WHEN)))
        == 3
    )
    assert asked == [Period(datetime(2025, 12, 6, tzinfo=UTC), WHEN[-1])]


def test_a_source_that_cannot_be_asked_fails_at_each_moment() -> None:
    def broken(period: Period | None) -> pl.LazyFrame:
        raise OSError("the door is shut")

    results = over(table(broken, time="at"))
    assert ["the door is shut" in result.failed["total"] for result in results] == [True] * 3


def test_a_source_that_breaks_half_way_fails_at_each_moment() -> None:
    def breaks(frame: pl.DataFrame) -> pl.DataFrame:
        raise OSError("the line is dead")

    def scan(period: Period | None) -> pl.LazyFrame:
        return ROWS.lazy().map_batches(breaks, schema=ROWS.schema)

    results = over(table(scan, time="at"))
    assert ["the line is dead" in result.failed["total"] for result in results] == [True] * 3


def test_a_row_that_cannot_be_read_fails_from_the_moment_that_sees_it() -> None:
    too_large = ROWS.with_columns(
        pl.when(pl.col("at") == pl.col("at").max()).then(pl.lit(2**64 - 1, pl.UInt64)).otherwise(1).alias("big")
    ).with_columns(pl.when(pl.col("big") > 1).then(datetime(2026, 1, 8)).otherwise("at").alias("at"))
    results = over(table(too_large, time="at"), big=metric("sum:big", window="30d"), rows=metric("count"))
    assert [sorted(result.failed) for result in results] == [[], ["big"], ["big"]]


def test_rows_that_a_source_rejects_are_told_at_each_moment() -> None:

    lost = InMemory(frame=ROWS, lost=(Rejected(place="rows.csv:7", reason="two fields"),))
    results = over(table(lost, time="at"))
    assert [[finding.id for finding in result.findings] for result in results] == [["rejected-rows"]] * 3


def test_a_measure_that_fails_takes_no_other_down() -> None:
    def fails(rows: object) -> dict[str, Partial]:
        raise ValueError("no")

    bad = Of(asks=fails, ends=lambda _: pl.lit(1))
    ends_badly = Of(asks=lambda rows: {"it": Partial("count", rows.count)}, ends=lambda _: pl.col("nowhere"))
    results = over(
        table(ROWS, time="at"), bad=metric(bad), ends=metric(ends_badly), text=metric("sum:kind"), good=metric("sum:n")
    )
    assert [sorted(result.failed) for result in results] == [["bad", "ends", "text"]] * 3


def test_where_there_are_only_old_rows_each_moment_says_no_more_than_alone() -> None:
    old = ROWS.with_columns(pl.col("at") - pl.duration(days=300))
    over(table(old, time="at", fresh_within=Duration.parse("2d")))
    over(table(ROWS.with_columns(pl.lit(datetime(2026, 1, 14)).alias("at")), time="at"))


def test_moments_come_once_each_from_the_earliest_to_the_last() -> None:
    small = project({"since": metric(DaysSince())}, customers=["a"], events=table(ROWS, time="at"))
    tables = list(metrics_over(small, [WHEN[2], WHEN[0], WHEN[2].astimezone(ZoneInfo("Asia/Tokyo")), WHEN[1]]))
    assert [each.frame.get_column("since").item() for each in tables] == [8, 15, 22]


def test_more_moments_than_share_a_scan_are_all_there() -> None:
    small = project({"rows": metric("count", window="7d")}, customers=["a"], events=table(ROWS, time="at"))
    days = [datetime(2025, 11, 20, tzinfo=UTC) + timedelta(days=n) for n in range(70)]
    values = [each.frame.get_column("rows").item() for each in metrics_over(small, days)]
    assert values == [min(max(n - 11, 0), 7, max(46 - n, 0)) for n in range(70)]


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ScorewellError, match="has no time zone"):
        list(metrics_over(project({}, events=table(ROWS)), [datetime(2026, 1, 1)]))


def test_no_moment_gives_nothing() -> None:
    assert list(metrics_over(project({}, events=table(ROWS)), [])) == []
