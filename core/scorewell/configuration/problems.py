"""Mistakes in the configuration: where, what, what was expected; all of them at once."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from scorewell.api.v1 import ScorewellError

__all__ = ["ConfigurationError", "Mark", "Problem"]


@attrs.frozen
class Mark:
    """A place in a file; line and column count from 1. The file is told relative to the main file's folder."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@attrs.frozen(kw_only=True)
class Problem:
    """One mistake. ``path`` is the place in the configuration (``metrics.logins.window``), empty for a whole file."""

    file: str
    line: int | None = None
    column: int | None = None
    path: str = ""
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        place = f"{Mark(self.file, self.line, self.column)}{' ' if self.path else ''}{self.path}"
        hint = "" if self.hint is None else f"\n    try: {self.hint}"
        return f"{place}: {self.message}{hint}"


class ConfigurationError(ScorewellError):
    """The configuration cannot be used. ``problems`` are all mistakes of all files, by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(dict.fromkeys(problems), key=_order))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def _order(problem: Problem) -> tuple[str, int, int, str]:
    return problem.file, problem.line or 0, problem.column or 0, problem.path
