"""Overrides: what a person decided of one customer's score, as columns of that customer's row.

They stand in the metrics frame, so that scoring stays a function of single rows and a stored frame scores again as it
did. Their presence says that scores may be overridden at all: without it, no column and no step of the plan knows it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal

import polars as pl

from scorewell.api.v1 import Finding, Level
from scorewell.configuration.bands import spans
from scorewell.configuration.model import Scorecard
from scorewell.scoring.cards import CARD

__all__ = [
    "OVERRIDES",
    "OverrideKind",
    "band_values",
    "has_overrides",
    "moved",
    "override_findings",
    "override_words",
    "with_overrides",
    "without_overrides",
    "words",
]

OverrideKind = Literal["score", "band", "at_most", "at_least"]
OVERRIDES = pl.Schema(
    {
        "customer_id": pl.String(),
        "score_name": pl.String(),
        "kind": pl.String(),
        "value": pl.Float64(),
        "band": pl.String(),
    }
)
"""What ``with_overrides`` takes, in any order of columns; ``value`` is null of a band, ``band`` of the others."""

_PREFIX = "@override."
_PARTS: Mapping[str, pl.DataType] = {
    "kind": pl.String(),
    "value": pl.Float64(),
    "band": pl.String(),
    "words": pl.String(),
}


def _column(score_name: str, part: str) -> str:
    return f"{_PREFIX}{score_name}.{part}"


def has_overrides(schema: Collection[str], score_name: str) -> bool:
    """Whether a metrics frame says of each customer how this score is overridden, be it not at all."""
    return _column(score_name, "kind") in schema


def words(score_name: str) -> pl.Expr:
    """The override in words, as "at most 40"; null where there is none."""
    return pl.col(_column(score_name, "words"))


def with_overrides(metrics: pl.DataFrame, overrides: pl.DataFrame, score_names: Collection[str]) -> pl.DataFrame:
    """``metrics`` with the columns of overrides for each of the scores, in place of those that it has.

    ``overrides`` as in ``OVERRIDES``. Of several for one customer and score the last row counts; those of customers
    who are not in ``metrics`` and of other scores count for nothing. The rows of ``metrics`` keep their order.
    """
    result = without_overrides(metrics)
    for name in score_names:
        own = overrides.filter(pl.col("score_name") == name).unique("customer_id", keep="last", maintain_order=True)
        if own.is_empty():  # as mostly: a join with nothing would take as long as one with much
            nothing = (pl.lit(None, dtype).alias(_column(name, part)) for part, dtype in _PARTS.items())
            result = result.with_columns(nothing)
            continue
        told = [override_words(*each) for each in own.select("kind", "value", "band").iter_rows()]
        own = own.with_columns(words=pl.Series(told, dtype=pl.String))
        parts = (pl.col(part).cast(dtype).alias(_column(name, part)) for part, dtype in _PARTS.items())
        result = result.join(own.select("customer_id", *parts), on="customer_id", how="left", maintain_order="left")
    return result


def without_overrides(metrics: pl.DataFrame) -> pl.DataFrame:
    """``metrics`` as if nothing was ever overridden."""
    return metrics.drop(name for name in metrics.columns if name.startswith(_PREFIX))


def override_words(kind: str, value: float | None, band: str | None) -> str:
    """``at most 40``, ``at least 60``, ``set to 85``, ``band at risk``."""
    if kind == "band":
        return f"band {(band or '').replace('_', ' ')}"
    return f"{'set to' if kind == 'score' else kind.replace('_', ' ')} {value:.10g}"


def moved(before: pl.Expr, baseline: float, card: Scorecard, score_name: str) -> pl.Expr:
    """The score after the override, in the scorecard's scale; unchanged where there is none.

    Where ``before`` is null a number and a band are given all the same, the band's nearest value to ``baseline``: on a
    missing score there is no more or less. A band that the scorecard does not have, or that holds none of its numbers,
    changes nothing.
    """
    low, high = card.scale
    kind, value = pl.col(_column(score_name, "kind")), pl.col(_column(score_name, "value")).clip(low, high)
    has_score = before.is_not_null()
    return (
        pl.when(pl.col(CARD).is_null() | kind.is_null())
        .then(before)
        .when(kind == "score")
        .then(value)
        .when(kind == "band")
        .then(_in_band(before, baseline, card, pl.col(_column(score_name, "band"))))
        .when(has_score & (kind == "at_most"))
        .then(pl.min_horizontal(before, value))
        .when(has_score & (kind == "at_least"))
        .then(pl.max_horizontal(before, value))
        .otherwise(before)
    )


def _in_band(before: pl.Expr, baseline: float, card: Scorecard, band: pl.Expr) -> pl.Expr:
    chosen = before
    for name, (lowest, highest) in band_values(card).items():
        nearest = before.fill_null(baseline).clip(lowest, highest)
        chosen = pl.when(band == name).then(nearest).otherwise(chosen)
    return chosen


def band_values(card: Scorecard) -> dict[str, tuple[float, float]]:
    """The lowest and the highest number that a printed score has in each band, at the scorecard's precision.

    A band between two neighbouring numbers holds none and is left out.
    """
    step = Decimal(1).scaleb(-(9 if card.precision is None else min(card.precision, 9)))
    found = {}
    for span in spans(card):
        low, high = _exact(span.low), _exact(span.high)
        lowest = (low / step).to_integral_value(ROUND_CEILING)
        highest = (high / step).to_integral_value(ROUND_FLOOR)
        lowest += 0 if span.has_low or lowest * step != low else 1
        highest -= 0 if span.has_high or highest * step != high else 1
        if lowest <= highest:
            found[span.band.name] = float(lowest * step), float(highest * step)
    return found


def _exact(edge: float) -> Decimal:
    # 69.45 and not the double beside it: the edge is what was written.
    return Decimal(repr(float(edge)))


def override_findings(
    cards: Mapping[str, Scorecard], score_name: str, metrics: pl.DataFrame, names: Sequence[str]
) -> Iterator[Finding]:
    """One for each scorecard whose customers are put into a band that it does not have.

    ``metrics`` with each customer's scorecard as ``CARD``, a position in ``names``.
    """
    band = pl.col(_column(score_name, "band"))
    for position, name in enumerate(names):
        known = list(band_values(cards[name]))
        lost = metrics.filter((pl.col(CARD) == position) & band.is_not_null() & ~band.is_in(known))
        if len(lost):
            bands = sorted(lost.get_column(_column(score_name, "band")).unique())
            yield Finding(
                id="override-without-band",
                level=Level.WARNING,
                where=f"scorecards.{name}",
                message=f"overrides to a band that the scorecard does not have change nothing: {', '.join(bands)}",
                count=len(lost),
                examples=tuple(lost.get_column("customer_id").head(3)),
                hint="scorewell override list, and withdraw what is no longer meant",
            )
