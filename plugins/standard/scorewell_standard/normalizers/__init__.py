"""Normalizers: a metric in, 0 to 100 out, where 100 is healthy."""

from scorewell.api.v1 import Component
from scorewell_standard.normalizers.cases import Case, Cases
from scorewell_standard.normalizers.choices import Categories, Steps
from scorewell_standard.normalizers.curves import Curve
from scorewell_standard.normalizers.formula import SqlExpression
from scorewell_standard.normalizers.lines import Linear, NetPromoterScore, Range
from scorewell_standard.normalizers.own_baseline import OwnBaseline
from scorewell_standard.normalizers.percentile import Percentile
from scorewell_standard.normalizers.population import MinMax, ZScore
from scorewell_standard.normalizers.targets import Decay, Target

__all__ = [
    "COMPONENTS",
    "Case",
    "Cases",
    "Categories",
    "Curve",
    "Decay",
    "Linear",
    "MinMax",
    "NetPromoterScore",
    "OwnBaseline",
    "Percentile",
    "Range",
    "SqlExpression",
    "Steps",
    "Target",
    "ZScore",
]

COMPONENTS: tuple[type[Component], ...] = (
    Linear,
    Steps,
    Curve,
    Range,
    Target,
    Decay,
    Percentile,
    ZScore,
    MinMax,
    OwnBaseline,
    Categories,
    NetPromoterScore,
    Cases,
    SqlExpression,
)
