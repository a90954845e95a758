"""What the configuration says is meant all the same."""

from __future__ import annotations

from collections.abc import Iterable

from scorewell.api.v1 import Finding, Level
from scorewell.configuration.model import Ignored, Project
from scorewell.lint.kinds import KINDS, found

__all__ = ["without_ignored"]

_OF_THE_CONFIGURATION = KINDS.keys() - {"unknown-times"}


def without_ignored(
    project: Project, findings: Iterable[Finding], *, has_seen_data: bool = True
) -> tuple[Finding, ...]:
    """The findings less the ignored ones, and the entries that fit none of them. An error is never ignored.

    Without a look at the data nobody knows whether an entry is about a finding there.
    """
    kept = []
    used: set[Ignored] = set()
    for finding in findings:
        entries = [entry for entry in project.lint.ignore if _fits(entry, finding)]
        used.update(entries)
        if not entries:
            kept.append(finding)
    for number, entry in enumerate(project.lint.ignore, 1):
        if entry not in used and (has_seen_data or entry.finding in _OF_THE_CONFIGURATION):
            place = "" if entry.where is None else f" at {entry.where}"
            message = f"there is no finding {entry.finding}{place}"
            kept.append(found("ignored-nothing", f"lint.ignore.{number}", message))
    return tuple(kept)


def _fits(entry: Ignored, finding: Finding) -> bool:
    if finding.level is Level.ERROR:
        return False
    inside = entry.where is None or finding.where == entry.where or finding.where.startswith(f"{entry.where}.")
    return inside and entry.finding == finding.id
