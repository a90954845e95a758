"""``scorewell history``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from scorewell import runner
from scorewell.api.v1 import Duration
from scorewell.cli.arguments import Length, Moment, SpacedLengths, as_json, configuration, confirm
from scorewell.cli.beside import held_document, print_held
from scorewell.cli.documents import finding_document
from scorewell.cli.exit_codes import ExitCode
from scorewell.cli.preferences import PREFERENCES
from scorewell.cli.remembered import (
    called,
    customer_document,
    details_document,
    print_customer,
    print_details,
    print_rejected,
    print_removal,
    print_runs,
    removal_document,
    stored_run_document,
)
from scorewell.cli.screen import print_findings, print_json, stderr, stdout
from scorewell.cli.words import plural, printable, shortened
from scorewell.configuration import Project, load
from scorewell.history import History
from scorewell.history.importing import old_scores, read_rows
from scorewell.history.projects import history_of, upgrade_history_of
from scorewell.history.pruning import PRUNABLE
from scorewell.history.records import EVERY_KIND, OWN_KINDS
from scorewell.runner.looking_back import (
    RunDetails,
    UnknownRun,
    details_of_run,
    kept_run,
    names_in,
    names_of_imports,
    remembered_customer,
    why_no_runs,
)
from scorewell.runner.other_products import held_against_ours
from scorewell.runner.removing import remove_run


@click.command("list")
@configuration
@click.option("--since", type=Moment(), metavar="DATE", help="Only runs of this moment and later.")
@click.option("--until", type=Moment(), metavar="DATE", help="Only runs of this moment and before.")
@click.option("--all", "everything", is_flag=True, help="Also superseded runs and imported scores.")
@as_json
def listed(*, path: Path, since: datetime | None, until: datetime | None, everything: bool, as_json: bool) -> None:
    """List the stored runs by their moment."""
    project = load(path)
    with history_of(project, create=False) as history:
        found = history.runs(
            since=_moment(since, project),
            until=_moment(until, project),
            superseded=everything,
            kinds=EVERY_KIND if everything else OWN_KINDS,
        )
        nothing = "" if found else why_no_runs(history, project)
        imported = names_of_imports(history, found)
    if as_json:
        documents = [stored_run_document(run, project.timezone) for run in found]
        names = [{"imported_as": imported.get(run.number)} for run in found]
        print_json({"runs": [{**each, **name} for each, name in zip(documents, names, strict=True)]})
    elif found:
        print_runs(stdout(), found, project.timezone, imported)
    else:
        stdout().print(printable(nothing))


@click.command("show", short_help="Show a run, or a customer's scores.")
@click.argument("what", metavar="RUN|CUSTOMER")
@configuration
@click.option("--limit", type=click.IntRange(1), default=12, show_default=True, help="How many scores of a customer.")
@as_json
def show(what: str, *, path: Path, limit: int, as_json: bool) -> None:
    """Show a run, named by its moment or id, or the scores of a customer, named by its id or name.

    A moment is a day or a time, as history list shows it.

    \b
    Exit codes
      0  shown
      2  no such run or customer
      8  the history could not be read
    """
    project = load(path)
    with history_of(project, create=False) as history:
        run = kept_run(history, project, what)
        if run is not None:
            _tell_run(details_of_run(history, run), project, as_json)
        else:
            _tell_customer(history, remembered_customer(history, what), project, limit, as_json)


def _tell_run(details: RunDetails, project: Project, as_json: bool) -> None:
    if as_json:
        print_json(details_document(details, project.timezone))
    else:
        print_details(stdout(), details, project.timezone)


def _tell_customer(history: History, customer: str, project: Project, limit: int, as_json: bool) -> None:
    scores = history.scores_of(customer, limit=limit, imported=True)
    changes = history.transitions(customer_id=customer)
    name = names_in(history, history.last_run(), [customer]).get(customer)
    if as_json:
        print_json(customer_document(customer, name, scores, changes, project.timezone))
    else:
        who = customer if name is None else f"{shortened(name)}  {customer}"
        print_customer(stdout(), who, scores, changes, project.timezone)


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@configuration
@as_json
def export(folder: Path, *, path: Path, as_json: bool) -> None:
    """Write the history as Parquet files into FOLDER.

    The files are runs.parquet and transitions.parquet, and for each run a file in scores/ and one in metrics/. Files of
    an earlier export are replaced.
    """
    with history_of(load(path), create=False) as history:
        rows = history.export(folder)
    if as_json:
        print_json({"folder": str(folder), "rows": rows})
    else:
        stdout().print(f"{plural(len(rows), 'file')} with {sum(rows.values()):,} rows in {folder}")


@click.command("prune", cls=SpacedLengths)
@configuration
@click.option("--before", type=Moment(), metavar="DATE", help="Remove what is of a moment before this.")
@click.option(
    "--older-than",
    type=Length(),
    metavar="LENGTH",
    help="Remove what is older than this: days or weeks, such as 730d or 104 weeks.",
)
@click.option(
    "--only",
    "kinds",
    multiple=True,
    type=click.Choice(list(PRUNABLE)),
    help="Which rows; default runs, with everything that belongs to them. Repeatable.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be removed, but remove nothing.")
@as_json
def prune(
    *,
    path: Path,
    before: datetime | None,
    older_than: Duration | None,
    kinds: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Remove old runs, or only some of their rows.

    A run that loses only its scores or metric values stays in the list, marked as such.
    """
    if (before is None) == (older_than is None):
        raise click.UsageError("expected one of --before and --older-than")
    project = load(path)
    moment = runner.moment(before, project.timezone)
    if older_than is not None:
        moment -= older_than.length
    with history_of(project, create=False) as history:
        removed = history.prune(dict.fromkeys(kinds or ("runs",), moment), dry_run=dry_run)
    if as_json:
        print_json({"before": moment.isoformat(), "dry_run": dry_run, "removed": removed})
    else:
        told = ", ".join(_rows_of(kind, count) for kind, count in removed.items())
        stdout().print(f"{'would remove' if dry_run else 'removed'} {told} before {moment:%Y-%m-%d %H:%M}")


