"""Stored models: whatever is not exactly what was learned is refused, and says where."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from scorewell.api.v1 import Aggregator, ExamplePart, Examples, ScorewellError
from scorewell_ml.aggregators import GradientBoosting, Logistic
from scorewell_standard.aggregators import WeightedAverage

SETTINGS: dict[str, Any] = {"rules": WeightedAverage(), "least_customers": 100, "least_outcomes": 10}
LOGISTIC = Logistic(**SETTINGS)
BOOSTING = GradientBoosting(**SETTINGS, trees=3)
SCALE = (0.0, 100.0)


def examples() -> Examples:
    chance = np.random.default_rng(3)
    values = chance.normal(size=200)
    frame = pl.DataFrame({"use": values, "plan": chance.choice(["S", "L"], 200)})
    return Examples(
        parts=(
            ExamplePart(name="use", better="higher", kind="number"),
            ExamplePart(name="plan", better="higher", kind="category"),
        ),
        customers=pl.Series([f"{row:03}" for row in range(200)]),
        values=frame,
        scores=frame.select(use=50.0, plan=50.0),
        happened=pl.Series(chance.random(200) > 1 / (1 + np.exp(-values))),
    )


LEARNED = {model.name: model.learn(examples()) for model in (LOGISTIC, BOOSTING)}


def put(*place: str | int, value: object) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        for key in place[:-1]:
            document = document[key]
        document[place[-1]] = value

    return change


def drop(*place: str) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        for key in place[:-1]:
            document = document[key]
        del document[place[-1]]

    return change


def exchanged_trees(document: Any) -> None:
    text = document["model"]["trees"].replace("num_class=1", "num_class=7")
    document["model"] |= {"trees": text, "sha256": hashlib.sha256(text.encode()).hexdigest()}


def damaged_trees(document: Any) -> None:
    document["model"]["trees"] = document["model"]["trees"].replace("threshold", "treshold")


def refused(model: Aggregator, change: Callable[[Any], None]) -> str:
    document = copy.deepcopy(LEARNED[model.name])
    change(document)
    with pytest.raises(ScorewellError) as told:
        model.baseline(SCALE, document)
    assert told.value.hint == "train it again: scorewell fit"
    return told.value.message.removeprefix(f"what ml.{model.name} learned cannot be used: ")


@pytest.mark.parametrize("model", [LOGISTIC, BOOSTING], ids=lambda model: model.name)
def test_what_was_learned_is_read_again(model: Aggregator) -> None:
    assert 0 < model.baseline(SCALE, LEARNED[model.name]) < 100


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (put("format", value="scorewell-ml 9"), "format: expected scorewell-ml 1, got 'scorewell-ml 9'"),
        (put("learner", value="gradient_boosting"), "learner: expected logistic, got 'gradient_boosting'"),
        (put("learns_from", value="scores"), "learns_from: expected values, got 'scores'"),
        (put("parts", value="use"), "parts: expected a list, got 'use'"),
        (put("parts", value=["use", 3]), "parts.2: expected a text, got 3"),
        (put("parts", value=["use", "use"]), "parts: a metric twice"),
        (put("parts", value=["use"]), "model.terms: 2 terms: expected 1"),
        (put("model", value=[]), "model: expected a mapping, got []"),
        (put("model", "expected", value="much"), "model.expected: expected a finite number, got 'much'"),
        (put("model", "expected", value=True), "model.expected: expected a finite number, got True"),
        (put("model", "expected", value=float("nan")), "model.expected: expected a finite number, got nan"),
        (put("model", "extra", value=1), "model: it has expected, extra, terms: expected expected, terms"),
        (drop("model", "expected"), "model: it has terms: expected expected, terms"),
        (put("model", "terms", 0, "slope", value=None), "model.terms.1.slope: expected a finite number, got None"),
        (put("model", "terms", 1, "points", value=[1]), "model.terms.2.points: expected points by category"),
        (
            put("calibration", "method", value="oracle"),
            "calibration.method: expected sigmoid or isotonic, got 'oracle'",
        ),
        (put("calibration", "slope", value=-1.0), "calibration.slope: a greater margin must not mean a lower risk"),
        (drop("card"), "it has calibration, format, learner, learns_from, model, parts"),
    ],
)
def test_a_corrupted_model_is_refused(change: Callable[[Any], None], told: str) -> None:
    assert refused(LOGISTIC, change).startswith(told)


@pytest.mark.parametrize(
    ("calibration", "told"),
    [
        ({"margins": [1.0, 0.0], "chances": [0.1, 0.2]}, "calibration.margins: expected ascending margins"),
        ({"margins": [0.0, 0.0], "chances": [0.1, 0.2]}, "calibration.margins: expected ascending margins"),
        ({"margins": [0.0], "chances": [0.1, 0.2]}, "calibration.margins: expected ascending margins"),
        ({"margins": [], "chances": []}, "calibration.margins: expected ascending margins"),
        ({"margins": [0.0, 1.0], "chances": [0.3, 0.2]}, "calibration.chances: expected chances from 0 to 1"),
        ({"margins": [0.0, 1.0], "chances": [0.3, 1.2]}, "calibration.chances: expected chances from 0 to 1"),
    ],
)
def test_a_calibration_that_could_not_have_been_learned_is_refused(calibration: dict[str, Any], told: str) -> None:
    assert refused(LOGISTIC, put("calibration", value={"method": "isotonic", **calibration})).startswith(told)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (damaged_trees, "model.trees: its hash is not the stored one: it was changed after the training"),
        (exchanged_trees, "model.trees: expected LightGBM's text of a model with one margin over 2 features"),
        (put("model", "encodings", value=[]), "model.encodings: 0 encodings: expected 2"),
        (put("model", "encodings", 1, value={"categories": [1]}), "model.encodings.2.categories.1: expected a text"),
        (put("model", "encodings", 0, value={}), "model.encodings.1: it has nothing: expected absent"),
        (put("model", "trees", value=None), "model.trees: expected a text, got None"),
    ],
)
def test_trees_that_were_changed_never_reach_the_library(change: Callable[[Any], None], told: str) -> None:
    assert refused(BOOSTING, change).startswith(told)


@pytest.mark.parametrize("foreign", [{}, {"means": [25.0]}, {"format": "onnx"}])
def test_a_model_of_another_make_is_refused(foreign: dict[str, Any]) -> None:
    with pytest.raises(ScorewellError, match=r"what ml\.logistic learned cannot be used: it has"):
        LOGISTIC.baseline(SCALE, foreign)
