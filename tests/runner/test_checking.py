"""A check tells what does not fit the scorecards, once the data itself is right."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scorewell.configuration import load
from scorewell.runner import check

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
