"""Series: the metrics at many moments, each table read once for many of them.

What is read is kept in memory: the columns that anything looks at, of the rows that any of the moments sees. Each
moment is then measured from it as ``metrics_as_of`` measures from the sources.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from scorewell.configuration.model import Project
from scorewell.discovery import Observers
from scorewell.metrics.as_of import MetricsTable, measured_from, metrics_as_of, require_aware
from scorewell.metrics.kept import KeptTables

__all__ = ["metrics_over"]

_TOGETHER = 64
"""How many moments share a scan: so many that it is cheap, so few that the rows they see fit into memory."""


def metrics_over(
    project: Project, moments: Sequence[datetime], *, hooks: Observers | None = None
) -> Iterator[MetricsTable]:
    """The metrics as of each of the moments (aware; each once), the earliest first.

    Each is what ``metrics_as_of`` gives, to the byte: values, failures and findings; nothing that an earlier moment
    could not know reaches it. But the tables are read once for up to 64 moments, and what a reduction does not owe to
    the moment is reduced once. Raises as ``metrics_as_of`` does, when the moment's turn has come.
    """
    for moment in moments:
        require_aware(moment)
    wanted = sorted(set(moments))
    for first in range(0, len(wanted), _TOGETHER):
        yield from _together(project, wanted[first : first + _TOGETHER], hooks)


def _together(project: Project, moments: Sequence[datetime], hooks: Observers | None) -> Iterator[MetricsTable]:
    if len(moments) == 1:
        yield metrics_as_of(project, moments[0], hooks=hooks)
        return
    kept = KeptTables(project, moments)
    for moment in moments:
        yield measured_from(kept.scans(), moment, hooks=hooks)
