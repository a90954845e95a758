"""What must fit together across the configuration. Nothing is told twice: what could not be read is not checked."""

from __future__ import annotations

from scorewell.configuration.checks.actions import check_actions
from scorewell.configuration.checks.context import Context
from scorewell.configuration.checks.customers import check_customers, check_project
from scorewell.configuration.checks.drafts import check_drafts
from scorewell.configuration.checks.metrics import check_metrics
from scorewell.configuration.checks.models import check_models
from scorewell.configuration.checks.pulse import check_pulse
from scorewell.configuration.checks.references import check_references
from scorewell.configuration.checks.scorecards import check_scorecards
from scorewell.configuration.checks.segments import check_segments
from scorewell.configuration.checks.tables import check_tables
from scorewell.configuration.model import Project
from scorewell.configuration.notes import Notes

__all__ = ["check"]


def check(project: Project, notes: Notes) -> None:
    """Note every mistake that one setting alone does not show."""
    context = Context(project, notes)
    for one in (
        check_project,
        check_tables,
        check_customers,
        check_metrics,
        check_pulse,
        check_scorecards,
        check_drafts,
        check_models,
        check_actions,
        check_segments,
        check_references,
    ):
        one(context)
