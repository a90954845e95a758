import polars as pl
from tests.support.measured_project import AS_OF, derived, metric, project, table

from scorewell.metrics import metrics_as_of

EVENTS = table(pl.DataFrame({"customer": ["a", "a", "b"], "minutes": [30, 60, 10]}))
CUSTOMERS = pl.DataFrame({"customer": ["a", "b"], "seats": [3, 0]})


def test_derived_metrics_see_attributes_metrics_and_each_other_in_any_order() -> None:
    small = project(
        {
            "a_label": derived("case when per_seat > 20 then 'busy' else 'calm' end"),
            "per_seat": derived("minutes / seats"),
            "minutes": metric("sum:minutes"),
        },
        customers=CUSTOMERS,
        attributes=["seats"],
        events=EVENTS,
    )
    frame = metrics_as_of(small, AS_OF).frame
    assert frame.get_column("per_seat").to_list() == [30.0, None]
    assert frame.get_column("a_label").to_list() == ["busy", "calm"]


def test_as_of_is_the_moment() -> None:
    frame = pl.DataFrame({"customer": ["a"], "signed": ["2026-02-27"]})
    small = project({"days": derived("cast(as_of as date) - start")}, customers=frame, roles={"start": "signed"})
    assert metrics_as_of(small, AS_OF).frame.get_column("days").to_list() == [2.0]


def test_what_rests_on_a_failed_metric_fails_with_it() -> None:
    small = project({"bad": metric("sum:hours"), "half": derived("bad / 2")}, events=EVENTS)
    measured = metrics_as_of(small, AS_OF)
    assert "uses 'bad', which failed: events (table rows.csv): no column 'hours'" in measured.failed["half"]
    assert measured.frame.get_column("half").to_list() == [None, None]
    assert [finding.where for finding in measured.findings] == ["metrics.bad"]


def test_metrics_that_need_each_other_fail_and_no_others() -> None:
    small = project({"x": derived("y + 1"), "y": derived("x + 1"), "z": derived("1 + 1")})
    measured = metrics_as_of(small, AS_OF)
    assert sorted(measured.failed) == ["x", "y"]
    assert "needs itself" in measured.failed["x"]
    assert measured.frame.get_column("z").to_list() == [2.0, 2.0]


def test_an_unknown_name_and_a_date_are_told() -> None:
    frame = pl.DataFrame({"customer": ["a"], "signed": ["2026-02-27"]})
    small = project({"x": derived("seets * 2"), "y": derived("start")}, customers=frame, roles={"start": "signed"})
    measured = metrics_as_of(small, AS_OF)
    assert "seets" in measured.failed["x"]
    assert "expected a number, yes/no, a duration or text" in measured.failed["y"]
    assert next(found.message for found in measured.findings if found.where == "metrics.y").count("metrics.y") == 1
