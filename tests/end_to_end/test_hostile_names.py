"""Customers may be called anything: a name reaches every sink whole, and steers neither a page nor a terminal."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from tests.support.project_on_disk import ProjectOnDisk

from scorewell.cli.exit_codes import ExitCode

NAMES = {
    "html": "<script>alert(1)</script>",
    "quotes": "Says \"hi\" & 'bye'",
    "emoji": "Rocket 🚀 Family 👨‍👩‍👧",
    "rtl": "שלום עולם",
    "override": "evil\u202egnp.exe",
    "markup": "[red]Acme[/] :boom:",
    "escape": "bell\x07 red\x1b[31m",
    "long": "x" * 10_000,
    "formula": "=HYPERLINK(1)",
}


@pytest.fixture
def named(project: ProjectOnDisk) -> ProjectOnDisk:
    quoted = {key: '"' + name.replace('"', '""') + '"' for key, name in NAMES.items()}
    rows = "".join(f"{key},{name},Large,10\n" for key, name in quoted.items())
    project.write("accounts.csv", f"id,name,plan,seats\n{rows}")
    project.write("usage.csv", "account,day,minutes\n" + "".join(f"{key},2026-02-20,50\n" for key in NAMES))
    return project


def test_hostile_names_reach_every_sink_whole_and_none_as_code(named: ProjectOnDisk) -> None:
    result = named.scorewell("run")
    assert result.exit_code == ExitCode.OK, result.output
    [file] = (named.folder / "out/parquet").iterdir()
    assert dict(pl.read_parquet(file).select("customer_id", "name").iter_rows()) == NAMES
    pages = [page for path, page in named.delivered().items() if path.endswith(".html")]
    assert len(pages) > 2 * len(NAMES)
    assert not any(b"<script>alert" in page for page in pages)
    assert any(b"&lt;script&gt;alert" in page for page in pages)


@pytest.mark.parametrize("key", NAMES)
def test_a_hostile_name_is_explained_without_steering_the_terminal(named: ProjectOnDisk, key: str) -> None:
    result = named.scorewell("explain", key)
    assert result.exit_code == ExitCode.OK
    assert "\x1b" not in result.stdout
    assert "\x07" not in result.stdout
    assert "\u202e" not in result.stdout
    assert len(result.stdout) < 5_000
    if key in {"html", "markup", "quotes"}:
        assert NAMES[key] in result.stdout


def test_a_customer_is_found_by_a_name_in_any_script(named: ProjectOnDisk) -> None:
    assert "rtl" in named.scorewell("explain", "שלום עולם").stdout


def test_an_id_of_10_000_characters_gets_a_page_and_an_explanation(project: ProjectOnDisk) -> None:
    long = "k" * 10_000
    project.replace("accounts.csv", "c3,Initech", f"{long},Initech")
    assert project.scorewell("run").exit_code == ExitCode.OK
    assert all(len(Path(path).name) < 100 for path in project.delivered())
    assert project.scorewell("explain", long).exit_code == ExitCode.OK
