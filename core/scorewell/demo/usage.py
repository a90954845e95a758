"""Usage: one row for each person, day and feature, as a product's event store exports it.

The only large table. It is drawn by whole-number arithmetic in polars: a mixed counter instead of a generator, so that
a million person-days take a fraction of a second and no row depends on another.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from scorewell.demo.accounts import Account, Calendar
from scorewell.demo.book import subscription_ids
from scorewell.demo.stories import DAYS, usage_level

__all__ = ["usage", "write_usage"]

FEATURES = ("documents", "approvals", "signatures", "templates", "dashboards", "automations")
_FEATURE_SHARES = (46, 68, 80, 89, 95, 100)
_WEEKEND = 0.12


def _mixed(counter: pl.Expr, salt: int) -> pl.Expr:
    """64 well-mixed bits of a counter: SplitMix64 (Steele, Lea and Flood, 2014), in wrapping UInt64 arithmetic."""
    bits = counter * 0x9E3779B97F4A7C15 + salt * 0x632BE59BD9B4E019 % 2**64
    bits = (bits ^ (bits // 2**30)) * 0xBF58476D1CE4E5B9
    bits = (bits ^ (bits // 2**27)) * 0x94D049BB133111EB
    return bits ^ (bits // 2**31)


def _people(book: list[Account]) -> pl.DataFrame:
    """One row a user: which account, from which day to which, how eager (‰), which features it may use (how many)."""
    rows = []
    for place, account in enumerate(book):
        chance = account.stream("users")
        users = max(1, int(account.seats * chance.near(0.88, 0.14) + 0.5))
        features = chance.whole(4, 6) if account.guided else chance.whole(2, 4)
        if account.story in ("stalled", "faded"):
            features = max(2, features - 2)
        for user in range(users):
            start = account.signup + chance.whole(0, 45)
            if account.upgrade is not None and user >= users * 2 // 3:
                start = account.upgrade + chance.whole(0, 30)
            eager = int(chance.near(0.36, 0.3) * 1000)
            first = max(start, 0)
            if first < account.last_day:
                rows.append((place, user, first, account.last_day, eager, features))
    schema = {
        "account": pl.UInt32,
        "user": pl.UInt32,
        "first": pl.Int32,
        "end": pl.Int32,
        "eager": pl.UInt64,
        "features": pl.UInt8,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _levels(book: list[Account], calendar: Calendar) -> pl.Series:
    """How much each account uses the product on each day (‰ of its normal), account by account, ``DAYS`` each."""
    dates = [calendar.on(day) for day in range(DAYS)]
    weights = [_WEEKEND if day.weekday() >= 5 else 1.0 for day in dates]
    levels: list[int] = []
    for account in book:
        leaves = account.churn is not None
        for day, (on, weight) in enumerate(zip(dates, weights, strict=True)):
            level = usage_level(
                account.story,
                day,
                on,
                signup=account.signup,
                onset=account.onset,
                leaves=leaves,
                trade=account.industry,
            )
            levels.append(int(level * weight * account.vigor * 1000))
    return pl.Series("level", levels, dtype=pl.UInt64)


def usage(book: list[Account], calendar: Calendar, seed: int) -> pl.DataFrame:
    """The usage events, in the order of days: subscription_id, user_id, usage_date, feature, minutes (Int64)."""
    first, second = zip(*(subscription_ids(account) for account in book), strict=True)
    known = pl.DataFrame(
        {
            "account": pl.Series(range(len(book)), dtype=pl.UInt32),
            "number": [account.number for account in book],
            "first_contract": first,
            "second_contract": pl.Series(second, dtype=pl.String),
            "upgrade": pl.Series([account.upgrade for account in book], dtype=pl.Int32),
        }
    )
    days = _people(book).with_columns(day=pl.int_ranges("first", "end", dtype=pl.Int32)).explode("day")
    counter = (
        (pl.col("account") * 512 + pl.col("user")).cast(pl.UInt64) * 1024 + pl.col("day").cast(pl.UInt64)
    ) + seed * 2**44
    level = _levels(book, calendar)
    days = days.with_columns(
        level=level.gather(days.select(pl.col("account").cast(pl.Int64) * DAYS + pl.col("day")).to_series()),
        bits=_mixed(counter, 1),
        more=_mixed(counter, 2),
    )
    days = days.filter(pl.col("bits") % 1_000_000 < pl.col("level") * pl.col("eager"))
    slot = pl.col("more") % 100
    choice = pl.lit(len(FEATURES) - 1, dtype=pl.UInt8)
    for index in range(len(FEATURES) - 2, -1, -1):
        choice = pl.when(slot < _FEATURE_SHARES[index]).then(pl.lit(index, dtype=pl.UInt8)).otherwise(choice)
    minutes = 3 + (pl.col("more") // 128 % 26) + (pl.col("more") // 4096 % 26) * pl.col("level") // 1000
    days = days.with_columns(
        feature=pl.lit(pl.Series(FEATURES)).gather(pl.when(choice < pl.col("features")).then(choice).otherwise(0)),
        minutes=minutes.cast(pl.Int64),
    ).join(known, on="account", how="left", maintain_order="left")
    return days.select(
        subscription_id=pl.when(pl.col("day") >= pl.col("upgrade")).then("second_contract").otherwise("first_contract"),
        user_id=pl.format("u{}-{}", "number", pl.col("user") + 1),
        usage_date=pl.lit(calendar.on(0)) + pl.duration(days="day"),
        feature="feature",
        minutes="minutes",
    ).sort("usage_date", maintain_order=True)


def write_usage(events: pl.DataFrame, folder: Path) -> None:
    """Write one Parquet file a calendar quarter, as ``2026-q1.parquet``."""
    folder.mkdir(parents=True, exist_ok=True)
    quarter = pl.format("{}-q{}", pl.col("usage_date").dt.year(), pl.col("usage_date").dt.quarter())
    parts = events.with_columns(quarter=quarter).partition_by(
        "quarter", as_dict=True, include_key=False, maintain_order=True
    )
    for (name,), part in parts.items():
        part.write_parquet(folder / f"{name}.parquet")
