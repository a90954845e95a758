"""A small project of the standard plugins, of which a test changes one section, and what the linter says of it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from scorewell.api.v1 import Finding
from scorewell.configuration import Project, load
from scorewell.lint import lint

SECTIONS = {
    "version": "1",
    "name": "Acme",
    "sources": """
        crm: {plugin: files, path: crm.csv, customer: id}
        usage: {plugin: files, path: usage.csv, customer: account, time: day}
        """,
    "customers": """
        source: crm
        attributes: [seats, plan, trial]
        """,
    "metrics": """
        logins: {source: usage, measure: count(*), window: 30d}
        """,
    "scorecards": """
        main: {metrics: {logins: {normalizer: {type: linear, from: 0, to: 10}}}}
        """,
    "segments": """
        everyone: {scorecard: main}
        """,
}

Linted = Callable[..., list[str]]


def project_with(folder: Path, **sections: str) -> Project:
    """The small project, each section as given, less the empty ones; sections begin on the line after their key."""
    lines = []
    for key, text in {**SECTIONS, **sections}.items():
        if not text:
            continue
        body = textwrap.dedent(text.lstrip("\n") if text.startswith("\n") else text).rstrip()
        lines.append(f"{key}:\n{textwrap.indent(body, '  ')}" if "\n" in text else f"{key}: {text}")
    (folder / "scorewell.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load(folder / "scorewell.yaml")


@pytest.fixture
def findings(tmp_path: Path) -> Callable[..., tuple[Finding, ...]]:
    """What the linter finds in the small project with some sections replaced, on 1 March 2026."""

    def of(**sections: str) -> tuple[Finding, ...]:
        return lint(project_with(tmp_path, **sections), date(2026, 3, 1))

    return of


@pytest.fixture
def linted(findings: Callable[..., tuple[Finding, ...]]) -> Linted:
    """The same as text: ``id path: message``."""

    def of(**sections: str) -> list[str]:
        return [f"{finding.id} {finding.where}: {finding.message}" for finding in findings(**sections)]

    return of
