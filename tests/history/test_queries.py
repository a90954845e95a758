"""What is asked often goes straight to its rows: SQLite says of each statement how it would find them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.support.remembered import MONDAY, NEXT_MONDAY, record, transition

from scorewell.history import History
from scorewell.history.forgetting import is_known
from scorewell.history.overrides import overrides
from scorewell.history.pulses import pulse_rows, pulses


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """Two runs in a file, the later with a band change."""
    with History.open("sqlite:///history.db", project="Acme", folder=tmp_path) as opened:
        with opened.writing() as writer:
            writer.replace(record(as_of=MONDAY))
            writer.replace(record(as_of=NEXT_MONDAY, transitions=transition("ada")))
        yield opened


@contextmanager
def plans_of(history: History) -> Iterator[list[str]]:
    """How SQLite finds the rows of what is asked within."""
    found: list[str] = []

    def note(connection: sa.Connection, _cursor: object, statement: str, given: object, *_: object) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        if statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE")):
            found.extend(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", given))

    sa.event.listen(history._engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(history._engine, "before_cursor_execute", note)


ASKED: dict[str, Callable[[History], object]] = {
    "the run before a moment": lambda history: history.run_before(NEXT_MONDAY),
    "the run at a moment": lambda history: history.run_at(MONDAY),
    "the run after a moment": lambda history: history.run_after(MONDAY),
    "the last run": lambda history: history.last_run(),
    "runs between moments": lambda history: history.runs(since=MONDAY, until=NEXT_MONDAY),
    "a run's scores": lambda history: history.scores(history.runs()),
    "a run's scores by column": lambda history: history.scores(history.runs(), ["customer_id", "score"]),
    "a customer's scores": lambda history: history.scores_of("ada", limit=12),
    "a customer's scores of whatever product": lambda history: history.scores_of("ada", limit=12, imported=True),
    "a run's metric values": lambda history: history.metrics(history.runs()[0], ["ada"]),
    "a run's configuration": lambda history: history.document(history.runs()[0]),
    "a run's fit": lambda history: history.fit(history.runs()[0]),
    "a run's findings": lambda history: history.findings(history.runs()[0]),
    "a run's receipts": lambda history: history.receipts(history.runs()[0]),
    "the band changes of a time": lambda history: history.transitions(since=MONDAY, until=NEXT_MONDAY),
    "a period's fit": lambda history: history.period_fit(scorecard="standard", as_of=MONDAY, settings="s"),
    "a customer's overrides": lambda history: overrides(history, customer_id="ada"),
    "a customer's pulses": lambda history: pulses(history, customer_id="ada"),
    "the pulses of a time": lambda history: pulse_rows(history, MONDAY, NEXT_MONDAY),
}


@pytest.mark.parametrize("asked", ASKED)
def test_nothing_is_looked_through_for_what_is_asked_often(history: History, asked: str) -> None:
    with plans_of(history) as plans:
        ASKED[asked](history)
    assert plans
    assert [plan for plan in plans if plan.startswith("SCAN")] == []


def test_a_customers_band_changes_are_found_without_those_of_others(history: History) -> None:
    with plans_of(history) as plans:
        assert history.transitions(customer_id="ada").height == 1
    assert any("SEARCH transitions" in plan and "customer_id=?" in plan for plan in plans)


def test_whether_a_customer_is_known_is_not_sought_in_all_scores(history: History) -> None:
    with history.reading() as snapshot, plans_of(history) as plans:
        assert is_known(snapshot, "ada")
    assert [plan for plan in plans if plan.startswith("SCAN") and "CONSTANT" not in plan] == []


def test_a_run_is_written_in_place_of_another_without_looking_for_each_document_in_all_runs(history: History) -> None:
    with plans_of(history) as plans, history.writing() as writer:
        writer.replace(record(as_of=MONDAY, fit="another"))
    assert not any("CORRELATED" in plan for plan in plans)


def test_a_document_goes_with_the_last_run_and_period_that_name_it(history: History) -> None:
    with history.writing() as writer:
        later = writer.replace(record(as_of=NEXT_MONDAY + timedelta(days=7), fit="its own"))
        assert writer.drop_unreferenced() == 0
        writer.remember_period_fit(scorecard="standard", as_of=MONDAY, settings="s", document="its own")
        writer.remove(later)
        assert writer.drop_unreferenced() == 0
    assert history.prune({"period_fits": NEXT_MONDAY}) == {"period_fits": 1}
    with history.writing() as writer:
        kept = writer.connection.scalars(sa.text("select kind from documents order by kind")).all()
    assert kept == ["configuration", "fit"]


def test_what_is_stored_of_a_customer_is_forgotten_without_looking_through_all_rows(history: History) -> None:
    with plans_of(history) as plans:
        assert history.forget_customer("ada")["scores"] == 2
    assert [plan for plan in plans if plan in ("SCAN scores", "SCAN transitions", "SCAN frames")] == []
    assert any("SEARCH scores" in plan and "customer_id=?" in plan for plan in plans)
