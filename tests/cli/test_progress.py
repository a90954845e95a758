"""What a command tells while it works."""

from __future__ import annotations

import pytest
from tests.support.project_on_disk import ProjectOnDisk

from scorewell.cli.exit_codes import ExitCode
from scorewell.replay import learning


def test_what_is_stopped_from_the_keyboard_has_not_failed(
    project: ProjectOnDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(learning, "fit", stopped)
    result = project.scorewell("run")
    assert result.exit_code == ExitCode.INTERRUPTED
    assert result.stderr.splitlines() == ["read crm", "measured usage", "measured tickets", "stopped"]


def test_a_customers_table_that_is_measured_too_is_told_as_two_steps(project: ProjectOnDisk) -> None:
    project.replace(
        "scorewell.yaml", "metrics:\n  minutes", "metrics:\n  places: {source: crm, measure: max(seats)}\n  minutes"
    )
    told = project.scorewell("run").stderr.splitlines()
    assert [line for line in told if "crm" in line] == ["read crm", "measured crm"]


def test_the_history_is_told_by_where_it_is(project: ProjectOnDisk) -> None:
    assert "stored in history scorewell.db" in project.scorewell("run").stderr.splitlines()
