"""What the portfolio says of the time before: who rose and fell, who is in another band and why, and the last runs."""

import re
from itertools import pairwise
from typing import Any

import polars as pl
from tests.support.customer_book import AS_OF, FINDINGS, RUN_ID, metrics_frame, project, scored
from tests.support.made_past import band, frame, week

from scorewell.metrics import MetricsTable
from scorewell.reporting import Past
from scorewell.reporting.formats import Formats
from scorewell.reporting.material import materials
from scorewell.reporting.model import CustomerList, PortfolioPage
from scorewell.reporting.rendering import page_models

BOOK = metrics_frame(4).with_columns(
    plan=pl.lit("mid"), unpaid=0, is_reference=False, revenue=pl.Series([100, 200, 300, 400]), **{"@active": True}
)


def _row(number: int, weeks: int, score: float | None, **more: Any) -> dict[str, Any]:
    return {
        "customer_id": f"a-{number:05d}",
        "score_name": "health",
        "as_of": week(weeks),
        "score": score,
        "band": None if score is None else band(score),
        "segment": "mid_market",
        "stage": None,
        "line": "one",
    } | more


def _portfolio(
    now: list[float | None], before: list[float | None], changes: pl.DataFrame | None = None, **more: Any
) -> tuple[PortfolioPage, CustomerList]:
    """The portfolio and the list of four customers with these scores now and a week before."""
    rows = [_row(number, 1, score) for number, score in enumerate(before)]
    past = Past(scores=frame(rows, "as_of"), changes=changes)
    change = [None if None in (old, new) else new - old for old, new in zip(before, now, strict=True)]
    scores = scored(project(), BOOK).with_columns(
        score=pl.Series(now, dtype=pl.Float64),
        band=pl.Series([None if score is None else band(score) for score in now], dtype=pl.String),
        status=pl.Series(["insufficient_data" if score is None else "scored" for score in now]),
        previous_score=pl.Series(before, dtype=pl.Float64),
        change=pl.Series(change, dtype=pl.Float64),
        line_break=pl.lit(None, dtype=pl.String),
    )
    scores = scores.with_columns(**more)
    [made_from] = materials(
        project(),
        MetricsTable(frame=BOOK, failed={}, findings=()),
        scores,
        as_of=AS_OF,
        run_id=RUN_ID,
        audience="internal",
        formats=Formats(),
        past=past,
    )
    models = [model for _, _, model in page_models(made_from, FINDINGS)]
    portfolio, everybody = models[0], models[1]
    assert isinstance(portfolio, PortfolioPage)
    assert isinstance(everybody, CustomerList)
    return portfolio, everybody


def _facts(page: PortfolioPage) -> list[tuple[str, str, str | None]]:
    assert page.movement is not None
    return [(fact.label, fact.value, fact.note) for fact in page.movement.facts]


def test_without_a_past_nothing_changed_is_not_what_it_says() -> None:
    [made_from] = materials(
        project(),
        MetricsTable(frame=BOOK, failed={}, findings=()),
        scored(project(), BOOK),
        as_of=AS_OF,
        run_id=RUN_ID,
        audience="internal",
        formats=Formats(),
    )
    portfolio = next(model for _, _, model in page_models(made_from, ()))
    assert isinstance(portfolio, PortfolioPage)
    assert (portfolio.movement, portfolio.course) == (None, None)


def test_it_counts_who_rose_and_fell_with_their_revenue() -> None:
    page, _ = _portfolio([50, 60, 30, 80], [45, 60, 35, 70])
    assert _facts(page) == [
        ("Scores up", "2", "€500"),
        ("Scores down", "1", "€300"),
        ("Unchanged", "1", "€200"),
    ]
    assert page.movement is not None
    assert page.movement.since == "February 22, 2026"


