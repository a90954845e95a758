"""The how-to is the stranger: what it shows is what these tests build and run."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_it import MarkdownIt

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs/how-to/write-a-plugin.md"
SHOWN = {
    token.content.partition("\n")[0].removeprefix("# file: "): token.content.partition("\n")[2]
    for token in MarkdownIt().parse(PAGE.read_text())
    if token.type == "fence" and token.content.startswith("# file: ")
}
FILES = [
    str(path.relative_to(HERE / "scorewell-stranger"))
    for path in sorted((HERE / "scorewell-stranger").rglob("*"))
    if path.suffix in {".py", ".toml"}
]


@pytest.mark.parametrize("file", FILES)
def test_the_how_to_shows_the_strangers_file(file: str) -> None:
    assert SHOWN[file] == (HERE / "scorewell-stranger" / file).read_text()


def test_the_how_to_shows_the_strangers_project() -> None:
    assert SHOWN["scorewell.yaml"] in (HERE / "test_stranger.py").read_text()
