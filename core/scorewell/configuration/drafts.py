"""Which scorecards count at a moment: those in force, and those that are scored in their shadow.

Segments name a *place*: a scorecard that replaces no other. From its ``effective_from`` on, a scorecard stands in at
the place of the one that it replaces; until then, and as long as it is a draft, it is a shadow there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from scorewell.configuration.evolving import evolved
from scorewell.configuration.model import Dimension, Project, Score, Scorecard, Segment
from scorewell.configuration.scores import each_score, scorecards_of, scores_of

__all__ = ["live_project", "place_of", "shadow_projects"]

Instead = Mapping[str, str]
"""Which scorecard stands at the place of which; a place that is not in it stays empty or as it is."""


def live_project(project: Project, as_of: datetime) -> Project:
    """The project as it counts at ``as_of`` (aware): segments name the scorecards in force, and there are no others
    but those that stand for themselves.

    Depends on nothing but the configuration and the local day, so a past moment gets what was in force then. The
    project itself where no scorecard replaces another. The fingerprint stays that of the whole configuration.
    """
    if not _is_changing(project):
        return project
    in_force = _in_force(project, as_of)
    gone = in_force.keys() | {name for name, card in project.scorecards.items() if _is_dated(card)}
    cards = {
        name: _undated(card)
        for name, card in project.scorecards.items()
        if name not in gone or name in in_force.values()
    }
    return _standing(project, in_force, cards)


def shadow_projects(project: Project, as_of: datetime) -> Mapping[str, Project]:
    """For each scorecard that replaces another and is not in force at ``as_of``, the project that scores it.

    By the scorecard's name, as configured. The project has one score, called as the live one with the draft's name
    behind it, as ``health/standard_v2``, and no sinks. It scores the customers whose scorecard the draft is to replace,
    by the same rules; the others are unassigned in it, but where the draft rolls up children, which keep their own.
    """
    if not _is_changing(project):
        return {}
    in_force = _in_force(project, as_of)
    live = live_project(project, as_of)
    found = {}
    for name, card in project.scorecards.items():
        if card.replaces is None or name in in_force.values():
            continue
        place = place_of(project.scorecards, name)
        if _is_overtaken(project, name, place, in_force):
            continue
        replaced = in_force.get(place, place)
        for score, one in each_score(live):
            if replaced in scorecards_of(Score(segments=one.segments)):
                found[name] = _shadow(one, score, replaced, name, _undated(card))
    return found


def place_of(scorecards: Mapping[str, Scorecard], name: str) -> str:
    """The scorecard that segments name where ``name`` is to stand: what it replaces, and what that replaces."""
    passed = {name}
    while (below := scorecards[name].replaces) is not None and below in scorecards and below not in passed:
        passed.add(below)
        name = below
    return name


def _is_dated(card: Scorecard) -> bool:
    return card.replaces is not None or card.status == "draft"


def _is_changing(project: Project) -> bool:
    return any(_is_dated(card) for card in project.scorecards.values())


def _undated(card: Scorecard) -> Scorecard:
    return evolved(card, status="live", replaces=None, effective_from=None)


def _in_force(project: Project, as_of: datetime) -> dict[str, str]:
    """The scorecard that stands at each place where it is another one: the one whose day came last."""
    today = as_of.astimezone(ZoneInfo(project.timezone)).date()
    latest: dict[str, tuple[date, str]] = {}
    for name, card in project.scorecards.items():
        since = card.effective_from
        if card.status == "draft" or card.replaces is None or since is None or since > today:
            continue
        place = place_of(project.scorecards, name)
        if place not in latest or latest[place][0] < since:
            latest[place] = since, name
    return {place: name for place, (_, name) in latest.items()}


def _is_overtaken(project: Project, name: str, place: str, in_force: Instead) -> bool:
    """Whether the scorecard was in force and another one is since: that is past, not planned."""
    current = project.scorecards[in_force[place]].effective_from if place in in_force else None
    own = project.scorecards[name].effective_from
    return current is not None and own is not None and own <= current


def _shadow(one: Project, score: str, replaced: str, name: str, card: Scorecard) -> Project:
    others = {other: each for other, each in one.scorecards.items() if other != replaced} if _rolls_up(card) else {}
    kept = {other: other for other in others} | {replaced: name}
    segments = {
        label: evolved(segment, scorecard=_only(segment.scorecard, kept)) for label, segment in one.segments.items()
    }
    return evolved(
        one,
        segments=segments,
        scores={f"{score}/{name}": Score(segments=segments, label=card.label)},
        scorecards={**others, name: card},
        sinks=(),
    )


def _only(scorecard: str | Mapping[str, str], kept: Instead) -> str | Mapping[str, str]:
    """What a segment leads to of ``kept``; a mapping by stage without a stage leads nowhere."""
    if isinstance(scorecard, str):
        return kept.get(scorecard, {})
    return {stage: kept[each] for stage, each in scorecard.items() if each in kept}


def _standing(project: Project, instead: Instead, scorecards: Mapping[str, Scorecard]) -> Project:
    """The project whose segments, in every score, lead to the scorecards that stand at their places."""

    def led(scorecard: Any) -> Any:
        if isinstance(scorecard, str):
            return instead.get(scorecard, scorecard)
        return scorecard and {stage: instead.get(each, each) for stage, each in scorecard.items()}

    def all_led(segments: Mapping[str, Segment]) -> dict[str, Segment]:
        return {name: evolved(segment, scorecard=led(segment.scorecard)) for name, segment in segments.items()}

    scores = {
        name: evolved(score, segments=all_led(score.segments), scorecard=led(score.scorecard))
        for name, score in (scores_of(project) if project.scores else {}).items()
    }
    return evolved(project, segments=all_led(project.segments), scores=scores, scorecards=scorecards)


def _rolls_up(node: Scorecard | Dimension) -> bool:
    return node.roll_up is not None or any(_rolls_up(dimension) for dimension in node.dimensions.values())
