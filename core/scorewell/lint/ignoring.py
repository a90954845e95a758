"""What the configuration says is meant all the same."""

from __future__ import annotations

from collections.abc import Iterable

from scorewell.api.v1 import Finding, Level
from scorewell.configuration import ConfigurationError, Problem
from scorewell.configuration.model import Ignored, Project
from scorewell.configuration.places import placed
from scorewell.lint.kinds import KINDS, found
from scorewell.messages import did_you_mean

__all__ = ["OF_THE_DATA", "refuse_unknown", "without_ignored"]

OF_THE_DATA = frozenset(
    (
        "ambiguous-keys",
        "as-known-today",
        "contradicting-outcomes",
        "duplicate-customers",
        "empty-table",
        "future-rows",
        "metric-failed",
        "mistake",
        "new-to-history",
        "no-customers",
        "no-rows-yet",
        "nobody-active",
        "not-finite",
        "null-condition",
        "rejected-rows",
        "rows-without-key",
        "rows-without-time",
        "revenue-is-text",
        "small-copy",
        "stale-table",
        "strange-pulses",
        "superseded-rows",
        "table-failed",
        "too-large",
        "unknown-customers",
        "unread-times",
        "values-thinned",
    )
)
"""What a look at the data tells, by id. Written down here, for what tells it is imported only to read data."""
_OF_THE_CONFIGURATION = KINDS.keys() - {"misspelt-value", "text-for-date", "unknown-times"}


def refuse_unknown(project: Project) -> None:
    """Raise ConfigurationError where an entry of ``lint: ignore:`` names a finding that there is not."""
    problems = []
    known = KINDS.keys() | OF_THE_DATA
    for number, entry in enumerate(project.lint.ignore, 1):
        if entry.finding in known:
            continue
        advice = did_you_mean(entry.finding, known, "; each that check prints has its id in brackets")
        path = f"lint.ignore.{number}.finding"
        mark = placed(project, path)
        problems.append(
            Problem(
                file="" if mark is None else mark.file,
                line=None if mark is None else mark.line,
                column=None if mark is None else mark.column,
                path=path,
                message=f"unknown finding {entry.finding!r}{advice}",
            )
        )
    if problems:
        raise ConfigurationError(problems)


def without_ignored(
    project: Project, findings: Iterable[Finding], *, has_seen_data: bool = True
) -> tuple[Finding, ...]:
    """The findings less the ignored ones, and the entries that fit none of them. An error is never ignored.

    Without a look at the data nobody knows whether an entry is about a finding there.
    """
    kept = []
    used: set[Ignored] = set()
    for finding in findings:
        entries = [entry for entry in project.lint.ignore if _fits(project, entry, finding)]
        used.update(entries)
        if not entries:
            kept.append(finding)
    for number, entry in enumerate(project.lint.ignore, 1):
        if entry not in used and (has_seen_data or entry.finding in _OF_THE_CONFIGURATION):
            place = "" if entry.where is None else f" at {entry.where}"
            message = f"there is no finding {entry.finding}{place}"
            kept.append(found("ignored-nothing", f"lint.ignore.{number}", message))
    return tuple(kept)


def _fits(project: Project, entry: Ignored, finding: Finding) -> bool:
    if finding.level is Level.ERROR or entry.finding != finding.id:
        return False
    where = entry.where
    return where is None or any(path == where or path.startswith(f"{where}.") for path in _paths(project, finding))


def _paths(project: Project, finding: Finding) -> tuple[str, ...]:
    """Where a finding is; of a table its name, and the path of its source in the configuration."""
    where = finding.where
    table = where.removeprefix("sources.")
    return (table, f"sources.{table}") if table in project.tables else (where,)
