"""Tables that say what they were: versions, and full copies one after the other."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from tests.support.measured_project import AS_OF, InMemory, metric, project, table

from scorewell.api.v1 import Duration, Period, ScorewellError
from scorewell.configuration.model import Project
from scorewell.metrics import checked, metrics_as_of


def moment(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def plans(small: Project, as_of: datetime) -> list[tuple[object, ...]]:
    return metrics_as_of(small, as_of).frame.select("customer_id", "plan").rows()


VERSIONS = pl.DataFrame(
    {
        "customer": ["a", "a", "b"],
        "plan": ["Free", "Pro", "Team"],
        "from": [datetime(2026, 1, 1, 9), datetime(2026, 2, 1, 12), datetime(2026, 1, 15)],
        "to": [datetime(2026, 2, 1, 12), None, datetime(2026, 2, 20)],
    }
)


def versioned(rows: pl.DataFrame = VERSIONS, **meaning: object) -> Project:
    crm = table(rows, "customer", **(meaning or {"valid_from": "from", "valid_to": "to"}))
    return project({}, customers=crm, attributes=["plan"])


def test_a_version_holds_from_its_beginning_until_its_end_exclusive() -> None:
    small = versioned()
    assert plans(small, moment(1, 10)) == [("a", "Free")]
    assert plans(small, moment(2, 1, 12)) == [("a", "Free"), ("b", "Team")]
    assert plans(small, moment(2, 1, 12) + timedelta(microseconds=1)) == [("a", "Pro"), ("b", "Team")]
    assert plans(small, moment(3, 1)) == [("a", "Pro")]


def test_versions_by_day_change_with_the_day_after() -> None:
    days = VERSIONS.with_columns(pl.col("from", "to").cast(pl.Date))
    small = versioned(days)
    assert plans(small, moment(2, 1, 23)) == [("a", "Free"), ("b", "Team")]
    assert plans(small, moment(2, 2)) == [("a", "Pro"), ("b", "Team")]


def test_versions_may_be_written_as_text_and_end_in_the_year_9999() -> None:
    text = VERSIONS.with_columns(
        pl.col("from").dt.to_string("iso"), pl.col("to").cast(pl.Date).cast(pl.String).fill_null("9999-12-31")
    )
    assert plans(versioned(text), moment(3, 1)) == [("a", "Pro")]


def test_without_an_end_a_version_holds_until_the_customers_next_one() -> None:
    small = versioned(VERSIONS.drop("to"), valid_from="from")
    assert plans(small, moment(1, 20)) == [("a", "Free"), ("b", "Team")]
    assert plans(small, moment(3, 1)) == [("a", "Pro"), ("b", "Team")]


def test_of_two_versions_from_one_moment_the_same_one_counts_in_any_order() -> None:
    rows = pl.DataFrame({"customer": ["a", "a"], "plan": ["Pro", "Free"], "from": [date(2026, 1, 1)] * 2})
    both = [versioned(each, valid_from="from") for each in (rows, rows.reverse())]
    assert plans(both[0], AS_OF) == plans(both[1], AS_OF) == [("a", "Pro")]


def test_versions_that_overlap_stop_the_run() -> None:
    rows = VERSIONS.with_columns(pl.lit(None, pl.Datetime("us")).alias("to"))
    with pytest.raises(ScorewellError, match="customer ids in more than one row: 1") as caught:
        plans(versioned(rows), AS_OF)
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("versions of a customer overlap")


COPIES = pl.DataFrame(
    {
        "customer": ["a", "b", "a", "c", "a", "b", "c"],
        "plan": ["Free", "Team", "Free", "Pro", "Pro", "Team", "Pro"],
        "copied": [date(2026, 1, 31)] * 2 + [date(2026, 2, 1)] * 2 + [date(2026, 2, 2)] * 3,
    }
)


def test_of_full_copies_the_latest_before_the_moment_counts_and_who_is_not_in_it_is_gone() -> None:
    small = versioned(COPIES, taken_at="copied")
    assert plans(small, moment(2, 1)) == [("a", "Free"), ("b", "Team")]
    assert plans(small, moment(2, 2)) == [("a", "Free"), ("c", "Pro")]
    assert plans(small, moment(3, 1)) == [("a", "Pro"), ("b", "Team"), ("c", "Pro")]


def test_before_the_first_copy_there_is_no_customer_and_it_says_when_there_is() -> None:
    with pytest.raises(ScorewellError, match="there is no customer") as raised:
        plans(versioned(COPIES, taken_at="copied"), moment(1, 31))
    assert raised.value.hint == "a later moment: its earliest row is of 2026-01-31"


def seats(as_of: datetime, rows: pl.DataFrame, **meaning: object) -> list[object]:
    small = project({"seats": metric("sum:seats", source="sold")}, customers=["a", "b"], sold=table(rows, **meaning))
    measured = metrics_as_of(small, as_of)
    assert measured.failed == {}
    return measured.frame.get_column("seats").to_list()


def test_a_metric_of_a_table_of_versions_counts_those_that_hold() -> None:
    rows = VERSIONS.with_columns(seats=pl.Series([5, 8, 3]))
    assert seats(moment(1, 20), rows, valid_from="from", valid_to="to") == [5.0, 3.0]
    assert seats(moment(3, 1), rows, valid_from="from", valid_to="to") == [8.0, 0.0]
    assert seats(moment(3, 1), rows, valid_from="from") == [8.0, 3.0]


def test_a_metric_of_copies_counts_the_latest() -> None:
    rows = COPIES.with_columns(seats=pl.int_range(1, 8))
    assert seats(moment(2, 1), rows, taken_at="copied") == [1.0, 2.0]
    assert seats(moment(3, 1), rows, taken_at="copied") == [5.0, 6.0]


def test_copies_of_a_table_of_events_tell_what_was_known_of_each_event_then() -> None:
    rows = pl.DataFrame(
        {
            "customer": ["a", "a", "a"],
            "at": [datetime(2026, 1, 20)] * 2 + [datetime(2026, 2, 20)],
            "rating": [None, 4, 1],
            "copied": [date(2026, 1, 31), date(2026, 2, 21), date(2026, 2, 21)],
        }
    )
    small = project(
        {"rated": metric("count:rating"), "rows": metric("count", window="30d")},
        customers=["a"],
        events=table(rows, time="at", taken_at="copied"),
    )
    names = ("rated", "rows")
    assert metrics_as_of(small, moment(2, 10)).frame.select(names).rows() == [(0.0, 1.0)]
    assert metrics_as_of(small, moment(2, 22)).frame.select(names).rows() == [(2.0, 1.0)]


def test_a_key_leads_to_whom_it_led_then() -> None:
    devices = pl.DataFrame(
        {
            "id": [1, 1, 2],
            "customer": ["a", "b", "b"],
            "from": [date(2026, 1, 1), date(2026, 2, 1), date(2026, 1, 1)],
            "to": [date(2026, 2, 1), None, None],
        }
    )
    usage = pl.DataFrame({"device": [1, 2], "at": [datetime(2026, 1, 5)] * 2})
    small = project(
        {"uses": metric("count", source="usage")},
        usage=table(usage, "device", through="devices.id", time="at"),
        devices=table(devices, valid_from="from", valid_to="to"),
    )
    counts = [metrics_as_of(small, each).frame.get_column("uses").to_list() for each in (moment(1, 20), moment(3, 1))]
    assert counts == [[1.0, 1.0], [0.0, 2.0]]


def test_a_key_leads_nowhere_before_it_was_known_to_whom() -> None:
    devices = pl.DataFrame({"id": [1], "customer": ["a"], "assigned": [datetime(2026, 2, 1)]})
    usage = pl.DataFrame({"device": [1], "at": [datetime(2026, 1, 5)]})
    small = project(
        {"uses": metric("count", source="usage")},
        usage=table(usage, "device", through="devices.id", time="at"),
        devices=table(devices, known={"customer": "assigned"}),
    )
    counts = [metrics_as_of(small, each).frame.get_column("uses").to_list() for each in (moment(1, 20), moment(3, 1))]
    assert counts == [[0.0, 0.0], [1.0, 0.0]]


def test_the_end_of_a_version_that_still_holds_is_not_known() -> None:
    rows = VERSIONS.with_columns(to=pl.Series([datetime(2026, 2, 1, 12), datetime(2026, 9, 1), datetime(2026, 2, 20)]))
    crm = table(rows, "customer", valid_from="from", valid_to="to")
    small = project({"ends": metric("count:to", source="crm")}, customers=crm, attributes=["to"])
    measured = metrics_as_of(small, AS_OF).frame
    assert measured.select("customer_id", "to", "ends").rows() == [("a", None, 0.0)]


@pytest.mark.parametrize(("limit", "is_stale"), [("28d", False), ("26d", True)])
def test_copies_must_come_often_enough(limit: str, is_stale: bool) -> None:
    rows = COPIES.with_columns(seats=1)
    sold = table(rows, taken_at="copied", fresh_within=Duration.parse(limit))
    small = project({"seats": metric("sum:seats", source="sold")}, sold=sold)
    measured = metrics_as_of(small, AS_OF)
    assert ("seats" in measured.stale) == is_stale
    assert ("stale-table" in {one.id for one in checked(small, AS_OF).findings}) == is_stale


def test_check_tells_versions_that_no_run_sees() -> None:
    rows = pl.DataFrame(
        {"customer": ["a", "a", "b"], "plan": ["x"] * 3, "from": [date(2026, 1, 1), date(2027, 1, 1), None]}
    )
    crm = table(rows, "customer", valid_from="from")
    small = project({"n": metric("count", source="crm")}, customers=crm)
    told = {one.id: one.message for one in checked(small, AS_OF).findings}
    assert told["future-rows"].endswith("not seen: 1")
    assert told["rows-without-time"] == "crm (table rows.csv): rows without valid_from, never seen: 1"


def test_no_version_yet_is_no_empty_table() -> None:
    rows = COPIES.with_columns(seats=1)
    small = project({"seats": metric("sum:seats", source="sold")}, sold=table(rows, taken_at="copied"))
    assert {one.id for one in metrics_as_of(small, moment(1, 1)).findings} == {"no-rows-yet"}


@pytest.mark.parametrize("says", ["valid_from", "valid_to", "taken_at"])
def test_a_version_column_that_is_no_time_is_told(says: str) -> None:
    meaning = {"valid_from": "from", says: "plan"} if says != "taken_at" else {says: "plan"}
    rows = VERSIONS.with_columns(plan=pl.Series([1, 2, 3]))
    small = project({"n": metric("count", source="sold")}, sold=table(rows, **meaning))
    assert metrics_as_of(small, AS_OF).failed == {
        "n": f"sold (table rows.csv): {says} column 'plan' holds Int64: expected a date, a datetime or ISO text"
    }


def test_a_copy_counts_however_long_ago_it_was_taken() -> None:
    periods: list[Period | None] = []

    class Dated(InMemory):
        @property
        def period_column(self) -> str | None:
            return "copied"

    def scan(period: Period | None) -> pl.LazyFrame:
        periods.append(period)
        return COPIES.with_columns(at=pl.lit(datetime(2026, 1, 1))).lazy()

    sold = table(Dated(frame=scan), taken_at="copied", time="at")
    metrics_as_of(project({"n": metric("count", source="sold", window="7d")}, sold=sold), AS_OF)
    assert periods[0] == Period(None, AS_OF)


@pytest.mark.parametrize(("column", "asked"), [("copied", [Period(None, AS_OF)]), ("day", [None])])
def test_a_source_that_knows_one_columns_period_is_asked_for_no_other(column: str, asked: list[Period | None]) -> None:
    periods: list[Period | None] = []

    class Dated(InMemory):
        @property
        def period_column(self) -> str | None:
            return column

    def scan(period: Period | None) -> pl.LazyFrame:
        periods.append(period)
        return COPIES.lazy()

    small = project({"n": metric("count", source="sold")}, sold=table(Dated(frame=scan), taken_at="copied"))
    metrics_as_of(small, AS_OF)
    assert periods == asked


@pytest.mark.parametrize(("latest", "told"), [(4, True), (5, False)])
def test_a_copy_with_less_than_half_the_rows_of_the_one_before_is_told(latest: int, told: bool) -> None:
    days = [date(2026, 2, 26)] * 2 + [date(2026, 2, 27)] * 10 + [date(2026, 2, 28)] * latest + [date(2026, 3, 1)]
    names = [f"{number}" for number in (*range(2), *range(10), *range(latest), 0)]
    crm = table(pl.DataFrame({"customer": names, "copied": days}), taken_at="copied")
    sold = table(pl.DataFrame({"customer": names, "copied": days, "seats": 1}), taken_at="copied")
    small = project({"seats": metric("sum:seats", source="sold")}, customers=crm, sold=sold)
    for findings in (metrics_as_of(small, AS_OF).findings, checked(small, AS_OF).findings):
        found = {one.where: one.message for one in findings if one.id == "small-copy"}
        assert found.keys() == ({"crm", "sold"} if told else set())
        if told:
            assert found["sold"].endswith("rows in the latest copy, of 2026-02-28: 4; in the one before: 10")


def test_without_an_end_a_key_leads_where_its_latest_row_says_whatever_else_the_customer_has() -> None:
    devices = pl.DataFrame(
        {
            "id": [1, 2, 1],
            "customer": ["a", "a", "b"],
            "from": [date(2026, 1, 1), date(2026, 1, 9), date(2026, 2, 1)],
        }
    )
    usage = pl.DataFrame({"device": [1, 2, 2], "at": [datetime(2026, 1, 5)] * 3})
    small = project(
        {"uses": metric("count", source="usage")},
        usage=table(usage, "device", through="devices.id", time="at"),
        devices=table(devices, valid_from="from"),
    )
    counts = [metrics_as_of(small, each).frame.get_column("uses").to_list() for each in (moment(1, 20), moment(3, 1))]
    assert counts == [[3.0, 0.0], [2.0, 1.0]]
