"""The projects on the pages about other products are those of the golden tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.docs.samples import samples

CHECKOUT = Path(__file__).parents[2]
PAGES = [page for page in sorted((CHECKOUT / "docs/how-to/migrate").glob("*.md")) if page.stem != "index"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page_shows_the_project_whose_rows_were_worked_out_by_hand(page: Path) -> None:
    golden = (CHECKOUT / "tests/golden" / page.stem / "scorewell.yaml").read_text()
    shown = next(sample.text for sample in samples(page) if sample.info == "yaml")
    assert shown.strip() == "\n".join(line for line in golden.splitlines() if not line.startswith("#")).strip()


def test_there_is_a_page_for_every_product_that_people_come_from() -> None:
    assert {page.stem for page in PAGES} == {
        "catalyst", "churnzero", "gainsight", "hubspot", "pendo", "planhat", "totango", "vitally",
    }  # fmt: skip
