"""A run that should not be is removed, and the runs behind it look as if it had never been."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest
import sqlalchemy as sa
from polars.testing import assert_frame_equal
from tests.support.small_project import card, project, scored

from scorewell.api.v1 import Secret
from scorewell.configuration import HistoryStore, Project, ScoredMetric
from scorewell.history import History, StoredRun, schema
from scorewell.runner import run
from scorewell.runner.looking_back import UnknownRun
from scorewell.runner.removing import remove_run
from scorewell_standard.normalizers import Percentile

FIRST = datetime(2026, 3, 2, tzinfo=ZoneInfo("Europe/Berlin"))
WEEK = timedelta(days=7)
STABLE, HEALTHY, AT_RISK = 50.0, 80.0, 20.0


class Weeks:
    """A project in a store, run week after week."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.history = History.open(url, project=self.of({"a": 1.0}).name, folder=folder)

    def of(self, usage: dict[str, float], weight: float = 100) -> Project:
        table = {"id": list(usage), "usage": list(usage.values())}
        made = project(table, card(metrics={"usage": attrs.evolve(scored(), weight=weight)}), folder=self.folder)
        return attrs.evolve(made, history=HistoryStore(url=Secret(self.url)))

    def run(self, week: int, weight: float = 100, **usage: float) -> StoredRun:
        run(self.of(usage, weight), as_of=FIRST + week * WEEK)
        found = self.history.run_at(FIRST + week * WEEK)
        assert found is not None
        return found

    def told(self) -> dict[str, Any]:
        """What anybody sees of the history, but for numbers and the clock."""
        runs = self.history.runs()
        numbers = pl.DataFrame({"run": [each.number for each in runs], "run_id": [each.run_id for each in runs]})
        return {
            "runs": [each.run_id for each in runs],
            "scores": self.history.scores(runs).join(numbers, on="run").drop("run"),
            "transitions": self.history.transitions().join(numbers, on="run", maintain_order="left").drop("run"),
            "stays": self.history.last_stays(FIRST + 50 * WEEK).drop("run"),
        }


@pytest.fixture
def weeks(store_url: str, tmp_path: Path) -> Iterator[Weeks]:
    """No run yet."""
    made = Weeks(store_url, tmp_path / "project")
    yield made
    made.history.close()


def same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert one["runs"] == other["runs"]
    for name in ("scores", "transitions", "stays"):
        assert_frame_equal(one[name], other[name], check_exact=True)


class Compared(Weeks):
    """The same, of customers that are compared with those there were when the month began."""

    def of(self, usage: dict[str, float], weight: float = 100) -> Project:
        made = super().of(usage, weight)
        compared = card(metrics={"usage": ScoredMetric(normalizer=Percentile(), weight=weight)}, refit="monthly")
        return attrs.evolve(made, scorecards={"standard": compared})

    def fits(self) -> int:
        with self.history.connected() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(schema.period_fits)).scalar_one())


@pytest.fixture
def compared(store_url: str, tmp_path: Path) -> Iterator[Compared]:
    made = Compared(store_url, tmp_path / "project")
    yield made
    made.history.close()


MANY = {f"c{number:02}": float(number) for number in range(40)}
FEW = {customer: value / 2 for customer, value in MANY.items()}


def test_what_it_alone_learned_for_its_month_goes_along(compared: Compared) -> None:
    mistaken = compared.run(0, **FEW)
    assert compared.fits() == 1
    done = remove_run(compared.history, mistaken)
    assert (done.removed["period_fits"], compared.fits()) == (1, 0)
    again = compared.run(0, **MANY)
    scores = compared.history.scores([again]).filter(pl.col("customer_id") == "c10")
    assert scores.item(0, "score") == pytest.approx(27, abs=2)  # not 54, as among the few


def test_what_another_run_of_the_month_was_scored_by_stays(compared: Compared) -> None:
    mistaken = compared.run(0, **MANY)
    compared.run(1, **MANY)
    assert "period_fits" not in remove_run(compared.history, mistaken).removed
    assert compared.fits() == 1


def test_what_was_learned_for_another_month_or_with_other_settings_stays(compared: Compared) -> None:
    compared.run(0, **MANY)
    compared.run(1, **{customer: value for customer, value in MANY.items() if value < 35})
    mistaken = compared.run(5, **FEW)
    before = compared.fits()
    assert remove_run(compared.history, mistaken).removed["period_fits"] == 1
    assert compared.fits() == before - 1


def moves(weeks: Weeks, customer: str = "a") -> list[tuple[str | None, str | None]]:
    return weeks.history.transitions(customer_id=customer).select("from_band", "to_band").rows()


