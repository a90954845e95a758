"""Which fields of the model are keys of the YAML, and which required ones the reader of the files supplies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scorewell.api.v1 import Aggregator, Component, Condition, Measure, Normalizer, Sink
from scorewell.configuration.model import Comparison, Delivery, Dimension, Project, Review, Scorecard, SourceTables
from scorewell.discovery import Plugins

__all__ = ["BESIDE", "SPELLED", "SUPPLIED", "UNWRITTEN", "supplied"]

UNWRITTEN: Mapping[type[Any], frozenset[str]] = {
    Project: frozenset(("folder", "origin", "thresholds", "fingerprint", "kept", "written_passwords")),
    SourceTables: frozenset(("plugin", "tables")),
}
"""What the reader of the files sets itself: no key of the YAML."""

SUPPLIED: frozenset[tuple[type[Any], str]] = frozenset(
    ((Dimension, "aggregator"), (Scorecard, "aggregator"), (Scorecard, "bands"))
)
"""Required fields of the objects that YAML may leave out."""

SPELLED: Mapping[tuple[type[Any], str], Any] = {(Project, "stages"): Mapping[str, Condition]}
"""Fields that YAML spells in its own way: ``otherwise`` is a word where the objects have None."""

BESIDE: Mapping[type[Component], type[Any]] = {Normalizer: Review, Measure: Comparison, Sink: Delivery}
"""Words of the core's own that stand beside the settings of every component of a kind, and what they are read into."""


def supplied(plugins: Plugins) -> dict[tuple[type[Any], str], Callable[[], Any]]:
    """What makes each of them."""

    def weighted_average() -> Aggregator:
        return plugins.component(Aggregator, "weighted_average")()

    makers: dict[str, Callable[[], Any]] = {"aggregator": weighted_average, "bands": tuple}
    return {(kind, name): makers[name] for kind, name in SUPPLIED}
