"""Segments and stages in which nobody can be, by their conditions alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scorewell.api.v1 import Condition, Finding
from scorewell.configuration.model import Project
from scorewell.configuration.scores import scores_of
from scorewell.lint.conditions import EVERYBODY, Choice, is_within, regions
from scorewell.lint.kinds import found

__all__ = ["segments_nobody_is_in", "taken"]


def segments_nobody_is_in(project: Project) -> Iterator[Finding]:
    """Of the segments of each score, then of the stages. Only what is certain is told."""
    for name, score in scores_of(project).items():
        section = f"scores.{name}.segments" if project.scores else "segments"
        rules = {segment: settings.when for segment, settings in score.segments.items()}
        yield from _nobody_is_in(rules, section, "segment")
    yield from _nobody_is_in(project.stages, "stages", "stage")


def taken(when: Condition | None) -> Choice:
    """Whom a rule takes."""
    return EVERYBODY if when is None else regions(when)


def _nobody_is_in(rules: Mapping[str, Condition | None], section: str, what: str) -> Iterator[Finding]:
    before: dict[str, Choice] = {}
    for name, when in rules.items():
        choice = taken(when)
        where = f"{section}.{name}"
        if not choice:
            message = f"no customer can be in the {what} {name}: {when} never holds"
            yield found("segment-never-matches", where, message)
            continue
        hiding = next((other for other, earlier in before.items() if is_within(choice, earlier)), None)
        if hiding is not None:
            yield found("segment-hidden", where, f"every customer of the {what} {name} is already in {hiding}")
        before[name] = choice
