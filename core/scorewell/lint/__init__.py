"""The linter: what a configuration may say and most likely does not mean. Of the data it sees the columns, if anything.

Each idea has a file; what is told of it is in ``kinds``, from which its page in the docs is written.
"""

from __future__ import annotations

from datetime import date

from scorewell.api.v1 import Finding
from scorewell.configuration.model import Project
from scorewell.configuration.places import placed
from scorewell.lint.bands import doubtful_settings, unreachable_bands, wide_hysteresis
from scorewell.lint.coverage import unreachable_coverage
from scorewell.lint.ignoring import OF_THE_DATA, refuse_unknown, without_ignored
from scorewell.lint.kinds import KINDS
from scorewell.lint.learning import unused_learning
from scorewell.lint.literals import compared_texts, misspelt_values, texts_for_dates
from scorewell.lint.metrics import contradicting_directions, duplicate_metrics, unused_metrics
from scorewell.lint.models import models_without_outcomes
from scorewell.lint.passwords import written_passwords
from scorewell.lint.reviews import due_reviews
from scorewell.lint.scorecards import unused_scorecards
from scorewell.lint.segments import segments_nobody_is_in
from scorewell.lint.tables import unknown_times
from scorewell.lint.weights import misleading_weights

__all__ = [
    "KINDS",
    "OF_THE_DATA",
    "compared_texts",
    "lint",
    "misspelt_values",
    "placed",
    "refuse_unknown",
    "texts_for_dates",
    "unknown_times",
    "without_ignored",
]

_LOOKS = (
    doubtful_settings,
    unreachable_bands,
    wide_hysteresis,
    misleading_weights,
    contradicting_directions,
    unused_metrics,
    duplicate_metrics,
    segments_nobody_is_in,
    unused_scorecards,
    unreachable_coverage,
    models_without_outcomes,
    unused_learning,
    written_passwords,
)


def lint(project: Project, today: date) -> tuple[Finding, ...]:
    """Everything that the configuration alone shows, by file and line; ``where`` is the path in the configuration.

    What the configuration ignores is left to ``without_ignored``, which wants to see all findings together. What a
    scorecard has from one that it extends is told once, at the line that says it.
    """
    findings = [finding for look in _LOOKS for finding in look(project)]
    findings += due_reviews(project, today)
    once: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        place = placed(project, finding.where)
        once.setdefault((finding.id, place or finding.where, finding.message), finding)
    return tuple(sorted(once.values(), key=lambda finding: _order(project, finding)))


def _order(project: Project, finding: Finding) -> tuple[str, int, int, str]:
    place = placed(project, finding.where)
    if place is None:
        return "", 0, 0, finding.where
    return place.file, place.line or 0, place.column or 0, finding.id
