"""The trend over several runs of one project: what breaks a line, what holds a band, what comes late or again."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.support.small_project import card, project, scored

from scorewell.api.v1 import Column, Condition, Secret
from scorewell.configuration import HistoryStore, Hysteresis, Project, Scorecard, Segment
from scorewell.history import History, StoredRun, schema
from scorewell.history.reading import Reads
from scorewell.runner import RunResult, run
from scorewell.runner.explanation import explain
from scorewell.runner.remembering import RecentScores

FIRST = datetime(2026, 3, 2, tzinfo=ZoneInfo("Europe/Berlin"))  # the clocks change on 29 March


def week(number: int) -> datetime:
    return (FIRST.replace(tzinfo=None) + timedelta(weeks=number)).replace(tzinfo=FIRST.tzinfo)


@attrs.frozen
class Book:
    """A project whose customers have a number each, from run to run another; customer a is the one that is watched."""

    folder: Path
    settings: dict[str, Any] = attrs.field(factory=dict)

    def run(self, number: int, usage: float | None, plan: str = "small", **others: float) -> RunResult:
        return run(self.project(usage, plan, **others), as_of=week(number))

    def project(self, usage: float | None = 50, plan: str = "small", **others: float) -> Project:
        values = {"a": usage, **others}
        table = {"id": list(values), "usage": list(values.values()), "plan": [plan] * len(values)}
        of = project(table, self.settings.get("card") or CARD, folder=self.folder)
        customers = attrs.evolve(cast("Any", of.customers), attributes=(Column("plan"),))
        segments = {
            "large": Segment(when=Condition("plan = 'large'"), scorecard="standard"),
            "small": Segment(scorecard="standard"),
        }
        settings = {name: value for name, value in self.settings.items() if name != "card"}
        kept = HistoryStore(url=Secret("sqlite:///kept.db"))
        changes = {"history": kept, "customers": customers, "segments": segments, **settings}
        return cast("Project", attrs.evolve(cast("Any", of), **changes))

    def over(self, *usage: float | None, start: int = 0) -> list[dict[str, Any]]:
        return [of_a(self.run(number, value)) for number, value in enumerate(usage, start)]

    def transitions(self) -> list[tuple[Any, ...]]:
        kept = self.project()
        assert kept.history is not None
        with History.open(kept.history.url, project=kept.name, folder=self.folder, create=False) as history:
            return history.transitions(customer_id="a").select("as_of", "kind", "from_band", "to_band").rows()

    def kinds(self) -> list[str]:
        return [kind for _, kind, _, _ in self.transitions()]


CARD: Scorecard = card(metrics={"usage": scored()})


def with_card(book: Book, **settings: Any) -> Book:
    return attrs.evolve(book, settings={**book.settings, "card": card(metrics={"usage": scored()}, **settings)})


def of_a(result: RunResult) -> dict[str, Any]:
    return result.scores.row(by_predicate=pl.col("customer_id") == "a", named=True)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def test_weekly_runs_have_a_slope_a_month_and_days_in_their_band_over_the_change_of_clocks(book: Book) -> None:
    rows = book.over(90, 85, 80, 75, 70, 65)
    assert [row["change"] for row in rows] == [None, -5, -5, -5, -5, -5]
    assert [row["slope"] for row in rows] == [None, None, -5, -5, -5, -5]
    assert rows[-1]["volatility"] == 0
    assert rows[-1]["change_30d"] == -20
    assert [row["days_in_band"] for row in rows] == [0, 7, 14, 21, 0, 7]
    assert rows[-1]["last_transition"] == week(4)


def test_a_change_of_segment_breaks_the_line_and_is_no_fall(book: Book) -> None:
    book.over(90, 80)
    moved = of_a(book.run(2, 30, plan="large"))
    assert (moved["line_break"], moved["change"], moved["previous_score"], moved["days_in_band"]) == (
        *("segment", None, 80),
        0,
    )
    after = of_a(book.run(3, 25, plan="large"))
    assert (after["line_break"], after["change"], after["slope"]) == (None, -5, None)
    assert book.kinds() == ["entered", "restarted"]


def test_a_change_of_stage_breaks_the_line(book: Book) -> None:
    staged = attrs.evolve(book, settings={"stages": {"low": Condition("usage < 50"), "high": None}})
    staged.over(60, 55)
    assert of_a(staged.run(2, 45))["line_break"] == "stage"


def test_a_change_of_the_scorecard_breaks_the_line_and_one_of_words_does_not(book: Book) -> None:
    book.over(90, 80)
    assert of_a(with_card(book, label="Health").run(2, 70))["change"] == -10
    capped = of_a(with_card(book, precision=1).run(3, 60))
    assert (capped["line_break"], capped["change"]) == ("scorecard", None)


def test_a_run_without_a_score_is_skipped(book: Book) -> None:
    rows = book.over(60, None, 50)
    assert (rows[1]["previous_score"], rows[1]["change"]) == (60, None)
    assert (rows[2]["previous_score"], rows[2]["change"], rows[2]["days_in_band"]) == (60, -10, 14)
    assert book.kinds() == ["entered", "left", "returned"]


def test_a_customer_that_goes_and_comes_back(book: Book) -> None:
    book.run(0, 60, b=10)
    left = run(attrs.evolve(cast("Any", only_b(book)), history=book.project().history), as_of=week(1))
    assert left.transitions.select("customer_id", "kind").rows() == [("a", "left")]
    back = book.run(2, 30, b=10)
    assert back.transitions.select("customer_id", "kind", "from_band", "to_band").rows() == [
        ("a", "moved", "stable", "at_risk")
    ]


def only_b(book: Book) -> Project:
    everybody = book.project()
    others = project({"id": ["b"], "usage": [10.0], "plan": ["small"]}, CARD, folder=book.folder)
    return cast("Project", attrs.evolve(cast("Any", everybody), sources=others.sources))


def test_who_had_no_score_for_more_than_113_days_has_a_first_one(book: Book) -> None:
    for number in (0, 4, 8, 12, 16, 17):  # 112 days later, and 119
        book.run(number, 90 if number in (0, 16) else None, other=50)
    assert book.kinds() == ["entered", "left", "returned", "left"]
    for number in (20, 24, 28, 32, 33):  # 119 days after the last score
        row = of_a(book.run(number, 90 if number == 33 else None, other=50))
    assert (row["previous_score"], row["change"]) == (None, None)
    assert book.kinds()[4:] == ["entered"]


def test_the_last_run_before_is_looked_at_however_long_ago_it_was(book: Book) -> None:
    book.run(0, 90)
    row = of_a(book.run(100, 30))
    assert (row["previous_score"], row["change"]) == (90, -60)
    assert book.kinds() == ["entered", "moved"]


def test_a_band_holds_over_runs_and_the_frame_says_so(book: Book) -> None:
    rows = with_card(book, hysteresis=Hysteresis(points=3.0)).over(40, 42, 43, 44, 38, 36)
    assert [row["band"] for row in rows] == ["at_risk", "at_risk", "at_risk", "stable", "stable", "at_risk"]
    assert [row["band_held"] for row in rows] == [False, True, True, False, True, False]
    assert [row["days_in_band"] for row in rows] == [0, 7, 14, 0, 7, 0]
    assert book.kinds() == ["entered", "moved", "moved"]


def test_an_explanation_has_the_band_that_is_held_and_says_so(book: Book) -> None:
    holding = with_card(book, hysteresis=Hysteresis(points=3.0))
    holding.over(40, 42)
    told = [explain(holding.project(usage), "a", as_of=week(2)) for usage in (43, 44)]
    assert [(each.band, each.band_held) for each in told] == [("at_risk", True), ("stable", False)]


def test_readings_reach_as_far_back_as_they_are_many(book: Book) -> None:
    slow = with_card(book, hysteresis=Hysteresis(readings=3))
    quarters = [
        of_a(run(slow.project(usage), as_of=week(26 * number)))["band"] for number, usage in enumerate([80, 30, 30, 30])
    ]
    assert quarters == ["healthy", "healthy", "healthy", "at_risk"]


def test_the_same_moment_again_replaces_and_says_the_same(book: Book) -> None:
    first = book.over(90, 60)[1]
    assert of_a(book.run(1, 60)) == first
    # The data were mended meanwhile: what is told of the run after it changes with it.
    book.run(2, 30)
    book.run(1, 35)
    assert [kind for _, kind, _, to in book.transitions()] == ["entered", "moved"]
    assert [(before, after) for _, kind, before, after in book.transitions() if kind == "moved"] == [
        ("healthy", "at_risk")
    ]


def test_runs_in_any_order_leave_the_same_transitions(tmp_path: Path) -> None:
    usage = {0: 90.0, 1: 60.0, 2: None, 3: 30.0, 4: None, 5: 35.0, 6: 80.0}
    left = []
    for name, order in {
        "one": [0, 1, 2, 3, 4, 5, 6],
        "two": [6, 3, 0, 5, 2, 4, 1],
        "three": [6, 5, 4, 3, 2, 1, 0],
    }.items():
        (tmp_path / name).mkdir()
        book = Book(tmp_path / name)
        for number in order:
            book.run(number, usage[number], b=50)
        left.append(book.transitions())
    assert left[0] == left[1] == left[2]
    assert [kind for _, kind, _, _ in left[0]] == ["entered", "moved", "left", "moved", "left", "returned", "moved"]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    done=st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from([None, 30.0, 60.0, 90.0]), st.sampled_from(["small", "large"])),
        min_size=2,
        max_size=9,
    )
)
@example(done=[(0, 90.0, "small"), (1, 60.0, "small"), (2, None, "small"), (3, 30.0, "small"), (1, None, "small")])
def test_whatever_was_run_before_the_store_is_what_the_last_runs_alone_leave(
    tmp_path_factory: pytest.TempPathFactory, done: list[tuple[int, float | None, str]]
) -> None:
    book = Book(tmp_path_factory.mktemp("any"))
    for number, usage, plan in done:
        book.run(number, usage, plan, b=50)
    clean = Book(tmp_path_factory.mktemp("clean"))
    last = {number: (usage, plan) for number, usage, plan in done}
    rows = [of_a(clean.run(number, *last[number], b=50)) for number in sorted(last)]
    assert book.transitions() == clean.transitions()
    assert [of_a(book.run(number, *last[number], b=50)) for number in sorted(last)] == rows
    assert book.transitions() == clean.transitions()


def test_a_late_run_is_what_a_customer_without_a_score_in_the_next_one_comes_back_from(book: Book) -> None:
    book.run(0, 90, b=50)
    book.run(2, None, b=50)
    book.run(3, 30, b=50)
    book.run(1, 50, b=50)
    assert [(kind, before) for _, kind, before, _ in book.transitions()] == [
        ("entered", None),
        ("moved", "healthy"),
        ("left", "stable"),
        ("moved", "stable"),
    ]


def test_a_stay_that_began_before_all_that_a_trend_looks_at_is_known_by_row_as_by_column(book: Book) -> None:
    book.over(90, *[50] * 19)
    now = book.project(60)
    assert now.history is not None
    with History.open(now.history.url, project=now.name, folder=book.folder) as history:
        for lost in ("nothing", "stays", "scores"):
            with history.writing() as writer:
                writer.connection.execute(sa.delete(schema.frames).where(schema.frames.c.kind == lost))
            row = of_a(run(now, as_of=week(20), dry_run=True))
            assert (row["days_in_band"], row["last_transition"]) == (19 * 7, week(1)), lost
            assert (row["change_90d"], row["slope"]) == (10, round(60 / 182, 9)), lost


def test_a_run_that_fills_a_gap_ends_a_stay_that_was_longer(book: Book) -> None:
    book.over(*[50] * 3)
    book.over(*[50] * 15, start=4)
    assert of_a(book.run(19, 50))["days_in_band"] == 19 * 7
    book.run(3, 90)
    row = of_a(book.run(20, 50))
    assert (row["days_in_band"], row["last_transition"]) == (16 * 7, week(4))


def test_who_goes_from_moment_to_moment_reads_each_run_once_and_a_replaced_one_again(book: Book) -> None:
    book.over(90, 80, 70)
    kept = book.project()
    assert kept.history is not None
    with History.open(kept.history.url, project=kept.name, folder=book.folder, create=False) as history:
        reads, recent = Counted(history), RecentScores()
        for number in (1, 2, 3):
            recent.of(cast("Reads", reads), history.runs(until=week(number - 1)))
        assert reads.read == 3
        book.run(1, 20)
        scores = recent.of(cast("Reads", reads), history.runs())
        assert reads.read == 4
    assert scores["score"].to_list() == [90, 20, 70]


@attrs.define
class Counted:
    """A history that counts the runs whose scores are read."""

    history: History
    read: int = 0

    def scores(self, runs: list[StoredRun], columns: list[str]) -> pl.DataFrame:
        self.read += len(runs)
        return self.history.scores(runs, columns)
