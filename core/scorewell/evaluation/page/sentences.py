"""What a comparison's page says in sentences."""

from __future__ import annotations

from scorewell.evaluation.comparison import Comparison
from scorewell.evaluation.page.words import Words

__all__ = ["headline", "how", "summary"]

_TWICE = (
    "All customers are scored twice from the same data: with the current configuration and with the proposed one. "
    "Nothing was delivered."
)
_BANDS = (
    "Bands are matched by name, and bands that only one side has by their order. A customer moves if it gets into a "
    "higher or lower band. Points are a score's place on its scale, from 0 to 100."
)
_LOOK_BACK = (
    "At every past moment, both are scored with only what was known by then. A change of scorecard is not a band "
    "change."
)
_LEFT_OUT = "Customers that are active in neither are left out, and so are parents, because their children are counted."


def headline(comparison: Comparison, words: Words) -> str:
    """What matters most, in one sentence."""
    figures = comparison.figures
    moved, everybody = figures["moved"] or 0, words.customers(figures["customers"])
    if not figures["customers"]:
        return "There are no customers to compare"
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
