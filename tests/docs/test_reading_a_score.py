"""The page for customer success managers uses the words that the reports use."""

from __future__ import annotations

from pathlib import Path

from scorewell.reporting.wording import STATUS

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "read-a-score.md").read_text()


def test_every_status_that_a_report_shows_is_explained() -> None:
    assert [label for label in STATUS.values() if f"| {label} |" not in PAGE] == []
