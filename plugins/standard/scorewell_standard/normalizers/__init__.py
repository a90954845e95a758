"""Normalizers: a metric in, 0 to 100 out, where 100 is healthy."""

from scorewell.api.v1 import Component
from scorewell_standard.normalizers.choices import Cases, Categories, SqlExpression, Steps
from scorewell_standard.normalizers.curves import Curve
from scorewell_standard.normalizers.lines import Linear, NetPromoterScore
from scorewell_standard.normalizers.percentile import Percentile

COMPONENTS: tuple[type[Component], ...] = (
    Linear,
    Steps,
    Curve,
    Percentile,
    Categories,
    NetPromoterScore,
    Cases,
    SqlExpression,
)
