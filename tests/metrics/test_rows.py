"""What a measure sees besides its own window: other windows, the year before, the customer; how far back that reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

import attrs
import polars as pl
import pytest
from tests.support.measured_project import AS_OF, InMemory, Of, metric, project, table

from scorewell.api.v1 import Expression, Partial, Partials, Period, Rows
from scorewell.configuration.model import GoLive
from scorewell.metrics import metrics_as_of
from scorewell.metrics.moments import Calendar


def counting(which: Callable[[Rows], Rows]) -> Of:
    """Counts the rows of another window than the metric's."""
    return Of(asks=lambda rows: {"it": Partial("count", which(rows).count)}, ends=it)


def it(partials: Partials) -> pl.Expr:
    return partials["it"]


def measured(measure: Of, frame: pl.DataFrame, *, window: str | None = "7d", **settings: object) -> list[object]:
    """The metric of customers a and b."""
    meaning: Mapping[str, object] = {"time": "at"} if "at" in frame.columns else {}
    small = project({"x": metric(measure, window=window)}, events=table(frame, **meaning), **settings)  # type: ignore[arg-type] # what project takes
    result = metrics_as_of(small, AS_OF)
    assert result.failed == {}
    return result.frame.get_column("x").to_list()


def on(*days: date) -> pl.DataFrame:
    return pl.DataFrame({"customer": ["a"] * len(days), "at": list(days)}, schema_overrides={"at": pl.Date})


# Windows


def test_the_window_a_year_before_is_as_long_and_ends_on_the_same_date() -> None:
    days = on(date(2025, 2, 21), date(2025, 2, 22), date(2025, 2, 28), date(2025, 3, 1), date(2026, 2, 28))
    assert measured(counting(lambda rows: rows.year_before()), days) == [2.0, 0.0]


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 3, 1), date(2025, 3, 1)),
        (date(2028, 2, 29), date(2027, 3, 1)),
        (date(2028, 3, 1), date(2027, 3, 1)),
        (date(2029, 3, 1), date(2028, 3, 1)),
    ],
)
def test_a_year_before_the_first_day_not_seen(day: date, before: date) -> None:
    assert Calendar.year_before(day) == before


def test_windows_before_a_year_before_follow_on_it() -> None:
    days = on(date(2025, 2, 21), date(2025, 2, 15), date(2025, 2, 14))
    assert measured(counting(lambda rows: rows.year_before().before(1)), days) == [2.0, 0.0]
    assert measured(counting(lambda rows: rows.before(1).year_before()), days) == [2.0, 0.0]


def test_a_window_can_be_taken_in_parts() -> None:
    days = on(date(2026, 2, 28), date(2026, 2, 27), date(2026, 2, 26))
    assert measured(counting(lambda rows: rows.window(1)), days) == [1.0, 0.0]
    assert measured(counting(lambda rows: rows.window(1).before(2)), days) == [1.0, 0.0]
    assert measured(counting(lambda rows: rows.window(2)), days, window=None) == [2.0, 0.0]


def test_the_length_of_the_window_is_that_of_the_rows_asked_for() -> None:
    length = Of(
        asks=lambda rows: {"it": Partial("sum", rows.count * (rows.window(3).before(1).window_days or 0))}, ends=it
    )
    assert measured(length, on(date(2026, 2, 28))) == [3.0, 0.0]


def test_other_windows_keep_the_metrics_where() -> None:
    frame = pl.DataFrame({"customer": ["a", "a"], "at": [date(2025, 2, 28)] * 2, "n": [1, 2]})
    small = project(
        {"x": metric(counting(lambda rows: rows.year_before()), window="7d", where="n > 1")},
        events=table(frame, time="at"),
    )
    assert metrics_as_of(small, AS_OF).frame.get_column("x").to_list() == [1.0, 0.0]


def test_a_year_before_a_cell_is_as_it_was_known_then() -> None:
    frame = pl.DataFrame(
        {
            "customer": ["a", "a", "a"],
            "at": [date(2025, 2, 27)] * 3,
            "grade": [1, 2, 4],
            "graded": [date(2025, 2, 28), date(2025, 3, 1), None],
        }
    )
    grades = Of(asks=lambda rows: {"it": Partial("sum", rows.year_before().column("grade"))}, ends=it)
    small = project(
        {"x": metric(grades, window="7d")}, events=table(frame, time="at", until="graded", known={"grade": "graded"})
    )
    assert metrics_as_of(small, AS_OF).frame.get_column("x").to_list() == [1.0, 0.0]


@pytest.mark.parametrize("which", [lambda rows: rows.year_before(), lambda rows: rows.before(1)])
def test_without_a_window_there_is_none_before_it(which: Callable[[Rows], Rows]) -> None:
    small = project({"x": metric(counting(which))}, events=table(on(), time="at"))
    assert "the metric has no window" in metrics_as_of(small, AS_OF).failed["x"]


# How far back a source is asked


@pytest.mark.parametrize(
    ("which", "start"),
    [
        (lambda rows: rows, datetime(2026, 2, 22, tzinfo=UTC)),
        (lambda rows: rows.before(3), datetime(2026, 2, 1, tzinfo=UTC)),
        (lambda rows: rows.year_before(), datetime(2025, 2, 22, tzinfo=UTC)),
        (lambda rows: rows.year_before().before(1), datetime(2025, 2, 15, tzinfo=UTC)),
        (lambda rows: rows.window(1).before(9), datetime(2026, 2, 19, tzinfo=UTC)),
        (lambda rows: rows.window(2).before(1), datetime(2026, 2, 22, tzinfo=UTC)),
    ],
)
def test_a_source_is_asked_for_the_rows_from_the_earliest_window_on(
    which: Callable[[Rows], Rows], start: datetime
) -> None:
    asked: list[Period | None] = []

    def scan(period: Period | None) -> pl.LazyFrame:
        asked.append(period)
        return on(date(2026, 2, 28)).lazy()

    small = project({"x": metric(counting(which), window="7d")}, events=table(InMemory(frame=scan), time="at"))
    assert metrics_as_of(small, AS_OF).failed == {}
    assert asked == [Period(start, AS_OF)]


