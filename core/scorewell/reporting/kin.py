"""The children of parents whose score is rolled up, as they stand on the parent's page."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import polars as pl

from scorewell.reporting.book import ROLLED_UP, book
from scorewell.reporting.material import Material
from scorewell.reporting.model import CustomerRow
from scorewell.reporting.page_names import page_name

__all__ = ["MOST_CHILDREN", "children_rows"]

MOST_CHILDREN = 50
_PARENT = "@parent"


def children_rows(material: Material) -> Mapping[str, tuple[CustomerRow, ...]]:
    """By the parent's id its active children, the lowest score first; those who are delivered too with the way to their
    page.

    Nothing for customers' own pages: a child's score is not its parent's to read.
    """
    customers = material.customers
    if material.for_customer or ROLLED_UP not in customers.columns or not material.role("parent"):
        return {}
    parents = customers.filter(pl.col(ROLLED_UP) > 0).select(pl.col("customer_id").alias(_PARENT))
    whole = book(material if material.family is None else attrs.evolve(material, customers=material.family))
    delivered = set(customers.get_column("customer_id"))
    kin = (
        whole.frame.filter((pl.col("@status") != "inactive") & (pl.col("parent") != pl.col("customer_id")))
        .with_columns(pl.col("parent").cast(pl.String).alias(_PARENT))
        .join(parents, on=_PARENT, how="semi")
        .sort("@kept", "customer_id", nulls_last=True)
    )
    rows = whole.rows(kin, with_reasons=False)
    found: dict[str, list[CustomerRow]] = {}
    for parent, child, row in zip(kin[_PARENT], kin["customer_id"], rows, strict=True):
        href = f"{page_name(child)}.html" if child in delivered else None
        # Without a place in the palette, which holds the bands of the parent's scorecard.
        state = attrs.evolve(row.state, band=None)
        found.setdefault(parent, []).append(attrs.evolve(row, href=href, state=state))
    return {parent: tuple(each) for parent, each in found.items()}
