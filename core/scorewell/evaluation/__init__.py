"""Judging configurations: what would be different with another one."""

from scorewell.evaluation.comparison import Comparison, Configuration, compare, configurations
from scorewell.evaluation.conditions import Verdict, check_conditions, verdicts
from scorewell.evaluation.document import document
from scorewell.evaluation.errors import UnknownName
from scorewell.evaluation.figures import figure_names
from scorewell.evaluation.moments import Step, moments_back, moments_between
from scorewell.evaluation.page import comparison_page
from scorewell.evaluation.values import REVENUE, Value

__all__ = [
    "REVENUE",
    "Comparison",
    "Configuration",
    "Step",
    "UnknownName",
    "Value",
    "Verdict",
    "check_conditions",
    "compare",
    "comparison_page",
    "configurations",
    "document",
    "figure_names",
    "moments_back",
    "moments_between",
    "verdicts",
]
