"""What is summed beside counting customers: recurring revenue, or another number of each customer."""

from __future__ import annotations

import attrs
import polars as pl

from scorewell.evaluation.errors import UnknownName
from scorewell.evaluation.pairing import CUSTOMER
from scorewell.messages import suggested
from scorewell.scoring import ACTIVE

__all__ = ["REVENUE", "Value", "described", "value_of"]

REVENUE = "revenue"
"""The role whose sums are compared where no other value is named."""
_SHOWN = ("name", "owner")


@attrs.frozen
class Value:
    """The role, attribute or metric that is summed; ``currency`` is that of all revenue, None where it is unknown."""

    name: str
    currency: str | None = None


def value_of(metrics: pl.DataFrame, wanted: str | None) -> Value | None:
    """What is summed, of a metrics frame. Without ``wanted`` the revenue, None where there is none in one currency.

    Raises UnknownName for a name that is no number of the customers.
    """
    name = REVENUE if wanted is None else wanted
    numbers = [
        column
        for column, dtype in metrics.schema.items()
        if column not in (CUSTOMER, ACTIVE) and not column.startswith("@") and dtype.is_numeric()
    ]
    if name not in numbers:
        if wanted is None:
            return None
        if name in metrics.columns and name != CUSTOMER:
            raise UnknownName(f"{name!r} is no number ({metrics.schema[name]}), and sums of it were asked for")
        raise UnknownName(
            f"no role, attribute or metric {name!r}; numbers are {', '.join(numbers) or 'none'}",
            hint=suggested(name, numbers),
        )
    currencies: list[str] = []
    if name == REVENUE and "currency" in metrics.columns:
        currencies = (
            metrics.filter(pl.col(name).is_not_null())["currency"].cast(pl.String).drop_nulls().unique().to_list()
        )
    if len(currencies) > 1 and wanted is None:
        return None
    return Value(name, currencies[0] if len(currencies) == 1 else None)


def described(pairs: pl.DataFrame, current: pl.DataFrame, proposed: pl.DataFrame, value: Value | None) -> pl.DataFrame:
    """The rows of ``pairs`` with ``name``, ``owner`` and ``value``, as the metrics frame of a side knows them; the
    current one's say counts."""
    known = [_known(frame, value) for frame in (current, proposed)]
    facts = pl.concat([known[0], known[1].join(known[0], on=CUSTOMER, how="anti")])
    return pairs.join(facts, on=CUSTOMER, how="left", maintain_order="left")


def _known(metrics: pl.DataFrame, value: Value | None) -> pl.DataFrame:
    def column(name: str | None, alias: str, dtype: type[pl.DataType]) -> pl.Expr:
        known = pl.col(name) if name is not None and name in metrics.columns else pl.lit(None)
        return known.cast(dtype, strict=False).alias(alias)

    return metrics.select(
        CUSTOMER,
        *(column(name, name, pl.String) for name in _SHOWN),
        column(None if value is None else value.name, "value", pl.Float64),
    )
