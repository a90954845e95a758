"""A metric in its earlier windows: measured in the same scan, as each was known at its end."""

from datetime import datetime, timedelta

import attrs
import polars as pl
from tests.metrics.test_as_of import day, events
from tests.support.measured_project import AS_OF, InMemory, Of, derived, metric, project, table
from tests.support.scorecards import scorecard, scored

from scorewell.api.v1 import Inputs, Normalizer, Partial, Period, Statistics, frozen, setting
from scorewell.configuration.model import Project, Scorecard
from scorewell.metrics import checked, metrics_as_of


@frozen
class Looking(Normalizer):
    """Looks at some earlier windows."""

    name = "looking"

    past_windows: int = setting("how many")

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        return inputs.before(self.past_windows)


def looking(of: Project, **windows: int) -> Project:
    """The project with a scorecard whose normalizers look at so many earlier windows of each metric."""
    card: Scorecard = scorecard(metrics={name: scored(Looking(past_windows=k)) for name, k in windows.items()})
    return attrs.evolve(of, scorecards={"main": card})  # type: ignore[misc] # @frozen makes attrs classes


def past(measured: pl.DataFrame, name: str, *ks: int) -> list[list[object]]:
    return [measured.get_column(f"@past.{name}.{k}").to_list() for k in ks]


ROWS = events(("a", day(2), 1), ("a", day(9), 10), ("a", day(10), 20), ("a", day(20), 300), ("b", day(16), 4000))


def test_each_earlier_window_lies_before_the_one_after_it() -> None:
    small = looking(project({"n": metric("sum:n", window="7d")}, events=table(ROWS, time="at")), n=3)
    measured = metrics_as_of(small, AS_OF)
    assert measured.frame["n"].to_list() == [1, 0]
    assert past(measured.frame, "n", 1, 2, 3) == [[30, 0], [300, 4000], [0, 0]]


def test_earlier_windows_are_columns_behind_the_metrics() -> None:
    sources = {"events": table(ROWS, time="at")}
    small = looking(project({"n": metric("sum:n", window="7d"), "z": derived("n")}, **sources), n=2)
    columns = metrics_as_of(small, AS_OF).frame.columns
    assert columns == ["customer_id", "n", "z", "@past.n.1", "@past.n.2", "@active"]


def test_of_several_scorecards_the_one_that_looks_furthest_counts() -> None:
    small = looking(project({"n": metric("count", window="7d")}, events=table(ROWS, time="at")), n=1)
    further = looking(small, n=2).scorecards["main"]
    both = attrs.evolve(small, scorecards={"main": small.scorecards["main"], "further": further})  # type: ignore[misc] # as above
    assert "@past.n.2" in metrics_as_of(both, AS_OF).frame.columns


def test_a_cell_entered_after_a_windows_end_is_not_in_that_window() -> None:
    rows = pl.DataFrame(
        {"customer": ["a", "a"], "at": [day(9), day(10)], "n": [1, 10], "entered": [day(8), day(3)]},
        schema_overrides={"n": pl.Int64},
    )
    source = table(rows, time="at", known={"n": "entered"})
    small = looking(project({"n": metric("sum:n", window="7d")}, customers=["a"], events=source), n=1)
    assert past(metrics_as_of(small, AS_OF).frame, "n", 1) == [[1]]


def test_a_source_is_asked_for_the_earliest_window_once() -> None:
    asked: list[Period | None] = []

    def scan(period: Period | None) -> pl.LazyFrame:
        asked.append(period)
        return ROWS.lazy()

    source = table(InMemory(frame=scan), time="at")
    small = looking(project({"n": metric("sum:n", window="7d")}, events=source), n=3)
    metrics_as_of(small, AS_OF)
    assert asked == [Period(AS_OF - timedelta(days=28), AS_OF)]


def test_a_measure_that_compares_windows_looks_back_from_each() -> None:
    change = Of(
        asks=lambda rows: {"now": Partial("count", rows.count), "then": Partial("count", rows.before(1).count)},
        ends=lambda partials: partials["now"] - partials["then"],
    )
    small = looking(project({"n": metric(change, window="7d")}, customers=["a"], events=table(ROWS, time="at")), n=1)
    measured = metrics_as_of(small, AS_OF)
    # One row in the last week, two in the week before it, one in the week before that.
    assert (measured.frame["n"].to_list(), past(measured.frame, "n", 1)) == ([-1], [[1]])


def test_too_few_rows_are_missing_in_earlier_windows_too() -> None:
    small = looking(project({"n": metric("count", window="7d", min_rows=2)}, events=table(ROWS, time="at")), n=2)
    assert past(metrics_as_of(small, AS_OF).frame, "n", 1, 2) == [[2, None], [None, None]]


def test_who_is_not_covered_has_no_earlier_windows_either() -> None:
    source = table(ROWS, time="at", covers="customer_id = 'b'")
    small = looking(project({"n": metric("count", window="7d")}, events=source), n=1)
    assert past(metrics_as_of(small, AS_OF).frame, "n", 1) == [[None, 0]]


def test_a_window_that_began_before_the_customer_did_is_missing_and_not_zero() -> None:
    # The windows before the last begin 14, 21 and 28 days ago; a customer's first day is no whole day.
    start = [datetime(2026, 3, 1).date() - timedelta(days=days) for days in (14, 15, 22)]
    frame = pl.DataFrame({"customer": ["a", "b", "c"], "signed": [*start]})
    small = project(
        {"n": metric("count", window="7d")}, customers=frame, roles={"start": "signed"}, events=table(ROWS, time="at")
    )
    measured = metrics_as_of(looking(small, n=3), AS_OF).frame
    assert past(measured, "n", 1, 2, 3) == [[None, 0, 0], [None, None, 0], [None, None, None]]


def test_where_nobody_knows_when_a_customer_began_all_windows_count() -> None:
    frame = pl.DataFrame({"customer": ["a"], "signed": [None]}, schema_overrides={"signed": pl.Date})
    small = project(
        {"n": metric("count", window="7d")}, customers=frame, roles={"start": "signed"}, events=table(ROWS, time="at")
    )
    assert past(metrics_as_of(looking(small, n=1), AS_OF).frame, "n", 1) == [[2]]


def test_a_metric_that_failed_has_empty_earlier_windows() -> None:
    small = looking(project({"n": metric("sum:nowhere", window="7d")}, events=table(ROWS, time="at")), n=2)
    measured = metrics_as_of(small, AS_OF)
    assert list(measured.failed) == ["n"]
    assert past(measured.frame, "n", 1, 2) == [[None, None], [None, None]]


def test_a_metric_without_a_window_has_no_earlier_ones() -> None:
    small = looking(project({"n": metric("count"), "m": metric("count")}, events=table(ROWS, time="at")), n=1)
    measured = metrics_as_of(small, AS_OF)
    assert measured.failed == {"n": "an earlier window was asked for, but the metric has no window"}
    assert measured.frame["m"].to_list() == [4, 1]


def test_check_looks_at_earlier_windows_as_a_run_does() -> None:
    small = looking(project({"n": metric("sum:n", window="7d")}, events=table(ROWS, time="at")), n=2)
    looked = checked(small, AS_OF)
    assert looked.findings == checked(small, AS_OF).findings == ()
    assert looked.schema is not None
    assert set(looked.schema) == set(metrics_as_of(small, AS_OF).frame.columns)
