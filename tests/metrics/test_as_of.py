"""What is measured as of a moment: who and what counts, what is zero and what missing, and which rows are seen."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl
import pytest
from tests.support.measured_project import (
    AS_OF,
    InMemory,
    Of,
    day,
    derived,
    events,
    finding,
    metric,
    project,
    table,
    values,
)

from scorewell.api.v1 import Partial, Period, ScorewellError
from scorewell.metrics import metrics_as_of

# The table


def test_the_columns_are_id_roles_attributes_metrics_by_name_and_active() -> None:
    frame = pl.DataFrame({"customer": [2, 1], "account": ["B", "A"], "seats": [20, 10]})
    small = project(
        {"z": derived("seats * 2"), "y": metric("max:seats", source="crm")},
        customers=frame,
        roles={"name": "account"},
        attributes=["seats"],
        active="seats > 10",
    )
    measured = metrics_as_of(small, AS_OF).frame
    assert measured.columns == ["customer_id", "name", "seats", "y", "z", "@active"]
    assert measured.rows() == [("1", "A", 10, 10.0, 20.0, False), ("2", "B", 20, 20.0, 40.0, True)]
    assert measured.schema["z"] == pl.Float64


def test_of_a_customers_table_with_a_time_the_latest_row_seen_counts() -> None:
    history = pl.DataFrame(
        {
            "customer": ["b", "a", "a", "a", "c"],
            "plan": ["Team", "Free", "Pro", "Team", "Free"],
            "at": [day(9), day(30), day(2), day(-5), day(-1)],
        }
    )
    small = project({}, customers=table(history, "customer", time="at"), attributes=["plan"])
    measured = metrics_as_of(small, AS_OF)
    assert measured.frame.rows() == [("a", "Pro", True), ("b", "Team", True)]
    assert finding(measured, "superseded-rows")[1] == 1


def test_which_of_a_customers_rows_at_one_moment_counts_does_not_depend_on_their_order() -> None:
    history = pl.DataFrame({"customer": ["a", "a"], "plan": ["Pro", "Free"], "at": [day(2), day(2)]})
    frames = [
        metrics_as_of(project({}, customers=table(rows, "customer", time="at"), attributes=["plan"]), AS_OF).frame
        for rows in (history, history.reverse())
    ]
    assert frames[0].equals(frames[1])


def test_a_row_number_stands_for_the_customer_where_the_table_has_no_key() -> None:
    customers = table(pl.DataFrame({"n": [7, 8]}), None)
    small = project({"n": metric("max:n", source="crm")}, customers=customers)
    assert metrics_as_of(small, AS_OF).frame.rows() == [("1", 7.0, True), ("2", 8.0, True)]


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ScorewellError, match="has no time zone"):
        metrics_as_of(project({}), datetime(2026, 3, 1))


def test_repeated_customer_ids_stop_the_run_with_three_of_them() -> None:
    small = project({}, customers=["a", "a", "b", "b", "c", "c", "d", "d", "e"])
    with pytest.raises(ScorewellError, match=r"crm .*: customer ids in more than one row: 4 \('a', 'b', 'c'\)"):
        metrics_as_of(small, AS_OF)


def test_customers_without_an_id_are_left_out_and_counted() -> None:
    measured = metrics_as_of(project({}, customers=["a", None, ""]), AS_OF)
    assert measured.frame.get_column("customer_id").to_list() == ["a"]
    assert finding(measured, "rows-without-key")[1] == 2


def test_a_metric_cannot_say_who_is_active() -> None:
    small = project({"n": metric("max:seats", source="crm")}, customers=("a",), active="n > 0")
    with pytest.raises(ScorewellError, match="no column 'n'") as caught:
        metrics_as_of(small, AS_OF)
    assert caught.value.hint == "n is a metric, but active may use only the customers' table"


def test_a_customer_that_is_neither_active_nor_not_is_inactive_and_told() -> None:
    frame = pl.DataFrame({"customer": ["a", "b"], "status": ["open", None]})
    measured = metrics_as_of(project({}, customers=frame, active="status <> 'closed'"), AS_OF)
    assert measured.frame.get_column("@active").to_list() == [True, False]
    assert finding(measured, "null-condition")[1:] == (1, ("b",))


def test_a_role_that_is_a_date_is_read_from_text() -> None:
    frame = pl.DataFrame({"customer": ["a", "b"], "signed": ["2024-05-06", "soon"]})
    measured = metrics_as_of(project({}, customers=frame, roles={"start": "signed"}), AS_OF)
    assert measured.frame.get_column("start").to_list() == [date(2024, 5, 6), None]
    assert finding(measured, "unread-times")[2] == ("soon",)


def test_a_role_without_its_column_says_what_there_is() -> None:
    with pytest.raises(ScorewellError, match="no column 'nam'; it has name, customer") as error:
        metrics_as_of(
            project({}, customers=pl.DataFrame({"customer": ["a"], "name": ["A"]}), roles={"name": "nam"}), AS_OF
        )
    assert error.value.hint == "did you mean 'name'?"


# Zero, missing, covered


def test_no_rows_is_zero_for_a_count_and_missing_for_an_extreme() -> None:
    small = project(
        {"n": metric("count"), "most": metric("max:n"), "kinds": metric("distinct:n"), "total": metric("sum:n")},
        events=table(events(("a", day(1), 5)), time="at"),
    )
    assert values(small, "n") == [1.0, 0.0]
    assert values(small, "most") == [5.0, None]
    assert values(small, "kinds") == [1.0, 0.0]
    assert values(small, "total") == [5.0, 0.0]


def test_whom_a_table_cannot_know_is_missing_not_zero() -> None:
    frame = pl.DataFrame({"customer": ["a", "b", "c"], "desk": ["x", None, "z"], "tier": [1, 1, None]})
    small = project(
        {"n": metric("count"), "m": metric("count", source="more")},
        customers=frame,
        attributes=["desk", "tier"],
        events=table(events(("a", day(1), 5)), time="at", covers="desk is not null"),
        more=table(events(("a", day(1), 5)), time="at", covers="tier = 1"),
    )
    measured = metrics_as_of(small, AS_OF)
    assert values(measured, "n") == [1.0, None, 0.0]
    assert values(measured, "m") == [1.0, 0.0, None]
    assert finding(measured, "null-condition")[1:] == (1, ("c",))


def test_fewer_rows_than_asked_for_is_missing() -> None:
    rows = events(("a", day(1), 1), ("a", day(2), 3), ("b", day(1), 5), ("b", day(40), 6))
    small = project({"most": metric("max:n", window="30d", min_rows=2)}, events=table(rows, time="at"))
    assert values(small, "most") == [3.0, None]


def test_nan_and_infinities_count_as_missing_and_are_told() -> None:
    rows = events(("a", day(1), 1.5), ("a", day(2), float("nan")), ("b", day(1), float("inf")), n=pl.Float64())
    measured = metrics_as_of(
        project({"total": metric("sum:n"), "most": metric("max:n")}, events=table(rows, time="at")), AS_OF
    )
    assert values(measured, "total") == [1.5, 0.0]
    assert values(measured, "most") == [1.5, None]
    assert finding(measured, "not-finite")[1] == 2


def test_a_value_that_is_not_finite_counts_as_missing_and_is_told() -> None:
    infinite = Of(asks=lambda rows: {"n": Partial("count", rows.count)}, ends=lambda partials: 1 / partials["n"])
    measured = metrics_as_of(project({"x": metric(infinite)}, events=table(events(("a", day(1), 1)), time="at")), AS_OF)
    assert values(measured, "x") == [1.0, None]
    assert finding(measured, "not-finite")[1:] == (1, ("b",))


def test_durations_are_days_yes_is_one_and_text_is_a_category() -> None:
    rows = pl.DataFrame(
        {"customer": ["a"], "open": [timedelta(hours=36)], "vip": [True], "plan": ["pro"]},
        schema_overrides={"plan": pl.Categorical()},
    )
    names = ("open", "vip", "plan")
    small = project({name: metric(f"max:{name}") for name in names}, customers=["a"], events=table(rows))
    assert metrics_as_of(small, AS_OF).frame.select(names).rows() == [(1.5, 1.0, "pro")]


# Time


def test_a_row_is_seen_only_before_the_moment_and_one_without_a_time_never() -> None:
    rows = events(("a", datetime(2026, 2, 28, 23, 59, 59), 1), ("a", datetime(2026, 3, 1), 1), ("a", None, 1))
    assert values(project({"n": metric("count")}, events=table(rows, time="at")), "n") == [1.0, 0.0]


def test_a_window_is_whole_local_days_before_the_moment() -> None:
    rows = events(*[("a", day(number), 1) for number in (0, 1, 7, 8)])
    small = project({"n": metric("count", window="7d")}, events=table(rows, time="at"))
    assert values(small, "n", AS_OF + timedelta(hours=20)) == [2.0, 0.0]


def test_windows_of_several_lengths_share_one_scan_of_the_earliest() -> None:
    asked: list[Period | None] = []

    def scan(period: Period | None) -> pl.LazyFrame:
        asked.append(period)
        return events(("a", day(1), 1), ("a", day(20), 1)).lazy()

    small = project(
        {
            "n7": metric("count", window="7d"),
            "n30": metric("count", window="30d"),
            "earlier": metric(
                Of(asks=lambda rows: {"n": Partial("count", rows.before(1).count)}, ends=_it), window="14d"
            ),
        },
        events=table(InMemory(frame=scan), time="at"),
    )
    measured = metrics_as_of(small, AS_OF)
    assert [values(measured, name)[0] for name in ("n7", "n30", "earlier")] == [1.0, 2.0, 1.0]
    assert asked == [Period(AS_OF - timedelta(days=30), AS_OF)]


def _it(partials: object) -> pl.Expr:
    return partials["n"]  # type: ignore[index] # the one partial of these measures


def test_a_metric_without_a_window_needs_every_row() -> None:
    asked: list[Period | None] = []

    def scan(period: Period | None) -> pl.LazyFrame:
        asked.append(period)
        return events(("a", day(900), 1)).lazy()

    small = project(
        {"n": metric("count"), "m": metric("count", window="7d")}, events=table(InMemory(frame=scan), time="at")
    )
    assert values(small, "n") == [1.0, 0.0]
    assert asked == [Period(None, AS_OF)]


def test_a_cell_is_empty_until_it_was_known() -> None:
    rows = pl.DataFrame(
        {
            "customer": ["a", "a", "b"],
            "at": [day(9)] * 3,
            "rating": [5, 3, 1],
            "rated": [day(2), day(-2), None],
        }
    )
    small = project(
        {"best": metric("max:rating"), "n": metric("count:rating")},
        events=table(rows, time="at", known={"rating": "rated"}),
    )
    assert values(small, "n") == [1.0, 0.0]
    assert values(small, "n", AS_OF + timedelta(days=5)) == [2.0, 0.0]
    assert values(small, "best") == [5.0, None]


def test_an_end_is_known_at_its_own_moment_at_the_latest() -> None:
    rows = pl.DataFrame(
        {
            "customer": ["a", "b"],
            "at": [day(9)] * 2,
            "ends": [day(-9), day(-9)],
            "cancelled": [day(2), day(-2)],
        }
    )
    announced = project(
        {"n": metric("count:ends")}, events=table(rows, time="at", until="ends", known={"ends": "cancelled"})
    )
    assert values(announced, "n") == [1.0, 0.0]
    unannounced = project({"n": metric("count:ends")}, events=table(rows, time="at", until="ends"))
    assert values(unannounced, "n") == [0.0, 0.0]
    assert values(unannounced, "n", AS_OF + timedelta(days=10)) == [1.0, 1.0]


def test_an_earlier_window_sees_cells_as_they_were_known_at_its_end() -> None:
    rows = pl.DataFrame({"customer": ["a", "a"], "at": [day(9), day(9)], "rating": [5, 4], "rated": [day(8), day(2)]})
    earlier = Of(asks=lambda rows: {"n": Partial("count", rows.before(1).column("rating"))}, ends=_it)
    small = project({"n": metric(earlier, window="7d")}, events=table(rows, time="at", known={"rating": "rated"}))
    assert values(small, "n") == [1.0, 0.0]


def test_where_sees_the_columns_as_known_and_null_is_false() -> None:
    rows = pl.DataFrame(
        {"customer": ["a"] * 3, "at": [day(1)] * 3, "grade": ["x", None, "y"], "due": [day(70), day(50), None]}
    )
    small = project(
        {"x": metric("count", where="grade = 'x'"), "old": metric("count", where="due < as_of - interval '60 days'")},
        events=table(rows, time="at"),
    )
    assert values(small, "x") == [1.0, 0.0]
    assert values(small, "old") == [1.0, 0.0]


def test_text_times_are_read_and_what_cannot_be_read_is_told() -> None:
    rows = pl.DataFrame({"customer": ["a"] * 4, "at": ["2026-02-28", "2026-03-01", "yesterday", None]})
    measured = metrics_as_of(project({"n": metric("count")}, events=table(rows, time="at")), AS_OF)
    assert values(measured, "n") == [1.0, 0.0]
    assert finding(measured, "unread-times")[1:] == (1, ("yesterday",))


@pytest.mark.parametrize("says", ["time", "until"])
def test_a_table_none_of_whose_times_can_be_read_has_failed_and_is_not_counted_as_zero(says: str) -> None:
    rows = pl.DataFrame({"customer": ["a"] * 3, "on": ["28.02.2026", "27.02.2026", None]})
    measured = metrics_as_of(project({"n": metric("count")}, events=table(rows, **{says: "on"})), AS_OF)
    told = "none of the 2 filled cells of 'on' is a date or time (27.02.2026, 28.02.2026)"
    assert told in measured.failed["n"]
    assert values(measured, "n") == [None, None]


# Keys


def test_keys_find_their_customer_over_several_tables() -> None:
    usage = pl.DataFrame({"device": [1.0, 2.0, 3.0, 9.0, None], "n": [1, 2, 4, 8, 16]})
    devices = pl.DataFrame({"id": [1, 2, 3], "seat": ["s", "t", "u"]})
    seats = pl.DataFrame({"id": ["s", "t", "u", "u"], "customer": ["a", "a", "a", "b"]})
    small = project(
        {"n": metric("sum:n", source="usage"), "kinds": metric("distinct:n", source="usage")},
        usage=table(usage, "device", through="devices.id"),
        devices=table(devices, "seat", through="seats.id"),
        seats=table(seats),
    )
    measured = metrics_as_of(small, AS_OF)
    assert values(measured, "n") == [3.0, 0.0]
    assert values(measured, "kinds") == [2.0, 0.0]
    assert finding(measured, "rows-without-key")[1] == 1
    assert finding(measured, "ambiguous-keys")[1:] == (1, ("3",))
    assert finding(measured, "unknown-customers")[1:] == (1, ("9",))


def test_a_key_that_leads_to_one_customer_and_over_another_key_to_two_is_ambiguous_too() -> None:
    small = project(
        {"n": metric("sum:n", source="usage")},
        usage=table(pl.DataFrame({"device": [1, 2], "n": [1, 2]}), "device", through="devices.id"),
        devices=table(pl.DataFrame({"id": [1, 2, 2], "seat": ["s", "s", "u"]}), "seat", through="seats.id"),
        seats=table(pl.DataFrame({"id": ["s", "u", "u"], "customer": ["a", "a", "b"]})),
    )
    measured = metrics_as_of(small, AS_OF)
    assert values(measured, "n") == [1.0, 0.0]
    assert finding(measured, "ambiguous-keys")[1:] == (1, ("2",))


def test_a_key_that_leads_to_two_customers_is_told_and_its_rows_are_left_out() -> None:
    small = project(
        {"n": metric("sum:n", source="usage")},
        usage=table(pl.DataFrame({"seat": ["s", "t", "t"], "n": [1, 2, 4]}), "seat", through="seats.id"),
        seats=table(pl.DataFrame({"id": ["s", "t", "t"], "customer": ["a", "a", "b"]})),
    )
    measured = metrics_as_of(small, AS_OF)
    assert values(measured, "n") == [1.0, 0.0]
    assert finding(measured, "ambiguous-keys")[1:] == (2, ("t",))


def test_several_keys_of_one_customer_count_a_value_once() -> None:
    usage = pl.DataFrame({"seat": ["s", "t", "t"], "user": ["u", "u", "v"], "at": [day(1), day(1), day(2)]})
    days = Of(asks=lambda rows: {"n": Partial("distinct", rows.day)}, ends=_it)
    small = project(
        {
            "users": metric("distinct:user", source="usage"),
            "days": metric(days, source="usage", window="30d"),
            "list": metric(
                Of(
                    asks=lambda rows: {"n": Partial("values", rows.column("user"))}, ends=lambda p: p["n"].list.join("")
                ),
                source="usage",
            ),
        },
        usage=table(usage, "seat", through="seats.id", time="at"),
        seats=table(pl.DataFrame({"id": ["s", "t"], "customer": ["a", "a"]})),
    )
    measured = metrics_as_of(small, AS_OF)
    assert [values(measured, name)[0] for name in ("users", "days", "list")] == [2.0, 2.0, "uuv"]


def test_a_table_that_leads_through_itself_fails_alone() -> None:
    seats = table(pl.DataFrame({"id": ["s"], "customer": ["a"]}), through="seats.id")
    measured = metrics_as_of(project({"n": metric("count", source="seats")}, seats=seats), AS_OF)
    assert "leads in a circle" in measured.failed["n"]
