"""Whether an expression fits the columns it is about, found out on an empty frame."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scorewell.dialect.compiling import unknown_column
from scorewell.dialect.errors import DialectError
from scorewell.dialect.kinds import kind_of

__all__ = ["check_types"]


def check_types(expr: pl.Expr, schema: Mapping[str, pl.DataType]) -> pl.DataType:
    """The type that ``expr`` has over columns of these types. Raises DialectError where it does not fit them."""
    for name in expr.meta.root_names():
        if name not in schema:
            raise DialectError(unknown_column(name, list(schema)))
    try:
        return pl.DataFrame(schema=dict(schema)).select(expr.alias("result")).schema["result"]
    except pl.exceptions.PolarsError as error:
        first = str(error).partition("\n")[0]
        columns = ", ".join(
            f"{name} is {kind_of(schema[name]).value}" for name in dict.fromkeys(expr.meta.root_names())
        )
        raise DialectError(f"the types do not fit: {first} ({columns})") from error
