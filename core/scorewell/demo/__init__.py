"""The demo's data: a made-up software company, Quillharbor, with two years of its customers' traces.

Quillharbor sells a workspace for contracts and approvals. Each customer lives a story (a sponsor leaves, an invoice
stays unpaid, the onboarding stalls) that shows in its usage, tickets, answers and payments before it ends in churn, so
that a health score has something to find. Everything is drawn from a seed: the same arguments give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import attrs

__all__ = ["AS_OF", "DemoSummary", "generate"]

AS_OF = date(2026, 3, 1)
"""The day after the last one in the data: the moment to score at."""


@attrs.frozen(kw_only=True)
class DemoSummary:
    """What was written."""

    folder: Path
    """The folder ``data`` with all tables."""
    as_of: date
    rows: Mapping[str, int]
    """Rows a table."""
    stories: Mapping[str, str]
    """The cause behind each account, by account_id: in no file, so that nothing can score by it."""


def generate(folder: Path, *, seed: int = 7, customers: int = 240, as_of: date = AS_OF) -> DemoSummary:
    """Write the tables to ``folder / "data"``, replacing those of the same names; other files stay.

    CSV files, and Parquet for the usage, in ``data/usage``. The rows end with the day before ``as_of`` and begin two
    years earlier. Raises ValueError for fewer than one customer.
    """
    # Polars takes a fifth of a second to import, and this module is imported by the command line.
    from scorewell.demo import accounts, book, dirt, plays, service, usage  # noqa: PLC0415 - polars, only to generate

    if customers < 1:
        raise ValueError(f"customers is {customers}: at least one is needed")
    calendar = accounts.Calendar(as_of)
    founded = accounts.found(seed, customers)
    contacts = book.contacts(founded, calendar)
    clean = [
        book.accounts(founded, calendar),
        contacts,
        book.subscriptions(founded, calendar),
        book.invoices(founded, calendar),
        book.churn(founded, calendar),
        service.tickets(founded, calendar),
        service.surveys(founded, calendar, contacts),
        service.milestones(founded, calendar),
        service.objectives(founded, calendar),
        service.pulses(founded, calendar),
        plays.plays(founded, calendar),
    ]
    tables = [dirt.added(table, calendar) for table in clean]
    events = dirt.in_usage(usage.usage(founded, calendar, seed), calendar)
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    for table in tables:
        table.write(data)
    usage.write_usage(events, data / "usage")
    return DemoSummary(
        folder=data,
        as_of=as_of,
        rows={table.name: len(table.rows) for table in tables} | {"usage": events.height},
        stories={account.id: account.story for account in founded},
    )
