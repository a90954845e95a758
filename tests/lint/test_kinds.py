"""What the linter knows is told in the docs, has a test that triggers it, and finds nothing in what we ship."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from scorewell.api.v1 import Level
from scorewell.configuration import load
from scorewell.lint import KINDS, lint, without_ignored
from scorewell.lint.reference import reference

CHECKOUT = Path(__file__).parents[2]
TESTS = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__))
SHIPPED = sorted(
    [*(CHECKOUT / "templates").rglob("scorewell.yaml"), *(CHECKOUT / "tests/golden").rglob("scorewell.yaml")]
)


def test_the_page_of_the_docs_is_up_to_date():
    page = CHECKOUT / "docs/reference/findings.md"
    command = "python -m scorewell.lint.reference docs/reference/findings.md"
    assert page.read_text() == reference(), f"out of date; run: {command}"


@pytest.mark.parametrize("id_", KINDS)
def test_a_kind_has_a_test_that_triggers_it(id_):
    assert re.search(rf"\b{id_}\b", TESTS)


@pytest.mark.parametrize("id_", KINDS)
def test_an_id_is_kebab_case_and_its_words_are_phrases(id_):
    kind = KINDS[id_]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", id_)
    assert kind.explanation.endswith(".")
    assert not kind.title.endswith(".")
    assert not kind.fix.endswith(".")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_what_we_ship_is_clean(path):
    project = load(path, environment={"WAREHOUSE": "sqlite://"})
    found = without_ignored(project, lint(project, date(2026, 3, 1)), has_seen_data=False)
    assert [finding for finding in found if finding.level is not Level.NOTE] == []
