"""Scoring that one broken component cannot stop: one fused plan, and only where that fails a search for the culprit.

Making a plan calls every component, and computing it runs what they answered. The first is attributed on the spot; the
second fails as a whole, and then each scorecard is walked alone, bottom up, over its own customers.
"""

from __future__ import annotations

from collections.abc import Collection

import attrs
import polars as pl

from scorewell.api.v1 import Aggregator
from scorewell.scoring.attribution import ComponentFailed, attributed
from scorewell.scoring.cards import CARD
from scorewell.scoring.columns import score
from scorewell.scoring.fitted import FittedProject
from scorewell.scoring.fitting import ACTIVE, assigned
from scorewell.scoring.language import Language

__all__ = ["isolated"]


def isolated(
    fitted: FittedProject,
    metrics: pl.DataFrame,
    failed: Collection[str] = (),
    *,
    stale: Collection[str] = (),
    finite: bool = False,
) -> tuple[FittedProject, pl.DataFrame]:
    """The scores of ``metrics``, and the fit with every component left out that failed on the way.

    ``metrics``, ``failed``, ``stale`` and ``finite`` as in ``FittedProject.score``. What fails and is no component's
    doing is raised as it is.
    """
    while True:
        try:
            scores = fitted.scores(metrics.lazy(), failed, stale=stale, finite=finite).collect()
            if fitted.apart or _are_numbers(scores):
                return fitted, scores
            fitted = _searched(attrs.evolve(fitted, apart=True), metrics)
        except ComponentFailed as failure:
            fitted = fitted.without(failure.failures)
        except (Exception, pl.exceptions.PanicException):
            if fitted.apart:  # searched already
                raise
            fitted = _searched(attrs.evolve(fitted, apart=True), metrics)


def _are_numbers(scores: pl.DataFrame) -> bool:
    """Whether no score and no dimension's is NaN or infinite."""
    names = [name for name in scores.columns if name == "score" or name.startswith("dimension.")]
    return all(scores.get_column(name).is_finite().all() for name in names)  # null is neither


def _searched(fitted: FittedProject, metrics: pl.DataFrame) -> FittedProject:
    """The fit without the components whose expressions fail over their own customers."""
    schema = metrics.schema
    language = Language(schema, fitted.project.timezone)
    lazy = metrics.lazy().with_columns(
        pl.when(pl.col(name).is_finite()).then(pl.col(name)) for name, dtype in schema.items() if dtype.is_float()
    )
    for one in fitted.each_score():
        positions = {name: position for position, name in enumerate(one.used)}
        has_active = ACTIVE in schema
        everybody = assigned(
            one.project, lazy, positions, language, has_active=has_active, statistics=one.statistics
        ).collect()
        for name, position in positions.items():
            own = everybody.filter(pl.col(CARD) == position).with_columns(pl.lit(0, dtype=pl.UInt32).alias(CARD))
            while (found := _first_failing(fitted, name, own, language)) is not None:
                fitted = fitted.without(found.failures)
    return fitted


def _first_failing(fitted: FittedProject, name: str, own: pl.DataFrame, language: Language) -> ComponentFailed | None:
    """The first component of the scorecard, bottom up, that fails on its customers; None where none does."""
    try:
        compiled = fitted.compiled([name], {}, language)
        done = own
        for number, layer in enumerate(compiled.layers):
            for answer in compiled.answers:
                if answer.layer == number:
                    with attributed(answer.component, [name], answer.path):
                        for expression in answer.expressions:
                            _tried(done, expression, is_numeric=answer.is_numeric)
            done = done.with_columns(**layer)
        for answer in compiled.answers:
            if isinstance(answer.component, Aggregator):
                with attributed(answer.component, [name], answer.path):
                    _is_finite(done.get_column(score(answer.path)))
    except ComponentFailed as failure:
        return failure
    return None


def _is_finite(scores: pl.Series) -> None:
    """Raise ValueError where an aggregator answered no number, and nothing hides that."""
    odd = scores.len() - int(scores.is_finite().fill_null(value=True).sum())
    if odd:
        raise ValueError(f"it answered NaN or infinity for {odd} customers")


def _tried(frame: pl.DataFrame, expression: pl.Expr, *, is_numeric: bool) -> None:
    """Compute an answer; raises what it raises, TypeError where it is not numbers, ValueError where not one a row."""
    answer = frame.lazy().select(expression.alias("@answer")).collect().to_series()
    if is_numeric and not (answer.dtype.is_numeric() or answer.dtype == pl.Null):
        raise TypeError(f"it answered {answer.dtype}: expected Float64")
    # One value stands for every row, as a literal does.
    if len(answer) not in {1, len(frame)}:
        raise ValueError(f"it answered {len(answer)} values for {len(frame)} customers")
