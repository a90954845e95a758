"""Two scorecards over twelve weeks of real data, against runs of either and plain Python."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest
from tests.real.conftest import AS_OF
from tests.real.running import HERE

from scorewell.configuration import Project, load, load_over
from scorewell.discovery import Plugins
from scorewell.evaluation import Comparison, compare, comparison_page, configurations, moments_back
from scorewell.runner import run

WEEKS = 12


@attrs.frozen(eq=False)
class Compared:
    current: Project
    proposed: Project
    latest: datetime
    comparison: Comparison

    def scores(self, moment: datetime) -> list[dict[str, dict[str, object]]]:
        """The rows of a run of either configuration, by customer."""
        return [
            {row["customer_id"]: row for row in run(project, as_of=moment, dry_run=True).scores.to_dicts()}
            for project in (self.current, self.proposed)
        ]


@pytest.fixture(scope="module", params=["churnsim_b2b_a", "ravenstack"])
def compared(request: pytest.FixtureRequest, test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Compared:
    folder = tmp_path_factory.mktemp("compared") / request.param
    shutil.copytree(HERE / request.param, folder)
    environment = {"SCOREWELL_TEST_DATA": str(test_data)}
    main = folder / "scorewell.yaml"
    current = load(main, environment=environment)
    proposed = load_over(main, folder / "proposal.yaml", environment=environment)
    latest = datetime.fromisoformat(AS_OF[request.param]).replace(tzinfo=ZoneInfo(current.timezone))
    both = configurations(current, proposed, labels=("scorewell.yaml", "proposal.yaml"), score=None)
    moments = moments_back(latest, WEEKS, "week", "week", current.timezone)
    return Compared(current, proposed, latest, compare(*both, moments, value="mrr"))


def test_the_spread_now_is_what_a_run_says(compared: Compared) -> None:
    current, _ = compared.scores(compared.latest)
    found = compared.comparison.spread.filter(side="current").select("band", "customers")
    assert dict(found.iter_rows()) == Counter(row["band"] for row in current.values() if is_counted(row))


def test_the_migration_is_what_runs_of_both_say(compared: Compared) -> None:
    current, proposed = compared.scores(compared.latest)
    bands = [(current[each]["band"], proposed[each]["band"]) for each in current if is_counted(current[each])]
    found = {(now, then): count for now, then, count, _ in compared.comparison.migration.iter_rows()}
    if compared.current.name == "ChurnSim":
        assert found == Counter(bands)
    else:  # the proposal's bands hold, so some customers are where they were and not where their number is
        assert sum(found.values()) == len(bands)


def is_counted(row: dict[str, object]) -> bool:
    return row["status"] != "inactive"


def test_every_change_is_that_of_the_two_runs_and_its_parts_add_up(compared: Compared) -> None:
    current, proposed = compared.scores(compared.latest)
    sums: dict[str, float] = {}
    for customer, points in compared.comparison.parts.select("customer_id", "points").iter_rows():
        sums[customer] = sums.get(customer, 0.0) + points
    changed = 0
    for customer, row in current.items():
        before, after = row["score"], proposed[customer]["score"]
        if isinstance(before, float) and isinstance(after, float) and before != after:
            changed += 1
            assert sums[customer] == pytest.approx(after - before, abs=1e-9)
    assert changed == compared.comparison.figures["changed"] == len(sums)


@pytest.mark.parametrize("weeks", [WEEKS, 5])
def test_a_past_moment_is_what_a_run_of_that_moment_says(compared: Compared, weeks: int) -> None:
    moment = compared.latest - timedelta(weeks=weeks)
    current, proposed = compared.scores(moment)
    of_moment = compared.comparison.over_time.filter(as_of=moment, side="current")
    expected = Counter(row["band"] for row in current.values() if is_counted(row))
    assert dict(of_moment.select("band", "customers").iter_rows()) == expected
    scores = [row["score"] for row in proposed.values() if isinstance(row["score"], float)]
    assert len(scores) == sum(
        count
        for band, count in compared.comparison.over_time.filter(as_of=moment, side="proposed")
        .select("band", "customers")
        .iter_rows()
        if band is not None
    )


def test_there_is_a_moment_a_week(compared: Compared) -> None:
    moments = compared.comparison.moments["as_of"].to_list()
    assert moments == [compared.latest - timedelta(weeks=back) for back in range(WEEKS, -1, -1)]


def test_what_moves_the_scores_is_what_the_proposal_changes(compared: Compared) -> None:
    told = set(compared.comparison.causes["label"].to_list())
    expected = {
        "ChurnSim": {"Weights changed"},
        "RavenStack": {"Rules changed: how parts combine", "Weights changed", "Use: thresholds changed"},
    }
    assert told == expected[compared.current.name]


def test_bands_that_hold_change_less_often(compared: Compared) -> None:
    figures = compared.comparison.figures
    changes = [figures["band_changes_current"], figures["band_changes_proposed"]]
    if compared.current.name == "RavenStack":  # the proposal's bands hold within four points
        assert changes[1] < changes[0]
    assert all(change > 0 for change in changes)


def test_the_page_stays_small(compared: Compared) -> None:
    page = comparison_page(compared.comparison, (), plugins=Plugins.installed())
    assert len(page.encode()) < 150_000
