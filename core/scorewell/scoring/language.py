"""The SQL of conditions and formulas over a metrics frame: what its columns hold, and where days begin."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import polars as pl

from scorewell import dialect
from scorewell.api.v1 import Condition, Expression

__all__ = ["Language"]


@attrs.frozen
class Language:
    """Compiles SQL that uses the names of ``schema``; days begin in ``timezone``. Raises DialectError."""

    schema: Mapping[str, pl.DataType]
    timezone: str

    def holds(self, sql: Condition | None) -> pl.Expr:
        """The condition as Boolean, false where it is null; always true without one."""
        return pl.lit(value=True) if sql is None else self.condition(sql).fill_null(value=False)

    def condition(self, sql: Condition, value: pl.Expr | None = None) -> pl.Expr:
        """The condition as Boolean, null where SQL says null. ``value`` is the column that this name stands for."""
        schema, rename = self._with(value)
        return dialect.condition(sql, rename=rename, schema=schema, timezone=self.timezone)

    def expression(self, sql: Expression, value: pl.Expr | None = None) -> pl.Expr:
        """The expression as Float64. ``value`` as in ``condition``. Raises DialectError where it is no number."""
        schema, rename = self._with(value)
        expression = dialect.expression(sql, rename=rename, schema=schema, timezone=self.timezone)
        dtype = dialect.check_types(expression, self.schema)
        if not (dtype.is_numeric() or isinstance(dtype, (pl.Boolean, pl.Null))):
            raise dialect.DialectError(f"{sql}: yields {dialect.kind_of(dtype).value}, and a number was expected")
        return expression.cast(pl.Float64)

    def _with(self, value: pl.Expr | None) -> tuple[Mapping[str, pl.DataType], Mapping[str, pl.Expr]]:
        if value is None:
            return self.schema, {}
        return {**self.schema, "value": self.schema[value.meta.output_name()]}, {"value": value}
