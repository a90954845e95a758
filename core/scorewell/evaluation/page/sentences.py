"""What a comparison's page says in sentences."""

from __future__ import annotations

from scorewell.evaluation.comparison import Comparison
from scorewell.evaluation.page.words import Words

__all__ = ["headline", "how", "summary"]

_TWICE = (
    "Everybody is scored twice over the same data: with the configuration as it is now, and with the one that is "
    "proposed. Nothing was delivered."
)
_BANDS = (
    "Bands are matched by name, and those without a namesake by their order. To move is to get to a higher or a lower "
    "band; points are where a score lies on its scale, of 100."
)
_LOOK_BACK = (
    "At every moment of the look back only what was known by then counts, for both. A change of scorecard is no band "
    "change."
)
_LEFT_OUT = "Customers that are active in neither, and parents, whose children are counted, are left out."


def headline(comparison: Comparison, words: Words) -> str:
    """What matters most, in one sentence."""
    figures = comparison.figures
    moved, everybody = figures["moved"] or 0, words.customers(figures["customers"])
    if not figures["customers"]:
        return "There is nobody to compare"
    if not moved:
        return f"None of {everybody} would be in another band"
    return f"{words.count(moved)} of {everybody} would be in another band"


def summary(comparison: Comparison, words: Words) -> tuple[str, ...]:
    """The direction, what it is worth, and who has a score in one of them alone."""
    figures = comparison.figures

    def told(name: str, one: str, many: str) -> str:
        if not figures[name]:
            return f"nobody {one}"
        does = one if figures[name] == 1 else many
        return f"{words.count(figures[name])} {does}{_worth(comparison, name, words)}"

    moves = f"{told('moved_up', 'moves up', 'move up')}, {told('moved_down', 'moves down', 'move down')}."
    moves = moves[0].upper() + moves[1:]
    if not (figures["moved_up"] or figures["moved_down"]):
        moves = "Nobody moves up or down."
    if not (figures["lost_score"] or figures["gained_score"]):
        return (f"{moves} Nobody loses or gains a score.",)
    scores = (
        f"{told('lost_score', 'loses the score', 'lose the score')}, {told('gained_score', 'gains one', 'gain one')}."
    )
    return (f"{moves} {scores[0].upper() + scores[1:]}",)


def _worth(comparison: Comparison, name: str, words: Words) -> str:
    value = comparison.figures.get(f"value_{name}")
    return f" with {words.amount(value)} of {(words.value or '').lower()}" if value else ""


def how(comparison: Comparison) -> tuple[str, ...]:
    """How the numbers came about."""
    told = [_TWICE, _BANDS]
    if comparison.moments.height:
        told.append(_LOOK_BACK)
    told += [f"{found.message}." for found in comparison.remarks]
    if comparison.counted.height < comparison.customers.height:
        told.append(_LEFT_OUT)
    return tuple(told)
