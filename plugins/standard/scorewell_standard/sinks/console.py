"""The sink ``console``: the run in one screen."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

import polars as pl
from rich.console import Console as Terminal
from rich.table import Table
from rich.text import Text

from scorewell.api.v1 import Forgotten, Receipt, Run, Sink, frozen

__all__ = ["Console", "printable"]

_LOWEST = 10
_LONGEST_NAME = 60
_JOINERS = "\u200c\u200d"  # what emoji and some scripts are joined with; the only invisible characters let through


@frozen
class Console(Sink):
    """A table per segment (customers, mean score, bands, coverage, who has no score) and the ten lowest scores, of the
    headline score where there are several.

    Drawn to fit a terminal; elsewhere plain lines.
    """

    name = "console"

    def deliver(self, run: Run) -> Receipt:
        """Print the summary on standard output."""
        terminal = Terminal(highlight=False, emoji=False)
        if terminal.is_terminal:
            # Through Python's own standard output, which moves what is under way out of the way: Rich goes past it.
            sys.stdout.write(_drawn(terminal, run))
        else:
            # A reader that has seen enough (`| head`) was delivered to.
            with suppress(BrokenPipeError):
                for line in _lines(run):
                    print(_encodable(line))
        return Receipt(location="console", count=run.scores.height, what="rows")

    def forget(self, forgotten: Forgotten) -> Receipt:
        """Nothing: what was printed is not kept here."""
        return Receipt(location="console", count=0, what="rows")


def _drawn(terminal: Terminal, run: Run) -> str:
    with terminal.capture() as capture:
        terminal.print(Text(_title(run), style="bold"))
        terminal.print()
        terminal.print(_segments_table(run))
        terminal.print()
        for line in _band_changes(run):
            terminal.print(line)
            terminal.print()
        terminal.print(Text("Lowest scores", style="bold"))
        terminal.print(_lowest_table(run))
        terminal.print()
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())


def printable(text: str, longest: int = _LONGEST_NAME) -> str:
    """A name that cannot move the cursor, colour, reverse or flood the screen: one line, cut at ``longest``."""
    kept = text[: longest * 4]
    shown = "".join(
        "\ufffd"
        if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and letter not in _JOINERS
        else letter
        for letter in kept
    )
    return shown if len(shown) <= longest and kept == text else shown[: longest - 1] + "…"


def _encodable(line: str) -> str:
    encoding = sys.stdout.encoding or "utf-8"
    return line.encode(encoding, "replace").decode(encoding)


def _title(run: Run) -> str:
    customers = run.scores["customer_id"].n_unique()
    return f"{printable(run.project)} as of {run.as_of:%Y-%m-%d %H:%M}: {_customers(customers)}"


def _customers(count: int) -> str:
    return "1 customer" if count == 1 else f"{count:,} customers"


def _scores(run: Run) -> list[tuple[str, pl.DataFrame]]:
    """Each score with its rows; where there is nobody, one without a row."""
    names = run.scores["score_name"].unique(maintain_order=True).to_list()
    return [(printable(name), run.scores.filter(pl.col("score_name") == name)) for name in names] or [("", run.scores)]


def _segments(rows: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Each segment with its rows, in the order of their names, the unassigned last."""
    for (segment,), of_segment in sorted(
        rows.group_by("segment"), key=lambda part: (part[0][0] is None, str(part[0][0]))
    ):
        yield "(no segment)" if segment is None else printable(str(segment)), of_segment


def _counted(rows: pl.DataFrame) -> pl.DataFrame:
    """Who is counted in totals: whose score is rolled up from its children is counted with them."""
    return rows.filter(pl.col("children").fill_null(0) == 0) if "children" in rows.columns else rows


def _mean(values: pl.Series, form: str) -> str:
    mean = values.mean()
    return format(mean, form) if isinstance(mean, float) else "–"


def _mean_score(run: Run, rows: pl.DataFrame) -> str:
    """In the scale of the rows' scorecards, or of 100 where these have several."""
    if not _has_several_scales(run):
        return _mean(rows["score"], ".1f")
    scored = rows.filter(pl.col("score").is_not_null())
    if len({run.scales[card] for card in scored["scorecard"].unique()}) == 1:
        return _mean(scored["score"], ".1f")
    shown = _mean(scored.select(_of_hundred(run)).to_series(), ".1f")
    return f"{shown} of 100" if scored.height else shown


def _has_several_scales(run: Run) -> bool:
    return len(set(run.scales.values())) > 1


def _of_hundred(run: Run) -> pl.Expr:
    """Where each score lies on its scale, so that scores of several scales can be held against each other."""
    if not _has_several_scales(run):
        return pl.col("score")
    low, high = (
        pl.col("scorecard").replace_strict(ends, default=None, return_dtype=pl.Float64)
        for ends in ({card: scale[end] for card, scale in run.scales.items()} for end in (0, 1))
    )
    return (pl.col("score") - low) / (high - low) * 100.0


