"""Who is a customer, without measuring anything."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from scorewell.api.v1 import Period
from scorewell.configuration.model import Project
from scorewell.metrics.as_of import require_aware
from scorewell.metrics.customers import list_customers
from scorewell.metrics.places import told_at_customers
from scorewell.metrics.tables import OpenTable

__all__ = ["customers_as_of"]


def customers_as_of(project: Project, as_of: datetime) -> pl.DataFrame:
    """The customers as they were known at a moment (aware): ``customer_id``, roles and attributes, ``@active``.

    Sorted by ``customer_id``. Raises ScorewellError where they cannot be listed.
    """
    require_aware(as_of)
    with told_at_customers(project):
        table = OpenTable.scan(project, project.customers.source, Period(None, as_of.astimezone(UTC)))
        return list_customers(project, table, as_of).frame
