"""What another product said of the customers, held against what the history has of ours."""

from __future__ import annotations

import attrs
import polars as pl

from scorewell.configuration import Project, scores_of
from scorewell.evaluation.beside import Beside, beside, nearest_moments
from scorewell.history import History
from scorewell.messages import suggested
from scorewell.runner.looking_back import names_in
from scorewell.runner.selection import NobodySelected, check_score

__all__ = ["Held", "held_against_ours"]

_COLUMNS = ("customer_id", "as_of", "score", "band")


@attrs.frozen(kw_only=True)
class Held:
    """The comparison with the score ``score`` of ours, and the customers' names of the last run by id."""

    score: str
    beside: Beside
    names: dict[str, str]


def held_against_ours(history: History, project: Project, imported: str, score: str | None = None) -> Held:
    """Scores that were imported under a name, beside one of ours (default the first) of the runs nearest to them.

    Raises NobodySelected where nothing was imported under the name, or the project has no such score.
    """
    check_score(project, score)
    ours = score or next(iter(scores_of(project)))
    old = _imported(history, imported)
    runs = {run.as_of: run for run in history.runs()}
    near = [runs[moment] for moment in sorted(set(nearest_moments(old["as_of"].unique(), runs).values()))]
    own = history.scores(near, [*_COLUMNS, "score_name"]).filter(score_name=ours).select(_COLUMNS)
    return Held(score=ours, beside=beside(old, own), names=names_in(history, near[-1] if near else None))


def _imported(history: History, name: str) -> pl.DataFrame:
    scores = history.scores(history.runs(kinds=("import",)), [*_COLUMNS, "score_name"])
    found = scores.filter(score_name=name)
    if found.is_empty():
        known = scores["score_name"].unique().sort().to_list()
        there = f"there is {', '.join(known)}" if known else "`scorewell history import` takes them"
        raise NobodySelected(f"no scores were imported as {name!r}; {there}", hint=suggested(name, known))
    return found.select(_COLUMNS)
