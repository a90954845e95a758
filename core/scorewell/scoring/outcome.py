"""From an aggregated score to the printed one, by adjustments, override and rounding; then its band and status."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from scorewell.configuration.bands import spans
from scorewell.configuration.model import Adjustment, Scorecard
from scorewell.scoring.assignment import UNPLACED
from scorewell.scoring.cards import CARD, Cards
from scorewell.scoring.columns import FAILED, IN_CIRCLE, RAW_SCORE, ROOT_COVERAGE, STALE_CHILDREN
from scorewell.scoring.language import Language
from scorewell.scoring.overriding import moved

__all__ = ["ADJUSTED", "OVERRIDE", "SCORE", "STATUSES", "adjustment", "band", "layers", "status", "unscored"]

SCORE = "@printed"
ADJUSTED = "@adjusted"
OVERRIDE = "@override"
"""The points of the override, in the scorecard's scale."""
STATUSES = ("error", "inactive", "unassigned", "not_applicable", "insufficient_data", "stale", "partial", "scored")
"""In the order in which they are tried: the first that holds."""


def adjustment(position: int) -> str:
    """The points of the adjustment at this position, from 1, in the scorecard's scale."""
    return f"@adjustment.{position}"


def layers(
    cards: Cards,
    scorecards: Sequence[Scorecard],
    baseline: float,
    language: Language,
    *,
    overridden: str | None,
) -> list[dict[str, pl.Expr]]:
    """Adjusted and printed scores, in the scorecards' common scale; overridden where the score of the name
    ``overridden`` may be."""
    low, high = scorecards[0].scale
    start = pl.col(RAW_SCORE)
    if (low, high) != (0, 100):
        start = start * ((high - low) / 100.0) + low
    result = [{ADJUSTED: start}]
    baseline = low + baseline * (high - low) / 100.0
    for position in range(1, max(len(card.adjustments) for card in scorecards) + 1):
        before = pl.col(ADJUSTED)
        after_each = [_moved(before, card.adjustments, position, card.scale, language) for card in scorecards]
        after = f"@after.{position}"
        result.append({after: cards.choose(after_each)})
        # Without a score the only number to explain is the new one: it is counted from the baseline.
        delta = pl.col(after) - before.fill_null(baseline)
        result.append({adjustment(position): delta, ADJUSTED: pl.col(after)})
    if overridden is not None:
        before = pl.col(ADJUSTED)
        result.append({"@over": cards.choose([moved(before, baseline, card, overridden) for card in scorecards])})
        result.append({OVERRIDE: pl.col("@over") - before.fill_null(baseline), ADJUSTED: pl.col("@over")})
    result.append({SCORE: cards.choose([printed(pl.col(ADJUSTED), card.precision, low) for card in scorecards])})
    return result


def _moved(
    before: pl.Expr, adjustments: Sequence[Adjustment], position: int, scale: tuple[float, float], language: Language
) -> pl.Expr:
    """The score after the adjustment at this position; unchanged where there is none or it does not hold."""
    if position > len(adjustments):
        return before
    this = adjustments[position - 1]
    if this.replace is not None:
        # It acts on a missing score too, but not on customers without a scorecard.
        after: pl.Expr = pl.when(pl.col(CARD).is_not_null()).then(pl.lit(float(this.replace)))
    elif this.at_most is not None:
        after = pl.min_horizontal(before, pl.lit(float(this.at_most)))
    elif this.at_least is not None:
        after = pl.max_horizontal(before, pl.lit(float(this.at_least)))
    else:
        after = (before + float(this.add or 0.0)).clip(*scale)
    if this.replace is None:
        # min and max over a null would give the bound itself: on a missing score only 'replace' acts.
        after = pl.when(before.is_not_null()).then(after)
    return after if this.when is None else pl.when(language.holds(this.when)).then(after).otherwise(before)


