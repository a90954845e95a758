"""The docs as a whole: every link leads somewhere, every page can be reached, every component has its page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from scorewell.configuration.reference import reference
from scorewell.discovery import Plugins

CHECKOUT = Path(__file__).parents[2]
DOCS = CHECKOUT / "docs"
PAGES = (*sorted(CHECKOUT.glob("*.md")), CHECKOUT / "plugins/ml/README.md", *sorted(DOCS.rglob("*.md")))
KINDS = ("sources", "measures", "normalizers", "aggregators", "sinks")


def links(page: Path) -> list[str]:
    inline = [child for token in MarkdownIt().enable("table").parse(page.read_text()) for child in token.children or ()]
    return [str(token.attrs["href"]) for token in inline if token.type == "link_open"]


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def target(page: Path, link: str) -> Path:
    return (page.parent / link.partition("#")[0]).resolve() if link.partition("#")[0] else page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_link_of_the_page_leads_somewhere(page: Path) -> None:
    local = [link for link in links(page) if not re.match(r"[a-z]+:", link)]
    assert [link for link in local if not target(page, link).exists()] == []
    with_anchor = [link for link in local if "#" in link and target(page, link).suffix == ".md"]
    assert [link for link in with_anchor if link.partition("#")[2] not in anchors(target(page, link))] == []


def test_every_page_can_be_reached_from_the_index() -> None:
    reached: set[Path] = set()
    ahead = [DOCS / "index.md"]
    while ahead:
        page = ahead.pop()
        if page not in reached and page.suffix == ".md" and page.exists():
            reached.add(page)
            ahead += [target(page, link) for link in links(page) if not re.match(r"[a-z]+:", link)]
    assert [page.relative_to(CHECKOUT) for page in DOCS.rglob("*.md") if page not in reached] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_standard_component_has_its_page(kind: str) -> None:
    standard = next(report for report in Plugins.installed().overview() if report.name == "standard")
    pages = {page.stem for page in (DOCS / "reference" / kind).glob("*.md")} - {"index"}
    assert pages == set(standard.components[kind.removesuffix("s")])


def test_every_model_has_its_page_with_all_its_settings() -> None:
    models = pytest.importorskip("scorewell_ml.aggregators", reason="scorewell-ml is not installed")
    folder = DOCS / "reference/aggregators/ml"
    pages = {page.stem: page.read_text() for page in folder.glob("*.md")}
    of_all = pages.pop("index")
    assert set(pages) == {model.name for model in models.COMPONENTS}
    for model in models.COMPONENTS:
        written = reference({"aggregators": [model]}).partition("\n## aggregators\n")[2]
        rows = [row.replace("(#aggregators)", "(../index.md)") for row in written.splitlines() if row.startswith("| `")]
        assert rows
        assert [row for row in rows if row not in pages[model.name] + of_all] == []
