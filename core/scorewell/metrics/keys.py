"""Keys: how a row finds its customer. All keys are compared as text."""

from __future__ import annotations

import attrs
import polars as pl

__all__ = ["CUSTOMER", "KEY", "NEXT", "KeyMap", "key_text", "usable_as_key"]

KEY = "@key"
"""The raw key of a row, in its own dtype."""
CUSTOMER = "customer_id"
NEXT = "@next"
"""The key, as text, under which the next table on the way is looked up."""

_INTEGRAL_FLOATS = 2.0**53


def usable_as_key(dtype: pl.DataType) -> bool:
    """Whether cells of this dtype can be a key: text, numbers, dates; not yes/no and nothing nested."""
    return not (dtype.is_nested() or isinstance(dtype, (pl.Boolean, pl.Binary, pl.Object)))


def key_text(key: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """The key as text: 17, 17.0 and "17" are the same customer. Null, NaN and empty text have no key: null."""
    if dtype.is_float() or isinstance(dtype, pl.Decimal):
        number = key.cast(pl.Float64)
        whole = (number == number.round()) & (number.abs() < _INTEGRAL_FLOATS)
        text = (
            pl.when(whole).then(number.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(number.cast(pl.String))
        )
        return pl.when(number.is_finite()).then(text)
    text = key.cast(pl.String)
    return pl.when(text != "").then(text)


@attrs.frozen(eq=False)
class KeyMap:
    """Which customer a table's key leads to.

    ``pairs`` has ``@key`` and ``customer_id`` (String both), one row a key; None where the key is the customer's id
    itself. ``ambiguous`` are the keys that lead to several customers: their rows are left out.
    """

    pairs: pl.DataFrame | None = None
    ambiguous: frozenset[str] = frozenset()

    @classmethod
    def of(cls, links: pl.DataFrame, further: KeyMap | None = None) -> KeyMap:
        """From all links (``@key``, ``customer_id``) that a lookup table has, repeated or not.

        With ``NEXT``, the key that a link leads over, a key is ambiguous too where that is so in ``further``.
        """
        over = pl.col(NEXT).is_in(list(further.ambiguous)) if further is not None else pl.lit(value=False)
        doubtful = links.filter(over & pl.col(KEY).is_not_null()).get_column(KEY).unique()
        links = links.select(KEY, CUSTOMER).drop_nulls().unique()
        several = links.group_by(KEY).len().filter(pl.col("len") > 1).get_column(KEY)
        several = pl.concat([several, doubtful]).unique()
        return cls(
            links.filter(~pl.col(KEY).is_in(several.implode())).sort(KEY).select(KEY, CUSTOMER),
            frozenset(several.to_list()),
        )

    def lead(self, keys: pl.LazyFrame, on: str = KEY) -> pl.LazyFrame:
        """Add ``customer_id`` to rows that have the key as text in the column ``on``."""
        if self.pairs is None:
            return keys.with_columns(pl.col(on).alias(CUSTOMER))
        return keys.join(self.pairs.lazy(), left_on=on, right_on=KEY, how="left")
