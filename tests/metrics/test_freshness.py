"""How old rows may be, and how old they must be: of a whole table, and of one customer in one metric."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from tests.support.measured_project import AS_OF, derived, metric, project, table

from scorewell.api.v1 import Duration
from scorewell.configuration.model import Metric, Project
from scorewell.metrics import MetricsTable, checked, metrics_as_of
from scorewell.metrics.freshness import ago
from scorewell.metrics.moments import Calendar


def events(*rows: tuple[str, datetime]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema={"customer": pl.String, "at": pl.Datetime("us")}, orient="row")


def noon(days: int) -> datetime:
    """Noon so many days before the moment: 1 is yesterday."""
    return datetime(2026, 3, 1, 12) - timedelta(days=days)


def counted(window: str | None = "30d", **ages: str) -> Metric:
    from attrs import evolve

    return evolve(metric("count", window=window), **{name: Duration.parse(age) for name, age in ages.items()})


def of(rows: pl.DataFrame, fresh_within: str | None = None, **metrics: Metric) -> Project:
    meaning = {} if fresh_within is None else {"fresh_within": Duration.parse(fresh_within)}
    return project(metrics or {"n": counted()}, events=table(rows, time="at", **meaning))


def told(measured: MetricsTable) -> list[str]:
    return [finding.message for finding in measured.findings if finding.id == "stale-table"]


# A table


def test_a_table_whose_newest_row_is_older_than_it_may_be_makes_its_metrics_stale() -> None:
    measured = metrics_as_of(of(events(("a", noon(3))), "2d"), AS_OF)
    assert measured.stale.keys() == {"n"}
    assert told(measured) == [
        (
            "events (table rows.csv): its newest row is from 2026-02-26 12:00, but fresh_within is 2d:"
            " scores that use the table are stale"
        )
    ]


def test_stale_values_are_kept() -> None:
    assert metrics_as_of(of(events(("a", noon(3))), "2d"), AS_OF).frame["n"].to_list() == [1.0, 0.0]


def test_a_table_with_one_fresh_row_of_anybody_is_fresh() -> None:
    measured = metrics_as_of(of(events(("a", noon(20)), ("nobody", noon(1))), "2d"), AS_OF)
    assert (measured.stale, told(measured)) == ({}, [])


def test_a_row_from_the_moment_on_does_not_make_a_table_fresh() -> None:
    measured = metrics_as_of(of(events(("a", noon(3)), ("a", noon(0))), "2d"), AS_OF)
    assert measured.stale.keys() == {"n"}


def test_the_newest_row_is_told_even_where_it_is_older_than_every_window() -> None:
    measured = metrics_as_of(of(events(("a", noon(100))), "2d"), AS_OF)
    assert told(measured)[0].startswith("events (table rows.csv): its newest row is from 2025-11-21 12:00")


def test_a_table_without_any_row_is_stale() -> None:
    measured = metrics_as_of(of(events(), "2d"), AS_OF)
    assert told(measured)[0].startswith("events (table rows.csv): it has no row, but fresh_within is 2d")


def test_a_metric_derived_from_a_stale_one_is_stale() -> None:
    rows = events(("a", noon(3)))
    measured = metrics_as_of(of(rows, "2d", n=counted(), twice=derived("n * 2"), four=derived("twice * 2")), AS_OF)
    assert measured.stale.keys() == {"n", "twice", "four"}


def test_a_table_that_may_be_of_any_age_is_never_stale() -> None:
    assert metrics_as_of(of(events(("a", noon(29)))), AS_OF).stale == {}


def test_check_tells_a_stale_table_too() -> None:
    findings = checked(of(events(("a", noon(3))), "2d"), AS_OF).findings
    assert [finding.id for finding in findings] == ["stale-table"]


def test_a_daily_table_that_ends_yesterday_is_fresh_within_a_day_also_over_a_clock_change() -> None:
    days = pl.DataFrame({"customer": ["a"], "at": [date(2026, 3, 29)]})
    berlin = project(
        {"n": counted()},
        timezone="Europe/Berlin",
        events=table(days, time="at", fresh_within=Duration.parse("1d")),
    )
    # 29 March has 23 hours there.
    assert metrics_as_of(berlin, datetime(2026, 3, 30, tzinfo=ZoneInfo("Europe/Berlin"))).stale == {}
    assert metrics_as_of(berlin, datetime(2026, 3, 31, tzinfo=ZoneInfo("Europe/Berlin"))).stale.keys() == {"n"}


@pytest.mark.parametrize(
    ("length", "expected"),
    [("1d", datetime(2026, 3, 28, 23, tzinfo=UTC)), ("36h", datetime(2026, 3, 28, 10, tzinfo=UTC))],
)
def test_whole_days_go_by_the_wall_clock_and_hours_by_the_stopwatch(length: str, expected: datetime) -> None:
    as_of = datetime(2026, 3, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert ago(as_of, Duration.parse(length), Calendar.of("Europe/Berlin")) == expected


# A customer


def values(measured_of: Project) -> list[object]:
    return metrics_as_of(measured_of, AS_OF).frame["n"].to_list()


def test_a_customer_whose_newest_row_is_too_old_is_missing() -> None:
    rows = events(("a", noon(20)), ("b", noon(20)), ("b", noon(5)))
    assert values(of(rows, n=counted(fresh_within="7d"))) == [None, 2.0]


def test_a_customer_without_rows_has_no_fresh_one() -> None:
    assert values(of(events(("b", noon(5))), n=counted(fresh_within="7d"))) == [None, 1.0]


def test_a_row_exactly_as_old_as_it_may_be_is_fresh() -> None:
    rows = events(("a", datetime(2026, 2, 22)), ("b", datetime(2026, 2, 21, 23, 59)))
    assert values(of(rows, n=counted(fresh_within="7d"))) == [1.0, None]


def test_a_customer_whose_first_row_is_too_young_is_missing() -> None:
    rows = events(("a", noon(20)), ("a", noon(1)), ("b", noon(3)), ("b", noon(2)))
    assert values(of(rows, n=counted(min_age="14d"))) == [2.0, None]


def test_a_first_row_exactly_as_old_as_it_must_be_is_old_enough() -> None:
    rows = events(("a", datetime(2026, 2, 15)), ("b", datetime(2026, 2, 15, 0, 1)))
    assert values(of(rows, n=counted(min_age="14d"))) == [1.0, None]


def test_only_the_rows_that_count_have_an_age() -> None:
    from attrs import evolve

    from scorewell.api.v1 import Condition

    rows = events(("a", noon(20)), ("a", noon(5)), ("b", noon(20)), ("b", noon(5)))
    only_a = evolve(counted(min_age="14d"), where=Condition("customer = 'a' or at > date '2026-02-20'"))
    assert values(of(rows, n=only_a)) == [2.0, None]


def test_ages_go_over_several_keys_of_a_customer() -> None:
    links = pl.DataFrame({"id": ["a", "a"], "key": ["k1", "k2"]})
    rows = pl.DataFrame({"key": ["k1", "k2"], "at": [noon(20), noon(1)]})
    made = project(
        {"n": counted(min_age="14d", fresh_within="7d")},
        links=table(links, "id"),
        events=table(rows, "key", through="links.key", time="at"),
    )
    assert values(made) == [2.0, None]


def test_a_midnight_that_clocks_leave_out_is_the_same_moment_however_it_was_written() -> None:
    santiago = Calendar.of("America/Santiago")
    written = datetime(2024, 9, 8, tzinfo=santiago.zone)  # clocks went from midnight to one
    day = Duration.parse("1d")
    assert (
        ago(written, day, santiago)
        == ago(written.astimezone(UTC), day, santiago)
        == datetime(2024, 9, 7, 5, tzinfo=UTC)
    )
