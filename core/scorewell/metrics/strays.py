"""Strays: rows that lead to no customer and cells that are no usable number. Nothing is left out without a word."""

from __future__ import annotations

import polars as pl

from scorewell.api.v1 import Finding, Level
from scorewell.metrics.keys import CUSTOMER, KEY, KeyMap
from scorewell.metrics.reduction import LARGEST, ROWS, Reduced
from scorewell.metrics.rows import ColumnPlan
from scorewell.metrics.tables import OpenTable

__all__ = ["stray_keys", "stray_numbers"]


def stray_keys(table: OpenTable, keys: pl.DataFrame, key_map: KeyMap, customers: pl.DataFrame) -> list[Finding]:
    """What ``keys`` (``@key`` as text, ``customer_id``, ``@rows``) have that no customer of ``customers`` has."""
    is_ambiguous = pl.col(KEY).is_in(list(key_map.ambiguous))
    without = keys.filter(pl.col(KEY).is_null())
    ambiguous = keys.filter(is_ambiguous)
    unknown = keys.filter(pl.col(KEY).is_not_null() & ~is_ambiguous).join(customers, on=CUSTOMER, how="anti")
    findings = []
    for id_, stray, says in (
        ("rows-without-key", without, "rows have no key and are left out"),
        ("ambiguous-keys", ambiguous, "rows have a key that leads to several customers and are left out"),
        ("unknown-customers", unknown, "rows have a key that no customer has and are left out"),
    ):
        count = int(stray.get_column(ROWS).sum())
        if not count:
            continue
        examples = tuple(stray.get_column(KEY).drop_nulls().unique().sort().head(3))
        shown = f" ({', '.join(map(repr, examples))})" if examples else ""
        findings.append(
            Finding(
                id=id_,
                level=Level.WARNING,
                where=table.name,
                message=f"{table.place}: {count} {says}{shown}",
                count=count,
                examples=examples,
            )
        )
    return findings


def stray_numbers(plan: ColumnPlan, reduced: Reduced) -> list[Finding]:
    """Which columns hold NaN or infinities, and in how many rows a value was too large to add. Reads the rows again."""
    frame = plan.table.seen(plan.as_of, plan.start)
    columns = sorted(plan.floats)
    counts = (
        frame.select((~pl.col(column).is_finite()).sum().alias(column) for column in columns).collect(engine="streaming").row(0)
        if columns
        else ()
    )
    findings = [
        Finding(
            id="not-finite",
            level=Level.WARNING,
            where=plan.table.name,
            message=f"{plan.table.place}: {count} cells of {column!r} are NaN or infinite and count as empty",
            count=count,
        )
        for column, count in zip(columns, counts, strict=True)
        if count
    ]
    if reduced.too_large:
        findings.append(
            Finding(
                id="too-large",
                level=Level.WARNING,
                where=plan.table.name,
                message=f"{plan.table.place}: {reduced.too_large} values are beyond {LARGEST:.3g} and are not added up",
                count=reduced.too_large,
            )
        )
    return findings