def test_revenue_moves_between_bands_the_worst_fall_first() -> None:
    page, _ = _portfolio([30, 30, 80, 80], [50, 80, 50, 60])
    assert page.movement is not None
    assert [(flow.before.words, flow.now.words, flow.customers, flow.amount) for flow in page.movement.flows] == [
        ("Healthy", "At risk", "1", "€200"),
        ("Stable", "At risk", "1", "€100"),
        ("Stable", "Healthy", "2", "€700"),
    ]


def test_falls_come_first_and_then_those_with_more_revenue_at_stake() -> None:
    page, _ = _portfolio([30, 30, 80, 80], [50, 50, 60, 60])
    assert page.movement is not None
    assert [(change.scores, change.direction, change.revenue) for change in page.movement.changes] == [
        ("50 → 30", "down", "€200"),
        ("50 → 30", "down", "€100"),
        ("60 → 80", "up", "€400"),
        ("60 → 80", "up", "€300"),
    ]


def test_each_band_change_has_its_main_cause_in_the_direction_it_went() -> None:
    common = {"customer_id": "a-00000", "score_name": "health", "old": None, "new": None}
    changes = pl.DataFrame(
        [
            common | {"kind": "data", "name": "active_days", "points": -17.0},
            common | {"kind": "data", "name": "training", "points": 30.0},
            common | {"kind": "missing", "name": "seats_used", "points": -3.0},
            common | {"kind": "rounding", "name": "", "points": -30.0},
        ]
    )
    page, _ = _portfolio([30, 60, 60, 60], [50, 60, 60, 60], changes)
    assert page.movement is not None
    (change,) = page.movement.changes
    assert (change.cause, change.points) == ("Active days", "−17.0")


def test_a_broken_line_is_neither_up_nor_down_nor_a_band_change() -> None:
    page, _ = _portfolio(
        [30, 60, 60, 60],
        [90, 60, 60, 60],
        change=pl.Series([None, 0.0, 0.0, 0.0]),
        line_break=pl.Series(["stage", None, None, None]),
    )
    assert page.movement is not None
    assert page.movement.changes == ()
    assert ("New line", "1", "in another segment, stage or scorecard: neither up nor down") in _facts(page)


def test_a_first_score_is_told_as_that() -> None:
    page, _ = _portfolio([50, 60, 60, 60], [None, 60, 60, 60])
    assert ("First score", "1", None) in _facts(page)


def test_the_last_runs_are_bars_of_customers_and_a_table() -> None:
    page, _ = _portfolio([30, 50, 80, None], [50, 50, 80, 80])
    assert page.course is not None
    assert [layer.state.words for layer in page.course.layers] == ["At risk", "Stable", "Healthy"]
    assert [(row.day, row.customers) for row in page.course.rows] == [
        ("Mar 1, 2026", ("1", "1", "1")),
        ("Feb 22, 2026", ("0", "2", "2")),
    ]
    assert page.course.top == "4"
    assert page.course.described == (
        "Customers by band, Feb 22, 2026 to Mar 1, 2026: At risk 0 to 1, Stable 2 to 1, Healthy 2 to 1"
    )


def test_bars_stand_on_each_other_and_on_the_floor() -> None:
    page, _ = _portfolio([30, 50, 80, None], [50, 50, 80, 80])
    assert page.course is not None
    bars = [
        (left, float(top), float(top) + float(height))
        for layer in page.course.layers
        for left, top, height in re.findall(r"M(\S+) (\S+)h\S+v(\S+)h", layer.bars)
    ]
    for left in {left for left, _, _ in bars}:
        column = sorted((top, bottom) for each, top, bottom in bars if each == left)
        assert column[-1][1] == 100.0
        assert all(bottom == top for (_, bottom), (top, _) in pairwise(column))


def test_lists_show_the_change_of_each_score() -> None:
    page, everybody = _portfolio([30, 50, 80, None], [50, 50, 78, 80])
    assert everybody.has_change
    by_score = {row.score: (row.change, row.direction) for row in everybody.rows}
    assert by_score == {"30": ("−20", "down"), "50": ("0", "level"), "80": ("+2", "up"), None: (None, None)}
    assert page.needs[0].change in {"−20", "0"}
