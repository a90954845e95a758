"""What a history holds, on the screen and as documents."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import attrs
import polars as pl
from rich.console import Console
from rich.text import Text

from scorewell.cli.documents import finding_document
from scorewell.cli.screen import columns, count_findings, print_findings, show
from scorewell.cli.words import counted, dated, number, plural, printable, share, shortened
from scorewell.history import StoredReceipt, StoredRun
from scorewell.history.importing import Rejected
from scorewell.runner.looking_back import RunDetails
from scorewell.runner.removing import Removal

__all__ = [
    "called",
    "customer_document",
    "details_document",
    "print_customer",
    "print_details",
    "print_rejected",
    "print_removal",
    "print_runs",
    "removal_document",
    "stored_run_document",
]

_REJECTED_SHOWN = 20
_LONGEST = 60


def stored_run_document(run: StoredRun, timezone: str) -> dict[str, object]:
    """All that is known of a run; its moment in the project's zone."""
    plain = {**attrs.asdict(run), "as_of": run.as_of.astimezone(ZoneInfo(timezone)).isoformat()}
    return {**plain, "pruned": list(run.pruned), "recorded_at": run.recorded_at.isoformat()}


def print_runs(console: Console, runs: Sequence[StoredRun], timezone: str, imported: Mapping[int, str]) -> None:
    """A table. ``imported`` says by a run's number what the scores of an import are called."""
    table = columns("as of", "kind", "customers", "run", "configuration", "", numbers=("customers",))
    for run in runs:
        noted = [f"as {shortened(imported[run.number])}"] if run.number in imported else []
        noted += ["superseded"] if run.superseded else []
        noted += [f"without {', '.join(run.pruned)}"] if run.pruned else []
        noted += [f"{plural(len(run.failed), 'metric')} failed"] if run.failed else []
        kind, customers = run.kind, f"{run.customers:,}"
        table.add_row(_time(run.as_of, timezone), kind, customers, run.run_id, run.configuration, "; ".join(noted))
    show(console, table)


def called(run: StoredRun, timezone: str) -> str:
    """What a sentence calls a run."""
    return f"the {run.kind} of {_time(run.as_of, timezone)} ({run.run_id}, {plural(run.customers, 'customer')})"


def removal_document(done: Removal, timezone: str) -> dict[str, object]:
    """The run that was removed, and what there is in its place."""
    again = done.valid_again
    return {
        "run": stored_run_document(done.run, timezone),
        "removed": dict(done.removed),
        "valid_again": None if again is None else stored_run_document(again, timezone),
        "mended": done.mended,
    }


def print_removal(console: Console, done: Removal, timezone: str) -> None:
    """What is gone, and what is different now."""
    counts = ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in done.removed.items())
    console.print(printable(f"removed {called(done.run, timezone)}: {counts}"))
    if done.valid_again is not None:
        console.print(printable(f"valid again: {called(done.valid_again, timezone)}"))
    if done.mended:
        console.print(f"band changes of {plural(done.mended, 'later run')} were computed again")


def details_document(details: RunDetails, timezone: str) -> dict[str, object]:
    """A run, counts of its scores, its findings, and what sinks did."""
    return {
        **stored_run_document(details.run, timezone),
        "bands": dict(details.bands),
        "statuses": dict(details.statuses),
        "band_changes": details.transitions,
        "findings": [finding_document(finding) for finding in details.findings],
        "delivered": [attrs.asdict(receipt) for receipt in details.receipts],
    }


