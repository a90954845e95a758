"""The disorder that real tables have: rows of accounts that nobody knows, and events without an owner."""

from __future__ import annotations

from datetime import datetime, time

import attrs
import polars as pl

from scorewell.demo.accounts import Calendar
from scorewell.demo.records import Cell, Records
from scorewell.demo.stories import DAYS

__all__ = ["added", "in_usage"]

UNKNOWN_ACCOUNTS = ("A-0001", "a-1007")
"""Tickets are addressed to these: a test account, and one that was typed in by hand."""

UNKNOWN_SUBSCRIPTION = "S-0-1"
"""Usage is booked on this contract, which is in no list: a colleague's own workspace."""


def added(table: Records, calendar: Calendar) -> Records:
    """The table with its stray rows, if it has any."""
    if table.name != "tickets":
        return table
    stray: list[tuple[Cell, ...]] = []
    for place, account in enumerate((*UNKNOWN_ACCOUNTS, UNKNOWN_ACCOUNTS[0]), 1):
        opened = datetime.combine(calendar.on(DAYS - 9 * place), time(10, place))
        stray.append((f"T-0-{place}", account, "how-to", "normal", opened, None, None, None, None))
    return attrs.evolve(table, rows=table.rows + stray)


def in_usage(events: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """The usage with a few rows of an unknown contract at its end."""
    stray = pl.DataFrame(
        {
            "subscription_id": UNKNOWN_SUBSCRIPTION,
            "user_id": "u0-1",
            "usage_date": [calendar.on(DAYS - day) for day in (3, 2, 1)],
            "feature": "documents",
            "minutes": [12, 8, 31],
        }
    )
    return pl.concat([events, stray])