def _table(headings: Mapping[str, str], *, texts: Iterable[str]) -> Table:
    """An empty table without lines, whose columns but ``texts`` are numbers; ``headings`` have their styles. Where it
    does not fit, texts are folded, and nothing is cut."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading, style in headings.items():
        is_text = heading in texts
        table.add_column(
            Text(heading, style=style), justify="left" if is_text else "right", overflow="fold", no_wrap=not is_text
        )
    return table


def _styles(run: Run) -> dict[str, str]:
    """The bands' colours as a terminal's own, which its reader has chosen to be legible: red, yellow, green."""
    last = len(run.bands) - 1
    return {
        band: "red" if place == 0 else "green" if place == last else "yellow" for place, band in enumerate(run.bands)
    }


def _words(name: str) -> str:
    return printable(name.replace("_", " "))


def _without_score(rows: pl.DataFrame) -> str:
    counts = rows.filter(pl.col("score").is_null()).group_by("status").len().sort("status")
    return ", ".join(f"{count} {status}" for status, count in counts.iter_rows())


def _segments_table(run: Run) -> Table:
    bands = {_words(band): style for band, style in _styles(run).items()}
    headings = {"segment": "", "customers": "", "mean": "", **bands, "data": "", "no score": ""}
    table = _table(headings, texts=("segment", "no score"))
    scores = _scores(run)
    for score, rows in scores:
        if len(scores) > 1:
            # The score with its totals, and below it its segments, where these are not the same again.
            segments = list(_segments(rows))
            table.add_row(Text(score, style="bold"), *_figures(run, _counted(rows)))
            for segment, of_segment in segments if len(segments) > 1 else ():
                table.add_row(Text(f"  {segment}"), *_figures(run, of_segment))
        else:
            for segment, of_segment in _segments(rows):
                table.add_row(Text(segment), *_figures(run, of_segment))
            table.add_row(Text("all", style="bold"), *_figures(run, _counted(rows)))
    return table


def _figures(run: Run, rows: pl.DataFrame) -> tuple[str, ...]:
    bands = [f"{rows.filter(pl.col('band') == band).height:,}" for band in run.bands]
    return (
        f"{rows.height:,}",
        _mean_score(run, rows),
        *bands,
        _mean(rows["coverage"], ".0%"),
        _words(_without_score(rows)),
    )


def _band_changes(run: Run) -> Iterator[str]:
    """How many customers came into their band with this run; nothing where the frame knows no run before."""
    if "change" not in run.scores.columns or run.scores["previous_score"].is_null().all():
        return
    moved = run.scores.filter(pl.col("last_transition") == pl.col("as_of"))
    if "band_held" in moved.columns:
        # A band that was held may be left on the way back.
        yield f"band changes since the run before: {moved.height:,}"
    else:
        up = moved.filter(pl.col("change") > 0).height
        yield f"band changes since the run before: {up:,} up, {moved.height - up:,} down"


def _lowest(run: Run) -> Iterator[tuple[str, str, str, str, str]]:
    """Score, band, name, customer_id and segment of the ten lowest headline scores; of equal ones by customer_id.

    What is low is said by the share of the scale, where there are several.
    """
    headline = pl.col("score_name") == pl.col("score_name").first()  # the rows of a customer are in the scores' order
    known = run.scores.filter(headline & pl.col("score").is_not_null())
    lowest = known.sort(_of_hundred(run).round(9), "customer_id").head(_LOWEST)
    name = pl.col("name") if "name" in lowest.columns else pl.lit(None, pl.String).alias("name")
    for row in lowest.select("score", "band", name, "customer_id", "segment").iter_rows():
        score, *texts = row
        band, called, customer, segment = ("" if text is None else printable(str(text)) for text in texts)
        yield f"{score:g}", band, called or customer, customer, segment


def _lowest_table(run: Run) -> Table:
    texts = ("band", "customer", "id", "segment")
    table, styles = _table(dict.fromkeys(("score", *texts), ""), texts=texts), _styles(run)
    for score, band, *cells in _lowest(run):
        table.add_row(score, Text(_words(band), style=styles.get(band, "")), *(Text(cell) for cell in cells))
    return table


def _lines(run: Run) -> Iterator[str]:
    yield _title(run)
    scores = _scores(run)
    named = [
        (f"{score}: {segment}" if len(scores) > 1 else segment, rows)
        for score, of_score in scores
        for segment, rows in (*_segments(of_score), ("all", _counted(of_score)))
    ]
    for segment, rows in named:
        bands = "".join(f", {rows.filter(pl.col('band') == band).height} {band}" for band in run.bands)
        absent = _without_score(rows)
        yield (
            f"{segment}: {_customers(rows.height)}, mean score {_mean_score(run, rows)}{bands}, "
            f"coverage {_mean(rows['coverage'], '.0%')}" + (f", no score: {absent}" if absent else "")
        )
    yield from _band_changes(run)
    for score, band, name, customer, segment in _lowest(run):
        yield f"lowest: {score} {band} {name} ({customer}, {segment})"
