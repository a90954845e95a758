"""What a component raises while a plan is made is told as its own."""

from __future__ import annotations

import polars as pl
import pytest
from tests.support.scorecards import customers, project, scorecard, scored

from scorewell.api.v1 import Aggregator, Combination, Inputs, Normalizer, Parts, ScorewellError, Statistics, frozen
from scorewell.scoring import fit

METRICS = customers(a=[1, 2])


@frozen
class Tilted(Normalizer):
    name = "tilted"

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        raise ZeroDivisionError("no slope")


@frozen
class Undecided(Aggregator):
    name = "undecided"

    def combine(self, parts: Parts, reference: float) -> Combination:
        raise KeyError("plan")


def test_a_normalizer_that_raises_is_told_with_its_place_and_package() -> None:
    with pytest.raises(ScorewellError) as caught:
        fit(project(scorecard(metrics={"a": scored(Tilted())})), METRICS).score(METRICS.lazy())
    assert caught.value.message == "a: normalizer 'tilted' (tests) failed: ZeroDivisionError: no slope"


def test_an_aggregator_that_raises_is_told_with_its_place_and_package() -> None:
    made = project(scorecard(metrics={"a": scored()}, aggregator=Undecided()))
    with pytest.raises(ScorewellError) as caught:
        fit(made, METRICS).score(METRICS.lazy())
    assert caught.value.message == "the score: aggregator 'undecided' (tests) failed: KeyError: 'plan'"
