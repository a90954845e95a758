"""Results as plain JSON documents: what ``--json`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scorewell.api.v1 import Finding
from scorewell.configuration import Problem
from scorewell.configuration.problems import Mark

if TYPE_CHECKING:
    from scorewell.runner import RunResult

__all__ = ["finding_document", "problem_document", "run_document"]

_SCORE_COLUMNS = ("customer_id", "score_name", "name", "segment", "stage", "score", "band", "status", "coverage")


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


def run_document(result: RunResult) -> dict[str, object]:
    """A run: its identity, the scores without their parts, drafts, the findings, and what each sink came to."""
    from scorewell.cli.band_changes import band_changes  # noqa: PLC0415 - other documents need no runner
    from scorewell.runner.drafts import draft_differences  # noqa: PLC0415 - as above

    shown = [column for column in _SCORE_COLUMNS if column in result.scores.columns]
    return {
        "run_id": result.id,
        "project": result.project,
        "as_of": result.as_of.isoformat(),
        "dry_run": result.dry_run,
        "customers": result.scores["customer_id"].n_unique(),
        "band_changes": band_changes(result),
        "failed_metrics": dict(sorted(result.metrics.failed.items())),
        "findings": [finding_document(finding) for finding in result.findings],
        "delivered": [
            {"location": receipt.location, "count": receipt.count, "what": receipt.what} for receipt in result.receipts
        ],
        "failed_sinks": [{"sink": failure.sink, "message": failure.message} for failure in result.failures],
        "drafts": [each.document() for each in draft_differences(result)],
        "scores": result.scores.select(shown).to_dicts(),
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
