"""The measure of how much of the month a customer's people are there."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scorewell.api.v1 import Column, Measure, Partial, Partials, Rows, frozen, setting

__all__ = ["Stickiness"]


@frozen
class Stickiness(Measure):
    """Daily over monthly active users: on how large a share of the window's days its average user was there, 0 to 1.

    The mean, over all local days of the window, of the users seen on a day, over the users seen in the window. With
    ``window: 30d`` it is DAU / MAU. Rows without a user do not count; without users it is missing.
    """

    name = "stickiness"
    window_required = True

    user: Column = setting("the column with the user")

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        user = rows.column(self.user)
        # A user and a day together: how often that is new is the sum of the days' users.
        visit = pl.when(user.is_not_null()).then(pl.struct(user.alias("user"), rows.day.alias("day")))
        return {
            "visits": Partial("distinct", visit),
            "users": Partial("distinct", user),
            "days": Partial("customer", pl.lit(float(rows.window_days or 0))),
        }

    def finish(self, partials: Partials) -> pl.Expr:
        users = partials["users"]
        return partials["visits"] / (pl.when(users > 0).then(users) * partials["days"])
