"""Stores as each version of the tables wrote them, and what they say: ``python -m tests.history.old_stores``.

Run it once, when a version of the tables is released: it writes ``stores/REVISION.sql``, a small SQLite store that has
rows in every table, and ``stores/REVISION.json``, what is read from it. Later versions must read the same. An existing
one is never written again.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import polars as pl
import sqlalchemy as sa
from tests.support.remembered import MONDAY, NEXT_MONDAY, record, transition

from scorewell.api.v1 import Finding, Level
from scorewell.history import History, StoredReceipt
from scorewell.history.overrides import Override, add_override, overrides, withdraw_override
from scorewell.history.pulses import Pulse, add_pulse, pulses
from scorewell.history.revisions import REVISION
from scorewell.history.schema import VERSION_TABLE, outcomes, tombstones

STORES = Path(__file__).with_name("stores")
PROJECT = "Acme"


def fill(history: History) -> None:
    """Rows in every table."""
    found = Finding(id="stale-table", level=Level.WARNING, where="usage", message="old", count=3, examples=("a",))
    with history.writing() as writer:
        writer.replace(record(run_id="0" * 16))
        for as_of in (MONDAY, NEXT_MONDAY):
            told = {"findings": [found], "failed": {"csat": "down"}, "stale": {"logins": "3 days"}}
            run = writer.replace(record(as_of=as_of, transitions=transition("ada"), **told))
            writer.remember_receipts(run, [StoredReceipt(sink="sinks.1 (csv)", location="out", count=2, what="rows")])
        writer.remember_period_fit(scorecard="standard", as_of=MONDAY, settings="s", document='{"learned": "ä"}')
        until = MONDAY + timedelta(days=90)
        decided = {"score_name": "health", "because": "their sponsor left", "author": "mara", "begins": MONDAY}
        add_override(writer, Override(customer_id="ada", kind="at_most", value=40.0, until=until, **decided))
        gone = add_override(writer, Override(customer_id="bob", kind="band", band="healthy", until=until, **decided))
        withdraw_override(writer, gone.number, at=NEXT_MONDAY, by="jo")
        pulse = {"reason": "sponsor", "note": "quiet", "author": "mara"}
        add_pulse(writer, Pulse(customer_id="ada", value=2, given_at=MONDAY, **pulse))
        of_project = {"number": 1, "project": PROJECT, "recorded_at": MONDAY}
        writer.connection.execute(
            sa.insert(outcomes).values(customer_id="bob", outcome="churned", happened_at=NEXT_MONDAY, **of_project)
        )
    history.import_scores(
        pl.DataFrame({"customer_id": ["ada"], "as_of": [MONDAY], "score": [5.0], "band": ["red"]}), "old"
    )
    with history.writing() as writer:
        writer.connection.execute(
            sa.insert(tombstones).values(kind="customer", digest="salt$hash", removed={"scores": 3}, **of_project)
        )


def said(history: History) -> dict[str, Any]:
    """All that is read of a store, as plain data."""
    runs = history.runs(superseded=True, kinds=("run", "import"))
    own = [run for run in runs if run.kind == "run"]
    key = {"scorecard": "standard", "as_of": MONDAY, "settings": "s"}
    document = {
        "runs": [attrs.asdict(run) for run in runs],
        "scores": history.scores(runs).to_dicts(),
        "metrics": [history.metrics(run).to_dicts() for run in own],
        "fits": [history.fit(run) for run in runs],
        "configurations": [history.document(run) for run in runs],
        "findings": [[attrs.asdict(found) for found in history.findings(run)] for run in runs],
        "receipts": [[attrs.asdict(receipt) for receipt in history.receipts(run)] for run in runs],
        "transitions": history.transitions().to_dicts(),
        "period_fit": history.period_fit(**key),
        "overrides": [attrs.asdict(each) for each in overrides(history)],
        "pulses": [attrs.asdict(each) for each in pulses(history)],
    }
    plain: dict[str, Any] = json.loads(json.dumps(document, default=_plain))
    return plain


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def loaded(dump: Path, into: Path) -> None:
    """Make an SQLite file of a dump."""
    connection = sqlite3.connect(into)
    connection.executescript(dump.read_text())
    connection.close()


def copied(sqlite: sa.Connection, postgresql: sa.Connection) -> None:
    """Put the rows of an SQLite store into the tables that a server has, whatever version both are of."""
    old, new = sa.MetaData(), sa.MetaData()
    old.reflect(sqlite)
    new.reflect(postgresql)
    for name, table in old.tables.items():
        rows = [dict(row) for row in sqlite.execute(sa.select(table)).mappings()]
        if rows and name != VERSION_TABLE:
            postgresql.execute(sa.insert(new.tables[name]), [_as_there(row, new.tables[name]) for row in rows])


def _as_there(row: dict[str, Any], table: sa.Table) -> dict[str, Any]:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return {
        name: epoch + timedelta(microseconds=cell)
        if isinstance(cell, int) and isinstance(table.c[name].type, sa.DateTime)
        else cell
        for name, cell in row.items()
    }


def main() -> None:
    dump = STORES / f"{REVISION}.sql"
    if dump.exists():
        sys.exit(f"{dump} is there: what a version wrote is not written again")
    STORES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "history.db"
        with History.open(f"sqlite:///{file}", project=PROJECT, folder=Path()) as history:
            fill(history)
            told = said(history)
        connection = sqlite3.connect(file)
        dump.write_text("\n".join(connection.iterdump()) + "\n")
        connection.close()
    dump.with_suffix(".json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
