"""The words of the configuration reference, for a component made up here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pytest

from scorewell.api.v1 import Aggregator, Column, Duration, Normalizer, Share, frozen, setting
from scorewell.configuration.reference import reference


@frozen
class Colour:
    depth: float = setting("how deep", default=1.5)


@frozen
class Painted(Normalizer):
    """Paints a value.

    A second paragraph.
    """

    name = "painted"
    from_: float = setting("the first")
    mode: Literal["wet", "dry"] | float = setting("which way", default="wet")
    within: Duration | None = setting("how long", default=None)
    columns: tuple[Column, ...] = setting("which of a | b", factory=tuple)
    colours: Mapping[str, Colour] = setting("the colours", factory=dict)
    strict: bool = setting("whether it is", default=False)
    scale: tuple[float, float] = setting("the ends", default=(0.0, 10.0))
    rules: Aggregator = setting("what else", component="minimum")
    reach: Share = setting("how far", default=0.5)


@pytest.fixture(scope="module")
def page() -> str:
    return reference({"normalizers": [Painted]})


@pytest.mark.parametrize(
    "row",
    [
        "| `from` | the first | number | required |",
        "| `mode` | which way | `wet`, `dry` or number | `wet` |",
        "| `within` | how long | duration, as `30d`, `12h`, `6 weeks` | none |",
        "| `columns` | which of a \\| b | list of a column's name | none |",
        "| `colours` | the colours | mapping of colour | none |",
        "| `strict` | whether it is | `true` or `false` | `false` |",
        "| `scale` | the ends | list of 2: number, number | `[0, 10]` |",
        "| `rules` | what else | [aggregator](#aggregators) | `minimum` |",
        "| `reach` | how far | share, as `60%` | `0.5` |",
    ],
)
def test_a_setting_is_a_row(page: str, row: str) -> None:
    assert row in page.splitlines()


def test_a_component_is_told_by_its_first_paragraph(page: str) -> None:
    assert "### painted\n\nPaints a value. [More](normalizers/painted.md).\n" in page


def test_a_setting_of_settings_has_a_table_of_its_own(page: str) -> None:
    assert (
        "#### painted: colour\n\n| key | what it is | type | default |\n|---|---|---|---|\n| `depth` | how deep |"
        in page
    )


def test_what_only_the_reader_of_the_files_sets_is_no_key(page: str) -> None:
    assert "`fingerprint`" not in page
    assert "`origin`" not in page
