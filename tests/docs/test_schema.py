"""The schema for editors accepts every YAML sample of the docs that is right."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.docs.samples import samples
from tests.docs.test_samples import CHECKOUT, PAGES

pytest.importorskip("jsonschema", reason="jsonschema is not installed: pip install --group test")
from tests.support.editor import refusals

DEFINITIONS = {
    "": None,
    "normalizer": "#/$defs/normalizer",
    "aggregator": "#/$defs/aggregator",
    "measure": "#/$defs/metric",
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_configuration_of_the_page_is_accepted(page: Path) -> None:
    told = {}
    for sample in samples(page):
        language, _, role = sample.info.partition(" ")
        if language == "yaml" and not {"not run here", "refused"} & set(sample.remark):
            text = f"source: rows\n{sample.body}" if role == "measure" else sample.body
            told[sample.line] = refusals(text, definition=DEFINITIONS[role])
    assert {line: refused for line, refused in told.items() if refused} == {}
