"""What rolling up noticed: circles, parents that are no customers, children that weigh nothing, or in several
currencies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs
import polars as pl

from scorewell.api.v1 import Finding, Level
from scorewell.configuration.model import Project
from scorewell.scoring.cards import CARD
from scorewell.scoring.roll_up import COUNT, PARENT, Hierarchy, parent_of, rolls_up, weight_of
from scorewell.scoring.tree import ROLLED_UP, roll_ups, tree

__all__ = ["roll_up_findings"]

_EXAMPLES = 3
_REVENUE, _CURRENCY = "revenue", "currency"
_MIXED = Finding(
    id="roll-up-of-currencies",
    level=Level.WARNING,
    where="",
    message="parents whose children pay in several currencies: children are weighed by the bare number",
    hint="give customers an attribute with the revenue in one currency, and roll up by that",
)


def roll_up_findings(project: Project, assigned: pl.DataFrame, names: Sequence[str]) -> Iterator[Finding]:
    """Findings about the hierarchy of customers; ``assigned`` and ``names`` as in ``rolled_up``."""
    cards = {position: project.scorecards[name] for position, name in enumerate(names)}
    rolling = [position for position, card in cards.items() if rolls_up(card)]
    if not rolling:
        return
    weights = [node.roll_up.by for each in rolling for node in roll_ups(tree(cards[each])) if node.roll_up]
    hierarchy = Hierarchy.of(assigned, rolling, weights)
    circle = Finding(
        id="roll-up-circle",
        level=Level.ERROR,
        where="customers.roles.parent",
        message="customers are their own ancestors, so none of them can be scored first; their status is error",
        hint="correct their parents at the source, so that they form no circle",
    )
    yield from _found(circle, hierarchy.circle()["customer_id"])
    parent = assigned.select("customer_id", parent_of(assigned.schema).alias(PARENT)).drop_nulls()
    unknown = parent.join(assigned.select(pl.col("customer_id").alias(PARENT)), on=PARENT, how="anti")
    orphans = Finding(
        id="unknown-parent",
        level=Level.NOTE,
        where="customers.roles.parent",
        message="customers whose parent is not a customer, treated as having no parent",
    )
    yield from _found(orphans, unknown["customer_id"])
    for position in rolling:
        mine = hierarchy.parents.filter(pl.col(CARD) == position).select(pl.col("customer_id").alias(PARENT))
        kin = hierarchy.kin.join(mine, on=PARENT, how="semi")
        for node in roll_ups(tree(cards[position])):
            assert node.roll_up is not None  # noqa: S101 - what roll_ups yields
            by = node.roll_up.by
            if by == COUNT:
                continue
            inside = f".{node.path}" if node.path != ROLLED_UP or cards[position].roll_up is None else ""
            weightless = Finding(
                id="roll-up-without-weight",
                level=Level.WARNING,
                where=f"scorecards.{names[position]}{inside}.roll_up",
                message=f"children that are left out, because their {by} is empty, 0 or less",
                hint="by: count lets each child weigh the same",
            )
            yield from _found(weightless, kin.filter(weight_of(by, kin.schema) == 0)["customer_id"])
            if by == _REVENUE and _CURRENCY in assigned.columns:
                mixed = attrs.evolve(_MIXED, where=weightless.where)
                yield from _found(mixed, _paid_in_several(kin, assigned))


def _paid_in_several(kin: pl.DataFrame, assigned: pl.DataFrame) -> pl.Series:
    """The parents whose children pay in more than one currency."""
    paying = kin.filter(weight_of(_REVENUE, kin.schema) > 0).select("customer_id", PARENT)
    named = paying.join(assigned.select("customer_id", _CURRENCY), on="customer_id").drop_nulls(_CURRENCY)
    counted = named.group_by(PARENT).agg(pl.col(_CURRENCY).n_unique())
    return counted.filter(pl.col(_CURRENCY) > 1)[PARENT]


def _found(finding: Finding, who: pl.Series) -> Iterator[Finding]:
    """The finding with whom it concerns; none where that is nobody."""
    if len(who):
        yield attrs.evolve(finding, count=len(who), examples=tuple(who.sort().head(_EXAMPLES)))
