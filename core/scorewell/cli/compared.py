"""A comparison of two configurations, on one screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scorewell.api.v1 import Level
from scorewell.cli.screen import columns, print_what_was_found, show
from scorewell.cli.words import number, plural, points, printable, share, shortened
from scorewell.evaluation import Comparison, Verdict
from scorewell.evaluation.levels import ranked_bands
from scorewell.reporting.outline import BandRange

__all__ = ["figures_of", "print_comparison"]

_MOVERS = 8
_CAUSES = 8
_ROOM_FOR_REASONS = 110
_NO_SCORE = "no score"
_HOLDS = {True: ("holds", "bold red"), False: ("does not hold", "green"), None: ("cannot be evaluated", "bold red")}


def print_comparison(console: Console, comparison: Comparison, verdicts: Sequence[Verdict]) -> None:
    """What it comes to, who moves where, what moves scores and whose most, the look back, the conditions."""
    _print_heading(console, comparison)
    is_wide = console.width >= _ROOM_FOR_REASONS
    for title, table in (*_moves(comparison), *_movers(comparison, is_wide=is_wide), *_rest(comparison)):
        _print_titled(console, title, table)
    _print_findings(console, comparison)
    if verdicts:
        _print_titled(console, "Conditions", _conditions(verdicts))


def _print_findings(console: Console, comparison: Comparison) -> None:
    """What the proposed configuration alone brings, and whatever went wrong."""
    new = comparison.new_findings
    wrong = [found for found in comparison.findings if found.level is Level.ERROR and found not in new]
    print_what_was_found(console, [*new, *wrong, *comparison.remarks])


def _moves(comparison: Comparison) -> Iterator[tuple[str, Table]]:
    yield "Who moves where: customers", _migration(comparison, "customers")
    if comparison.value is not None:
        yield f"Who moves where: {_value_words(comparison)}", _migration(comparison, "value")
    if comparison.causes.height:
        yield "What moves the scores", _causes(comparison.causes.head(_CAUSES))


def _movers(comparison: Comparison, *, is_wide: bool) -> Iterator[tuple[str, Table]]:
    for direction, title in (("down", "Who falls most"), ("up", "Who rises most")):
        movers = comparison.movers(direction, _MOVERS)
        if movers.height:
            yield title, _customers(comparison, movers, is_wide=is_wide)
    for move, title in (("lost", "Who loses the score"), ("gained", "Who gains a score")):
        rows = comparison.counted.filter(pl.col("move") == move).sort(-pl.col("value").fill_null(0.0), "customer_id")
        if rows.height:
            yield f"{title}: {rows.height:,}", _customers(comparison, rows.head(_MOVERS), is_wide=is_wide)


def _rest(comparison: Comparison) -> Iterator[tuple[str, Table]]:
    others = comparison.scored_by.filter(pl.col("scorecard_current").ne_missing(pl.col("scorecard_proposed")))
    if others.height:
        yield "Who has another scorecard", _scorecards(others)
    if comparison.moments.height:
        count = f"{plural(comparison.moments.height, 'moment')} since {comparison.moments['as_of'][0]:%Y-%m-%d}"
        yield f"Over time: {count}", _over_time(comparison)


def _print_titled(console: Console, title: str, table: Table) -> None:
    console.print()
    console.print(Text(title, style="bold"))
    show(console, table)


def _value_words(comparison: Comparison) -> str:
    value = comparison.value
    if value is None:
        return ""
    return printable(value.name if value.currency is None else f"{value.name}, {value.currency}")


def _print_heading(console: Console, comparison: Comparison) -> None:
    project, figures = comparison.current.project, comparison.figures
    heading = Text(shortened(project.name), style="bold")
    heading.append(f"  {printable(comparison.proposed.label)} in place of {printable(comparison.current.label)}")
    heading.append(f"  as of {comparison.as_of:%Y-%m-%d %H:%M} {project.timezone}", style="not bold")
    console.print(heading)
    told = f"{plural(int(figures['customers'] or 0), 'customer')}"
    told += f": {_moved(comparison, 'moved_up', 'up')}, {_moved(comparison, 'moved_down', 'down')}"
    told += f"; {figures['lost_score']:,.0f} lose the score, {figures['gained_score']:,.0f} gain one"
    console.print(told)
    if figures["mean_absolute_difference"] is not None:
        console.print(
            f"Points of 100: mean {_figure(comparison, 'mean_current')} to {_figure(comparison, 'mean_proposed')}, "
            f"median {_figure(comparison, 'median_current')} to {_figure(comparison, 'median_proposed')}, "
            f"mean absolute difference {_figure(comparison, 'mean_absolute_difference')}"
        )


def _moved(comparison: Comparison, name: str, where: str) -> str:
    figures = comparison.figures
    told = f"{figures[name]:,.0f} move {where} ({share(figures[f'{name}_share'] or 0.0)}"
    value = figures.get(f"value_{name}")
    return f"{told}; {_value_words(comparison)} {number(value, 0)})" if value is not None else f"{told})"


def _figure(comparison: Comparison, name: str) -> str:
    value = comparison.figures[name]
    if value is None:
        return "-"
    return f"{value:,.1f}" if name.startswith("mean") else number(value, 1)


def _migration(comparison: Comparison, what: str) -> Table:
    """Rows are the bands now, columns those proposed; where nothing changes is dim."""
    rows, heads = (ranked_bands(each.project) for each in (comparison.current, comparison.proposed))
    cells = {(now, then): row[what] for now, then, *_, row in _cells(comparison)}
    shown = (*heads, None) if comparison.migration["band_proposed"].null_count() else tuple(heads)
    names = [_NO_SCORE if head is None else _words(heads)[head] for head in shown] + ["all"]
    table = columns("now \\ proposed", *names, numbers=names)
    for name, label in (*_words(rows).items(), (None, _NO_SCORE)):
        of_row = [cells.get((name, head)) for head in shown]
        if name is None and not any(of_row):
            continue
        table.add_row(_label(label, None if name is None else rows[name]), *map(_cell, of_row), _cell(_sum(of_row)))
    totals = [[cells.get((name, head)) for name in (*rows, None)] for head in shown]
    every = [each for column in totals for each in column]
    table.add_row(Text("all", style="bold"), *(_cell(_sum(each)) for each in totals), _cell(_sum(every)))
    return table


def _cells(comparison: Comparison) -> list[tuple[str | None, str | None, dict[str, float | None]]]:
    return [(row["band_current"], row["band_proposed"], row) for row in comparison.migration.iter_rows(named=True)]


def _words(bands: Mapping[str, BandRange]) -> dict[str, str]:
    return {name: printable(band.label or name.replace("_", " ")) for name, band in bands.items()}


def _label(words: str, band: BandRange | None) -> Text:
    return Text(words, style="" if band is None or band.colour is None else band.colour)


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _cell(value: float | None) -> str:
    return "-" if not value else number(value, 0)


def _customers(comparison: Comparison, rows: pl.DataFrame, *, is_wide: bool) -> Table:
    """A line a customer, with the greatest reason behind it, or below the name where there is no room."""
    has_value = comparison.value is not None
    value = [_value_words(comparison)] if has_value else []
    table = columns("", "now", "", "proposed", "", "change", *value, "", numbers=("now", "proposed", "change", *value))
    for column in table.columns[1:-1]:
        column.no_wrap = True
    for row in rows.iter_rows(named=True):
        sides = [cell for side in ("current", "proposed") for cell in _standing(comparison, row, side)]
        amount = [_cell(row["value"])] if has_value else []
        change = "-" if row["change"] is None else points(row["change"])
        who = Text(shortened(row["name"] or row["customer_id"]))
        why = _why(comparison, row["customer_id"])
        if why and not is_wide:
            who.append(f"\n{why}", style="dim")
        table.add_row(who, *sides, change, *amount, Text(why if is_wide else "", style="dim"))
    return table


def _why(comparison: Comparison, customer: str) -> str:
    """The greatest part of a customer's change."""
    parts = comparison.parts.filter((pl.col("customer_id") == customer) & (pl.col("kind") != "rounding"))
    if parts.is_empty():
        return ""
    first = parts.row(0, named=True)
    more = f", {parts.height - 1} more" if parts.height > 1 else ""
    return f"{shortened(first['label'], 50)} {points(first['points'])}{more}"


