"""A check tells what does not fit the scorecards, once the data itself is right."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scorewell.configuration import load
from scorewell.configuration.places import placed
from scorewell.runner.checking import check

PROJECT = """
version: 1
name: Check
sources:
  crm: {plugin: files, path: crm.csv, customer: account}
customers: {source: crm, attributes: [plan]}
metrics:
  seats: {source: crm, measure: SUM}
scorecards:
  main: {metrics: {seats: {normalizer: {linear: {from: 0, to: 9}}}}}
segments:
  large: {when: plan > 5, scorecard: main}
"""


@pytest.mark.parametrize(
    ("measure", "wheres"),
    [
        ("sum(seats)", ["segments.large.when"]),
        # The metric's own mistake comes first; what rests on it would only say so again.
        ("sum(seat)", ["metrics.seats"]),
    ],
)
def test_a_check_tells_of_scorecards_when_the_data_is_right(tmp_path: Path, measure: str, wheres: list[str]) -> None:
    (tmp_path / "crm.csv").write_text("account,plan,seats\nA,Pro,3\n", encoding="utf-8")
    (tmp_path / "scorewell.yaml").write_text(PROJECT.replace("SUM", measure), encoding="utf-8")
    found = check(load(tmp_path / "scorewell.yaml"), datetime(2026, 3, 1, tzinfo=UTC))
    assert [finding.where for finding in found] == wheres


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        ("plan = 'Pro'", []),
        ("Churn = 1", ["no column 'Churn'"]),
        ("seats", ["a condition was expected"]),
        # Of A one row says that it happened and another that it did not.
        ("seats > 3", ["left out: 1"]),
    ],
)
def test_a_check_looks_at_the_outcomes(tmp_path: Path, outcome: str, says: list[str]) -> None:
    (tmp_path / "crm.csv").write_text("account,plan,seats\nA,Pro,3\n", encoding="utf-8")
    (tmp_path / "labels.csv").write_text("account,plan,seats\nA,Pro,3\nA,Pro,4\n", encoding="utf-8")
    text = PROJECT.replace("SUM", "sum(seats)").replace("plan > 5", "plan = 'Pro'")
    text = text.replace("customers:", "  labels: {plugin: files, path: labels.csv, customer: account}\ncustomers:", 1)
    text += f'outcomes: {{source: labels, outcome: "{outcome}"}}\n'
    (tmp_path / "scorewell.yaml").write_text(text, encoding="utf-8")
    found = check(load(tmp_path / "scorewell.yaml"), datetime(2026, 3, 1, tzinfo=UTC))
    assert len(found) == len(says), found
    for finding, words in zip(found, says, strict=True):
        assert words in finding.message
        assert finding.where.startswith("outcomes")


@pytest.mark.parametrize(
    ("outcome", "dated", "wheres"),
    [
        ("seats > 3", "plan", []),
        ("seats", "seats", ["outcomes.outcome", "outcomes.dated.outcome"]),
    ],
)
def test_a_check_looks_at_the_outcomes_with_dates_too(
    tmp_path: Path, outcome: str, dated: str, wheres: list[str]
) -> None:
    for name in ("crm", "left"):
        (tmp_path / f"{name}.csv").write_text("account,plan,seats,on\nA,Pro,3,2026-01-01\n", encoding="utf-8")
    text = PROJECT.replace("SUM", "sum(seats)").replace("plan > 5", "plan = 'Pro'")
    left = "  left: {plugin: files, path: left.csv, customer: account, time: on}\ncustomers:"
    text = text.replace("customers:", left, 1)
    text += f'outcomes: {{source: crm, outcome: "{outcome}", dated: {{source: left, outcome: "{dated}"}}}}\n'
    (tmp_path / "scorewell.yaml").write_text(text, encoding="utf-8")
    found = check(load(tmp_path / "scorewell.yaml"), datetime(2026, 3, 1, tzinfo=UTC))
    assert [finding.where for finding in found] == wheres


def _checked_pages(folder: Path, sink: str) -> list[tuple[str, str]]:
    (folder / "crm.csv").write_text("account,plan,seats\nA,Pro,3\n", encoding="utf-8")
    text = PROJECT.replace("SUM", "sum(seats)").replace("plan > 5", "plan = 'Pro'")
    (folder / "scorewell.yaml").write_text(f"{text}sinks:\n  - {{plugin: console}}\n  - {sink}\n", encoding="utf-8")
    project = load(folder / "scorewell.yaml")
    found = check(project, datetime(2026, 3, 1, tzinfo=UTC))
    assert all(placed(project, finding.where) for finding in found)
    assert not (folder / "out").exists()
    return [(finding.where, finding.message.replace(str(folder), "")) for finding in found]


@pytest.mark.parametrize(
    ("looks", "where", "says"),
    [
        ("brand: {logo: lgo.png}", "sinks.2.brand.logo", "there is no file /lgo.png, did you mean 'logo.png'?"),
        ("brand: {logo: large.svg}", "sinks.2.brand.logo", "/large.svg has 60,006 bytes, at most 60,000 fit"),
        ("brand: {logo: logo.png}", "sinks.2.brand.logo", "/logo.png is not an image of the kind that its name says"),
        ("theme: ./paper", "sinks.2.theme", "theme './paper': there is no folder /paper"),
    ],
)
def test_a_check_tells_what_would_keep_pages_from_being_rendered(
    tmp_path: Path, looks: str, where: str, says: str
) -> None:
    (tmp_path / "logo.png").write_bytes(b"no picture")
    (tmp_path / "large.svg").write_bytes(b"<svg/>" + b" " * 60_000)
    ((told, message),) = _checked_pages(tmp_path, f"{{plugin: html, path: out, {looks}}}")
    assert told == where
    assert message.startswith(says)


def test_a_check_has_nothing_to_say_of_pages_that_can_be_rendered(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_bytes(b"<svg/>")
    assert _checked_pages(tmp_path, "{plugin: html, path: out, locale: de, brand: {logo: logo.svg}}") == []


@pytest.mark.parametrize(
    ("sink", "says"),
    [
        ("plugin: csv, path: crm.csv/scores.csv", "/crm.csv is a file: expected a folder"),
        ("plugin: csv, path: notes", "/notes is a file: expected a folder, or a name that ends in .csv"),
        ("plugin: html, path: notes/pages", "/notes is a file: expected a folder"),
        ("plugin: parquet, path: notes/", "/notes is a file: expected a folder, or a name that ends in .parquet"),
        ("plugin: json, path: notes, pseudonyms: long and secret", "/notes is a file: expected a folder"),
    ],
)
def test_a_check_tells_of_a_file_where_a_sink_needs_a_folder(tmp_path: Path, sink: str, says: str) -> None:
    (tmp_path / "notes").write_text("a file", encoding="utf-8")
    ((where, message),) = _checked_pages(tmp_path, f"{{{sink}}}")
    assert where == "sinks.2.path"
    assert message.startswith(says)


@pytest.mark.parametrize("path", ["out/scores.csv", "folder.csv", "crm.csv", "new/out"])
def test_a_check_has_nothing_to_say_of_a_path_that_can_be_delivered_to(tmp_path: Path, path: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    assert _checked_pages(tmp_path, f"{{plugin: csv, path: {path}}}") == []


def test_a_sink_that_fails_to_say_what_hinders_it_is_told_of(tmp_path: Path) -> None:
    long = "x" * 300  # longer than a file's name may be
    ((where, message),) = _checked_pages(tmp_path, f"{{plugin: csv, path: {long}}}")
    assert where == "sinks.2"
    assert message.startswith("csv failed: ")
