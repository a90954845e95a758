"""The pictures on the components' pages show what the components do today."""

from __future__ import annotations

from tests.docs.pictures import REFERENCE, drawings

REDRAW = "python -m tests.docs.pictures"


def test_every_picture_is_what_its_component_does() -> None:
    drawn = {path: drawing.svg() for path, drawing in drawings()}
    outdated = [path.name for path, svg in drawn.items() if not path.exists() or path.read_text() != svg]
    assert outdated == [], REDRAW
    assert set(REFERENCE.glob("*/pictures/*.svg")) == set(drawn), REDRAW


def test_every_picture_stands_on_its_page() -> None:
    unseen = [
        path.name
        for path, _ in drawings()
        if f"](pictures/{path.name})" not in (path.parent.parent / f"{path.stem}.md").read_text()
    ]
    assert unseen == []


def test_every_component_that_maps_values_has_a_picture() -> None:
    pages = {page for kind in ("normalizers", "aggregators", "measures") for page in (REFERENCE / kind).glob("*.md")}
    drawn = {path.parent.parent / f"{path.stem}.md" for path, _ in drawings()}
    assert {page.name for page in pages - drawn} == {"index.md"}
