"""The drawings of a comparison's page, as numbers."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from scorewell.evaluation.comparison import Comparison
from scorewell.evaluation.page.model import Bar, Chart, Histogram
from scorewell.evaluation.page.words import NO_SCORE, Words
from scorewell.reporting.model import BandPart, SegmentRow, State

__all__ = ["charts", "histogram", "spreads"]

STEP, HEIGHT = 20, 120
"""The width of a range of the histogram, and its height."""
_LABELS = {"current": "Now", "proposed": "Proposed"}


def histogram(comparison: Comparison, words: Words) -> Histogram:
    """Customers by points: what is proposed as bars, what is now as a line along the tops."""
    counts = comparison.histogram
    most = max(1, *counts["current"].to_list(), *counts["proposed"].to_list())
    bars, outline, at = [], f"M0 {HEIGHT}", 0
    for _, _, now, then in counts.iter_rows():
        height = HEIGHT * then / most
        bars.append(Bar(f"{at + 2}", f"{HEIGHT - height:.1f}", f"{STEP - 4}", f"{height:.1f}"))
        outline += f"V{HEIGHT * (1 - now / most):.1f}H{at + STEP}"
        at += STEP
    medians = [words.points(comparison.figures[f"median_{side}"]) or "–" for side in _LABELS]
    return Histogram(
        bars=tuple(bar for bar in bars if float(bar.height) > 0),
        outline=f"{outline}V{HEIGHT}",
        most=words.customers(most),
        described=f"Customers by score, 0 to 100. The median is {medians[0]} now and {medians[1]} with the proposal.",
    )


def spreads(comparison: Comparison, words: Words) -> tuple[SegmentRow, ...]:
    """How customers, and their value, are spread over the bands with either configuration."""
    rows = []
    for what in ("customers", "value") if comparison.value is not None else ("customers",):
        for side, label in _LABELS.items():
            frame = comparison.spread.filter(side=side)
            known: dict[str | None, float] = {band: row or 0.0 for band, row in frame.select("band", what).iter_rows()}
            parts = tuple(_parts(known, words, side, what))
            total = words.customers(comparison.figures["customers"])
            if what == "value":
                total = words.amount(sum(known.values())) or ""
            rows.append(
                SegmentRow(
                    label=f"{'Customers' if what == 'customers' else words.value}, {label.lower()}",
                    customers=total,
                    median=words.points(comparison.figures[f"median_{side}"]) if what == "customers" else None,
                    bands=parts,
                    described=f"{label}: " + ", ".join(f"{part.customers} {part.state.words}" for part in parts),
                )
            )
    return tuple(rows)


def _parts(known: dict[str | None, float], words: Words, side: str, what: str) -> Iterator[BandPart]:
    """The parts of a stacked bar. ``customers`` holds what is printed beside the band: a count or a sum."""
    whole, start = sum(max(each, 0.0) for each in known.values()) or 1.0, 0.0
    bands: list[tuple[str | None, State]] = [*words.of_side(side).items(), (None, NO_SCORE)]
    for band, state in bands:
        if band not in known:
            continue
        width = 100 * max(known[band], 0.0) / whole
        shown = words.count(known[band]) if what == "customers" else words.amount(known[band])
        share = words.share(width / 100)
        yield BandPart(state, f"{shown} ({share})", None, share, f"{start:.2f}", f"{width:.2f}")
        start += width


def charts(comparison: Comparison, words: Words) -> tuple[Chart, ...]:
    """The share of each band at each moment, with either configuration."""
    moments = comparison.moments["as_of"].to_list()
    made = []
    for side, label in _LABELS.items() if moments else ():
        frame = comparison.over_time.filter(side=side)
        states: list[tuple[str | None, State]] = [*words.of_side(side).items(), (None, NO_SCORE)]
        bars = [
            bar
            for position, moment in enumerate(moments)
            for bar in _column(dict(frame.filter(as_of=moment).select("band", "share").iter_rows()), states, position)
        ]
        changes = comparison.figures[f"band_changes_{side}"]
        note = f"{words.count(changes)} band {'change' if changes == 1 else 'changes'}"
        made.append(Chart(label, note, tuple(bars), f"{len(moments) * 10}", _ends(frame, words, side, label)))
    return tuple(made)


def _column(shares: dict[str | None, float], states: list[tuple[str | None, State]], position: int) -> Iterator[Bar]:
    """A moment's column: the lowest band at the foot, no score on top."""
    foot = 100.0
    for band, state in states:
        height = 100 * shares.get(band, 0.0)
        if height > 0:
            foot -= height
            yield Bar(f"{position * 10}", f"{foot:.2f}", "9", f"{height:.2f}", state.classes)


def _ends(frame: pl.DataFrame, words: Words, side: str, label: str) -> str:
    """What a chart shows, for those who do not see it: the shares at its two ends."""
    moments = frame["as_of"].unique().sort()
    told = []
    for moment, where in ((moments[0], "at first"), (moments[-1], "at last")):
        shares = dict(frame.filter(as_of=moment).select("band", "share").iter_rows())
        parts = [
            f"{words.share(shares[band])} {state.words}"
            for band, state in words.of_side(side).items()
            if band in shares
        ]
        told.append(f"{where} {', '.join(parts)}")
    return f"{label}: {'; '.join(told)}."