# The customer


def described(sql: str) -> Of:
    """What an expression says of the customer."""
    return Of(asks=lambda rows: {"it": Partial("customer", rows.customer(Expression(sql)))}, ends=it)


CUSTOMERS = pl.DataFrame({"customer": ["b", "a"], "since": [date(2026, 1, 30), None], "seats": [5, 8]})


def test_a_measure_may_ask_for_a_role_or_an_attribute_of_the_customer() -> None:
    known = {"customers": CUSTOMERS, "roles": {"start": "since"}, "attributes": ["seats"]}
    assert measured(described("seats * 2"), on(), **known) == [16.0, 10.0]
    assert measured(described("cast(as_of as date) - start"), on(), **known) == [None, 30.0]


def test_a_measure_may_ask_when_the_customer_went_live() -> None:
    made = project(
        {"x": metric(described("cast(as_of as date) - go_live"))}, events=table(on(date(2026, 2, 19)), time="at")
    )
    live = attrs.evolve(made, customers=attrs.evolve(made.customers, go_live=GoLive(source="events")))  # type: ignore[misc] # made by @frozen
    assert metrics_as_of(live, AS_OF).frame.get_column("x").to_list() == [10.0, None]


def test_in_an_earlier_window_the_moment_is_that_windows_end() -> None:
    age = Expression("cast(as_of as date) - start")
    then = Of(asks=lambda rows: {"it": Partial("customer", rows.before(1).customer(age))}, ends=it)
    assert measured(then, on(), customers=CUSTOMERS, roles={"start": "since"}) == [None, 23.0]


def test_a_number_of_the_measures_own_is_everybodys() -> None:
    days = Of(asks=lambda rows: {"it": Partial("customer", pl.lit(float(rows.window_days or 0)))}, ends=it)
    assert measured(days, on()) == [7.0, 7.0]


def test_what_the_customers_list_does_not_have_fails_the_metric_with_what_there_is() -> None:
    known = {"customers": CUSTOMERS, "attributes": ["seats"]}
    small = project({"x": metric(described("sets * 2"))}, events=table(on(), time="at"), **known)  # type: ignore[arg-type] # what project takes
    assert (
        "the customers have no role or attribute 'sets'; they have customer_id, seats"
        in metrics_as_of(small, AS_OF).failed["x"]
    )


# Sets and pairs


def test_a_set_is_the_different_values_sorted() -> None:
    frame = pl.DataFrame({"customer": ["a"] * 5, "n": [3, 1, None, 3, 2]})
    text = Of(
        asks=lambda rows: {"it": Partial("set", rows.column("n"))},  # type: ignore[arg-type] # a Column
        ends=lambda p: p["it"].cast(pl.List(pl.String)).list.join(","),
    )
    assert measured(text, frame, window=None) == ["1,2,3", ""]


def test_a_set_over_several_keys_of_a_customer_holds_a_value_once() -> None:
    links = table(pl.DataFrame({"customer": ["a", "a", "b"], "account": ["1", "2", "3"]}))
    rows = pl.DataFrame({"account": ["1", "2", "2", "3"], "n": [5, 5, 4, 9]})
    length = Of(
        asks=lambda seen: {"it": Partial("set", seen.column("n"))},  # type: ignore[arg-type] # a Column
        ends=lambda p: p["it"].list.len(),
    )
    small = project({"x": metric(length)}, links=links, events=table(rows, "account", through="links.account"))
    assert metrics_as_of(small, AS_OF).frame.get_column("x").to_list() == [2.0, 1.0]


def test_pairs_are_counted_once() -> None:
    frame = pl.DataFrame({"customer": ["a"] * 4, "user": ["x", "x", "y", None], "n": [1, 1, 1, 1]})
    pairs = Of(
        asks=lambda rows: {
            "it": Partial(
                "distinct",
                pl.when(rows.column("user").is_not_null()).then(pl.struct(rows.column("user"), rows.column("n"))),  # type: ignore[arg-type] # Columns
            )
        },
        ends=it,
    )
    assert measured(pairs, frame, window=None) == [2.0, 0.0]


def test_a_list_of_values_is_still_no_value() -> None:
    frame = pl.DataFrame({"customer": ["a"], "n": [[1, 2]]})
    lists = Of(asks=lambda rows: {"it": Partial("distinct", rows.column("n"))}, ends=it)  # type: ignore[arg-type] # a Column
    small = project({"x": metric(lists)}, events=table(frame))
    assert "distinct of List(Int64): expected plain values" in metrics_as_of(small, AS_OF).failed["x"]


def test_a_days_window_in_summer_time_is_a_local_day() -> None:
    berlin = "Europe/Berlin"
    moments = [datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 21, 59, tzinfo=UTC)]
    frame = pl.DataFrame({"customer": ["a", "a"], "at": moments})
    small = project(
        {"x": metric(counting(lambda rows: rows.window(1).before(1)), window="7d")},
        timezone=berlin,
        events=table(frame, time="at"),
    )
    # 29 March has 23 hours in Berlin.
    moment = datetime(2026, 3, 30, 22, tzinfo=UTC) + timedelta(hours=1)
    assert metrics_as_of(small, moment).frame.get_column("x").to_list() == [2.0, 0.0]
