"""The standard sinks."""

from scorewell.api.v1 import Component
from scorewell_standard.sinks.console import Console
from scorewell_standard.sinks.csv import Csv
from scorewell_standard.sinks.html import Html
from scorewell_standard.sinks.json import Json
from scorewell_standard.sinks.parquet import Parquet

COMPONENTS: tuple[type[Component], ...] = (
    Console,
    Csv,
    Html,
    Json,
    Parquet,
)
