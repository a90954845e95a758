from datetime import datetime, timedelta

import polars as pl
from tests.support.measure_values import sql
from tests.support.measured_project import AS_OF, InMemory, Of, derived, metric, project, table

from scorewell.api.v1 import Expression, Finding, Level, Partial, Period, ReadError
from scorewell.configuration.model import Project
from scorewell.metrics import checked

NOW = AS_OF.replace(tzinfo=None)
ROWS = pl.DataFrame(
    {
        "customer": ["a", "b", "x", "y", "z", "w", None],
        "at": [NOW - timedelta(days=1)] * 7,
        "minutes": [1, 2, 3, 4, 5, 6, 7],
    }
)


def told(small: Project) -> dict[str, Finding]:
    """The findings by id and place."""
    findings = checked(small, AS_OF).findings
    by_place = {f"{finding.id} {finding.where}": finding for finding in findings}
    assert len(by_place) == len(findings), findings
    return by_place


def test_a_sound_project_has_nothing_to_tell() -> None:
    small = project(
        {"m": metric("sum:minutes", window="7d"), "half": derived("m / 2")}, events=table(ROWS.head(2), time="at")
    )
    assert checked(small, AS_OF).findings == ()


def test_keys_that_match_nothing_are_counted_with_three_examples() -> None:
    findings = told(project({"m": metric("count")}, events=table(ROWS, time="at")))
    unknown = findings["unknown-customers events"]
    assert (unknown.count, unknown.examples) == (4, ("w", "x", "y"))
    assert findings["rows-without-key events"].count == 1


def test_all_mistakes_are_told_at_once() -> None:
    frame = pl.DataFrame({"customer": ["a", "a"], "status": ["x", "y"]})
    small = project(
        {
            "n": metric("count", where="minuts > 1"),
            "m": metric("sum:customer"),
            "d": derived("n + unheard_of"),
            "k": metric("count", source="more"),
            "l": metric("count", source="gone"),
        },
        customers=frame,
        active="status = 'x'",
        events=table(ROWS.head(1), time="at", covers="stat = 1"),
        more=table(ROWS.head(1), "account", time="minutes", until="end", known={"grade": "graded"}),
        gone=table(InMemory(frame=_refuse), time="at"),
    )
    findings = checked(small, AS_OF).findings
    messages = "\n".join(finding.message for finding in findings if finding.level is Level.ERROR)
    for expected in (
        "customer ids in more than one row: 1 ('a')",
        "no column 'minuts'; it has minutes",
        "a sum of text",
        "stat",
        "no column 'account'",
        "time column 'minutes' holds Int64",
        "no column 'end'",
        "no column 'grade'",
        "no column 'graded'",
        "no such file: gone.csv",
    ):
        assert expected in messages


def _refuse(period: Period | None) -> pl.LazyFrame:
    raise ReadError("no such file: gone.csv")


def test_all_mistakes_about_the_customers_are_told_at_once() -> None:
    small = project(
        {}, customers=pl.DataFrame({"customer": ["a"]}), roles={"name": "nam"}, attributes=["tier"], active="open"
    )
    messages = [finding.message for finding in checked(small, AS_OF).findings]
    assert len(messages) == 3
    assert all("no column" in message for message in messages)


def test_a_derived_metric_is_checked_against_the_types_of_what_it_rests_on() -> None:
    small = project(
        {"plan": metric("max:plan"), "twice": derived("plan * 2")},
        events=table(pl.DataFrame({"customer": ["a"], "plan": ["pro"]})),
    )
    assert list(told(small)) == ["metric-failed metrics.twice"]


def test_times_that_cannot_be_read_are_missing_or_lie_ahead_are_counted() -> None:
    days = ["2026-02-28", "2026-03-01", "2026-04-01", "soon", None]
    rows = pl.DataFrame({"customer": ["a"] * 5, "at": days})
    findings = told(project({"n": metric("count")}, events=table(rows, time="at")))
    assert {name: finding.count for name, finding in findings.items()} == {
        "unread-times events": 1,
        "rows-without-time events": 2,
        "future-rows events": 2,
    }


