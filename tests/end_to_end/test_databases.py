"""A whole run into a PostgreSQL server, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from tests.support.postgresql import PASSWORD

from scorewell.cli import cli
from scorewell.cli.exit_codes import ExitCode

SINKS = """
sinks:
  - {plugin: sql, url: "${WAREHOUSE}", scores: health_scores, summary: crm_health}
"""


def invoked(*arguments: str) -> str:
    result = CliRunner().invoke(cli, [*arguments])
    assert result.exit_code == ExitCode.OK, result.output
    return result.output


@pytest.fixture
def warehouse(postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a database that a project in the current folder delivers to."""
    invoked("init", str(tmp_path), "--quiet")
    main = tmp_path / "scorewell.yaml"
    main.write_text(main.read_text().partition("sinks:")[0] + SINKS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAREHOUSE", postgresql_url)
    return postgresql_url


def count(url: str, query: str) -> int:
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        return int(connection.exec_driver_sql(query).scalar_one())


def test_runs_of_two_moments_are_a_history_and_the_latest_summary(warehouse: str) -> None:
    for moment in ("2026-02-01", "2026-03-01", "2026-03-01"):
        invoked("run", "--as-of", moment)

    assert count(warehouse, "select count(*) from health_scores") == 24
    assert count(warehouse, "select count(*) from crm_health") == 12
    assert count(warehouse, "select count(*) from crm_health where as_of = timestamptz '2026-03-01 00:00+00'") == 12


def test_a_customer_alone_is_delivered_into_the_rows_of_the_others(warehouse: str) -> None:
    invoked("run", "--as-of", "2026-02-01")
    invoked("run", "--as-of", "2026-03-01", "--customer", "C-104")

    assert count(warehouse, "select count(*) from crm_health") == 12
    assert count(warehouse, "select count(*) from crm_health where as_of > timestamptz '2026-02-01 00:00+00'") == 1


def test_nothing_that_is_printed_holds_the_password(warehouse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = invoked("run", "--as-of", "2026-03-01", "--verbose")
    assert "health_scores and crm_health (postgresql://127.0.0.1/" in told
    assert PASSWORD not in told

    wrong = sa.make_url(warehouse).set(password="wrong-pw").render_as_string(hide_password=False)  # noqa: S106 - it is wrong
    monkeypatch.setenv("WAREHOUSE", wrong)
    failed = CliRunner().invoke(cli, ["run", "--as-of", "2026-03-01", "--verbose"])
    assert failed.exit_code != ExitCode.OK
    assert "password authentication failed" in failed.output
    assert "wrong-pw" not in failed.output
