"""What slides from one moment to the next, and what each moment must reduce by itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from tests.metrics.test_series import MANY, SCHEMA
from tests.support.measured_project import project, table

from scorewell.metrics.as_of import measured_from, metrics_as_of
from scorewell.metrics.kept import KeptTables
from scorewell.metrics.moving import MovingTable
from scorewell.metrics.partials import ask_all
from scorewell.metrics.tables import OpenTable

MOMENTS = [datetime(2026, 1, 5, tzinfo=UTC) + timedelta(days=7 * week) for week in range(4)]
ROWS = pl.DataFrame(
    [("a", day % 3, datetime(2025, 10, 1) + timedelta(days=day), 0.5, 1, None, None, "x") for day in range(110)],
    schema=SCHEMA,
    orient="row",
)


def rest(*names: str, **meaning: Any) -> set[str] | None:
    """The kinds of reductions that do not slide, of the metrics of these names; None where nothing does."""
    meaning = {"time": "at", "until": "ended", "known": {"grade": "graded"}} | meaning
    metrics = {name: MANY[name] for name in names}
    opened = OpenTable.scan(project(metrics, events=table(ROWS, **meaning)), "events", None)
    plan, asked, failed = ask_all(opened, MOMENTS[1], {}, metrics, {})
    assert not failed
    moving = MovingTable.of(plan, MOMENTS, [metrics], {}, ask_all)
    if moving is None:
        return None
    _, standing = moving.moved(plan, [each for answer in asked.values() for each in answer.all])
    return {each.kind for each in standing.values()}


@pytest.mark.parametrize(
    "name",
    [
        "rows",
        "total30",
        "change",
        "users7",
        "days",
        "active90",
        "sticky",
        "since",
        "since_x",
        "before",
        "year",
        "trend",
        "total_x",
        "users",
        "kinds",
        "enough",
        "fresh",
        "old",
        "pairs",
    ],
)
def test_what_owes_nothing_to_the_moment_slides(name: str) -> None:
    assert rest(name) == set()


@pytest.mark.parametrize("name", ["grade", "good", "open", "since_ended", "recent", "largest", "middle30", "text"])
def test_what_the_moment_itself_decides_does_not_slide(name: str) -> None:
    assert rest("rows", name) not in (None, set())


def test_a_condition_of_the_measure_itself_slides_where_its_cells_are_known_at_once() -> None:
    assert rest("answers", known={}) == set()
    assert rest("answers") is None


def test_nothing_slides_where_rows_hold_only_for_a_time() -> None:
    assert rest("rows", valid_from="at", known={}, until=None) is None


def test_nothing_slides_in_a_table_without_a_time() -> None:
    assert rest("rows", time=None, known={}, until=None) is None


def test_where_there_are_many_keys_fewer_moments_move_together() -> None:
    small = project({"rows": MANY["rows"], "users": MANY["users7"]}, events=table(ROWS, time="at"))
    for largest in (0, 2, 9, 20):
        kept = KeptTables(small, MOMENTS, largest=largest)
        for moment in MOMENTS:
            assert measured_from(kept.scans(), moment).frame.equals(metrics_as_of(small, moment).frame)


def test_the_limit_says_how_far_it_goes() -> None:
    metrics = {"users7": MANY["users7"]}
    opened = OpenTable.scan(project(metrics, events=table(ROWS, time="at")), "events", None)
    plan, _, _ = ask_all(opened, MOMENTS[0], {}, metrics, {})
    whole, some, none = (
        MovingTable.of(plan, MOMENTS, [metrics], {}, ask_all, largest=largest) for largest in (99, 4, 1)
    )
    assert (whole and whole.until, some and some.until, none) == (MOMENTS[-1], MOMENTS[1], None)
