"""``history``: where runs are kept. It enters no score."""

from __future__ import annotations

from pathlib import Path

import pytest

from scorewell.configuration import ConfigurationError, Project, load

PROJECT = """\
version: 1
name: Small
sources: {crm: {plugin: files, path: a.csv, customer: id}}
customers: {source: crm}
metrics: {seats: {source: crm, measure: max(seats)}}
scorecards: {standard: {metrics: {seats: {normalizer: {type: linear, from: 0, to: 10}}}}}
segments: {all: {scorecard: standard}}
"""


def loaded(folder: Path, more: str = "", **environment: str) -> Project:
    (folder / "scorewell.yaml").write_text(PROJECT + more, encoding="utf-8")
    return load(folder / "scorewell.yaml", environment=environment)


def url(project: Project) -> str | None:
    return None if project.history is None else project.history.url.reveal()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", "sqlite:///scorewell.db"),
        ("history: none\n", None),
        ("history: sqlite:///kept/runs.db\n", "sqlite:///kept/runs.db"),
        ('history: "${STORE}"\n', "postgresql://scores:secret@db/health"),
        ("history: {url: 'sqlite:///runs.db'}\n", "sqlite:///runs.db"),
    ],
)
def test_a_url_alone_is_short_for_the_setting_and_none_keeps_nothing(
    tmp_path: Path, written: str, expected: str | None
) -> None:
    assert url(loaded(tmp_path, written, STORE="postgresql://scores:secret@db/health")) == expected


def test_where_runs_are_kept_makes_no_other_run_of_them(tmp_path: Path) -> None:
    assert loaded(tmp_path).fingerprint == loaded(tmp_path, "history: sqlite:///elsewhere.db\n").fingerprint


def test_its_password_is_never_shown(tmp_path: Path) -> None:
    assert "hunter2" not in repr(loaded(tmp_path, "history: postgresql://scores:hunter2@db/health\n"))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("history: 3\n", "expected settings, got the number 3"),
        ("history: {ulr: x}\n", "unknown setting 'ulr', did you mean 'url'?"),
        ("history: {}\n", "missing setting 'url'"),
    ],
)
def test_what_is_no_database_is_told_at_its_place(tmp_path: Path, written: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        loaded(tmp_path, written)
    (problem,) = caught.value.problems
    assert str(problem).startswith("scorewell.yaml:8:")
    assert told in str(problem)
