"""What cannot be read or measured costs its own metrics, and says why; the others are measured."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from polars.io.plugins import register_io_source
from tests.support.measured_project import (
    AS_OF,
    InMemory,
    Of,
    day,
    events,
    finding,
    metric,
    project,
    table,
    values,
)

from scorewell.api.v1 import Partial, Period, ReadError, Rejected, frozen, hookimpl
from scorewell.discovery import Observers
from scorewell.discovery.loading import observing
from scorewell.metrics import checked, metrics_as_of


def breaking(after: int) -> InMemory:
    """A source that gives some rows and then breaks."""

    def rows(*_: object) -> Iterator[pl.DataFrame]:
        yield events(*[("a", day(1), 1)] * after)
        raise ConnectionError("the line went dead")

    return InMemory(frame=lambda _: register_io_source(rows, schema=events().schema))


def test_a_source_that_breaks_half_way_fails_its_metrics_and_no_others() -> None:
    small = project(
        {"bad": metric("count", source="broken"), "good": metric("count")},
        events=table(events(("a", day(1), 1)), time="at"),
        broken=table(breaking(after=3), time="at"),
    )
    measured = metrics_as_of(small, AS_OF)
    assert values(measured, "good") == [1.0, 0.0]
    assert values(measured, "bad") == [None, None]
    assert set(measured.failed) == {"bad"}
    assert (
        "broke while source 'in_memory' (tests) read it: ConnectionError: the line went dead" in measured.failed["bad"]
    )
    assert finding(measured, "table-failed")[1:] == (1, ("bad",))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (events(), "TypeError: scan returned DataFrame: expected a polars LazyFrame: return its lazy()"),
        (None, "TypeError: scan returned NoneType: expected a polars LazyFrame"),
    ],
)
def test_a_source_that_does_not_answer_a_lazy_frame_is_told_what_it_should(answer: object, told: str) -> None:
    eager = InMemory(frame=lambda _: answer)
    small = project({"n": metric("count")}, events=table(eager, time="at"))
    assert metrics_as_of(small, AS_OF).failed["n"].endswith(told)


def test_a_source_that_breaks_while_its_text_times_are_read_is_told_with_its_place() -> None:
    texts = pl.DataFrame({"customer": ["a"], "at": ["2026-02-01"]})

    def rows(*_: object) -> Iterator[pl.DataFrame]:
        yield texts
        raise ConnectionError("the line went dead")

    broken = InMemory(frame=lambda _: register_io_source(rows, schema=texts.schema))
    small = project({"n": metric("count")}, events=table(broken, time="at"))
    told = (
        "events (table rows.csv): broke while source 'in_memory' (tests) read it: ConnectionError: the line went dead"
    )
    assert metrics_as_of(small, AS_OF).failed["n"] == told
    assert [finding.message for finding in checked(small, AS_OF).findings] == [told]


def test_a_source_that_cannot_be_scanned_fails_its_metrics_with_its_own_words() -> None:
    def refuse(period: Period | None) -> pl.LazyFrame:
        raise ReadError("no such file: usage.csv", hint="check the path")

    small = project({"bad": metric("count")}, events=table(InMemory(frame=refuse), time="at"))
    measured = metrics_as_of(small, AS_OF)
    assert "no such file: usage.csv" in measured.failed["bad"]


def test_a_measure_that_fails_takes_only_its_own_metric_with_it() -> None:
    def fail(rows: object) -> dict[str, Partial]:
        raise ZeroDivisionError("oh")

    small = project(
        {
            "asks": metric(Of(asks=fail, ends=lambda partials: partials["n"])),
            "ends": metric(Of(asks=lambda rows: {"n": Partial("count", rows.count)}, ends=lambda p: p["m"])),
            "types": metric(
                Of(asks=lambda rows: {"n": Partial("max", rows.column("n"))}, ends=lambda p: p["n"].str.len_chars())
            ),
            "words": metric("sum:customer"),
            "good": metric("count"),
        },
        events=table(events(("a", day(1), 1)), time="at"),
    )
    measured = metrics_as_of(small, AS_OF)
    assert values(measured, "good") == [1.0, 0.0]
    assert sorted(measured.failed) == ["asks", "ends", "types", "words"]
    assert "measure 'of' (tests)" in measured.failed["asks"]
    assert "measure 'of' (tests): KeyError" in measured.failed["ends"]
    assert "a sum of text: expected numbers" in measured.failed["words"]


def test_a_column_that_is_not_there_is_told_with_those_that_are() -> None:
    measured = metrics_as_of(
        project({"n": metric("max:m"), "w": metric("count", where="nn > 1")}, events=table(events(), time="at")), AS_OF
    )
    assert measured.failed["n"] == "events (table rows.csv): no column 'm'; it has customer, at, n"
    assert measured.failed["w"] == "events (table rows.csv): no column 'nn'; it has n, customer, at"


@pytest.mark.parametrize(
    ("meaning", "says"),
    [
        ({"time": "when"}, "no column 'when'; it has customer, at, n"),
        ({"time": "n"}, "time column 'n' holds Int64: expected a date, a datetime or ISO text"),
        ({"time": "at", "covers": "nothing = 1"}, "nothing"),
        ({"time": "at", "known": {"raiting": "at"}}, "no column 'raiting'; it has customer, at, n"),
    ],
)
def test_a_mistake_in_a_tables_meaning_fails_all_its_metrics(meaning: dict[str, object], says: str) -> None:
    small = project({"n": metric("count"), "m": metric("max:n")}, events=table(events(("a", day(1), 1)), **meaning))
    measured = metrics_as_of(small, AS_OF)
    assert sorted(measured.failed) == ["m", "n"]
    assert says in measured.failed["n"]


def test_an_unsigned_number_too_large_to_be_signed_is_an_error_not_another_number() -> None:
    rows = pl.DataFrame({"customer": ["a"], "n": [2**63]}, schema_overrides={"n": pl.UInt64})
    measured = metrics_as_of(project({"x": metric("max:n"), "good": metric("count")}, events=table(rows)), AS_OF)
    assert list(measured.failed) == ["x"]
    assert values(measured, "good") == [1.0, 0.0]


def test_rows_that_a_source_could_not_read_are_told_with_their_places() -> None:
    source = InMemory(
        frame=events(("a", day(1), 1)), lost=(Rejected(place="rows.csv:7", reason="three fields, not four"),)
    )
    measured = metrics_as_of(project({"n": metric("count")}, events=table(source, time="at")), AS_OF)
    message, count, examples = finding(measured, "rejected-rows")
    assert (count, examples) == (1, ("rows.csv:7",))
    assert "three fields, not four" in message


@pytest.mark.parametrize(
    ("lost", "cause"),
    [
        (("rows.csv:7",), "TypeError: rejected yielded 'rows.csv:7': expected a Rejected"),
        (None, "TypeError: 'NoneType' object is not iterable"),
    ],
)
def test_a_source_that_fails_to_say_what_it_could_not_read_is_told_and_costs_no_metric(lost: Any, cause: str) -> None:
    source = InMemory(frame=events(("a", day(1), 1)), lost=lost)
    measured = metrics_as_of(project({"n": metric("count")}, events=table(source, time="at")), AS_OF)
    assert values(measured, "n") == [1.0, 0.0]
    (told,) = [each.message for each in measured.findings if each.id == "rejected-rows"]
    assert told.endswith(f"source 'in_memory' (tests) failed to say what it could not read: {cause}")


def test_a_source_that_fails_to_say_what_it_calls_a_table_costs_its_metrics() -> None:
    @frozen
    class Nameless(InMemory):
        def described(self, table: str) -> str:
            raise KeyError(table)

    source = Nameless(frame=events(("a", day(1), 1)))
    measured = metrics_as_of(project({"n": metric("count")}, events=table(source, time="at")), AS_OF)
    assert "(tests) failed to say what it calls this table: KeyError" in measured.failed["n"]


def test_an_empty_table_measures_nothing_and_fails_nothing() -> None:
    small = project({"n": metric("count"), "most": metric("max:n")}, events=table(events(), time="at"))
    assert values(small, "n") == [0.0, 0.0]
    assert values(small, "most") == [None, None]


def test_a_table_without_any_row_yet_is_told_and_one_whose_rows_are_older_than_the_windows_is_not() -> None:
    def told(at: datetime) -> list[str]:
        small = project({"n": metric("count", window="7d")}, events=table(events(("a", at, 1)), time="at"))
        return [found.id for found in metrics_as_of(small, AS_OF).findings]

    assert told(datetime(2030, 1, 1)) == ["no-rows-yet"]
    assert told(datetime(2020, 1, 1)) == []


def test_observers_hear_of_each_table_and_of_its_failure() -> None:
    heard: list[tuple[str, str, bool | None]] = []

    class Observer:
        @hookimpl
        def step_started(self, kind: str, name: str) -> None:
            heard.append((kind, name, None))

        @hookimpl
        def step_finished(self, kind: str, name: str, error: BaseException | None) -> None:
            heard.append((kind, name, error is None))

    small = project({"n": metric("count")}, events=table(breaking(after=1), time="at"))
    metrics_as_of(small, AS_OF, hooks=Observers([observing(Observer())]))
    assert heard == [
        ("source", "crm", None),
        ("source", "crm", True),
        ("table", "events", None),
        ("table", "events", False),
    ]


def test_a_python_source_is_read_once_however_many_group_bys_there_are() -> None:
    read: list[int] = []

    def rows(*_: object) -> Iterator[pl.DataFrame]:
        read.append(1)
        yield events(("a", day(1), 1))

    source = InMemory(frame=lambda _: register_io_source(rows, schema=events().schema))
    small = project(
        {
            "n": metric("count", window="7d"),
            "kinds": metric("distinct:n", window="7d"),
            "most": metric("max:n", window="7d"),
        },
        events=table(source, time="at"),
    )
    assert values(small, "kinds") == [1.0, 0.0]
    assert len(read) == 1


def test_the_moment_may_be_written_in_any_zone() -> None:
    rows = events(("a", datetime(2026, 2, 28, 23, 30), 1), ("a", datetime(2026, 3, 1, 0, 30), 1))
    small = project({"n": metric("count", window="7d")}, events=table(rows, time="at"), timezone="Asia/Tokyo")
    tokyo = datetime(2026, 3, 1, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert values(small, "n", tokyo) == values(small, "n", tokyo.astimezone(UTC)) == [1.0, 0.0]


def test_text_in_double_quotes_is_told_as_what_it_was_meant_to_be() -> None:
    small = project({"n": metric("count", where='customer = "urgent"')}, events=table(events(), time="at"))
    (found,) = [each for each in metrics_as_of(small, AS_OF).findings if each.id == "metric-failed"]
    assert found.message == "events (table rows.csv): no column 'urgent'; it has customer, at, n"
    assert found.hint == "text stands in single quotes: 'urgent'"
