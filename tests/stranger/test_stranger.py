"""A second distribution, built as a wheel and installed by pip beside the built core, outside the checkout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Environment

pytestmark = pytest.mark.wheel

PROJECT = """\
version: 1
name: Strangers
sources:
  log: {plugin: stranger.logbook, folder: log}
customers: {source: log.teams, roles: {name: title}}
metrics:
  visits: {source: log.visits, measure: count(*), window: 14d}
  weekend: {source: log.visits, measure: stranger.weekend_share, window: 14d}
scorecards:
  standard:
    aggregator: stranger.best
    metrics:
      visits: {normalizer: {type: linear, from: 0, to: 10}}
      weekend: {normalizer: {type: stranger.halving, half_life: 0.5}}
segments:
  everyone: {scorecard: standard}
sinks:
  - {plugin: stranger.bulletin, path: out/bulletin.txt}
  - {plugin: csv, path: out/scores}
  - {plugin: html, path: out/reports, theme: stranger.night}
"""

# 2026-03-07 is a Saturday. Ada: four visits, two of them at a weekend. Bob: two, none. Cy: none at all.
TEAMS = [{"id": "a", "title": "Ada"}, {"id": "b", "title": "Bob"}, {"id": "c", "title": "Cy"}]
VISITS = [
    *({"team": "a", "at": f"2026-03-0{day}T12:00:00Z"} for day in (5, 6, 7, 8)),
    *({"team": "b", "at": f"2026-03-0{day}T12:00:00Z"} for day in (2, 3)),
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "log").mkdir()
    for name, rows in (("teams", TEAMS), ("visits", VISITS)):
        (tmp_path / "log" / f"{name}.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "scorewell.yaml").write_text(PROJECT)
    return tmp_path


@pytest.fixture
def scored(with_strangers: Environment, project: Path) -> Path:
    result = with_strangers.run("scorewell", "run", "--as-of", "2026-03-10", cwd=project)
    assert result.returncode == 0, result.stderr
    return project


def rows(scored: Path) -> dict[str, dict[str, str]]:
    [file] = (scored / "out/scores").rglob("*.csv")
    head, *lines = (line.split(",") for line in file.read_text(encoding="utf-8-sig").splitlines())
    return {line[head.index("customer_id")]: dict(zip(head, line, strict=True)) for line in lines}


def test_a_strangers_source_measure_normalizer_and_aggregator_make_the_score(scored: Path) -> None:
    # Ada: 4 visits are 40; a weekend share of one half is a half-life: 50, the best. Bob: 20, and 100 without weekends.
    # Cy: 0 visits are 0, and a share of nothing is missing.
    assert {customer: float(row["score"]) for customer, row in rows(scored).items()} == {"a": 50, "b": 100, "c": 0}


def test_a_strangers_contributions_add_up(scored: Path) -> None:
    for row in rows(scored).values():
        parts = sum(float(cell or 0) for column, cell in row.items() if column.startswith("contribution."))
        assert float(row["baseline"]) + parts == pytest.approx(float(row["score"]), abs=1e-9)


def test_a_strangers_sink_delivers(scored: Path) -> None:
    assert (scored / "out/bulletin.txt").read_text() == "Strangers, 2026-03-10\nat_risk: 1\nstable: 1\nhealthy: 1\n"


def test_a_strangers_theme_draws_the_reports(scored: Path) -> None:
    pages = sorted((scored / "out/reports").rglob("*.html"))
    assert len(pages) > len(TEAMS)  # each customer's, and the portfolio
    assert [page for page in pages if "drawn at night" not in page.read_text(encoding="utf-8")] == []


def test_a_broken_plugin_is_told_with_its_distribution_version_and_cause(
    with_strangers: Environment, tmp_path: Path
) -> None:
    result = with_strangers.run("scorewell", "plugins", cwd=tmp_path)
    told = result.stdout + result.stderr
    for words in ("scorewell-broken", "0.9", "No module named 'a_client_that_nobody_has'"):
        assert words in told


def test_every_plugin_is_listed_with_its_components(with_strangers: Environment, tmp_path: Path) -> None:
    listed = with_strangers.run("scorewell", "plugins", "--json", cwd=tmp_path).stdout
    for words in ("scorewell-stranger", "1.2.3", "logbook", "weekend_share", "halving", "best", "bulletin", "night"):
        assert words in listed


def test_a_broken_plugin_that_is_named_stops_the_run_before_it_begins(
    with_strangers: Environment, project: Path
) -> None:
    file = project / "scorewell.yaml"
    file.write_text(file.read_text().replace("stranger.bulletin", "broken.bulletin"))
    result = with_strangers.run("scorewell", "run", cwd=project)
    assert result.returncode == 3
    assert "scorewell-broken 0.9" in result.stderr
    assert "No module named 'a_client_that_nobody_has'" in result.stderr
    assert not (project / "out").exists()


def test_two_distributions_of_one_name_are_both_told(
    with_strangers: Environment, project: Path, duplicate_folder: Path
) -> None:
    both = {"PYTHONPATH": str(duplicate_folder)}
    result = with_strangers.run("scorewell", "run", cwd=project, environment=both)
    assert result.returncode == 3
    assert "scorewell-duplicate 0.9 and scorewell-stranger 1.2.3" in result.stderr


def test_a_strangers_mistaken_setting_is_told_with_its_place(with_strangers: Environment, project: Path) -> None:
    file = project / "scorewell.yaml"
    file.write_text(file.read_text().replace("half_life: 0.5", "half_live: 0.5"))
    result = with_strangers.run("scorewell", "run", cwd=project)
    assert result.returncode == 3
    assert "scorewell.yaml:14:" in result.stderr
    assert "did you mean 'half_life'?" in result.stderr