def _rows_of(kind: str, count: int) -> str:
    runs = {"runs": "run", "superseded": "superseded run"}
    return plural(count, runs[kind]) if kind in runs else f"{plural(count, 'row')} of {kind.replace('_', ' ')}"


@click.command("remove", short_help="Remove a single run.")
@click.argument("what", metavar="RUN")
@configuration
@click.option("--yes", is_flag=True, help="Do not ask first.")
@as_json
def remove(what: str, *, path: Path, yes: bool, as_json: bool) -> None:
    """Remove a run, named by its moment or id, with everything that belongs to it.

    If it had superseded a run of the same moment, that run counts again. The band changes of later runs are computed
    again without it. The fit of a period is removed too, unless another run has it. What sinks delivered stays.
    Superseded runs and imported scores are named by their id, which history list --all shows.

    \b
    Exit codes
      0  removed
      2  no such run, or not confirmed
      8  the history could not be written
    """
    project = load(path)
    with history_of(project, create=False) as history:
        run = kept_run(history, project, what)
        if run is None:
            raise UnknownRun(f"no run {what!r}", hint="`scorewell history list --all` shows moments and ids")
        if not yes:
            confirm(f"Remove {called(run, project.timezone)} from {printable(project.name)}? This cannot be undone")
        done = remove_run(history, run)
    if as_json:
        print_json(removal_document(done, project.timezone))
    else:
        print_removal(stdout(), done, project.timezone)


@click.command("check")
@configuration
@as_json
def check(*, path: Path, as_json: bool) -> None:
    """Read the whole history, and report what is not as it was written.

    \b
    Exit codes
      0  all is as it was written
      8  something is damaged, or the history cannot be read
    """
    with history_of(load(path), create=False) as history:
        found = history.check()
        count = len(history.runs(superseded=True, kinds=EVERY_KIND))
    if as_json:
        print_json({"runs": count, "findings": [finding_document(finding) for finding in found]})
    elif found:
        print_findings(stdout(), found)
    else:
        stdout().print(f"{plural(count, 'run')} checked: no damage found")
    click.get_current_context().exit(ExitCode.HISTORY if found else ExitCode.OK)


