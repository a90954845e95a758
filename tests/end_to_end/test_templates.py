"""What ``scorewell init --template`` writes: each is checked, run, and good enough to show."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from scorewell.cli import cli
from scorewell.cli.exit_codes import ExitCode
from scorewell.configuration import Dimension, Project, Scorecard, load

SPLIT = ["high-touch", "self-serve", "e-commerce"]
TEMPLATES = ["minimal", *SPLIT]
AS_OF = ("--as-of", "2026-03-01")


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a project of each template, each run."""
    folder = tmp_path_factory.mktemp("projects")
    for template in TEMPLATES:
        made = CliRunner().invoke(cli, ["init", "--template", template, str(folder / template)])
        assert made.exit_code == ExitCode.OK, made.output
        run = CliRunner().invoke(cli, ["run", *AS_OF, "-c", str(folder / template / "scorewell.yaml"), "--json"])
        assert run.exit_code == ExitCode.OK, run.output
        (folder / f"{template}.json").write_text(run.stdout[run.stdout.index("{\n") :])
    return folder


def project(projects: Path, template: str) -> Project:
    return load(projects / template / "scorewell.yaml")


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_check_finds_nothing(projects: Path, template: str) -> None:
    checked = CliRunner().invoke(cli, ["check", *AS_OF, "-c", str(projects / template / "scorewell.yaml")])
    assert checked.exit_code == ExitCode.OK
    assert "no findings" in checked.stdout


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_run_finds_nothing_and_fills_every_band(projects: Path, template: str) -> None:
    told = json.loads((projects / f"{template}.json").read_text())
    # The sample data are of a day in the past, and their lists of customers are plain tables.
    assert [found["message"] for found in told["findings"] if found["id"] != "as-known-today"] == []
    assert len({row["band"] for row in told["scores"]} - {None}) == 3


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_scorecard_scores_somebody(projects: Path, template: str) -> None:
    rows = json.loads((projects / f"{template}.json").read_text())["scores"]
    made = project(projects, template)
    used = set()
    for row in rows:
        named = made.segments[row["segment"]].scorecard
        if row["score"] is not None:
            used.add(named if isinstance(named, str) else named[row["stage"]])
    assert used == set(made.scorecards)


@pytest.mark.parametrize("template", SPLIT)
def test_sources_metrics_and_scorecards_have_files_of_their_own(projects: Path, template: str) -> None:
    folder = projects / template
    said = {
        file: set(yaml.safe_load((folder / f"{file}.yaml").read_text()))
        for file in ("sources", "metrics", "scorecards")
    }
    assert said["sources"] == {"sources"}
    assert {"metrics"} <= said["metrics"] <= {"metrics", "pulse"}
    assert {"scorecards", "segments"} <= said["scorecards"] <= {"scorecards", "segments", "stages"}
    main = yaml.safe_load((folder / "scorewell.yaml").read_text())
    assert main["include"] == ["sources.yaml", "metrics.yaml", "scorecards.yaml"]


@pytest.mark.parametrize("template", SPLIT)
def test_every_metric_that_counts_has_a_label_and_advice(projects: Path, template: str) -> None:
    made = project(projects, template)
    counted = {name for card in made.scorecards.values() for name in metrics_of(card)}
    wordless = {name for name in counted if made.metrics[name].label is None}
    assert wordless == set()
    without = {
        name for name in counted if made.metrics[name].description and "internal" not in made.metrics[name].advice
    }
    assert without == set()


@pytest.mark.parametrize("template", SPLIT)
def test_whatever_a_customer_can_change_is_told_with_advice_for_the_customer(projects: Path, template: str) -> None:
    shown = {
        name: metric for name, metric in project(projects, template).metrics.items() if metric.audience == "customer"
    }
    counted = {name for card in project(projects, template).scorecards.values() for name in metrics_of(card)}
    assert [name for name, metric in shown.items() if name in counted and "customer" not in metric.advice] == []
    assert [name for name, metric in shown.items() if name in counted and not metric.description] == []


@pytest.mark.parametrize("template", SPLIT)
def test_every_weight_has_its_reason(projects: Path, template: str) -> None:
    dimensions = [
        (card, name, dimension)
        for card, settings in project(projects, template).scorecards.items()
        for name, dimension in settings.dimensions.items()
    ]
    heavy = [(card, name) for card, name, dimension in dimensions if dimension.weight >= 30 and not dimension.because]
    assert heavy == []


def test_the_pulse_is_at_most_a_fifth_of_the_score(projects: Path) -> None:
    dimensions = project(projects, "high-touch").scorecards["enterprise"].dimensions
    assert dimensions["pulse"].weight / sum(dimension.weight for dimension in dimensions.values()) <= 0.2


@pytest.mark.parametrize("template", ["high-touch", "self-serve"])
def test_a_customers_page_holds_nothing_internal(projects: Path, template: str) -> None:
    made = project(projects, template)
    internal = {metric.label for metric in made.metrics.values() if metric.audience == "internal" and metric.label}
    internal |= {metric.advice["internal"] for metric in made.metrics.values() if "internal" in metric.advice}
    pages = list((projects / template / "out/reports/customers").rglob("*.html"))
    assert len(pages) > 10
    for page in pages:
        text = re.sub(r"<[^>]+>", "\n", page.read_text())
        assert [words for words in internal if f"\n{words}\n" in text] == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_portfolio_is_among_the_reports(projects: Path, template: str) -> None:
    assert list((projects / template / "out").rglob("index.html"))


def metrics_of(part: Scorecard | Dimension) -> set[str]:
    """The metrics below a part of a scorecard."""
    return set(part.metrics).union(*(metrics_of(inner) for inner in part.dimensions.values()))
