"""What a run of a past moment knows only as it is today, and says so."""

from datetime import datetime

import polars as pl
from tests.support.measured_project import AS_OF, Of, derived, metric, project, table

from scorewell.api.v1 import Expression, Partial
from scorewell.configuration.model import Project
from scorewell.metrics import as_known_today_findings, metrics_as_of

AT = datetime(2026, 2, 1)
CUSTOMERS = pl.DataFrame({"customer": ["a", "b"], "account": ["A", "B"], "seats": [5, 0], "since": [AT, AT]})
EVENTS = pl.DataFrame({"customer": ["a"], "n": [1], "at": [AT]})


def small(*, customers: dict[str, object] | None = None, **events: object) -> Project:
    return project(
        {
            "n": metric("sum:n"),
            "half": derived("n / 2"),
            "quarter": derived("half / 2"),
            "per_seat": derived("1 / seats"),
        },
        customers=table(CUSTOMERS, **(customers or {})),
        roles={"name": "account"},
        attributes=["seats"],
        events=table(EVENTS, **events),
    )


def known_today(project: Project) -> dict[str, str]:
    measured = metrics_as_of(project, AS_OF)
    assert measured.failed == {}
    return dict(measured.as_known_today)


def test_a_table_without_any_time_is_known_as_it_is_today_with_all_that_rests_on_it() -> None:
    of_customers = {"name": "crm", "seats": "crm", "per_seat": "crm"}
    assert known_today(small()) == of_customers | {"n": "events", "half": "events", "quarter": "events"}
    assert known_today(small(time="at")) == of_customers


def test_tables_that_tell_their_past_are_not() -> None:
    for meaning in ({"time": "since"}, {"valid_from": "since"}, {"taken_at": "since"}):
        assert known_today(small(customers=meaning, time="at")) == {}


def test_a_metric_whose_rows_find_their_customer_through_such_a_table_is_known_so() -> None:
    devices = pl.DataFrame({"id": [1], "customer": ["a"], "since": [AT]})
    usage = table(pl.DataFrame({"device": [1], "at": [AT]}), "device", through="devices.id", time="at")
    metrics = {"uses": metric("count", source="usage")}
    customers = table(CUSTOMERS, time="since")
    assert known_today(project(metrics, customers=customers, usage=usage, devices=table(devices))) == {
        "uses": "devices"
    }
    dated = table(devices, valid_from="since")
    assert known_today(project(metrics, customers=customers, usage=usage, devices=dated)) == {}


def test_a_metric_that_covers_or_asks_for_what_the_customers_are_is_known_so() -> None:
    def per_seat(rows: object) -> dict[str, Partial]:
        return {"n": Partial("count", rows.count), "seats": Partial("customer", rows.customer(Expression("seats")))}  # type: ignore[attr-defined] # Rows

    asking = Of(asks=per_seat, ends=lambda partials: partials["n"] / partials["seats"])
    events = pl.DataFrame({"customer": ["a"], "at": [AT]})
    told = known_today(
        project(
            {"asks": metric(asking), "covered": metric("count", source="some"), "plain": metric("count")},
            customers=table(CUSTOMERS),
            attributes=["seats"],
            events=table(events, time="at"),
            some=table(events, time="at", covers="seats > 1"),
        )
    )
    assert told == {"seats": "crm", "asks": "crm", "covered": "crm"}


def test_each_table_is_told_once_with_its_metrics_and_what_to_do() -> None:
    findings = as_known_today_findings(small(), metrics_as_of(small(), AS_OF).as_known_today)
    assert [(one.id, one.where, one.count, one.examples) for one in findings] == [
        ("as-known-today", "crm", 1, ("per_seat",)),
        ("as-known-today", "events", 3, ("half", "n", "quarter")),
    ]
    assert findings[0].message == (
        "crm: earlier contents are not known, so today's are used for: the list of customers; "
        "the customers' name, seats; the metric per_seat"
    )
    assert findings[1].message.endswith("today's are used for: the metrics half, n, quarter")
    assert findings[0].hint is not None
    assert "valid_from" in findings[0].hint


def test_who_is_a_customer_is_told_though_no_metric_asks_for_it() -> None:
    plain = project({})
    (finding,) = as_known_today_findings(plain, metrics_as_of(plain, AS_OF).as_known_today)
    assert finding.message.endswith("today's are used for: the list of customers")


def test_of_tables_that_tell_their_past_nothing_is_said() -> None:
    dated = small(customers={"time": "since"}, time="at")
    assert as_known_today_findings(dated, metrics_as_of(dated, AS_OF).as_known_today) == ()
