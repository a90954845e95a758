"""One run: metrics once, fit on everybody, score, deliver; and the explanation of one customer's score."""

from scorewell.runner.checking import check
from scorewell.runner.explanation import Adjusted, Explanation, explain
from scorewell.runner.flow import run
from scorewell.runner.improvements import Improvement
from scorewell.runner.moments import moment
from scorewell.runner.result import RunResult, SinkFailure
from scorewell.runner.selection import NobodySelected
from scorewell.runner.training import FitResult, NewFit, train_project
from scorewell.runner.tree_of_one import Node

__all__ = [
    "Adjusted",
    "Explanation",
    "FitResult",
    "Improvement",
    "NewFit",
    "NobodySelected",
    "Node",
    "RunResult",
    "SinkFailure",
    "check",
    "explain",
    "moment",
    "run",
    "train_project",
]