def test_a_table_none_of_whose_times_can_be_read_is_an_error_told_once() -> None:
    rows = pl.DataFrame({"customer": ["a"] * 2, "at": ["28.02.2026", "27.02.2026"]})
    found = checked(project({"n": metric("count")}, events=table(rows, time="at")), AS_OF).findings
    assert [(finding.level, finding.where) for finding in found] == [(Level.ERROR, "sources.events")]
    assert "none of the 2 filled cells of 'at' is a date or time (27.02.2026, 28.02.2026)" in found[0].message


def test_a_table_without_rows_or_with_none_yet_is_told() -> None:
    def only(rows: pl.DataFrame) -> list[str]:
        return [
            finding.id
            for finding in checked(project({"n": metric("count")}, events=table(rows, time="at")), AS_OF).findings
        ]

    assert only(ROWS.clear()) == ["empty-table"]
    assert only(ROWS.head(2).with_columns(at=datetime(2026, 3, 1))) == ["no-rows-yet"]


def test_no_customer_at_all_is_an_error() -> None:
    frame = pl.DataFrame({"customer": []}, schema={"customer": pl.String})
    assert [finding.id for finding in checked(project({}, customers=frame), AS_OF).findings] == ["no-customers"]


def test_a_lookup_that_no_metric_measures_is_checked_too() -> None:
    lookup = table(pl.DataFrame({"id": ["s"], "customer": ["q"]}))
    usage = table(pl.DataFrame({"seat": ["s"]}), "seat", through="seats.id")
    findings = told(project({"n": metric("count", source="usage")}, usage=usage, seats=lookup))
    assert sorted(findings) == ["unknown-customers seats", "unknown-customers usage"]


def test_a_source_that_breaks_is_a_finding_and_the_rest_is_checked() -> None:
    def broken(period: Period | None) -> pl.LazyFrame:
        return ROWS.lazy().with_columns(pl.col("minutes").map_batches(_break, return_dtype=pl.Int64))

    small = project(
        {"n": metric("sum:minutes"), "m": metric("max:hours"), "o": metric("max:hours", source="more")},
        events=table(InMemory(frame=broken)),
        more=table(ROWS.head(1)),
    )
    errors = [finding.message for finding in checked(small, AS_OF).findings if finding.level is Level.ERROR]
    assert [message for message in errors if "the line went dead" in message] != []
    assert sum("no column 'hours'" in message for message in errors) == 2


def _break(column: pl.Series) -> pl.Series:
    raise ConnectionError("the line went dead")


def test_cells_that_are_no_number_are_counted() -> None:
    rows = pl.DataFrame({"customer": ["a", "a"], "n": [1.0, float("nan")]})
    findings = told(project({"n": metric("sum:n")}, events=table(rows)))
    assert findings["not-finite events"].count == 1


def test_a_cell_that_a_metric_cannot_read_is_the_metrics_mistake_and_not_the_sources() -> None:
    dates = ROWS.head(2).with_columns(due=pl.Series(["2026-02-01", "soon"]))
    findings = told(
        project(
            {"m": metric(sql("max(cast(due as date) - as_of)")), "n": metric("count")},
            events=table(dates, time="at"),
        )
    )
    assert [place for place, found in findings.items() if found.level is Level.ERROR] == ["metric-failed metrics.m"]


AGE = Of(
    asks=lambda rows: {"age": Partial("customer", rows.customer(Expression("as_of - cast(since as date)")))},
    ends=lambda partials: partials["age"],
)


def aged(since: str) -> dict[str, Finding]:
    customers = pl.DataFrame({"customer": ["a", "b"], "since": ["2026-02-01", since]})
    return told(
        project({"age": metric(AGE)}, customers=customers, attributes=["since"], events=table(ROWS.head(2), time="at"))
    )


def test_text_that_tells_a_day_passes_for_one() -> None:
    assert aged("2026-01-01") == {}


def test_what_customers_hold_and_a_metric_cannot_read_is_told() -> None:
    findings = aged("Pro")
    assert list(findings) == ["metric-failed metrics.age"]
    message = findings["metric-failed metrics.age"].message
    assert "the customers' since holds text that cannot be read" in message
    assert "Pro" in message
