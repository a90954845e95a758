"""Findings and mistakes as plain JSON documents, as every ``--json`` prints them."""

from __future__ import annotations

from scorewell.api.v1 import Finding
from scorewell.configuration import Problem
from scorewell.configuration.problems import Mark

__all__ = ["finding_document", "problem_document"]


def finding_document(finding: Finding, place: Mark | None = None) -> dict[str, object]:
    """A finding with all that it says, and its place in the project's files where it is known."""
    located = {} if place is None else {"file": place.file, "line": place.line, "column": place.column}
    return located | {
        "id": finding.id,
        "level": finding.level.value,
        "where": finding.where,
        "message": finding.message,
        "count": finding.count,
        "examples": list(finding.examples),
        "hint": finding.hint,
    }


def problem_document(problem: Problem) -> dict[str, object]:
    """A mistake in the configuration with its place."""
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "message": problem.message,
        "hint": problem.hint,
    }
