"""What a history knows, asked as people ask: a run by its moment, a customer by its name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

import attrs
import polars as pl

from scorewell.api.v1 import Finding, Level, ScorewellError
from scorewell.configuration import Project
from scorewell.history import History, HistoryError, StoredReceipt, StoredRun
from scorewell.history.records import EVERY_KIND
from scorewell.messages import listed
from scorewell.runner.moments import moment
from scorewell.runner.selection import customer_id

__all__ = [
    "RunDetails",
    "UnknownRun",
    "details_of_run",
    "kept_run",
    "names_in",
    "names_of_imports",
    "remembered_customer",
    "unknown_to",
    "why_no_runs",
]

_RUN_ID = re.compile("[0-9a-f]{16}")


class UnknownRun(ScorewellError):  # noqa: N818 - says what happened
    """A run was named that the history does not have."""


@attrs.frozen(kw_only=True)
class RunDetails:
    """A run with what there is of it: how many scores a band and status have, and what it noticed and delivered.

    ``transitions`` counts the scores that moved to another band in their line; a first score and a line that began anew
    are none.
    """

    run: StoredRun
    bands: Mapping[str, int]
    statuses: Mapping[str, int]
    transitions: int
    findings: tuple[Finding, ...]
    receipts: tuple[StoredReceipt, ...]


def kept_run(history: History, project: Project, wanted: str) -> StoredRun | None:
    """The run that ``wanted`` names, by its id or its moment (local where it says no zone); None where it names none.

    Raises UnknownRun for a moment of which there is no run.
    """
    if _RUN_ID.fullmatch(wanted):
        found = [run for run in history.runs(superseded=True, kinds=EVERY_KIND) if run.run_id == wanted]
        return found[-1] if found else None
    try:
        as_of = moment(datetime.fromisoformat(wanted), project.timezone)
    except (ValueError, OverflowError):  # no moment, or one at the end of all years
        return None
    run = history.run_at(as_of)
    if run is None:
        neighbours = {"before": history.run_before(as_of), "after": history.run_after(as_of)}
        near = [
            f"the one {which} is of {each.as_of.astimezone(as_of.tzinfo):%Y-%m-%d %H:%M}"
            for which, each in neighbours.items()
            if each is not None
        ]
        message = f"{history.place}: there is no run of {as_of:%Y-%m-%d %H:%M}"
        raise UnknownRun(message, hint=next(iter(near), None))
    return run


def why_no_runs(history: History, project: Project) -> str:
    """What is said where no run is found: there is none of that time, none at all, or the project had another name."""
    if history.last_run() is not None:
        return "no runs of that time"
    others = [name for name in history.projects() if name != project.name]
    if not others:
        return "no runs"
    theirs = f"it has those of {listed(others, 3)}, and finds a project by its name"
    return f"no runs of {project.name}: {history.place} has none; {theirs}"


def unknown_to(history: History | None, project: Project) -> Iterator[Finding]:
    """What is said where a store has runs of other projects and none of this one: it may have had another name."""
    if history is None or history.last_run() is not None:
        return
    others = [name for name in history.projects() if name != project.name]
    if others:
        yield Finding(
            id="new-to-history",
            level=Level.NOTE,
            where="name",
            message=f"{history.place} has no run of {project.name}, but some of {listed(others, 3)}",
            hint="if the project was renamed, its past runs and forgotten customers are stored under its old name",
        )


def details_of_run(history: History, run: StoredRun) -> RunDetails:
    """What there is of a run."""
    scores = history.scores([run], ["band", "status"])
    changes = history.transitions(since=run.as_of, until=run.as_of, superseded=run.superseded)
    return RunDetails(
        run=run,
        bands=_counted(scores["band"].drop_nulls()),
        statuses=_counted(scores["status"]),
        transitions=changes.filter(run=run.number, kind="moved").height,
        findings=history.findings(run),
        receipts=history.receipts(run),
    )


def remembered_customer(history: History, wanted: str) -> str:
    """The id of the customer that ``wanted`` names: an id with scores, else a name that one customer of the last run
    has. Raises NobodySelected, and HistoryError where there is no run.
    """
    if history.scores_of(wanted, limit=1, imported=True).height:
        return wanted
    last = history.last_run()
    if last is None:
        raise HistoryError(f"{history.place}: there is no run yet", hint="`scorewell run` makes one")
    return customer_id(history.metrics(last), wanted)


def names_in(history: History, run: StoredRun | None, customers: Collection[str] | None = None) -> dict[str, str]:
    """What the customers of a run, or these of them, are called, by id, as far as the run keeps names."""
    if run is None or "metrics" in run.pruned:
        return {}
    metrics = history.metrics(run, customers)
    if "name" not in metrics.columns:
        return {}
    return dict(metrics.select("customer_id", pl.col("name").cast(pl.String)).drop_nulls().iter_rows())


def names_of_imports(history: History, runs: Iterable[StoredRun]) -> dict[int, str]:
    """What the scores of those runs that are imports are called, by the run's number."""
    imports = [run for run in runs if run.kind == "import"]
    return dict(history.scores(imports, ["run", "score_name"]).unique().iter_rows())


def _counted(values: pl.Series) -> dict[str, int]:
    counts = values.value_counts(sort=True)
    return dict(counts.sort("count", values.name, descending=[True, False]).iter_rows())
