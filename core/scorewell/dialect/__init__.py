"""SQL as users write it, read by sqlglot and compiled to polars expressions."""

from scorewell.dialect.aggregates import SqlAggregate
from scorewell.dialect.checking import check_types
from scorewell.dialect.compiling import condition, expression
from scorewell.dialect.errors import DialectError
from scorewell.dialect.kinds import kind_of
from scorewell.dialect.reading import names_if_readable, names_in

__all__ = [
    "DialectError",
    "SqlAggregate",
    "check_types",
    "condition",
    "expression",
    "kind_of",
    "names_if_readable",
    "names_in",
]