def print_details(console: Console, details: RunDetails, timezone: str) -> None:
    """A run, a line for each thing that there is to say."""
    run = details.run
    table = columns("", "")
    table.show_header = False
    for name, said in (
        ("as of", _time(run.as_of, timezone)),
        ("kind", f"{run.kind}, superseded by another run of this moment" if run.superseded else run.kind),
        ("run", run.run_id),
        ("configuration", run.configuration),
        ("customers", f"{run.customers:,}"),
        ("bands", _counts(details.bands)),
        ("status", _counts(details.statuses)),
        ("band changes", f"{details.transitions:,}"),
        ("failed", ", ".join(f"{name}: {shortened(why, _LONGEST)}" for name, why in run.failed.items())),
        ("stale", ", ".join(f"{name}: {shortened(why, _LONGEST)}" for name, why in run.stale.items())),
        ("pruned since", ", ".join(run.pruned)),
        ("versions", ", ".join(f"{name} {version}" for name, version in sorted(run.versions.items()))),
        ("recorded", _time(run.recorded_at, timezone)),
    ):
        if said:
            table.add_row(Text(name, style="dim"), printable(said))
    for receipt in details.receipts:
        table.add_row(Text(receipt.sink, style="dim"), shortened(_came_to(receipt), 2 * _LONGEST))
    show(console, table)
    if details.findings:
        console.print(Text(count_findings(details.findings), style="dim"))
        print_findings(console, details.findings)


def _came_to(receipt: StoredReceipt) -> str:
    if receipt.failure is not None:
        return f"failed: {receipt.failure}"
    return f"{counted(receipt.count or 0, receipt.what or '')} in {receipt.location}"


def customer_document(
    customer: str, name: str | None, scores: pl.DataFrame, changes: pl.DataFrame, timezone: str
) -> dict[str, object]:
    """A customer's scores, the latest first, and its band changes."""
    local = pl.col("as_of").dt.convert_time_zone(timezone).dt.to_string("iso:strict")
    rows = scores.with_columns(local).rows(named=True)
    return {
        "customer_id": customer,
        "name": name,
        "scores": [{**row, "dimensions": json.loads(row["dimensions"])} for row in rows],
        "band_changes": changes.with_columns(local).to_dicts(),
    }


def print_customer(console: Console, called: str, scores: pl.DataFrame, changes: pl.DataFrame, timezone: str) -> None:
    """A customer's scores, the latest first, each with the band change that it was; and when it was listed no more."""
    console.print(printable(called))
    table = columns(
        "as of", "score", "value", "band", "status", "coverage", "segment", "", numbers=("value", "coverage")
    )
    for row in _with_changes(scores, changes).iter_rows(named=True):
        table.add_row(
            _time(row["as_of"], timezone),
            shortened(row["score_name"]),
            "" if row["score"] is None else number(row["score"]),
            _words(row["band"]),
            _words(row["status"]) or ("not listed" if row["kind"] == "left" else ""),
            "" if row["coverage"] is None else share(row["coverage"]),
            _words(row["segment"]),
            "" if row["kind"] is None else _change(row["kind"], row["from_band"]),
        )
    show(console, table)


def _with_changes(scores: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """The scores with the band change of each. Where the customer left, its run has no row of it, and gets one."""
    keys = ["run", "score_name", "as_of"]
    wanted = changes.select(*keys, "kind", "from_band").filter(pl.col("as_of") >= scores["as_of"].min())
    both = scores.join(wanted, on=keys, how="full", coalesce=True)
    return both.sort("as_of", "score_name", descending=[True, False])


def _change(kind: str, before: str | None) -> str:
    """What a band change was, as ``kind`` of the transitions says it."""
    match kind:
        case "moved":
            return f"from {_words(before)}"
        case "restarted":
            return f"a new line, was {_words(before)}"
        case "entered":
            return "first score"
        case "returned":
            return "a score again"
        case _:
            return "no score any more"


def print_rejected(console: Console, rejected: Sequence[Rejected]) -> None:
    """The rows of a file that are no scores: as many as one reads."""
    for row in rejected[:_REJECTED_SHOWN]:
        console.print(f"row {row.row:,}: {printable(row.reason)}")
    if len(rejected) > _REJECTED_SHOWN:
        console.print(Text(f"and {len(rejected) - _REJECTED_SHOWN:,} more: add --json to see all", style="dim"))


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {_words(name)}" for name, count in counts.items())


def _words(name: str | None) -> str:
    return shortened((name or "").replace("_", " "))


def _time(moment: datetime, timezone: str) -> str:
    return dated(moment.astimezone(ZoneInfo(timezone)))
