"""One run: metrics once, fit on everybody, score, deliver.

What else is done with a project, as to explain a score or to fill in past runs, has a module of its own. Who needs one
imports it from there, so that a run does not wait for all the others.
"""

from scorewell.runner.flow import run
from scorewell.runner.moments import moment
from scorewell.runner.result import RunResult, SinkFailure
from scorewell.runner.selection import NobodySelected

__all__ = ["NobodySelected", "RunResult", "SinkFailure", "moment", "run"]