def test_the_runs_behind_it_are_as_if_it_had_never_been(weeks: Weeks) -> None:
    weeks.run(0, a=STABLE, b=HEALTHY, c=STABLE)
    weeks.run(2, a=HEALTHY, c=STABLE)
    weeks.run(3, a=HEALTHY, b=HEALTHY, c=STABLE)
    before = weeks.told()
    mistaken = weeks.run(1, a=AT_RISK, b=AT_RISK, d=STABLE)
    assert moves(weeks) == [(None, "stable"), ("stable", "at_risk"), ("at_risk", "healthy")]
    done = remove_run(weeks.history, mistaken)
    assert (done.removed["scores"], done.removed["metrics"], done.valid_again) == (3, 3, None)
    assert done.mended == 2
    same(weeks.told(), before)
    assert weeks.history.check() == ()


def test_the_last_run_goes_and_nothing_else_changes(weeks: Weeks) -> None:
    weeks.run(0, a=STABLE)
    before = weeks.told()
    done = remove_run(weeks.history, weeks.run(1, a=HEALTHY))
    assert done.removed == {"scores": 1, "metrics": 1, "transitions": 1, "receipts": 0}
    assert done.mended == 0
    same(weeks.told(), before)


def test_the_first_run_goes_and_the_next_is_the_first(weeks: Weeks) -> None:
    mistaken = weeks.run(0, a=AT_RISK)
    weeks.run(1, a=HEALTHY)
    remove_run(weeks.history, mistaken)
    assert moves(weeks) == [(None, "healthy")]
    assert weeks.history.check() == ()


def test_a_run_that_it_superseded_counts_again(weeks: Weeks) -> None:
    weeks.run(0, a=STABLE)
    former = weeks.run(1, a=HEALTHY)
    weeks.run(2, a=HEALTHY)
    before = weeks.told()
    mistaken = weeks.run(1, weight=50, a=AT_RISK)
    assert mistaken.run_id != former.run_id
    done = remove_run(weeks.history, mistaken)
    assert done.valid_again == former
    same(weeks.told(), before)
    assert weeks.history.check() == ()


def test_one_that_counts_again_has_the_band_changes_of_its_past_as_that_is_now(weeks: Weeks) -> None:
    weeks.run(1, a=HEALTHY)
    mistaken = weeks.run(1, weight=50, a=HEALTHY)
    weeks.run(0, a=AT_RISK)
    remove_run(weeks.history, mistaken)
    assert moves(weeks) == [(None, "at_risk"), ("at_risk", "healthy")]


def test_a_superseded_run_goes_and_nobody_moves(weeks: Weeks) -> None:
    former = weeks.run(0, a=STABLE)
    weeks.run(0, weight=50, a=HEALTHY)
    weeks.run(1, a=HEALTHY)
    before = weeks.told()
    [superseded] = [each for each in weeks.history.runs(superseded=True) if each.number == former.number]
    assert remove_run(weeks.history, superseded).mended == 0
    same(weeks.told(), before)
    assert len(weeks.history.runs(superseded=True)) == 2


def test_imported_scores_go_and_our_own_run_of_the_moment_stays(weeks: Weeks) -> None:
    weeks.run(0, a=STABLE)
    weeks.run(1, a=HEALTHY)
    before = weeks.told()
    old = pl.DataFrame({"customer_id": ["a"], "as_of": [FIRST], "score": [5.0], "band": ["red"]})
    [imported] = weeks.history.import_scores(old.with_columns(pl.col("as_of").dt.convert_time_zone("UTC")), "old")
    done = remove_run(weeks.history, imported)
    assert (done.valid_again, done.mended) == (None, 0)
    same(weeks.told(), before)
    assert weeks.history.runs(kinds=["import"]) == ()


def test_band_changes_of_a_run_without_scores_are_left_as_they_are(weeks: Weeks) -> None:
    mistaken = weeks.run(0, a=AT_RISK)
    weeks.run(1, a=HEALTHY)
    weeks.history.prune({"scores": FIRST + 2 * WEEK})
    assert remove_run(weeks.history, mistaken).mended == 0
    assert moves(weeks) == [("at_risk", "healthy")]


def test_a_run_that_was_replaced_since_it_was_seen_is_not_removed(weeks: Weeks) -> None:
    seen = weeks.run(0, a=STABLE)
    weeks.run(0, a=HEALTHY)
    with pytest.raises(UnknownRun, match="removed or replaced in the meantime"):
        remove_run(weeks.history, seen)
    assert len(weeks.history.runs()) == 1
