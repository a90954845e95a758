"""The standard sources."""

from scorewell.api.v1 import Component
from scorewell_standard.sources.files import Files
from scorewell_standard.sources.sql import Sql

COMPONENTS: tuple[type[Component], ...] = (Files, Sql)
