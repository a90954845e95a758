"""The standard sinks."""

from scorewell.api.v1 import Component
from scorewell_standard.sinks.parquet import Parquet

COMPONENTS: tuple[type[Component], ...] = (Parquet,)
