"""Weekly scores of real accounts: their trend is that of a reference that goes row by row, and rescoring gives what
runs with that configuration gave."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.real.running import HERE
from tests.scoring.test_trend import reference
from tests.support.stored_scores import Stored

from scorewell.configuration import Project, load
from scorewell.history import History
from scorewell.runner import run
from scorewell.runner.rescoring import rescore

WEEKS = 8
LAST = datetime(2024, 12, 29)
CHANGE = ("weight: 45\n", "weight: 90\n")


@attrs.frozen
class Kept:
    """A copy of the project with a history, whose sinks are left out."""

    folder: Path
    data: Path

    @property
    def project(self) -> Project:
        read = load(self.folder / "scorewell.yaml", environment={"SCOREWELL_TEST_DATA": str(self.data)})
        return cast("Project", attrs.evolve(cast("Any", read), sinks=()))

    def run_weeks(self) -> list[pl.DataFrame]:
        zone = ZoneInfo(self.project.timezone)
        moments = ((LAST - timedelta(weeks=week)).replace(tzinfo=zone) for week in range(WEEKS - 1, -1, -1))
        return [run(self.project, as_of=moment).scores for moment in moments]

    def change(self) -> None:
        path = self.folder / "scorecards.yaml"
        text = path.read_text()
        assert CHANGE[0] in text
        path.write_text(text.replace(*CHANGE))

    def stored(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        project = self.project
        assert project.history is not None
        with History.open(project.history.url, project=project.name, folder=self.folder, create=False) as history:
            scores = history.scores(history.runs()).drop("run").sort("as_of", "customer_id", "score_name")
            return scores, history.transitions().drop("run")


@pytest.fixture
def kept(test_data: Path, tmp_path: Path) -> Kept:
    return Kept(Path(shutil.copytree(HERE / "ravenstack", tmp_path / "kept")), test_data)


def test_the_trend_of_every_account_and_week_is_that_of_the_reference(kept: Kept) -> None:
    weeks = kept.run_weeks()
    rows = [row for frame in weeks for row in frame.iter_rows(named=True)]
    by_account: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_account.setdefault(row["customer_id"], []).append(row)
    stored = {(row["customer_id"], row["as_of"]): row["line"] for row in kept.stored()[0].iter_rows(named=True)}
    assert len(by_account) > 400
    for account, told in by_account.items():
        before: list[Stored] = []
        for row in told:
            now = Stored(
                customer_id=account,
                as_of=row["as_of"],
                score=row["score"],
                segment=row["segment"],
                stage=row["stage"],
                line=stored[account, row["as_of"]],
            )
            expected = reference(now, before)
            # The reference knows the default bands only.
            for name in expected.keys() - {"days_in_band", "last_transition"}:
                assert row[name] == pytest.approx(expected[name], abs=2e-9), (account, row["as_of"], name)
            before.append(now)


def test_rescoring_gives_what_runs_with_that_configuration_gave(kept: Kept, test_data: Path, tmp_path: Path) -> None:
    kept.run_weeks()
    scores, transitions = kept.stored()
    assert not any(each.is_written for each in rescore(kept.project))
    assert_frame_equal(kept.stored()[0], scores, check_exact=True)
    kept.change()
    assert all(each.changed > 100 for each in rescore(kept.project))
    always = Kept(Path(shutil.copytree(HERE / "ravenstack", tmp_path / "always")), test_data)
    always.change()
    always.run_weeks()
    for ours, theirs in zip(kept.stored(), always.stored(), strict=True):
        assert_frame_equal(ours, theirs, check_exact=True)
    assert not kept.stored()[0].equals(scores)
    assert not kept.stored()[1].equals(transitions)
