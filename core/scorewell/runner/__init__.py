"""One run: metrics once, fit on everybody, score, deliver; and the explanation of one customer's score."""

from scorewell.runner.change import Cause, Change, Reading, explain_change
from scorewell.runner.checking import check
from scorewell.runner.comparing import compare
from scorewell.runner.decisions import (
    Decided,
    Given,
    Refused,
    override_score,
    overrides_of,
    pulses_of,
    record_pulse,
    state_of,
    withdraw,
    words_of,
)
from scorewell.runner.drafts import DraftDifference, draft_differences
from scorewell.runner.explanation import Adjusted, Explanation, explain
from scorewell.runner.filling import FilledMoment, backfill
from scorewell.runner.flow import run
from scorewell.runner.forgetting import Forgetting, SinkAnswer, forget, whom
from scorewell.runner.improvements import Improvement
from scorewell.runner.judging import JudgedOverride, judge_overrides
from scorewell.runner.moments import moment
from scorewell.runner.people import Overridden, PulseBeside
from scorewell.runner.rescoring import Rescored, rescore
from scorewell.runner.result import RunResult, SinkFailure
from scorewell.runner.selection import NobodySelected
from scorewell.runner.training import FitResult, NewFit, train_project
from scorewell.runner.tree_of_one import Node

__all__ = [
    "Adjusted",
    "Cause",
    "Change",
    "Decided",
    "DraftDifference",
    "Explanation",
    "FilledMoment",
    "FitResult",
    "Forgetting",
    "Given",
    "Improvement",
    "JudgedOverride",
    "NewFit",
    "NobodySelected",
    "Node",
    "Overridden",
    "PulseBeside",
    "Reading",
    "Refused",
    "Rescored",
    "RunResult",
    "SinkAnswer",
    "SinkFailure",
    "backfill",
    "check",
    "compare",
    "draft_differences",
    "explain",
    "explain_change",
    "forget",
    "judge_overrides",
    "moment",
    "override_score",
    "overrides_of",
    "pulses_of",
    "record_pulse",
    "rescore",
    "run",
    "state_of",
    "train_project",
    "whom",
    "withdraw",
    "words_of",
]