def printed(score: pl.Expr, precision: int | None, lowest: float = 0.0) -> pl.Expr:
    """Rounded to 9 decimals (so that 69.49999999999999 is what it stands for), then half up to the precision.

    ``lowest`` is where the scale begins.
    """
    # Below zero the product may lie a hair under a half: -62.5 is 62500000000 * 1e-9 and more.
    if precision == 0 and lowest >= 0:
        return ((score * 1e9).round() * 1e-9 + 0.5).floor()
    if precision is None or precision >= 9:
        return score.round(9)
    # In whole billionths, because 69.45 has no exact double; and round() at the end, because polars divides a batch by
    # multiplying with the reciprocal: 28 / 10 is 2.8 in a batch of one row, 2.8000000000000003 in a longer one.
    step: int = 10 ** (9 - precision)
    steps = ((score * 1e9).round().cast(pl.Int64) + step // 2) // step
    return (steps.cast(pl.Float64) / 10.0**precision).round(precision)


def band(cards: Cards, scorecards: Sequence[Scorecard]) -> pl.Expr:
    """The name of the band that holds the printed score."""
    return cards.choose([_band(card) for card in scorecards])


def _band(card: Scorecard) -> pl.Expr:
    *lower, highest = spans(card)
    chosen: pl.Expr = pl.when(pl.col(SCORE).is_not_null()).then(pl.lit(highest.band.name))
    for span in reversed(lower):
        holds_score = pl.col(SCORE) <= span.high if span.has_high else pl.col(SCORE) < span.high
        chosen = pl.when(holds_score).then(pl.lit(span.band.name)).otherwise(chosen)
    return chosen


def status(
    cards: Cards,
    in_error: Sequence[bool],
    is_stale: Sequence[bool],
    fails: bool,
    active: pl.Expr | None,
    *,
    of_children: bool,
    is_unplaced: bool,
) -> pl.Expr:
    """The first word of ``STATUSES`` that holds. ``in_error`` says which scorecards use a metric that failed,
    ``is_stale`` which use one that rests on a table that is not fresh; ``of_children`` where a scorecard rolls up,
    ``is_unplaced`` where the frame has ``UNPLACED``."""
    # By number first: choosing between numbers is cheaper than between texts.
    word: pl.Expr = pl.when(pl.col(ROOT_COVERAGE) < 1 - 1e-9).then(_word("partial")).otherwise(_word("scored"))
    old = [cards.is_any([position for position, each in enumerate(is_stale) if each])] if any(is_stale) else []
    old += [pl.col(STALE_CHILDREN).fill_null(value=False)] if of_children else []
    if old:
        word = pl.when(pl.any_horizontal(old)).then(_word("stale")).otherwise(word)
    word = pl.when(pl.col(SCORE).is_null()).then(_word("insufficient_data")).otherwise(word)
    word = pl.when(pl.col(ROOT_COVERAGE).is_null()).then(_word("not_applicable")).otherwise(word)
    word = pl.when(pl.col(CARD).is_null()).then(_word("unassigned")).otherwise(word)
    if active is not None:
        word = pl.when(active).then(word).otherwise(_word("inactive"))
    errors = []
    if any(in_error):
        errors.append(cards.is_any([position for position, each in enumerate(in_error) if each]))
    if of_children:
        errors.append(pl.col(IN_CIRCLE).fill_null(value=False))
    if fails:
        errors.append(pl.col(FAILED) & pl.col(CARD).is_not_null())
    if is_unplaced:
        errors.append(_is_unplaced(active))
    if errors:
        word = pl.when(pl.any_horizontal(errors)).then(_word("error")).otherwise(word)
    return pl.lit(pl.Series(STATUSES)).gather(word)


def _word(status: str) -> pl.Expr:
    return pl.lit(STATUSES.index(status), dtype=pl.UInt32)


def _is_unplaced(active: pl.Expr | None) -> pl.Expr:
    return pl.col(UNPLACED) if active is None else pl.col(UNPLACED) & active


def unscored(active: pl.Expr | None, *, is_unplaced: bool) -> pl.Expr:
    """The status of customers that have no scorecard; ``is_unplaced`` as in ``status``."""
    unassigned: pl.Expr = pl.lit("unassigned")
    if is_unplaced:
        unassigned = pl.when(pl.col(UNPLACED)).then(pl.lit("error")).otherwise(unassigned)
    return unassigned if active is None else pl.when(active).then(unassigned).otherwise(pl.lit("inactive"))
