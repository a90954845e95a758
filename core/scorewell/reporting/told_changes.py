"""The causes of changes in words: for the terminal, and for whoever has no page's outline."""

from __future__ import annotations

import polars as pl

from scorewell.configuration import Project
from scorewell.reporting.causes import cause_label, values_told
from scorewell.reporting.formats import Formats
from scorewell.reporting.outline import humanised

__all__ = ["told_changes"]


def told_changes(causes: pl.DataFrame, project: Project) -> pl.DataFrame:
    """``causes``, as ``scoring.changes`` gives them, with two columns more, both String.

    ``label`` is the cause as readers know it: ``Active days``, ``Exception: Invoice unpaid``. ``values`` is what it was
    and is, in the metric's unit: ``12 days → 4 days``; null where there is nothing to say.
    """
    labels = {name: metric.label or humanised(name) for name, metric in project.metrics.items()}
    units = {name: metric.unit for name, metric in project.metrics.items()}
    kinds = causes.select("kind", "name").unique(maintain_order=True)
    names = kinds.with_columns(
        pl.Series("label", [cause_label(kind, name, labels) for kind, name in kinds.iter_rows()], dtype=pl.String)
    )
    told = values_told(causes, units, Formats())
    return causes.join(names, on=["kind", "name"], how="left", maintain_order="left").with_columns(told.alias("values"))
