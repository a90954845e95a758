"""Aggregators: weighted parts in, one score out, with each part's share in it."""

from scorewell.api.v1 import Component
from scorewell_standard.aggregators.means import GeometricMean, WeightedAverage
from scorewell_standard.aggregators.order import Maximum, Median, Minimum
from scorewell_standard.aggregators.points import AddedPoints
from scorewell_standard.aggregators.rules import Rule, Rules
from scorewell_standard.aggregators.weakest_share import WeakestShare

__all__ = [
    "COMPONENTS",
    "AddedPoints",
    "GeometricMean",
    "Maximum",
    "Median",
    "Minimum",
    "Rule",
    "Rules",
    "WeakestShare",
    "WeightedAverage",
]

COMPONENTS: tuple[type[Component], ...] = (
    WeightedAverage,
    Minimum,
    Maximum,
    Median,
    GeometricMean,
    AddedPoints,
    WeakestShare,
    Rules,
)
