"""What a run says of the bands that customers moved between."""

from __future__ import annotations

import json

from tests.support.project_on_disk import ProjectOnDisk

EARLIER, LATER = ("--as-of", "2026-02-23"), ("--as-of", "2026-03-01")


def test_the_first_run_says_nothing_of_band_changes(project: ProjectOnDisk) -> None:
    assert "Band changes" not in project.scorewell("run", *EARLIER).stdout
    assert json.loads(project.scorewell("run", *EARLIER, "--json").stdout)["band_changes"] == {}


def test_the_next_run_counts_rises_and_falls(project: ProjectOnDisk) -> None:
    before = json.loads(project.scorewell("run", *EARLIER, "--json").stdout)
    after = json.loads(project.scorewell("run", *LATER, "--json").stdout)
    bands = [{row["customer_id"]: row["band"] for row in document["scores"]} for document in (before, after)]
    order = [None, "at_risk", "stable", "healthy"]
    moves = [order.index(bands[1][name]) - order.index(bands[0][name]) for name in bands[0] if bands[0][name]]
    assert after["band_changes"]["up"] == sum(move > 0 for move in moves)
    assert after["band_changes"]["down"] == sum(move < 0 for move in moves if move)
    assert any(moves)
    told = project.scorewell("run", *LATER).stdout
    assert f"{after['band_changes']['up']} up, {after['band_changes']['down']} down" in told


def test_a_limited_delivery_counts_its_own(project: ProjectOnDisk) -> None:
    project.scorewell("run", *EARLIER)
    counts = [
        json.loads(project.scorewell("run", *LATER, "--dry-run", "--json", "--customer", name).stdout)["band_changes"]
        for name in ("a1", "b2", "c3")
    ]
    everybody = json.loads(project.scorewell("run", *LATER, "--dry-run", "--json").stdout)["band_changes"]
    summed = {kind: sum(each.get(kind, 0) for each in counts) for kind in everybody}
    assert summed["up"] + summed["down"] == everybody["up"] + everybody["down"]


def test_a_new_scorecard_is_told_as_lines_begun_anew(project: ProjectOnDisk) -> None:
    project.scorewell("run", *EARLIER)
    project.replace("scorewell.yaml", "weight: 60", "weight: 61")
    told = project.scorewell("run", *LATER).stdout
    assert "3 not compared, because segment, stage or scorecard changed" in told


def test_the_console_says_them_itself_and_once(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "  - {plugin: parquet, path: out/parquet/}\n", "  - {plugin: console}\n")
    assert "band changes" not in project.scorewell("run", *EARLIER).stdout
    told = project.scorewell("run", *LATER).stdout
    assert told.lower().count("band changes since the run before") == 1


def test_who_is_no_customer_any_more_is_counted_among_those_without_a_score(project: ProjectOnDisk) -> None:
    project.scorewell("run", *EARLIER)
    project.replace("accounts.csv", "c3,Initech,Small,5\n", "")
    assert json.loads(project.scorewell("run", *LATER, "--json").stdout)["band_changes"]["left"] == 1
    assert "1 without a score now" in project.scorewell("run", *LATER).stdout
