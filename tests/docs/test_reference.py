"""The configuration reference says what the classes say."""

from __future__ import annotations

from pathlib import Path

from scorewell.configuration.reference import reference, standard_components

PAGE = Path(__file__).parents[2] / "docs/reference/configuration.md"
COMMAND = "python -m scorewell.configuration.reference docs/reference/configuration.md"


def test_the_configuration_reference_is_up_to_date() -> None:
    assert PAGE.read_text() == reference(standard_components()), f"out of date; run: {COMMAND}"
