"""Strays: rows that lead to no customer and cells that are no usable number. Nothing is left out without a word."""

from __future__ import annotations

import polars as pl

from scorewell.api.v1 import Finding, Level
from scorewell.metrics.aggregates import LARGEST
from scorewell.metrics.keys import CUSTOMER, KEY, KeyMap
from scorewell.metrics.reduction import ROWS, Reduced
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
        ("rows-without-key", without, "rows left out because they have no key"),
        ("ambiguous-keys", ambiguous, "rows left out because their key leads to several customers"),
        ("unknown-customers", unknown, "rows left out because no customer has their key"),
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
                message=f"{table.place}: {says}: {count}{shown}",
                count=count,
                examples=examples,
            )
        )
    return findings


def stray_numbers(plan: ColumnPlan, reduced: Reduced) -> list[Finding]:
    """Which columns hold NaN or infinities, and in how many rows a value was too large to add. Reads the rows again."""
    counts = [
        (
            "not-finite",
            f"cells of {column!r} that are NaN or infinite and count as empty",
            (~pl.col(column).is_finite()).sum(),
            plan.table.seen(plan.as_of, plan.start),
        )
        for column in sorted(plan.floats)
    ]
    if reduced.too_large:
        too_large = pl.any_horizontal(*reduced.too_large).sum()
        counts.append(("too-large", f"values beyond {LARGEST:.3g}, not added up", too_large, plan.frame()))
    findings = []
    for id_, says, counted, rows in counts:
        count = rows.select(counted).collect(engine="streaming").item()
        if count:
            findings.append(
                Finding(
                    id=id_,
                    level=Level.WARNING,
                    where=plan.table.name,
                    message=f"{plan.table.place}: {says}: {count}",
                    count=count,
                )
            )
    return findings
