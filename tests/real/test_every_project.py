"""What holds of every project over real data, whatever it measures."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.real.conftest import AS_OF, PAGES_FOR
from tests.real.running import HERE, RealRun, run_real

from scorewell.api.v1 import Level

CUSTOMERS = {
    "churnsim_b2b_a": 1355,
    "ravenstack": 500,
    "telco_ibm": 7043,
    "telecom_mlc_churn": 5000,
    "cdnow": 23570,
    "zendesk": 10,
    "zuora": 5,
    "hubspot": 24,
}
STATUSES = {
    "churnsim_b2b_a": {"scored", "unassigned"},
    "ravenstack": {"scored", "partial", "inactive"},
    "telco_ibm": {"scored", "partial"},
    "telecom_mlc_churn": {"scored"},
    "cdnow": {"scored", "partial"},
    "zendesk": {"scored", "partial", "inactive"},
    "zuora": {"scored", "partial", "inactive"},
    "hubspot": {"partial"},
}


@pytest.fixture(params=AS_OF)
def ran(request: pytest.FixtureRequest, real_run: Callable[[str], RealRun]) -> RealRun:
    return real_run(request.param)


def test_a_run_fails_nowhere(ran: RealRun) -> None:
    assert ran.result.metrics.failed == {}
    assert ran.delivered.failures == ()
    assert [found for found in ran.result.findings if found.level is Level.ERROR] == []


def test_every_customer_is_there_once(ran: RealRun) -> None:
    assert ran.scores.height == CUSTOMERS[ran.folder.name]
    assert ran.scores["customer_id"].is_sorted()
    assert ran.scores["customer_id"].is_unique().all()


def test_contributions_add_up_to_the_printed_score(ran: RealRun) -> None:
    added = pl.col("baseline") + pl.sum_horizontal(pl.col(r"^contribution\..*$"))
    scored = ran.scores.drop_nulls("score")
    assert scored.height > 0
    assert scored.select((added - pl.col("score")).abs().max()).item() < 1e-9


def test_the_status_says_whether_there_is_a_score(ran: RealRun) -> None:
    assert set(ran.scores["status"]) == STATUSES[ran.folder.name]
    has_score = ran.scores.select(pl.col("status").is_in(["scored", "partial"])).to_series()
    for column in ("score", "band"):
        assert ran.scores[column].is_not_null().equals(has_score)


def test_complete_data_is_called_scored_and_gaps_partial(ran: RealRun) -> None:
    coverage = ran.scores.group_by("status").agg(low=pl.col("coverage").min(), high=pl.col("coverage").max())
    for status, low, high in coverage.iter_rows():
        if status == "scored":
            assert low == high == 1
        if status == "partial":
            assert 0 < low <= high < 1


def test_the_parquet_file_holds_the_scores(ran: RealRun) -> None:
    [file] = (ran.folder / "out/scores").glob("*.parquet")
    assert_frame_equal(pl.read_parquet(file), ran.delivered.scores)


def test_every_delivered_customer_has_a_report(ran: RealRun) -> None:
    folder = Path(next(one.location for one in ran.delivered.receipts if "internal" in one.location))
    pages = list((folder / "customers").glob("*.html"))
    assert len(pages) == ran.delivered.scores.height == len(PAGES_FOR.get(ran.folder.name, ran.scores))
    assert (folder / "index.html").stat().st_size > 2000


def test_reports_are_small_and_load_nothing(ran: RealRun) -> None:
    for page in sorted((ran.folder / "out").rglob("*.html"))[::97]:
        text = page.read_text(encoding="utf-8")
        assert len(text) < 150_000
        assert "<script" not in text
        assert 'src="http' not in text


def test_the_same_run_again_gives_the_same_scores(
    real_run: Callable[[str], RealRun], test_data: Path, tmp_path: Path
) -> None:
    first, again = real_run("ravenstack"), run_real("ravenstack", AS_OF["ravenstack"], tmp_path, test_data)
    assert first.result.id == again.result.id
    assert_frame_equal(first.scores, again.scores)


def test_the_command_does_what_the_library_does(
    real_run: Callable[[str], RealRun], test_data: Path, tmp_path: Path
) -> None:
    ran = real_run("hubspot")
    project = tmp_path / "scorewell.yaml"
    project.write_bytes((HERE / "hubspot/scorewell.yaml").read_bytes())
    command = [sys.executable, "-c", "from scorewell.cli import main; main()"]
    finished = subprocess.run(
        [*command, "run", "--config", str(project), "--as-of", AS_OF["hubspot"]],
        env={**os.environ, "SCOREWELL_TEST_DATA": str(test_data)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
    [file] = (tmp_path / "out/scores").glob("*.parquet")
    assert_frame_equal(pl.read_parquet(file), ran.scores)
