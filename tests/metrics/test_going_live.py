"""When customers went live: a role of theirs, or the first of their milestones, never one that is still to come."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest
from tests.support.measured_project import AS_OF, derived, metric, project, table

from scorewell.api.v1 import Condition, ReadError
from scorewell.configuration.model import GoLive, Metric, Project
from scorewell.metrics import MetricsTable, checked, metrics_as_of

MILESTONES = pl.DataFrame(
    {
        "customer": ["a", "a", "a", "b", "c"],
        "at": [datetime(2026, 1, 10, 9), datetime(2026, 2, 1, 9), datetime(2026, 2, 10, 9), datetime(2026, 3, 1), None],
        "milestone": ["kick_off", "go_live", "go_live", "go_live", "go_live"],
    }
)


def by_role(dates: list[object], *, timezone: str = "UTC", **metrics: Metric) -> Project:
    frame = pl.DataFrame({"customer": ["a", "b", "c"], "live_on": dates})
    return project(metrics, customers=frame, roles={"go_live": "live_on"}, timezone=timezone)


def by_events(
    rows: object = MILESTONES, where: str | None = "milestone = 'go_live'", timezone: str = "UTC", **metrics: Metric
) -> Project:
    made = project(metrics, customers=("a", "b", "c"), timezone=timezone, milestones=table(rows, time="at"))
    told = GoLive(source="milestones", where=None if where is None else Condition(where))
    return attrs.evolve(made, customers=attrs.evolve(made.customers, go_live=told))


def days(of: Project, as_of: datetime = AS_OF) -> list[object]:
    frame = metrics_as_of(of, as_of).frame
    assert frame.schema["go_live"] == pl.Date
    return frame["go_live"].to_list()


def test_a_role_says_the_day() -> None:
    assert days(by_role([date(2026, 1, 5), None, date(2025, 7, 1)])) == [date(2026, 1, 5), None, date(2025, 7, 1)]


def test_a_day_that_is_only_planned_is_not_known_yet() -> None:
    assert days(by_role([date(2026, 2, 28), date(2026, 3, 1), date(2026, 9, 1)])) == [date(2026, 2, 28), None, None]


def test_a_role_may_be_text_or_a_moment() -> None:
    assert days(by_role(["2026-01-05", "2026-05-05", None])) == [date(2026, 1, 5), None, None]
    moments = [datetime(2026, 2, 28, 23, 59), datetime(2026, 3, 1), None]
    assert days(by_role(moments)) == [date(2026, 2, 28), None, None]


def test_a_role_that_tells_no_time_is_a_mistake() -> None:
    with pytest.raises(
        Exception, match="go_live column 'live_on' holds Int64: expected a date, a datetime or ISO text"
    ):
        metrics_as_of(by_role([1, 2, 3]), AS_OF)


def test_events_say_the_day_of_the_first_that_is_meant_and_seen() -> None:
    assert days(by_events()) == [date(2026, 2, 1), None, None]


def test_an_event_is_not_seen_before_it_happened() -> None:
    assert days(by_events(), datetime(2026, 2, 1, 9, tzinfo=ZoneInfo("UTC"))) == [None, None, None]
    assert days(by_events(), datetime(2026, 2, 1, 10, tzinfo=ZoneInfo("UTC"))) == [date(2026, 2, 1), None, None]


def test_without_a_condition_the_first_event_counts() -> None:
    assert days(by_events(where=None)) == [date(2026, 1, 10), None, None]


def test_the_day_is_the_local_one() -> None:
    late = pl.DataFrame({"customer": ["a"], "at": [datetime(2026, 1, 10, 23, 30)]}).with_columns(
        pl.col("at").dt.replace_time_zone("UTC")
    )
    assert days(by_events(late, where=None, timezone="Europe/Berlin"))[0] == date(2026, 1, 11)


@pytest.mark.parametrize("made", [by_role([date(2026, 2, 1), None, date(2026, 3, 5)]), by_events()])
def test_metrics_are_derived_from_it(made: Project) -> None:
    made = attrs.evolve(made, metrics={"days_live": derived("as_of - go_live"), "is_new": derived("go_live is null")})
    frame = metrics_as_of(made, AS_OF).frame
    assert frame["is_new"].to_list() == [0.0, 1.0, 1.0]
    assert frame["days_live"][1:].to_list() == [None, None]
    assert frame["days_live"][0] == 28


def broken() -> MetricsTable:
    def down(period: object) -> pl.LazyFrame:
        raise ReadError("the server is down")

    return metrics_as_of(
        by_events(down, days_live=derived("as_of - go_live"), other=metric("count", source="crm")), AS_OF
    )


def test_where_events_cannot_be_read_going_live_has_failed_and_what_rests_on_it() -> None:
    assert broken().failed.keys() == {"go_live", "days_live"}


def test_the_rest_is_measured_where_events_cannot_be_read() -> None:
    assert broken().frame["other"].to_list() == [1.0, 1.0, 1.0]


def test_check_tells_a_mistaken_condition_where_it_stands() -> None:
    findings = [
        each for each in checked(by_events(where="mile = 'go_live'"), AS_OF).findings if each.level.value == "error"
    ]
    assert [each.where for each in findings] == ["customers.go_live"]
    assert "no column 'mile'" in findings[0].message


def test_check_knows_the_name() -> None:
    findings = checked(by_events(days_live=derived("as_of - go_live")), AS_OF).findings
    assert {each.id for each in findings} == {"future-rows", "rows-without-time"}


def test_a_source_that_measures_metrics_too_is_scanned_once() -> None:
    scans = []

    def counted(period: object) -> pl.LazyFrame:
        scans.append(period)
        return MILESTONES.lazy()

    measured = metrics_as_of(by_events(counted, n=metric("count", source="milestones")), AS_OF)
    assert measured.frame["n"].to_list() == [3.0, 0.0, 0.0]
    assert len(scans) == 1
