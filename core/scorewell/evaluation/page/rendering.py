"""From a comparison to its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from scorewell.discovery import Plugins
from scorewell.evaluation.comparison import Comparison
from scorewell.evaluation.conditions import Verdict
from scorewell.evaluation.page.charts import charts, histogram, spreads
from scorewell.evaluation.page.matrix import heads, rows, totals
from scorewell.evaluation.page.model import (
    VERSION,
    CauseRow,
    ComparisonPage,
    Condition,
    Mover,
    Part,
    RestlessRow,
    ScorecardRow,
    Standing,
)
from scorewell.evaluation.page.sentences import headline, how, summary
from scorewell.evaluation.page.words import NO_SCORE, Words, words_of
from scorewell.evaluation.pairing import CUSTOMER
from scorewell.reporting import settings
from scorewell.reporting.model import Fact, State
from scorewell.reporting.outline import humanised, score_label
from scorewell.reporting.theme import theme
from scorewell.reporting.wording import name_to_show, palette

__all__ = ["comparison_page", "page_model"]

_MOVERS = 10
_LISTED = 20
_CAUSES = 8
_PARTS = 4
_OF_A_PART = ("label", "old", "new", "points")


def comparison_page(comparison: Comparison, verdicts: Sequence[Verdict], *, plugins: Plugins) -> str:
    """The page as HTML, in the default theme: self-contained, for internal readers."""
    project = comparison.current.project
    branding = settings.branding({}, project=project.name, folder=project.folder)
    templates = theme(None, plugins=plugins, folder=project.folder)
    return templates.render("comparison.html", page_model(comparison, verdicts), branding)


def page_model(comparison: Comparison, verdicts: Sequence[Verdict] = ()) -> ComparisonPage:
    """Everything that the page shows."""
    words = words_of(comparison, settings.formats({}))
    told = headline(comparison, words)
    lists = {direction: comparison.movers(direction, _MOVERS) for direction in ("down", "up")}
    lost, gained = (_with_move(comparison, move) for move in ("lost", "gained"))
    moments = comparison.moments["as_of"].to_list()
    return ComparisonPage(
        version=VERSION,
        title=f"{comparison.current.project.name}: {told}",
        project=comparison.current.project.name,
        score=score_label(comparison.current.project),
        as_of=words.formats.moment(comparison.as_of),
        current=comparison.current.label,
        proposed=comparison.proposed.label,
        headline=told,
        summary=summary(comparison, words),
        facts=_facts(comparison, words),
        conditions=tuple(_condition(each) for each in verdicts),
        matrix_heads=heads(comparison, words),
        matrix=rows(comparison, words),
        matrix_totals=totals(comparison, words),
        spreads=spreads(comparison, words),
        histogram=histogram(comparison, words),
        causes=tuple(_causes(comparison, words)),
        more_causes=_more(comparison.causes.height - _CAUSES, "moves less", "move less", words),
        falls=_movers(comparison, lists["down"], words),
        more_falls=_more(_going(comparison, "down") - lists["down"].height, "falls", "fall", words),
        rises=_movers(comparison, lists["up"], words),
        more_rises=_more(_going(comparison, "up") - lists["up"].height, "rises", "rise", words),
        lost=_movers(comparison, lost.head(_LISTED), words),
        more_lost=_more(lost.height - _LISTED, "loses it", "lose it", words),
        gained=_movers(comparison, gained.head(_LISTED), words),
        more_gained=_more(gained.height - _LISTED, "gains one", "gain one", words),
        scorecards=tuple(_scorecards(comparison, words)),
        charts=charts(comparison, words),
        first_moment=words.formats.day(moments[0].date()) if moments else "",
        last_moment=words.formats.day(moments[-1].date()) if moments else "",
        restless=tuple(_restless(comparison, words)),
        over=f"{words.count(len(moments))} moments",
        how=how(comparison),
        legend=words.legend if comparison.spread["band"].null_count() == 0 else (*words.legend, NO_SCORE),
        value=words.value,
        palette=palette(words.bands.values()),
    )


def _facts(comparison: Comparison, words: Words) -> tuple[Fact, ...]:
    figures = comparison.figures

    def fact(label: str, name: str) -> Fact:
        amount = words.amount(figures.get(f"value_{name}"))
        share = words.share(figures[f"{name}_share"] or 0.0)
        return Fact(label, words.count(figures[name]), share if amount is None else f"{share} · {amount}")

    difference = words.tenths(figures["mean_absolute_difference"])
    means = [words.tenths(figures[f"mean_{side}"]) for side in ("current", "proposed")]
    scores = [words.count(figures[name]) for name in ("lost_score", "gained_score")]
    return (
        Fact("Customers compared", words.count(figures["customers"]), words.amount(figures.get("value_customers"))),
        fact("Move up", "moved_up"),
        fact("Move down", "moved_down"),
        Fact("Lose / gain a score", f"{scores[0]} / {scores[1]}"),
        Fact("Mean score", f"{means[0]} → {means[1]}", f"a score moves by {difference} on average"),
    )


def _condition(verdict: Verdict) -> Condition:
    states = {
        True: State("Fails", "low"),
        False: State("Passes", "high"),
        None: State("Cannot be evaluated: fails", "low"),
    }
    return Condition(
        verdict.condition, states[verdict.holds], ", ".join(_told(*each) for each in verdict.figures.items())
    )


def _told(name: str, value: float | None) -> str:
    if value is None:
        return f"{name} is not known"
    return f"{name} is {value:.1%}" if name.endswith("_share") else f"{name} is {value:,.10g}"


def _with_move(comparison: Comparison, move: str) -> pl.DataFrame:
    return comparison.counted.filter(pl.col("move") == move).sort(-pl.col("value").fill_null(0.0), "customer_id")


def _going(comparison: Comparison, direction: str) -> int:
    return comparison.movers(direction, comparison.counted.height).height


def _more(count: int, one: str, many: str, words: Words) -> str | None:
    return None if count <= 0 else f"{words.count(count)} more {one if count == 1 else many}."


def _movers(comparison: Comparison, customers: pl.DataFrame, words: Words) -> tuple[Mover, ...]:
    labels = {
        name: segment.label or humanised(name)
        for each in (comparison.current, comparison.proposed)
        for name, segment in each.project.segments.items()
    }
    own = comparison.parts.filter(pl.col(CUSTOMER).is_in(customers[CUSTOMER].to_list()))
    parts: dict[str, list[Part]] = {}
    for customer, label, old, new, points in own.select(CUSTOMER, *_OF_A_PART).iter_rows():
        shown = words.tenths(points, signed=True)
        if round(points, 1):
            note = None if old is None and new is None else f"{old or '–'} → {new or '–'}"
            parts.setdefault(customer, []).append(Part(label, note, shown))
    return tuple(_mover(row, words, labels, parts) for row in customers.iter_rows(named=True))


def _causes(comparison: Comparison, words: Words) -> Iterator[CauseRow]:
    for row in comparison.causes.head(_CAUSES).iter_rows(named=True):
        yield CauseRow(
            label=row["label"],
            note=None if row["kind"] == "adjustment" else row["detail"] or None,
            customers=words.count(row["customers"]),
            points=words.tenths(row["points"], signed=True),
            state=State("falls", "low") if row["points"] < 0 else State("rises", "high"),
        )


def _mover(
    row: Mapping[str, Any], words: Words, labels: Mapping[str, str], parts: Mapping[str, Sequence[Part]]
) -> Mover:
    standings = [
        Standing(words.points(row[f"score_{side}"]), words.standing(row[f"band_{side}"], row[f"status_{side}"], side))
        for side in ("current", "proposed")
    ]
    segment = row["segment_proposed"] or row["segment_current"]
    return Mover(
        name=name_to_show(row["name"], row["customer_id"]),
        segment=None if segment is None else labels.get(segment, segment),
        owner=None if row["owner"] is None else name_to_show(row["owner"], ""),
        current=standings[0],
        proposed=standings[1],
        change=words.points(row["change"], signed=True),
        value=words.amount(row["value"]),
        parts=tuple(parts.get(row[CUSTOMER], ())[:_PARTS]),
    )


def _scorecards(comparison: Comparison, words: Words) -> Iterator[ScorecardRow]:
    others = comparison.scored_by.filter(pl.col("scorecard_current").ne_missing(pl.col("scorecard_proposed")))
    for each in others.iter_rows(named=True):
        yield ScorecardRow(
            current=_scored_by(comparison, each, "current"),
            proposed=_scored_by(comparison, each, "proposed"),
            customers=words.count(each["customers"]),
            value=words.amount(each["value"]),
        )


def _scored_by(comparison: Comparison, row: Mapping[str, Any], side: str) -> str:
    project = (comparison.current if side == "current" else comparison.proposed).project
    segment, scorecard = row[f"segment_{side}"], row[f"scorecard_{side}"]
    if segment is None or scorecard is None:
        return "none"
    card = project.scorecards[scorecard].label or humanised(scorecard)
    return f"{project.segments[segment].label or humanised(segment)}: {card}"


def _restless(comparison: Comparison, words: Words) -> Iterator[RestlessRow]:
    if comparison.moments.is_empty():
        return
    figures = comparison.figures
    for label, name in (("Band changes", "band_changes"), ("Customers that changed more than once", "flapping")):
        yield RestlessRow(label, *(words.count(figures[f"{name}_{side}"]) for side in ("current", "proposed")))
    for label, position in (("Mean score at the first moment", 0), ("Mean score at the last", -1)):
        means = (comparison.moments[f"mean_{side}"][position] for side in ("current", "proposed"))
        yield RestlessRow(label, *map(words.tenths, means))