@click.command("upgrade", short_help="Upgrade the tables to this version.")
@configuration
@as_json
def upgrade(*, path: Path, as_json: bool) -> None:
    """Upgrade the tables of the history to the version that this Scorewell writes.

    The upgrade is one transaction: if it fails, the store stays as it was. Make a copy first all the same.
    """
    project = load(path)
    applied = upgrade_history_of(project)
    if as_json:
        print_json({"applied": list(applied)})
    else:
        stdout().print(f"upgraded to {applied[-1]}" if applied else "the history already has the current version")


@click.command("import", short_help="Import old scores of another product.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@configuration
@click.option("--as", "name", required=True, metavar="NAME", help="The name of the imported scores.")
@click.option("--skip-rejected", is_flag=True, help="Leave out rows that are not scores, and import the others.")
@as_json
def import_(file: Path, *, path: Path, name: str, skip_rejected: bool, as_json: bool) -> None:
    """Import old scores of another product from FILE, to compare them.

    FILE is a CSV or Parquet file with the columns customer_id, date, score, and optionally band. If a row is not a
    score, its number is reported (1 is the first after the header) and nothing is imported, unless you give
    --skip-rejected. Scores of the same customers and dates are replaced; those of other customers stay. Customers that
    were forgotten are left out.

    \b
    Exit codes
      0  imported
      4  the file could not be read, or some of its rows are not scores
      8  the history could not be written
    """
    project = load(path)
    if name in project.scores or name == "health":
        raise click.UsageError(f"{name!r} is a score of the project itself: give another name with --as")
    read = old_scores(read_rows(file), project.timezone)
    is_refused = bool(read.rejected) and not skip_rejected
    count = imported = forgotten = 0
    if not is_refused:
        with history_of(project) as history:
            count = len(history.import_scores(read.scores, name))
            forgotten = int(history.is_forgotten(read.scores.get_column("customer_id")).sum())
        imported = read.scores.height - forgotten
    if as_json:
        rejected = [{"row": row.row, "reason": row.reason} for row in read.rejected]
        print_json({"name": name, "imported": imported, "moments": count, "forgotten": forgotten, "rejected": rejected})
    else:
        print_rejected(stderr(), read.rejected)
        if is_refused:
            stderr().print("nothing was imported: correct the rows, or add --skip-rejected")
        else:
            stdout().print(f"{plural(imported, 'score')} of {plural(count, 'moment')} imported as {name}")
            if forgotten:
                stderr().print(f"left out, because their customers were forgotten: {plural(forgotten, 'score')}")
    click.get_current_context().exit(ExitCode.DATA if read.rejected else ExitCode.OK)


@click.command("compare", short_help="Compare imported scores with the project's.")
@click.argument("name")
@configuration
@click.option("--score", metavar="NAME", help="Which of the project's scores; default the first.")
@as_json
def compare(name: str, *, path: Path, score: str | None, as_json: bool) -> None:
    """Compare the scores that were imported as NAME with the project's, customer by customer.

    Each imported date is compared with the run nearest to it, at most 15 days away; if there is none, run backfill
    first. The scales may differ: what is compared is the order of the customers.

    \b
    Exit codes
      0  compared
      2  nothing was imported under this name, or there is no such score
      8  the history could not be read
    """
    project = load(path)
    with history_of(project, create=False) as history:
        held = held_against_ours(history, project, name, score)
    if as_json:
        print_json(held_document(held, name, project.timezone))
    else:
        print_held(stdout(), held, name, project)


def _moment(given: datetime | None, project: Project) -> datetime | None:
    return None if given is None else runner.moment(given, project.timezone)


command = click.Group(
    "history",
    commands=[listed, show, export, prune, remove, check, upgrade, import_, compare],
    help="Show, export and maintain the stored runs.",
)
for _each in command.commands.values():
    _each.params += PREFERENCES
