"""A normalizer that is the user's own formula."""

from __future__ import annotations

import polars as pl

from scorewell.api.v1 import Expression, Inputs, Normalizer, Statistics, frozen, setting


@frozen
class SqlExpression(Normalizer):
    """The user's own formula: SQL over ``value``, roles, attributes and metrics, in the scorecard's scale.

    A result outside the scale counts as missing, with a finding; null for a present value means not applicable. Null
    stays null, whatever the formula makes of it: what missing data does is ``missing``'s to say.
    """

    name = "sql"
    accepts = "any"

    sql: Expression = setting("an expression of value, roles, attributes and metrics")

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        # least(100, value) of a null is 100, and a case falls into its else: nobody who caps a formula means that.
        return pl.when(value.is_not_null()).then(inputs.points(inputs.expression(self.sql, value=value)))
