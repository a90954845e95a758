"""The summary: twelve columns a customer, what a CRM wants to know of a run."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from scorewell.configuration.model import Project
from scorewell.reporting.formats import Formats
from scorewell.reporting.material import Material, materials
from scorewell.reporting.reasons import reasons
from scorewell.scoring import Failures

if TYPE_CHECKING:
    from scorewell.metrics import MetricsTable

__all__ = ["summary"]


def summary(
    project: Project,
    metrics: MetricsTable,
    scores: pl.DataFrame,
    *,
    as_of: datetime,
    run_id: str,
    locale: str = "en",
    broken: Failures | None = None,
) -> pl.DataFrame:
    """The summary of ``scores``, one row for each of theirs and in their order; for internal readers.

    Raises ScorewellError for an unknown locale.
    """
    made_from = materials(
        project,
        metrics,
        scores,
        as_of=as_of,
        run_id=run_id,
        audience="internal",
        formats=Formats(locale),
        broken=broken,
    )
    told = pl.concat(map(_told, made_from))
    change = pl.col("change") if "change" in scores.columns else pl.lit(None)
    return (
        scores.drop("name", "score", "band", "coverage", strict=False)
        .join(told, on=["customer_id", "score_name"], how="left", maintain_order="left")
        .select(
            pl.lit(project.name).alias("project"),
            pl.col("customer_id").cast(pl.String),
            pl.col("score_name").cast(pl.String),
            "name",
            "owner",
            pl.col("score").cast(pl.Float64),
            pl.col("band").cast(pl.String),
            change.cast(pl.Float64).alias("score_change"),
            "reasons",
            pl.col("coverage").cast(pl.Float64).alias("data_completeness"),
            pl.col("status").cast(pl.String),
            "as_of",
        )
    )


def _told(made_from: Material) -> pl.DataFrame:
    """What the scores frame does not say of one score: the owner and the reasons; and no number where none counts."""

    def role(name: str) -> pl.Expr:
        known = pl.col(name).cast(pl.String, strict=False) if made_from.role(name) else pl.lit(None, dtype=pl.String)
        return known.alias(name)

    of_score = [pl.col(f"@{name}").alias(name) for name in ("score_name", "score", "band", "coverage")]
    return made_from.customers.select("customer_id", role("name"), role("owner"), *of_score).join(
        reasons(made_from), on="customer_id", how="left", maintain_order="left"
    )
