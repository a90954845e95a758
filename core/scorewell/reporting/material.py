"""What pages are made from: scores beside metrics, each customer with its scorecard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import attrs
import polars as pl

from scorewell.api.v1 import Audience
from scorewell.configuration import each_score
from scorewell.configuration.model import Project
from scorewell.reporting.formats import Formats
from scorewell.reporting.outline import Outline, outline
from scorewell.reporting.past import Past
from scorewell.scoring import Failures
from scorewell.scoring.roll_up import PARENT, parent_of

if TYPE_CHECKING:
    from scorewell.metrics import MetricsTable

__all__ = ["CARD", "Material", "materials"]

CARD = "@card"
_BATCH = 2_000  # customers whose texts are in memory at once


@attrs.frozen
class Material:
    """``customers`` holds one row a customer: the metrics table's columns under their names, the single columns of the
    scores frame behind an ``@`` (a metric may be called ``score``), its dotted ones, and the scorecard as ``@card``."""

    project: Project
    customers: pl.DataFrame
    failed: Mapping[str, str]
    outlines: Mapping[str, Outline]
    as_of: datetime
    run_id: str
    audience: Audience
    formats: Formats
    further: tuple[tuple[str, Material], ...] = ()
    """The project's other scores, each with its label."""
    past: Past | None = None
    family: pl.DataFrame | None = None
    """Rows as those of ``customers``: all their children, where others than ``customers`` are known."""

    def batches(self) -> Iterator[list[tuple[pl.DataFrame, Outline | None]]]:
        """The customers by scorecard, some thousand at a time; the outline is None for those without a scorecard."""
        places = {card: place for place, card in enumerate(self.outlines)}
        place = pl.col(CARD).replace_strict(places, default=len(places), return_dtype=pl.Int32)
        for batch in self.customers.sort(place, maintain_order=True).iter_slices(_BATCH):
            yield [
                (part, None if (card := part[CARD][0]) is None else self.outlines[card])
                for part in batch.partition_by(CARD, maintain_order=True)
            ]

    def parts(self) -> Iterator[tuple[pl.DataFrame, Outline | None]]:
        """The same, one scorecard's customers after the other's."""
        for batch in self.batches():
            yield from batch

    @property
    def for_customer(self) -> bool:
        """Whether the customer itself will read it."""
        return self.audience == "customer"

    @property
    def score_name(self) -> str | None:
        """The name of the score that ``customers`` have; None for no customers."""
        return self.customers["@score_name"][0] if self.customers.height else None

    def role(self, name: str) -> bool:
        """Whether the project says which column has this role."""
        return name in self.project.customers.roles and name in self.customers.columns


def materials(
    project: Project,
    metrics: MetricsTable,
    scores: pl.DataFrame,
    *,
    as_of: datetime,
    run_id: str,
    audience: Audience,
    formats: Formats,
    broken: Failures | None = None,
    past: Past | None = None,
    everyone: pl.DataFrame | None = None,
) -> tuple[Material, ...]:
    """Scores and metrics side by side, for each of the project's scores, in their order.

    ``project`` is already pruned to what the audience may see. ``scores`` are of those who are delivered, ``everyone``
    of all, whose children may be others; ``broken`` are the components that failed while they were made.
    """
    several = each_score(project)
    family = None if everyone is None else _children_of(scores, everyone, metrics.frame)

    def beside_metrics(one: Project, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        own = frame if len(several) == 1 else frame.filter(pl.col("score_name") == name)
        return _side_by_side(one, metrics.frame, own)

    return tuple(
        Material(
            project=one,
            customers=beside_metrics(one, name, scores),
            failed=metrics.failed,
            outlines={card: outline(one, card, (broken or {}).get(card, ())) for card in one.scorecards},
            as_of=as_of,
            run_id=run_id,
            audience=audience,
            formats=formats,
            past=past,
            family=None if family is None else beside_metrics(one, name, family),
        )
        for name, one in several
    )


def _children_of(scores: pl.DataFrame, everyone: pl.DataFrame, metrics: pl.DataFrame) -> pl.DataFrame | None:
    """The scores of the children of those in ``scores``; None where these are everyone, or have none."""
    if scores.height == everyone.height or PARENT not in metrics.columns:
        return None
    kin = metrics.select("customer_id", parent_of(metrics.schema).alias(PARENT)).join(
        scores.select(pl.col("customer_id").alias(PARENT)), on=PARENT, how="semi"
    )
    return everyone.join(kin, on="customer_id", how="semi", maintain_order="left") if kin.height else None


def _side_by_side(project: Project, metrics: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    # A number says nothing of customers that are not scored.
    scored = pl.col("status").is_in(["inactive", "unassigned"]).not_()
    scores = scores.with_columns(
        pl.when(scored).then(pl.col(name)).alias(name) for name in ("score", "band", "coverage")
    )
    single = {name: f"@{name}" for name in scores.columns if "." not in name and name != "customer_id"}
    customers = (
        scores.rename(single)
        .with_columns(_card(project).alias(CARD))
        .join(metrics, on="customer_id", how="left", maintain_order="left")
    )
    # What a reader is shown is what was scored: the value beyond the segment's median.
    relative = [
        name for name, metric in project.metrics.items() if metric.relative_to and f"metric.{name}" in customers
    ]
    return customers.with_columns(pl.col(f"metric.{name}").alias(name) for name in relative)


def _card(project: Project) -> pl.Expr:
    """The name of the customer's scorecard, from segment and stage; null without one."""
    card = pl.lit(None, dtype=pl.String)
    for name, segment in project.segments.items():
        if isinstance(segment.scorecard, str):
            card = pl.when(pl.col("@segment") == name).then(pl.lit(segment.scorecard)).otherwise(card)
        else:
            for stage, chosen in segment.scorecard.items():
                matches = (pl.col("@segment") == name) & (pl.col("@stage") == stage)
                card = pl.when(matches).then(pl.lit(chosen)).otherwise(card)
    return card
