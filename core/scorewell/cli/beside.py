"""Another product's scores beside ours, on the screen and as a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scorewell.cli.screen import columns, show
from scorewell.cli.words import dated, number, plural, printable, shortened
from scorewell.configuration import Project, of_score
from scorewell.evaluation.levels import ranked_bands
from scorewell.runner.other_products import Held

__all__ = ["held_document", "print_held"]

_SHOWN = 10


def held_document(held: Held, imported: str, timezone: str) -> dict[str, Any]:
    """Everything of it; moments in the project's zone."""
    told = held.beside
    customers = _local(told.customers, timezone).with_columns(name=_names(held)).to_dicts()
    return {
        "imported": imported,
        "score": held.score,
        "old_scores": told.old_scores,
        "without_run": told.without_run,
        "without_score": told.without_score,
        "rank_correlation": told.rank_correlation,
        "bands": told.bands.to_dicts(),
        "moments": _local(told.moments, timezone).to_dicts(),
        "customers": customers,
    }


def print_held(console: Console, held: Held, imported: str, project: Project) -> None:
    """How alike they are; then the bands, the moments, and whom they see most differently."""
    told = held.beside
    console.print(Text(f"{shortened(imported)} beside {printable(held.score)}", style="bold"))
    console.print(_counted(held, imported))
    if told.customers.is_empty():
        return
    console.print(f"rank correlation {_correlation(told.rank_correlation)} (1: the same order, 0: unrelated orders)")
    titles = {"Bands: customers": _bands(held, imported, project)} if told.bands["old_band"].null_count() == 0 else {}
    if told.moments.height > 1:
        titles["Over time"] = _moments(held, imported, project.timezone)
    titles["Largest differences in rank"] = _customers(held, imported)
    for title, table in titles.items():
        console.print()
        console.print(Text(title, style="bold"))
        show(console, table)


def _counted(held: Held, imported: str) -> str:
    told = held.beside
    apart = []
    if told.without_run:
        apart.append(f"{told.without_run:,} without a run within 15 days")
    if told.without_score:
        apart.append(f"{told.without_score:,} of customers without a score in that run")
    left_out = f"; left out: {' and '.join(apart)}" if apart else ""
    both = plural(told.customers.height, "customer")
    return f"{both} compared, from {plural(told.old_scores, 'score')} of {shortened(imported)}{left_out}"


def _bands(held: Held, imported: str, project: Project) -> Table:
    """Rows are the other product's bands, from those that it gives the lowest scores; columns are ours."""
    counts = {(old, own): count for old, own, count in held.beside.bands.iter_rows()}
    means = held.beside.customers.group_by("old_band").agg(pl.col("old_score").mean()).sort("old_score", "old_band")
    ranked = ranked_bands(of_score(project, held.score))
    # Runs of an earlier configuration may have had others.
    own = dict.fromkeys((*ranked, *held.beside.bands["band"]))
    heads = [shortened((ranked[name].label if name in ranked else None) or name.replace("_", " ")) for name in own]
    table = columns(f"{shortened(imported)} \\ {printable(held.score)}", *heads, "all", numbers=(*heads, "all"))
    for old in means["old_band"]:
        of_row = [counts.get((old, name), 0) for name in own]
        table.add_row(shortened(old), *(f"{count:,}" if count else "-" for count in of_row), f"{sum(of_row):,}")
    return table


def _moments(held: Held, imported: str, timezone: str) -> Table:
    table = columns(
        shortened(imported), "run", "customers", "rank correlation", numbers=("customers", "rank correlation")
    )
    zone = ZoneInfo(timezone)
    for old, own, customers, correlation in held.beside.moments.iter_rows():
        table.add_row(
            dated(old.astimezone(zone)), dated(own.astimezone(zone)), f"{customers:,}", _correlation(correlation)
        )
    return table


def _customers(held: Held, imported: str) -> Table:
    rows = held.beside.customers
    place = f"rank of {rows.height:,}"
    table = columns(
        "",
        shortened(imported),
        "",
        place,
        printable(held.score),
        "",
        place,
        numbers=(shortened(imported), place, held.score),
    )
    for row in rows.head(_SHOWN).iter_rows(named=True):
        who = held.names.get(row["customer_id"], row["customer_id"])
        table.add_row(shortened(who), *_standing(row, "old_"), *_standing(row, ""))
    return table


def _standing(row: Mapping[str, Any], side: str) -> Sequence[str]:
    band = shortened((row[f"{side}band"] or "").replace("_", " "))
    return number(row[f"{side}score"]), band, number(row[f"{side}place"], 1)


def _correlation(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _names(held: Held) -> pl.Series:
    return pl.Series("name", [held.names.get(each) for each in held.beside.customers["customer_id"]], dtype=pl.String)


def _local(frame: pl.DataFrame, timezone: str) -> pl.DataFrame:
    moments = pl.col("old_as_of", "as_of").dt.convert_time_zone(timezone).dt.to_string("iso:strict")
    return frame.with_columns(moments)
