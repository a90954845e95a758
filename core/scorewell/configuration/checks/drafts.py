"""Drafts and days: a scorecard replaces another one, from a day on, or as a draft without one."""

from __future__ import annotations

from scorewell.configuration.checks.context import Context
from scorewell.configuration.drafts import place_of
from scorewell.configuration.model import Scorecard
from scorewell.configuration.nodes import Keys

__all__ = ["check_drafts"]


def check_drafts(context: Context) -> None:
    """What each scorecard says of its publication. Several may replace one, each from a day of its own."""
    cards = context.project.scorecards
    taken: dict[tuple[str, object], str] = {}
    for name, card in cards.items():
        keys = ("scorecards", name)
        if any(not context.sound(*keys, key) for key in ("status", "replaces", "effective_from")):
            continue
        if card.replaces is None:
            _without(context, card, keys)
            continue
        if card.replaces not in context.names("scorecards"):
            context.unknown("scorecard", card.replaces, context.names("scorecards"), (*keys, "replaces"))
            continue
        if way := _circle(context, name):
            if name == min(way, key=list(cards).index):
                context.notes.at((*keys, "replaces"), f"the scorecards replace each other: {' → '.join(way)}")
            continue
        _when(context, card, keys)
        if card.effective_from is None:
            continue
        other = taken.setdefault((place_of(cards, name), card.effective_from), name)
        if other != name:
            message = f"{other!r} already replaces it from {card.effective_from} on: give each its own day"
            context.notes.at((*keys, "effective_from"), message)


def _without(context: Context, card: Scorecard, keys: Keys) -> None:
    if card.status == "draft":
        message = "a draft needs the scorecard that it is to replace: write replaces: NAME"
        context.notes.at((*keys, "status"), message)
    elif card.effective_from is not None:
        context.notes.at(
            (*keys, "effective_from"), "effective_from needs the scorecard that is replaced: write replaces: NAME"
        )


def _when(context: Context, card: Scorecard, keys: Keys) -> None:
    if card.status == "draft":
        if card.effective_from is not None:
            message = "a draft never takes effect: leave out status: draft, or the day"
            context.notes.at((*keys, "effective_from"), message)
        return
    if card.effective_from is None:
        message = "replaces needs a day: write effective_from: 2027-01-15, or status: draft"
        context.notes.at((*keys, "replaces"), message)
        return
    replaced = context.project.scorecards.get(card.replaces or "")
    if replaced is not None and replaced.effective_from is not None and card.effective_from < replaced.effective_from:
        message = f"{card.replaces!r}, which it replaces, has its own day later: {replaced.effective_from}"
        context.notes.at((*keys, "effective_from"), message)


def _circle(context: Context, name: str) -> list[str]:
    """The circle that what a scorecard replaces leads into; empty where it ends."""
    cards, way = context.project.scorecards, [name]
    while (below := cards[way[-1]].replaces if way[-1] in cards else None) is not None:
        if below in way:
            return [*way[way.index(below) :], below]
        way.append(below)
    return []
