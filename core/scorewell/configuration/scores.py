"""Several named scores a customer: each is scored as a project that has this score alone."""

from __future__ import annotations

from collections.abc import Mapping

from scorewell.configuration.evolving import evolved
from scorewell.configuration.model import Project, Score, Segment

__all__ = [
    "card_of",
    "cards_by_place",
    "each_score",
    "of_score",
    "score_name",
    "scorecards_of",
    "scores_of",
]

HEALTH = "health"
"""The name of the only score of a project that names none."""
EVERYBODY = "everybody"
"""The segment of a score that has one scorecard for everybody."""


def scores_of(project: Project) -> Mapping[str, Score]:
    """The project's scores by name; the first is the headline."""
    return project.scores or {HEALTH: Score(segments=project.segments)}


def each_score(project: Project) -> tuple[tuple[str, Project], ...]:
    """Each score by name with the project as if it had this score alone."""
    return tuple((name, of_score(project, name)) for name in scores_of(project))


def of_score(project: Project, name: str) -> Project:
    """The project as if it had the score ``name`` alone. KeyError for a score that it does not have.

    It has the scorecards that this score uses; the headline score also those that no score uses.
    """
    scores = scores_of(project)
    score = scores[name]
    if not project.scores:
        return project
    if len(scores) == 1 and project.segments:
        return project  # made by this function
    segments = score.segments or {EVERYBODY: Segment(scorecard=score.scorecard or {})}
    others = set[str]().union(*(scorecards_of(each) for other, each in scores.items() if other != name))
    own = scorecards_of(score)
    if name == next(iter(scores)):
        own |= project.scorecards.keys() - others
    scorecards = {card: settings for card, settings in project.scorecards.items() if card in own}
    return evolved(project, segments=segments, scores={name: score}, scorecards=scorecards)


def score_name(project: Project) -> str:
    """The name of the project's only score, or of its headline score."""
    return next(iter(scores_of(project)))


def scorecards_of(score: Score) -> set[str]:
    """The scorecards that a score uses."""
    named: set[str] = set()
    for card in (score.scorecard or {}, *(segment.scorecard for segment in score.segments.values())):
        named |= {card} if isinstance(card, str) else set(card.values())
    return named


def card_of(project: Project, segment: str | None, stage: str | None) -> str | None:
    """The scorecard of a segment's customers in a stage, of a project with a single score; None where they have none.

    KeyError for a segment that the project does not have.
    """
    if segment is None:
        return None
    named = project.segments[segment].scorecard
    return named if isinstance(named, str) else named.get(stage or "")


def cards_by_place(project: Project) -> dict[tuple[str, str | None], str]:
    """The scorecard of each segment and stage, or no stage, whose customers have one, as ``card_of``."""
    places = ((segment, stage) for segment in project.segments for stage in (*project.stages, None))
    return {place: card for place in places if (card := card_of(project, *place)) is not None}
