"""A project with models, from the command line: check, fit, run, explain, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from scorewell.cli import cli

CONFIGURATION = """\
version: 1
name: Telco
sources:
  customers: {plugin: files, path: FILE, customer: customerID}
customers: {source: customers, attributes: [tenure, MonthlyCharges, Contract]}
metrics:
  months: {sql: tenure}
  charge: {sql: MonthlyCharges, better: lower}
  contract: {source: customers, measure: {type: latest, column: Contract}}
  payment: {source: customers, measure: {type: latest, column: PaymentMethod}}
scorecards:
  everyone:
    aggregator: AGGREGATOR
    metrics:
      months: {normalizer: {type: linear, from: 0, to: 60}}
      charge: {normalizer: {type: linear, from: 120, to: 20}}
      contract: {normalizer: {categories: {Two year: 100, One year: 70, else: 20}}}
      payment: {normalizer: {categories: {Electronic check: 20, else: 70}}}
segments:
  all: {scorecard: everyone}
outcomes: {source: customers, outcome: "Churn = 'Yes'"}
sinks: [{plugin: parquet, path: out/}]
"""
LONG_WITH_US, NEW = "5575-GNVDE", "3668-QPYBK"


class Project:
    """A project in a folder, and the command line on it."""

    def __init__(self, folder: Path, data: Path, aggregator: str) -> None:
        self.folder = folder
        table = data / "telco_ibm/Telco-Customer-Churn.csv"
        (folder / "scorewell.yaml").write_text(
            CONFIGURATION.replace("FILE", str(table)).replace("AGGREGATOR", aggregator)
        )

    def told(self, *arguments: str, fails: bool = False) -> Result:
        command = [*arguments, "-c", str(self.folder / "scorewell.yaml")]
        result = CliRunner().invoke(cli, command, env={"COLUMNS": "160"})
        assert (result.exit_code != 0) == fails, result.output
        return result

    @property
    def scores(self) -> pl.DataFrame:
        [file] = self.folder.glob("out/*.parquet")
        return pl.read_parquet(file)


@pytest.mark.parametrize(
    "aggregator",
    ["ml.logistic", "ml.gradient_boosting", "{type: ml.hybrid, model: ml.logistic, model_weight: 40%}"],
)
def test_a_project_is_trained_run_and_explained(tmp_path: Path, test_data: Path, aggregator: str) -> None:
    project = Project(tmp_path, test_data, aggregator)
    project.told("check")
    assert "was never trained" in project.told("run").output
    untrained = project.scores
    project.told("fit")
    assert "was never trained" not in project.told("run").output
    trained = project.scores
    assert not trained["score"].equals(untrained["score"])
    contributions = [name for name in trained.columns if name.startswith("contribution.")]
    gap = trained.select((pl.sum_horizontal("baseline", *contributions) - pl.col("score")).abs().max()).item()
    assert gap < 1e-6
    card = (tmp_path / "fits/everyone.md").read_text()
    assert "ROC-AUC 0.8" in card
    assert "### What it rests on" in card
    told = project.told("explain", NEW).output
    assert "months" in told
    improvements = json.loads(project.told("explain", NEW, "--json").stdout)["improvements"]
    by_path = {each["path"]: each for each in improvements}
    assert by_path["contract"]["value"] == "Two year"
    assert by_path["months"]["value"] >= 60
    assert by_path["contract"]["gain"] > 0
    assert "contract at Two year" in told
    by_id = dict(trained.select("customer_id", "score").iter_rows())
    assert by_id[LONG_WITH_US] > by_id[NEW]


def test_a_fit_whose_trees_were_changed_stops_the_run(tmp_path: Path, test_data: Path) -> None:
    project = Project(tmp_path, test_data, "ml.gradient_boosting")
    project.told("fit")
    file = tmp_path / "fits/everyone.json"
    text = file.read_text()
    file.write_text(text.replace("leaf_value=", "leaf_value=9", 1))
    assert file.read_text() != text
    assert "everyone.json" in project.told("run", fails=True).output


def test_a_hybrids_weight_may_change_without_another_fit_and_its_outcome_may_not(
    tmp_path: Path, test_data: Path
) -> None:
    project = Project(tmp_path, test_data, "{type: ml.hybrid, model: ml.logistic, model_weight: 40%}")
    project.told("fit")
    file = tmp_path / "scorewell.yaml"
    configuration = file.read_text()
    project.told("run")
    former = project.scores
    file.write_text(configuration.replace("model_weight: 40%", "model_weight: 50%"))
    project.told("run")
    assert not project.scores["score"].equals(former["score"])
    file.write_text(configuration.replace("Churn = 'Yes'", "Churn = 'No'"))
    assert file.read_text() != configuration
    assert "was learned with other outcomes" in project.told("run", fails=True).output


def test_the_same_customers_give_the_same_file(tmp_path: Path, test_data: Path) -> None:
    project = Project(tmp_path, test_data, "ml.logistic")
    project.told("fit")
    first = (tmp_path / "fits/everyone.json").read_bytes()
    project.told("fit")
    assert (tmp_path / "fits/everyone.json").read_bytes() == first
    assert json.loads(first)


def test_settings_are_read_and_checked(tmp_path: Path, test_data: Path) -> None:
    project = Project(tmp_path, test_data, "{type: ml.hybrid, model: minimum, model_weight: 140%}")
    told = project.told("check", fails=True).output
    assert "expected a share from 0% to 100%" in told
