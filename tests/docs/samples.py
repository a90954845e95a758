"""The samples of a page: its fenced blocks, each with what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import dropwhile, takewhile
from pathlib import Path

import attrs
from markdown_it import MarkdownIt

FILE = re.compile(r"(?:#|<!--) file: (?P<path>\S+)")
REMARK = re.compile(r"<!--\s*(?P<kind>not run here|refused|exits)(?::|\s)\s*(?P<words>.+?)\s*-->", re.DOTALL)


@attrs.frozen
class Sample:
    """One fenced block: its info string, its text, the line it begins on, and the remark before it."""

    info: str
    text: str
    line: int
    remark: dict[str, str]
    expected: str | None
    table: tuple[dict[str, str], ...]

    @property
    def file(self) -> str | None:
        """Where the sample wants to be written, if anywhere."""
        match = FILE.match(self.text)
        return match["path"] if match else None

    @property
    def body(self) -> str:
        """The text without the line that names the file."""
        return self.text.partition("\n")[2] if self.file else self.text


def samples(page: Path) -> Iterator[Sample]:
    lines = page.read_text().splitlines()
    tokens = [
        token for token in MarkdownIt().parse("\n".join(lines)) if token.type in {"fence", "html_block", "inline"}
    ]
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        if token.type != "fence":
            continue
        remark = REMARK.search(before.content) if before is not None and before.type == "html_block" else None
        follows = after is not None and after.type == "fence" and after.info == "text" and token.info == "bash"
        assert token.map is not None
        yield Sample(
            info=token.info.strip(),
            text=token.content,
            line=token.map[0] + 1,
            remark={remark["kind"]: remark["words"]} if remark else {},
            expected=after.content if follows else None,
            table=tuple(table_at(lines[token.map[1] :])) if token.info.startswith("yaml ") else (),
        )


def table_at(lines: list[str]) -> Iterator[dict[str, str]]:
    """The rows of the Markdown table that these lines begin with, after blank ones; nothing where there is none."""
    rows = [
        [cell.strip() for cell in line.strip("| ").split("|")] for line in takewhile(is_row, dropwhile(is_blank, lines))
    ]
    yield from (dict(zip(rows[0], row, strict=True)) for row in rows[2:])


def is_row(line: str) -> bool:
    return line.startswith("|")


def is_blank(line: str) -> bool:
    return not line.strip()
