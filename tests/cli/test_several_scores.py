"""Several scores on disk: run, explain, files and pages."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from tests.support.project_on_disk import ProjectOnDisk, project_on_disk

SCORES = """\
scores:
  health:
    segments:
      large: {when: plan = 'Large', scorecard: standard}
      everyone_else: {scorecard: standard}
  use: {scorecard: use_of_product, label: Product use}
"""


@pytest.fixture
def on_disk(tmp_path: Path) -> ProjectOnDisk:
    made = project_on_disk(tmp_path)
    segments = (
        "segments:\n  large: {when: plan = 'Large', scorecard: standard}\n  everyone_else: {scorecard: standard}\n"
    )
    made.replace("scorewell.yaml", segments, SCORES)
    card = "  use_of_product: {metrics: {minutes: {normalizer: {type: linear, from: 0, to: 50}}}}\n"
    made.replace("scorewell.yaml", "scorecards:\n", f"scorecards:\n{card}")
    return made


def test_the_files_have_a_row_for_each_customer_and_score(on_disk: ProjectOnDisk) -> None:
    assert on_disk.scorewell("run").exit_code == 0
    (path,) = (on_disk.folder / "out" / "parquet").glob("*.parquet")
    rows = pl.read_parquet(path).select("customer_id", "score_name", "segment").rows()
    assert rows == [
        ("a1", "health", "large"),
        ("a1", "use", "everybody"),
        ("b2", "health", "large"),
        ("b2", "use", "everybody"),
        ("c3", "health", "everyone_else"),
        ("c3", "use", "everybody"),
    ]


def test_the_summary_has_a_table_for_each_score(on_disk: ProjectOnDisk) -> None:
    told = on_disk.scorewell("run", "--dry-run").stdout
    assert "health" in told
    assert "Product use" in told


def test_the_document_counts_customers_and_names_the_scores(on_disk: ProjectOnDisk) -> None:
    document = json.loads(on_disk.scorewell("run", "--dry-run", "--json").stdout)
    assert document["customers"] == 3
    assert [row["score_name"] for row in document["scores"]] == ["health", "use"] * 3


def test_explain_shows_the_first_score(on_disk: ProjectOnDisk) -> None:
    assert json.loads(on_disk.scorewell("explain", "a1", "--json").stdout)["score_name"] == "health"


def test_explain_shows_the_score_that_is_asked_for(on_disk: ProjectOnDisk) -> None:
    # 10 of 50 minutes.
    explained = json.loads(on_disk.scorewell("explain", "Globex", "--score", "use", "--json").stdout)
    assert (explained["score_name"], explained["scorecard"], explained["score"]) == ("use", "use_of_product", 20)


def test_an_improvement_of_a_further_score_is_computed_with_its_own_scorecard(on_disk: ProjectOnDisk) -> None:
    explained = json.loads(on_disk.scorewell("explain", "b2", "--score", "use", "--json").stdout)
    assert [each["gain"] for each in explained["improvements"]] == [80]


def test_an_unknown_score_is_told_with_those_that_there_are(on_disk: ProjectOnDisk) -> None:
    result = on_disk.scorewell("explain", "a1", "--score", "us")
    assert result.exit_code == 2
    assert "no score 'us'; there is health, use" in result.stderr


def test_a_segment_selects_customers_with_all_their_scores(on_disk: ProjectOnDisk) -> None:
    document = json.loads(on_disk.scorewell("run", "--dry-run", "--json", "--segment", "everyone_else").stdout)
    assert [(row["customer_id"], row["score_name"]) for row in document["scores"]] == [("c3", "health"), ("c3", "use")]


def test_a_customer_is_delivered_by_name_with_all_its_scores(on_disk: ProjectOnDisk) -> None:
    document = json.loads(on_disk.scorewell("run", "--dry-run", "--json", "--customer", "Initech").stdout)
    assert [row["score_name"] for row in document["scores"]] == ["health", "use"]


def test_a_customers_internal_page_shows_the_further_score_beside_the_headline(on_disk: ProjectOnDisk) -> None:
    on_disk.scorewell("run")
    page = (on_disk.folder / "out" / "internal" / "customers" / "b2.html").read_text(encoding="utf-8")
    further = page.partition("Further scores")[2].partition("</section>")[0]
    assert "Product use" in further
    assert '<p class="figure">20</p>' in further


def test_the_portfolio_compares_the_scores(on_disk: ProjectOnDisk) -> None:
    on_disk.scorewell("run")
    page = (on_disk.folder / "out" / "internal" / "index.html").read_text(encoding="utf-8")
    compared = page.partition("How do the scores compare?")[2].partition("</section>")[0]
    assert compared.index("<h3>Health</h3>") < compared.index("<h3>Product use</h3>")


def test_a_customers_own_page_shows_no_score_of_hidden_metrics(on_disk: ProjectOnDisk) -> None:
    card = "  use_of_product: {metrics: {minutes: {normalizer: {type: linear, from: 0, to: 50}}}}\n"
    on_disk.replace("scorewell.yaml", card, card.replace("minutes", "rating"))
    on_disk.scorewell("run")
    page = (on_disk.folder / "out" / "customers" / "customers" / "a1.html").read_text(encoding="utf-8")
    assert "Product use" not in page


def test_a_customers_own_page_shows_a_further_score_of_what_it_may_see(on_disk: ProjectOnDisk) -> None:
    on_disk.scorewell("run")
    page = (on_disk.folder / "out" / "customers" / "customers" / "a1.html").read_text(encoding="utf-8")
    assert "Product use" in page
