"""Two metrics tables of the same customers side by side: what can be compared in them, and what is something else."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import polars as pl

from scorewell.configuration.model import Project
from scorewell.dialect import names_in
from scorewell.scoring.columns import children, children_coverage
from scorewell.scoring.stored import definition_of
from scorewell.scoring.uses import names_used

__all__ = ["CHILDREN", "TwoTables"]

CHILDREN = "children"
"""The one cause for all that a parent's children come to."""
_PAST = "@past."
_OF_CHILDREN = (children(""), children_coverage(""))


@attrs.frozen(eq=False)
class TwoTables:
    """``old`` and ``new`` have a row a customer, in one order, and the same columns: all that scores may rest on.

    ``features`` are the columns that are the same thing on both sides, by what their cause is called: a metric with its
    earlier windows, a role, an attribute, or ``children``. ``redefined`` names what is not the same on both sides.
    In ``new`` children come to what they would by the roll-ups of before; ``rolled_up`` has the columns of what they
    come to by those of after, where these are others.
    """

    old: pl.DataFrame
    new: pl.DataFrame
    features: Mapping[str, tuple[str, ...]]
    redefined: frozenset[str]
    rolled_up: pl.DataFrame | None = None

    @classmethod
    def of(
        cls,
        before: Project,
        after: Project,
        ids: pl.DataFrame,
        old: pl.DataFrame,
        new: pl.DataFrame,
        *,
        rolled_up: pl.DataFrame | None = None,
    ) -> TwoTables:
        """The tables of the customers ``ids``, whose column is ``customer_id``. Both projects have a single score.

        ``rolled_up`` is ``new`` with what children come to by the roll-ups of ``after``.
        """
        wanted = _names(before) | _names(after)
        known = dict.fromkeys((*old.columns, *new.columns))
        columns = [name for name in known if feature_of(name) in wanted and name != "customer_id"]
        mine = [ids.join(table, on="customer_id", how="left", maintain_order="left") for table in (old, new)]
        pairs = [_pair(name, *mine) for name in columns]
        redefined = {name for name, (one, other) in zip(columns, pairs, strict=True) if one.dtype != other.dtype}
        redefined |= _redefined(
            before, after, [name for name in columns if name in old.columns and name in new.columns]
        )
        features: dict[str, tuple[str, ...]] = {}
        for name in columns:
            feature = feature_of(name)
            if feature not in redefined and name not in redefined:
                features[feature] = (*features.get(feature, ()), name)
        # The value itself before its earlier windows: it is what is told.
        features = {name: tuple(sorted(known, key=lambda column: column != name)) for name, known in features.items()}
        return cls(
            ids.with_columns(one for one, _ in pairs),
            ids.with_columns(other for _, other in pairs),
            features,
            frozenset(redefined),
            None if rolled_up is None else _of_children(ids, rolled_up, columns),
        )

    def at(self, renewed: frozenset[str]) -> pl.DataFrame:
        """The new values, and of what was redefined the new values of those ``renewed``; of ``children`` what they come
        to by the new roll-ups."""
        kept = [name for name in self.old.columns if feature_of(name) in self.redefined - renewed]
        table = self.new.with_columns(self.old.get_column(name) for name in kept)
        is_rolled_up = self.rolled_up is not None and CHILDREN in renewed
        return (
            table.with_columns(self.rolled_up.get_columns()) if is_rolled_up and self.rolled_up is not None else table
        )


def feature_of(column: str) -> str:
    """What a column belongs to."""
    if column.startswith(_OF_CHILDREN):
        return CHILDREN
    return column.removeprefix(_PAST).partition(".")[0] if column.startswith(_PAST) else column


def _of_children(ids: pl.DataFrame, table: pl.DataFrame, wanted: list[str]) -> pl.DataFrame:
    names = [name for name in table.columns if name.startswith(_OF_CHILDREN) and name in wanted]
    own = ids.join(table.select("customer_id", *names), on="customer_id", how="left", maintain_order="left")
    return own.drop("customer_id")


def _names(project: Project) -> set[str]:
    """What the scorecards, and the rules of segments and stages, look at."""
    rules = [*(segment.when for segment in project.segments.values()), *project.stages.values()]
    of_rules = set[str]().union(*(names_in(rule) for rule in rules if rule is not None))
    return of_rules.union({CHILDREN}, *(names_used(card) for card in project.scorecards.values()))


def _pair(name: str, old: pl.DataFrame, new: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """The column on both sides, of one dtype where they can be compared; what only one side has stands on both."""
    one, other = (_finite(table.get_column(name)) if name in table.columns else None for table in (old, new))
    if one is None or other is None:
        known = one if other is None else other
        assert known is not None  # noqa: S101 - one of the tables has it
        return known, known
    kinds = {one.dtype, other.dtype} - {pl.Null}
    if len(kinds) == 1:
        dtype = kinds.pop()
        return one.cast(dtype), other.cast(dtype)
    if all(kind.is_numeric() for kind in kinds):
        return one.cast(pl.Float64), other.cast(pl.Float64)
    return one, other


def _finite(column: pl.Series) -> pl.Series:
    return column.set(~column.is_finite(), None) if column.dtype.is_float() else column


def _redefined(before: Project, after: Project, names: list[str]) -> set[str]:
    if all(getattr(before, part) is getattr(after, part) for part in ("metrics", "customers", "sources")):
        return set()
    return {
        name for name in names if not name.startswith("@") and definition_of(before, name) != definition_of(after, name)
    }
