"""Segments, stages and scores lead to scorecards."""

from __future__ import annotations

from collections.abc import Mapping

from scorewell.configuration.checks.context import Context
from scorewell.configuration.model import Score, Segment
from scorewell.configuration.nodes import Keys

__all__ = ["check_segments"]


def check_segments(context: Context) -> None:
    """Names, and that each segment has a scorecard for each stage, in each score."""
    for stage in context.names("stages"):
        context.identifier("stage", stage, ("stages", stage))
    _segments(context, context.project.segments, ("segments",))
    for name, score in context.project.scores.items():
        context.identifier("score", name, ("scores", name))
        _score(context, score, ("scores", name))
    for section, what in (("segments", "segment"), ("scores", "score"), ("scorecards", "scorecard")):
        if context.written((section,)) and not context.names(section) and context.sound(section):
            context.notes.at((section,), f"expected at least one {what}")
    _one_score_a_scorecard(context)


def _score(context: Context, score: Score, keys: Keys) -> None:
    has_segments, has_scorecard = (context.written((*keys, each)) for each in ("segments", "scorecard"))
    if has_segments == has_scorecard and context.sound(*keys):
        got = "both" if has_segments else "neither"
        message = f"expected exactly one of segments and scorecard (for everybody), got {got}"
        context.notes.at(keys, message)
    if has_segments:
        inside = (*keys, "segments")
        _segments(context, score.segments, inside)
        if not context.names(*inside) and context.sound(*inside):
            context.notes.at(inside, "expected at least one segment")
    if has_scorecard and score.scorecard is not None:
        _led(context, score.scorecard, (*keys, "scorecard"))


def _segments(context: Context, segments: Mapping[str, Segment], section: Keys) -> None:
    for name, segment in segments.items():
        keys = (*section, name)
        context.identifier("segment", name, keys)
        inside = (*keys, "scorecard")
        if context.written(inside):
            _led(context, segment.scorecard, inside)


def _led(context: Context, scorecard: str | Mapping[str, str], keys: Keys) -> None:
    """The scorecard, or those of the stages, that something leads to."""
    if not context.sound(*keys):
        return
    if isinstance(scorecard, str):
        _scorecard(context, scorecard, keys)
        return
    stages = context.names("stages")
    for stage, each in scorecard.items():
        if stage not in stages:
            context.unknown("stage", stage, stages, (*keys, stage))
        _scorecard(context, each, (*keys, stage))
    for stage in stages:
        if stage not in scorecard:
            context.notes.at(keys, f"no scorecard for the stage {stage!r}")


def _scorecard(context: Context, name: str, keys: Keys) -> None:
    if name not in context.names("scorecards"):
        context.unknown("scorecard", name, context.names("scorecards"), keys)
        return
    card = context.project.scorecards.get(name)
    if card is not None and card.replaces is not None:
        when = "is a draft" if card.status == "draft" else "has its own day"
        message = f"scorecard {name!r} {when}: name {card.replaces!r} here, which it replaces"
        context.notes.at(keys, message)


def _one_score_a_scorecard(context: Context) -> None:
    """A scorecard learns from the customers of one score: used in two, it would be two scorecards of one name."""
    user: dict[str, str] = {}
    for score in context.project.scores:
        for card, keys in _uses(context, score):
            if user.setdefault(card, score) != score:
                message = f"scorecard {card!r} is used in the score {user[card]!r} already: give each score its own"
                context.notes.at(keys, message)


def _uses(context: Context, name: str) -> list[tuple[str, Keys]]:
    """The scorecards that a score names, each with its place."""
    score, keys = context.project.scores[name], ("scores", name)
    places: list[tuple[str | Mapping[str, str] | None, Keys]] = [(score.scorecard, (*keys, "scorecard"))]
    places += [
        (segment.scorecard, (*keys, "segments", segment_name, "scorecard"))
        for segment_name, segment in score.segments.items()
    ]
    uses: list[tuple[str, Keys]] = []
    for card, place in places:
        if isinstance(card, str):
            uses.append((card, place))
        elif card is not None:
            uses += [(each, (*place, stage)) for stage, each in card.items()]
    return uses
