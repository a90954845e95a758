"""Normalizers: a metric in, 0 to 100 out, where 100 is healthy."""

from scorewell.api.v1 import Component
from scorewell_standard.normalizers.choices import Cases, Categories, SqlExpression, Steps
from scorewell_standard.normalizers.curves import Curve
from scorewell_standard.normalizers.lines import Linear, NetPromoterScore, Range
from scorewell_standard.normalizers.own_baseline import OwnBaseline
from scorewell_standard.normalizers.percentile import Percentile
from scorewell_standard.normalizers.population import MinMax, ZScore
from scorewell_standard.normalizers.targets import Decay, Target

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
