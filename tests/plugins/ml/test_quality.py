"""On two public tables: as good as the same learner used by hand, calibrated, explained, and the same every time."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import attrs
import numpy as np
import polars as pl
import pytest
from lightgbm import LGBMClassifier
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from tests.plugins.ml.conftest import Book
from tests.support.scorecards import unexplained

from scorewell.api.v1 import Aggregator
from scorewell.scoring import FittedProject, fit, train
from scorewell_ml.aggregators import GradientBoosting, Logistic
from scorewell_standard.aggregators import WeightedAverage

LEARNERS = {"logistic": Logistic, "boosting": GradientBoosting}
CASES = [(name, learner) for name in ("telco", "telecom") for learner in LEARNERS]


@pytest.fixture(scope="module")
def fitted(request: pytest.FixtureRequest) -> Any:
    @cache
    def of(name: str, learner: str) -> FittedProject:
        book: Book = request.getfixturevalue(name)
        return trained(book, LEARNERS[learner](rules=WeightedAverage(), free=book.free))

    return of


def trained(book: Book, aggregator: Aggregator) -> FittedProject:
    untrained = fit(book.project(aggregator), book.metrics)
    result = train(untrained, "card", book.metrics, book.outcomes)
    assert result.failures == {}
    return attrs.evolve(untrained, learned={"card": result.learned})


def by_hand(book: Book, learner: str) -> float:
    """The mean ROC-AUC over the same folds, by the libraries' own estimators in the usual way."""
    happened = book.outcomes["happened"].to_numpy()
    texts = [name for name in book.names if book.metrics.schema[name] == pl.String]
    numbers = [name for name in book.names if name not in texts]
    frame = book.metrics.select(*numbers, *(pl.col(name).rank("dense").cast(pl.Float64) for name in texts)).to_numpy()
    categorical = list(range(len(numbers), len(book.names)))
    areas = []
    for others, own in StratifiedKFold(5, shuffle=True, random_state=0).split(frame, happened):
        if learner == "logistic":
            scaled = make_pipeline(SimpleImputer(), StandardScaler())
            encoded = ("text", OneHotEncoder(handle_unknown="ignore"), categorical)
            columns = ColumnTransformer([("number", scaled, list(range(len(numbers)))), encoded])
            model = make_pipeline(columns, LogisticRegression(max_iter=1000)).fit(frame[others], happened[others])
        else:
            model = LGBMClassifier(num_leaves=8, verbosity=-1, n_jobs=1)
            model.fit(frame[others], happened[others], categorical_feature=categorical)
        areas.append(roc_auc_score(happened[own], model.predict_proba(frame[own])[:, 1]))
    return float(np.mean(areas))


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.parametrize(
    ("name", "learner", "published"),
    [
        ("telco", "logistic", 0.845),
        ("telco", "boosting", 0.834),
        ("telecom", "logistic", 0.821),
        ("telecom", "boosting", 0.92),
    ],
)
def test_it_ranks_unseen_customers_as_the_learner_does_by_hand(
    fitted: Any, request: pytest.FixtureRequest, name: str, learner: str, published: float
) -> None:
    found = fitted(name, learner).learned["card"][""]["card"]["out_of_fold"]["roc_auc"]
    assert found > by_hand(request.getfixturevalue(name), learner) - 0.005
    assert found > published - 0.005


@pytest.mark.parametrize(("name", "learner"), CASES)
def test_its_probabilities_are_believable(fitted: Any, name: str, learner: str) -> None:
    tested = fitted(name, learner).learned["card"][""]["card"]["out_of_fold"]
    bins = tested["bins"]
    error = sum(each["customers"] * abs(each["predicted"] - each["happened"]) for each in bins)
    assert len(bins) == 10
    assert error / sum(each["customers"] for each in bins) < 0.03
    assert tested["brier"] < tested["brier_of_the_rate_alone"]


@pytest.mark.parametrize(("name", "learner"), CASES)
def test_the_contributions_add_up(fitted: Any, request: pytest.FixtureRequest, name: str, learner: str) -> None:
    scores = fitted(name, learner).score(request.getfixturevalue(name).metrics.lazy()).collect()
    assert scores["score"].null_count() == 0
    assert unexplained(scores) < 1e-6


@pytest.mark.parametrize(("name", "learner"), CASES)
def test_those_who_left_have_the_lower_scores(
    fitted: Any, request: pytest.FixtureRequest, name: str, learner: str
) -> None:
    book: Book = request.getfixturevalue(name)
    scores = fitted(name, learner).score(book.metrics.lazy()).collect()
    # On average the score is the share that stayed: it is a probability.
    assert scores["score"].mean() == pytest.approx(100 * (1 - book.outcomes["happened"].mean()), abs=1.0)
    assert roc_auc_score(book.outcomes["happened"], -scores["score"]) > 0.8


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_same_seed_learns_the_same_bytes(fitted: Any, telecom: Book, learner: str) -> None:
    again = trained(telecom, LEARNERS[learner](rules=WeightedAverage(), free=telecom.free))
    assert again.to_json() == fitted("telecom", learner).to_json()


@pytest.mark.parametrize("learner", LEARNERS)
def test_one_customer_alone_scores_as_among_many(fitted: Any, telco: Book, learner: str) -> None:
    whole = fitted("telco", learner).score(telco.metrics.lazy()).collect()
    rows = range(0, len(telco.metrics), 700)
    alone = [fitted("telco", learner).score(telco.metrics[row].lazy()).collect() for row in rows]
    assert pl.concat(alone).equals(whole[list(rows)])


@pytest.mark.parametrize("learner", LEARNERS)
def test_streaming_scores_as_in_memory(fitted: Any, telco: Book, learner: str) -> None:
    scores = fitted("telco", learner).score(telco.metrics.lazy())
    assert scores.collect(engine="streaming").equals(scores.collect())


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_stored_model_scores_as_before(fitted: Any, telco: Book, learner: str) -> None:
    before = fitted("telco", learner)
    after = FittedProject.from_json(before.project, before.to_json())
    customers = telco.metrics[:500].lazy()
    assert after.score(customers).collect().equals(before.score(customers).collect())


@pytest.mark.parametrize(("name", "learner"), CASES)
def test_the_model_card_tells_what_the_model_rests_on(fitted: Any, name: str, learner: str) -> None:
    project = fitted(name, learner)
    learned = project.learned["card"][""]
    told = project.project.scorecards["card"].aggregator.describe(learned)
    assert json.dumps(learned, allow_nan=False)
    assert {each["name"] for each in learned["card"]["features"]} <= set(told.replace("|", " ").split())
    assert f"ROC-AUC {learned['card']['out_of_fold']['roc_auc']:.3f}" in told
