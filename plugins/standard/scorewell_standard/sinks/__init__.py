"""The standard sinks."""

from scorewell.api.v1 import Component
from scorewell_standard.sinks.console import Console
from scorewell_standard.sinks.csv import Csv
from scorewell_standard.sinks.html import Html
from scorewell_standard.sinks.json import Json
from scorewell_standard.sinks.parquet import Parquet
from scorewell_standard.sinks.sql import Sql

COMPONENTS: tuple[type[Component], ...] = (
    Console,
    Csv,
    Html,
    Json,
    Parquet,
    Sql,
)
