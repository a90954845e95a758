"""Findings as GitHub Actions reads them: ``::warning file=…,line=…::…`` puts one beside its line of a pull request."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from scorewell.api.v1 import Finding, Level
from scorewell.configuration import Problem
from scorewell.configuration.problems import Mark

__all__ = ["finding_annotation", "problem_annotation"]

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def problem_annotation(problem: Problem, folder: Path) -> str:
    """A mistake in the configuration whose main file is in ``folder``."""
    told = f"{problem.path}: {problem.message}" if problem.path else problem.message
    mark = Mark(problem.file, problem.line, problem.column)
    return _annotation("error", mark, folder, "mistake", _with_hint(told, problem.hint))


def finding_annotation(finding: Finding, mark: Mark | None, folder: Path) -> str:
    """A finding, at its place if it has one."""
    told = finding.message if finding.message.startswith(finding.where) else f"{finding.where}: {finding.message}"
    return _annotation(_COMMANDS[finding.level], mark, folder, finding.id, _with_hint(told, finding.hint))


def _with_hint(message: str, hint: str | None) -> str:
    return message if hint is None else f"{message}\ntry: {hint}"


def _annotation(command: str, mark: Mark | None, folder: Path, title: str, message: str) -> str:
    properties = dict(_place(mark, folder)) | {"title": title}
    told = ",".join(f"{name}={_escaped(value, of_property=True)}" for name, value in properties.items())
    return f"::{command} {told}::{_escaped(message)}"


def _place(mark: Mark | None, folder: Path) -> Iterator[tuple[str, str]]:
    if mark is not None:
        # Relative to where the command runs, as the paths of a checkout are.
        yield "file", Path(os.path.relpath(folder / mark.file)).as_posix()
        if mark.line is not None:
            yield "line", str(mark.line)
        if mark.column is not None:
            yield "col", str(mark.column)


def _escaped(text: str, *, of_property: bool = False) -> str:
    for character, escape in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
        text = text.replace(character, escape)
    return text.replace(":", "%3A").replace(",", "%2C") if of_property else text
