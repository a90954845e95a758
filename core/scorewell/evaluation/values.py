"""What is summed beside counting customers: recurring revenue, or another number of each customer."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import polars as pl

from scorewell.api.v1 import Finding, Level
from scorewell.evaluation.errors import UnknownName
from scorewell.evaluation.pairing import CUSTOMER
from scorewell.messages import listed, suggested
from scorewell.scoring import ACTIVE

__all__ = ["REVENUE", "Value", "described", "unsummed", "value_of"]

REVENUE = "revenue"
"""The role whose sums are compared where no other value is named."""
_CURRENCY = "currency"
_SHOWN = ("name", "owner")
_IN_ONE = "give customers an attribute with the revenue in one currency, and name that with --value"


@attrs.frozen
class Value:
    """The role, attribute or metric that is summed; ``currency`` is that of all revenue, None where it is unknown."""

    name: str
    currency: str | None = None


def value_of(metrics: pl.DataFrame, wanted: str | None) -> Value | None:
    """What is summed, of a metrics frame. Without ``wanted`` the revenue, None where there is none in one currency.

    Raises UnknownName for a name that is no number of the customers, and for revenue in several currencies.
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
            raise UnknownName(f"{name!r} is not a number ({metrics.schema[name]}), so it cannot be summed")
        raise UnknownName(
            f"no role, attribute or metric {name!r}; numbers are {', '.join(numbers) or 'none'}",
            hint=suggested(name, numbers),
        )
    currencies = _currencies(metrics) if name == REVENUE else []
    if len(currencies) > 1 and wanted is None:
        return None
    if len(currencies) > 1:
        raise UnknownName(f"{REVENUE} is in {listed(currencies, 3)}, so it cannot be summed", hint=_IN_ONE)
    return Value(name, currencies[0] if currencies else None)


def unsummed(metrics: pl.DataFrame) -> Iterator[Finding]:
    """That revenue is not summed, where that is so because it is in several currencies."""
    currencies = _currencies(metrics)
    if len(currencies) > 1:
        message = f"{REVENUE} is in {listed(currencies, 3)}, so it is not summed"
        yield Finding(
            id="revenue-in-several-currencies", level=Level.NOTE, where="customers", message=message, hint=_IN_ONE
        )


def _currencies(metrics: pl.DataFrame) -> list[str]:
    """The currencies that revenue is in, as far as they are known."""
    if not {REVENUE, _CURRENCY} <= set(metrics.columns):
        return []
    return (
        metrics.filter(pl.col(REVENUE).is_not_null())[_CURRENCY].cast(pl.String).drop_nulls().unique().sort().to_list()
    )


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
