"""Segments and stages lead to scorecards."""

from __future__ import annotations

from collections.abc import Mapping

from scorewell.configuration.checks.context import Context
from scorewell.configuration.nodes import Keys

__all__ = ["check_segments"]


def check_segments(context: Context) -> None:
    """Names, and that each segment has a scorecard for each stage."""
    stages = context.names("stages")
    for stage in stages:
        context.identifier("stage", stage, ("stages", stage))
    for name, segment in context.project.segments.items():
        keys: Keys = ("segments", name)
        context.identifier("segment", name, keys)
        inside = (*keys, "scorecard")
        if context.sound(*inside) and context.written(inside):
            if isinstance(segment.scorecard, str):
                _scorecard(context, segment.scorecard, inside)
            else:
                _per_stage(context, segment.scorecard, inside)
    for section, what in (("segments", "segment"), ("scorecards", "scorecard")):
        if context.written((section,)) and not context.names(section) and context.sound(section):
            context.notes.at((section,), f"expected at least one {what}")


def _per_stage(context: Context, scorecards: Mapping[str, str], keys: Keys) -> None:
    stages = context.names("stages")
    for stage, scorecard in scorecards.items():
        if stage not in stages:
            context.unknown("stage", stage, stages, (*keys, stage))
        _scorecard(context, scorecard, (*keys, stage))
    for stage in stages:
        if stage not in scorecards:
            context.notes.at(keys, f"no scorecard for the stage {stage!r}")


def _scorecard(context: Context, name: str, keys: Keys) -> None:
    if name not in context.names("scorecards"):
        context.unknown("scorecard", name, context.names("scorecards"), keys)