def _causes(causes: pl.DataFrame) -> Table:
    table = columns("", "customers", "mean points", "", numbers=("customers", "mean points"))
    for row in causes.iter_rows(named=True):
        detail = Text("" if row["kind"] == "adjustment" else shortened(row["detail"], 80), style="dim")
        table.add_row(shortened(row["label"], 100), f"{row['customers']:,}", points(row["points"]), detail)
    return table


def _standing(comparison: Comparison, row: Mapping[str, object], side: str) -> tuple[str, Text]:
    """A customer's score and band with one of the configurations, or why there is none."""
    score, band = row[f"score_{side}"], row[f"band_{side}"]
    if not isinstance(score, float) or not isinstance(band, str):
        status = row[f"status_{side}"]
        return "-", Text("not listed" if status is None else str(status).replace("_", " "), style="dim")
    known = ranked_bands((comparison.current if side == "current" else comparison.proposed).project)
    return number(score), _label(_words(known)[band], known[band])


def _scorecards(rows: pl.DataFrame) -> Table:
    table = columns(
        "segment now", "scorecard now", "segment proposed", "scorecard proposed", "customers", numbers=("customers",)
    )
    for *names, count, _ in rows.iter_rows():
        table.add_row(*("-" if name is None else shortened(name) for name in names), f"{count:,}")
    return table


def _over_time(comparison: Comparison) -> Table:
    figures, latest = comparison.figures, comparison.moments
    table = columns("", "now", "proposed", numbers=("now", "proposed"))
    for words, name in (("band changes", "band_changes"), ("customers that changed more than once", "flapping")):
        table.add_row(words, *(f"{figures[f'{name}_{side}']:,.0f}" for side in ("current", "proposed")))
    for words, position in (("mean points at the first moment", 0), ("mean points at the last", -1)):
        means = [latest[f"mean_{side}"][position] for side in ("current", "proposed")]
        table.add_row(words, *("-" if mean is None else f"{mean:,.1f}" for mean in means))
    difference = figures["mean_absolute_difference_over_time"]
    table.add_row("mean absolute difference", "", "-" if difference is None else f"{difference:,.1f}")
    return table


def _conditions(verdicts: Sequence[Verdict]) -> Table:
    table = columns("", "", "")
    table.show_header = False
    for verdict in verdicts:
        word, style = _HOLDS[verdict.holds]
        table.add_row(Text(word, style=style), printable(verdict.condition), Text(figures_of(verdict), style="dim"))
    return table


def figures_of(verdict: Verdict) -> str:
    """``moved_down_share is 5.5%, customers is 200``."""
    return ", ".join(f"{name} is {_told(name, value)}" for name, value in verdict.figures.items())


def _told(name: str, value: float | None) -> str:
    if value is None:
        return "not known"
    return f"{number(value * 100, 2)}%" if name.endswith("_share") else number(value)
