"""What a run came to, on one screen and as a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scorewell.cli.band_changes import band_changes, told
from scorewell.cli.documents import finding_document
from scorewell.cli.screen import columns, print_what_was_found, show
from scorewell.cli.words import counted, number, printable, shortened
from scorewell.configuration import Project, each_score, scores_of
from scorewell.runner import RunResult
from scorewell.runner.drafts import DraftDifference, draft_differences

__all__ = ["print_run", "run_document"]

# A sink that delivers here has shown the scores already.
_CONSOLE = "console"
_SCORE_COLUMNS = ("customer_id", "score_name", "name", "segment", "stage", "score", "band", "status", "coverage")


def print_run(console: Console, result: RunResult) -> None:
    """Heading, customers per segment and band, findings, and what each sink delivered."""
    heading = Text(shortened(result.project), style="bold")
    heading.append(f"  as of {result.as_of:%Y-%m-%d %H:%M} {result.configuration.timezone}", style="not bold")
    heading.append(f"  run {result.id}", style="not bold dim")
    console.print(heading)
    if not any(receipt.location == _CONSOLE for receipt in result.receipts):
        for name, project in each_score(result.configuration):
            console.print()
            if len(scores_of(result.configuration)) > 1:
                console.print(Text(_spoken(result.configuration, name), style="bold"))
            show(console, _segments(result, project, result.scores.filter(pl.col("score_name") == name)))
        if changes := band_changes(result):
            console.print()
            console.print(Text("Band changes since the run before: ", style="bold").append(told(changes), "not bold"))
    if drafts := draft_differences(result):
        console.print()
        show(console, _drafts(drafts))
    # What became of the sinks is told below, where they all are.
    findings = [finding for finding in result.findings if finding.id != "sink-failed"]
    print_what_was_found(console, findings)
    console.print()
    _print_deliveries(console, result)


def run_document(result: RunResult) -> dict[str, object]:
    """A run: its identity, the scores without their parts, drafts, the findings, and what each sink came to."""
    shown = [column for column in _SCORE_COLUMNS if column in result.scores.columns]
    return {
        "run_id": result.id,
        "project": result.project,
        "as_of": result.as_of.isoformat(),
        "dry_run": result.dry_run,
        "customers": result.scores["customer_id"].n_unique(),
        "band_changes": band_changes(result),
        "failed_metrics": dict(sorted(result.metrics.failed.items())),
        "findings": [finding_document(finding) for finding in result.findings],
        "delivered": [
            {"location": receipt.location, "count": receipt.count, "what": receipt.what} for receipt in result.receipts
        ],
        "failed_sinks": [{"sink": failure.sink, "message": failure.message} for failure in result.failures],
        "drafts": [each.document() for each in draft_differences(result)],
        "scores": result.scores.select(shown).to_dicts(),
    }


def _spoken(project: Project, score: str) -> str:
    return printable(scores_of(project)[score].label or score.replace("_", " "))


def _segments(result: RunResult, project: Project, scores: pl.DataFrame) -> Table:
    """Customers per segment of one score: all, per band, without a number, and the median score."""
    labels = _band_labels(result, project)
    table = columns(
        "segment",
        "customers",
        *labels.values(),
        "no score",
        "median",
        numbers=("customers", *labels.values(), "no score", "median"),
    )
    known = [name for name in project.segments if (scores["segment"] == name).any()]
    for name in known:
        segment = project.segments[name]
        _add_row(table, result, labels, segment.label or name, scores.filter(pl.col("segment") == name))
    without = scores.filter(pl.col("segment").is_null())
    if len(without):
        _add_row(table, result, labels, "(none)", without)
    if len(known) + bool(len(without)) != 1:
        # Whose score is rolled up from its children is counted with them.
        is_group = pl.col("children").fill_null(0) > 0 if "children" in scores.columns else pl.lit(value=False)
        _add_row(table, result, labels, "all", scores.filter(~is_group))
    return table


def _drafts(drafts: Sequence[DraftDifference]) -> Table:
    """What would be different with each scorecard that is scored in the shadow of another."""
    counts = ("customers", "same band", "higher", "lower", "no score any more", "score gained")
    table = columns("draft", "in place of", *counts, "median", numbers=(*counts, "median"))
    for each in drafts:
        medians = (each.median, each.median_of_draft)
        before, after = ("-" if one is None else number(one, 1) for one in medians)
        table.add_row(
            each.draft,
            each.replaces,
            *(_count(each_count) for each_count in (each.customers, each.same, each.higher, each.lower)),
            *(_count(each_count) for each_count in (each.lost, each.gained)),
            f"{before} to {after}",
        )
    return table


def _add_row(table: Table, result: RunResult, labels: Mapping[str, str], label: str, scores: pl.DataFrame) -> None:
    counts = dict(scores.group_by("band").len().iter_rows())
    cells = [Text(_count(counts.get(band, 0)), style=result.bands[band]) for band in labels]
    table.add_row(
        Text(shortened(label), style="bold" if label == "all" else ""),
        f"{len(scores):,}",
        *cells,
        _count(scores["score"].null_count()),
        _median(result, scores),
    )


def _median(result: RunResult, scores: pl.DataFrame) -> str:
    """In the scale of the rows' scorecards, or of 100 where these have several."""
    cards = scores.filter(pl.col("score").is_not_null())["scorecard"].unique()
    if len({result.scales[card] for card in cards}) <= 1:
        median = scores["score"].median()
        return number(median, 1) if isinstance(median, float) else "-"
    low, high = (
        pl.col("scorecard").replace_strict({card: scale[end] for card, scale in result.scales.items()}, default=None)
        for end in (0, 1)
    )
    median = scores.select(((pl.col("score") - low) / (high - low) * 100.0).median()).item()
    return f"{number(median, 1)} of 100"


def _count(count: int) -> str:
    return f"{count:,}" if count else "-"


def _band_labels(result: RunResult, project: Project) -> dict[str, str]:
    """The bands of one score from low to high with what people call them."""
    own = {band.name for scorecard in project.scorecards.values() for band in scorecard.bands}
    labels = {band: band.replace("_", " ") for band in result.bands if band in own}
    for scorecard in project.scorecards.values():
        labels |= {band.name: band.label for band in scorecard.bands if band.label is not None}
    return labels


def _print_deliveries(console: Console, result: RunResult) -> None:
    if result.dry_run:
        console.print(Text("Dry run: nothing was delivered", style="dim"))
        return
    table = columns("", "", "")
    table.show_header = False
    for receipt in result.receipts:
        table.add_row(
            Text("delivered", style="green"), counted(receipt.count, receipt.what), printable(receipt.location)
        )
    for failure in result.failures:
        table.add_row(Text("failed", style="bold red"), failure.sink, printable(failure.message))
    show(console, table)
    if result.failures:
        console.print(Text("try: run again when the cause is gone; the same run replaces what it wrote", style="dim"))
