"""What was delivered to a database of a customer or a person is taken back, in one transaction."""

from __future__ import annotations

import sqlalchemy as sa

from scorewell.api.v1 import Forgotten, ScorewellError, Secret
from scorewell_standard.databases import told
from scorewell_standard.sinks.sql_delivery import connected
from scorewell_standard.sinks.sql_tables import existing

__all__ = ["forget"]


def forget(forgotten: Forgotten, url: Secret, *, scores: str | None, summary: str | None, place: str) -> int:
    """How many rows were removed or changed. Raises ScorewellError, and then nothing was."""
    count = 0
    with told(f"{place} cannot be changed", url, ScorewellError), connected(url, place).begin() as connection:
        for name in (scores, summary):
            table = None if name is None else existing(connection, name)
            if table is None:
                continue
            ours = table.c.project == forgotten.project
            if forgotten.kind == "customer":
                gone = sa.delete(table).where(ours, table.c.customer_id == forgotten.id)
                count += connection.execute(gone).rowcount
            elif "owner" in table.c:
                changed = sa.update(table).where(ours, table.c.owner == forgotten.id).values(owner=None)
                count += connection.execute(changed).rowcount
    return count
