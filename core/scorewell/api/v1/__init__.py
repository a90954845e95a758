"""Edition 1 of the plugin interface: everything a plugin imports, and nothing else.

A plugin is a module named by an entry point of the group ``scorewell.plugins``; it implements the hook
``scorewell_register`` and registers classes. See ``docs/how-to/write-a-plugin.md``.
"""

from scorewell.api.v1.aggregators import (
    Aggregator,
    Combination,
    ExamplePart,
    Examples,
    Learned,
    Part,
    Parts,
    TooLittleData,
)
from scorewell.api.v1.components import Component, Doubt
from scorewell.api.v1.errors import Finding, Level, ReadError, ScorewellError
from scorewell.api.v1.measures import Measure, Partial, Partials, Rows
from scorewell.api.v1.normalizers import Inputs, Normalizer, Statistics
from scorewell.api.v1.passwords import without_passwords
from scorewell.api.v1.registration import Hooks, Registry, hookimpl
from scorewell.api.v1.remote import remote_cause
from scorewell.api.v1.settings import (
    Bound,
    Column,
    Condition,
    Duration,
    Expression,
    Location,
    PartName,
    Points,
    Secret,
    Share,
    frozen,
    setting,
)
from scorewell.api.v1.sinks import Appearance, Audience, Forgotten, Receipt, RenderedPage, Run, Sink
from scorewell.api.v1.sources import CustomerKey, Period, Rejected, Source, Table

__all__ = [
    "Aggregator",
    "Appearance",
    "Audience",
    "Bound",
    "Column",
    "Combination",
    "Component",
    "Condition",
    "CustomerKey",
    "Doubt",
    "Duration",
    "ExamplePart",
    "Examples",
    "Expression",
    "Finding",
    "Forgotten",
    "Hooks",
    "Inputs",
    "Learned",
    "Level",
    "Location",
    "Measure",
    "Normalizer",
    "Part",
    "PartName",
    "Partial",
    "Partials",
    "Parts",
    "Period",
    "Points",
    "ReadError",
    "Receipt",
    "Registry",
    "Rejected",
    "RenderedPage",
    "Rows",
    "Run",
    "ScorewellError",
    "Secret",
    "Share",
    "Sink",
    "Source",
    "Statistics",
    "Table",
    "TooLittleData",
    "frozen",
    "hookimpl",
    "remote_cause",
    "setting",
    "without_passwords",
]
