"""Models on small made-up books: what they say of a customer, and what they do where they cannot say much."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache
from typing import Any

import attrs
import numpy as np
import polars as pl
import pytest
from tests.support.scorecards import dimension, project, scorecard, scored, unexplained

from scorewell.api.v1 import Aggregator
from scorewell.configuration.model import Metric, Project
from scorewell.scoring import FittedProject, fit, train
from scorewell_ml.aggregators import GradientBoosting, Hybrid, Logistic
from scorewell_standard.aggregators import Minimum, WeightedAverage
from scorewell_standard.normalizers import Categories, Linear

COUNT = 600
RULES = WeightedAverage()
LOGISTIC = Logistic(rules=RULES, least_customers=100, least_outcomes=20)
BOOSTING = GradientBoosting(rules=RULES, least_customers=100, least_outcomes=20, trees=20)
MODELS = [
    LOGISTIC,
    BOOSTING,
    attrs.evolve(LOGISTIC, learns_from="scores"),
    attrs.evolve(BOOSTING, learns_from="scores"),
]
TIER = Categories(categories={"gold": 90.0, "else": 40.0})


def book() -> pl.DataFrame:
    """Customers who leave where they log in little, pay by cheque, and, a little, where their seats are unknown."""
    chance = np.random.default_rng(7)
    logins = chance.uniform(0, 100, COUNT)
    tier = chance.choice(["gold", "silver", "bronze"], COUNT)
    seats = np.where(chance.random(COUNT) < 0.2, np.nan, chance.uniform(0, 100, COUNT))
    margin = 2.5 - 0.06 * logins + 1.5 * (tier == "bronze") + 1.0 * np.isnan(seats)
    return pl.DataFrame(
        {
            "customer_id": [f"{row:04}" for row in range(COUNT)],
            "logins": logins,
            "tier": tier,
            "seats": pl.Series(seats).fill_nan(None),
            "happened": chance.random(COUNT) < 1 / (1 + np.exp(-margin)),
        }
    )


BOOK = book()
METRICS, OUTCOMES = BOOK.drop("happened"), BOOK.select("customer_id", "happened")
LEAVES = {"logins": scored(), "tier": scored(TIER), "seats": scored()}


def of(aggregator: Aggregator, **settings: Any) -> Project:
    return project(scorecard(aggregator, metrics=LEAVES, precision=None), **settings)


@cache
def trained(aggregator: Aggregator) -> FittedProject:
    return trained_in(of(aggregator))


def trained_in(of_project: Project) -> FittedProject:
    untrained = fit(of_project, METRICS)
    result = train(untrained, "card", METRICS, OUTCOMES)
    assert not result.failures
    return attrs.evolve(untrained, learned={"card": result.learned}, untrained={"card": result.untrained})


def scores(fitted: FittedProject, *customers: dict[str, Any]) -> pl.DataFrame:
    given = [{"logins": 50.0, "tier": "gold", "seats": 50.0} | each for each in customers]
    schema = {"customer_id": pl.String, "logins": pl.Float64, "tier": pl.String, "seats": pl.Float64}
    rows = [{"customer_id": f"{row:04}", **each} for row, each in enumerate(given)]
    return fitted.score(pl.DataFrame(rows, schema=schema).lazy()).collect()


def rising(numbers: Sequence[float]) -> bool:
    return all(before <= after for before, after in itertools.pairwise(numbers))


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_a_better_value_never_lowers_the_score(model: Aggregator) -> None:
    logins = [{"logins": float(value)} for value in range(-50, 150)]
    found = scores(trained(model), *logins)["score"].to_list()
    assert rising(found)
    assert found[-1] > found[0] + 20


@pytest.mark.parametrize("model", [LOGISTIC, BOOSTING], ids=repr)
def test_where_less_is_better_more_never_raises_the_score(model: Aggregator) -> None:
    better = {"logins": Metric(), "tier": Metric(), "seats": Metric(better="lower")}
    found = scores(trained_in(of(model, metrics=better)), *[{"seats": float(value)} for value in range(100)])
    assert rising(found["score"].to_list()[::-1])


@pytest.mark.parametrize("model", [LOGISTIC, BOOSTING], ids=repr)
def test_a_direction_that_the_data_contradict_is_not_followed_unless_it_is_free(model: Aggregator) -> None:
    wrong = {"logins": Metric(better="lower"), "tier": Metric(), "seats": Metric()}
    customers = [{"logins": 5.0}, {"logins": 95.0}]
    held = scores(trained_in(of(model, metrics=wrong)), *customers)["score"].to_list()
    freed_model = attrs.evolve(model, free=("logins",))
    freed = scores(trained_in(of(freed_model, metrics=wrong)), *customers)["score"].to_list()
    assert held[0] == pytest.approx(held[1])
    assert freed[0] < freed[1] - 20


def test_a_metric_that_is_freed_and_not_there_is_told() -> None:
    model = attrs.evolve(LOGISTIC, free=("logons",))
    result = train(fit(of(model), METRICS), "card", METRICS, OUTCOMES)
    [told] = result.failures["card"].values()
    assert told.cause == "free: 'logons' is none of its metrics, which are logins, tier, seats"
    assert not told.is_bug


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_the_baseline_and_the_contributions_make_the_score(model: Aggregator) -> None:
    fitted = trained(model)
    result = fitted.score(METRICS.lazy()).collect()
    assert unexplained(result) < 1e-6
    assert result["baseline"].n_unique() == 1
    assert result["contribution.logins"].abs().mean() > result["contribution.seats"].abs().mean()


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_a_missing_value_and_an_unknown_category_are_scored(model: Aggregator) -> None:
    result = scores(trained(model), {"logins": None}, {"tier": None}, {"tier": "platinum"}, {"seats": None})
    assert result["score"].is_between(0, 100).all()
    assert unexplained(result) < 1e-6


def test_absence_that_says_something_is_learned() -> None:
    absent, present = scores(trained(LOGISTIC), {"seats": None}, {"seats": 50.0})["score"]
    assert absent < present
    result = scores(trained(LOGISTIC), {"seats": None})
    assert result["contribution.seats"].item() < 0


def test_absence_that_was_never_seen_says_nothing() -> None:
    assert scores(trained(LOGISTIC), {"logins": None})["contribution.logins"].item() == 0


def test_an_unknown_category_counts_as_the_average_one() -> None:
    assert scores(trained(LOGISTIC), {"tier": "platinum"})["contribution.tier"].item() == 0


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_values_that_were_never_so_large_are_scored_as_the_largest(model: Aggregator) -> None:
    largest = METRICS["logins"].max()
    for far in (1e6, 1e308):
        beyond, at = scores(trained(model), {"logins": far}, {"logins": largest})["score"]
        assert beyond == pytest.approx(at)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_a_customer_of_whom_nothing_is_known_has_no_score(model: Aggregator) -> None:
    result = scores(trained(model), {"logins": None, "tier": None, "seats": None})
    assert result["score"].to_list() == [None]
    assert result["status"].to_list() == ["insufficient_data"]


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_a_customer_exactly_at_the_expected_margin_is_explained(model: Aggregator) -> None:
    alike = METRICS.with_columns(logins=50.0, tier=pl.lit("gold"), seats=50.0)
    untrained = fit(of(model), alike)
    learned = train(untrained, "card", alike, OUTCOMES).learned
    result = attrs.evolve(untrained, learned={"card": learned}).score(alike.lazy()).collect()
    assert result["score"].to_list() == pytest.approx(result["baseline"].to_list())
    assert unexplained(result) < 1e-9


def test_a_logistic_contribution_is_the_weight_times_the_distance_from_the_mean() -> None:
    fitted = trained(LOGISTIC)
    terms = fitted.learned["card"][""]["model"]["terms"]
    result = scores(fitted, {"logins": 20.0}, {"logins": 20.0, "seats": 90.0})
    logins = terms[0]["slope"] * (20.0 - METRICS["logins"].mean())
    tier = terms[1]["points"]["gold"]
    seats = terms[2]["slope"] * (50.0 - METRICS["seats"].mean()) + terms[2]["present"]
    share = (result["score"][0] - result["baseline"][0]) / (logins + tier + seats)
    assert result["contribution.logins"][0] == pytest.approx(logins * share)
    assert result["contribution.tier"][0] == pytest.approx(tier * share)


def test_a_model_may_be_a_dimension() -> None:
    card = scorecard(
        dimensions={"risk": dimension(LOGISTIC, weight=3.0, metrics=LEAVES), "rest": dimension(metrics={"c": scored()})}
    )
    metrics = METRICS.with_columns(c=pl.lit(80.0))
    untrained = fit(project(card), metrics)
    learned = train(untrained, "card", metrics, OUTCOMES).learned
    result = attrs.evolve(untrained, learned={"card": learned}).score(metrics.lazy()).collect()
    assert result["baseline"].unique().to_list() == [100]
    assert unexplained(result) < 1e-6


# -- rules instead -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [attrs.evolve(model, rules=Minimum()) for model in MODELS], ids=repr)
def test_until_it_is_trained_its_rules_score(model: Aggregator) -> None:
    result = scores(fit(of(model), METRICS), {"logins": 30.0})
    assert result["score"].to_list() == [30]
    assert result["baseline"].to_list() == [100]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"least_customers": 601}, "600 customers with a known outcome: at least 601 are needed"),
        ({"least_outcomes": 500}, " customers to whom it happened: at least 500 are needed"),
    ],
)
def test_too_little_data_is_told_with_what_is_needed(settings: dict[str, int], told: str) -> None:
    result = train(fit(of(attrs.evolve(LOGISTIC, **settings)), METRICS), "card", METRICS, OUTCOMES)
    assert result.learned == {}
    assert told in result.untrained[""]


def test_to_who_may_not_see_all_metrics_the_rules_score() -> None:
    fitted = trained(LOGISTIC)
    shown = project(scorecard(LOGISTIC, metrics={"logins": LEAVES["logins"]}, precision=None))
    result = attrs.evolve(fitted, project=shown).score(METRICS[:3].lazy()).collect()
    assert result["score"].to_list() == pytest.approx(METRICS["logins"][:3].to_list())
    assert unexplained(result) < 1e-9


# -- rules and a model -------------------------------------------------------------------------------------------------


def test_a_hybrid_weighs_rules_and_model() -> None:
    hybrid = Hybrid(rules=RULES, model=LOGISTIC, model_weight=0.4)
    customers = METRICS[:50].lazy()
    mixed = trained(hybrid).score(customers).collect()
    model = trained(LOGISTIC).score(customers).collect()
    rules = fit(of(RULES), METRICS).score(customers).collect()
    for name in ("score", "baseline"):
        expected = 0.6 * rules[name] + 0.4 * model[name]
        assert mixed[name].to_list() == pytest.approx(expected.to_list())
    assert unexplained(mixed) < 1e-6


def test_an_untrained_hybrid_is_its_rules() -> None:
    hybrid = Hybrid(rules=Minimum(), model=LOGISTIC, model_weight=0.4)
    assert scores(fit(of(hybrid), METRICS), {"logins": 30.0})["score"].to_list() == [30]


# -- settings ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mistaken", "told"),
    [
        (attrs.evolve(LOGISTIC, rules=LOGISTIC), "rules is logistic, which learns itself"),
        (attrs.evolve(LOGISTIC, ridge=0.0), "ridge is 0: expected a number above 0"),
        (attrs.evolve(LOGISTIC, least_customers=9), "least_customers is 9: expected at least 10"),
        (attrs.evolve(LOGISTIC, least_outcomes=4), "least_outcomes is 4: expected at least 5"),
        (attrs.evolve(LOGISTIC, seed=-1), "seed is -1: expected 0 to 2147483647"),
        (attrs.evolve(BOOSTING, trees=0), "trees is 0: expected 1 to 10000"),
        (attrs.evolve(BOOSTING, leaves=1), "leaves is 1: expected 2 to 1000"),
        (attrs.evolve(BOOSTING, least_in_leaf=0), "least_in_leaf is 0: expected 1 to 1000000"),
        (attrs.evolve(BOOSTING, learning_rate=1.5), "learning_rate is 1.5: expected a number above 0, at most 1"),
        (Hybrid(rules=LOGISTIC, model=LOGISTIC, model_weight=0.4), "rules is logistic, which learns"),
        (Hybrid(rules=RULES, model=Minimum(), model_weight=0.4), "model is minimum, which learns nothing"),
    ],
)
def test_settings_that_cannot_be_meant_are_told(mistaken: Aggregator, told: str) -> None:
    [said] = mistaken.problems()
    assert said.startswith(told)


@pytest.mark.parametrize("model", [*MODELS, Hybrid(rules=RULES, model=LOGISTIC, model_weight=0.4)], ids=repr)
def test_settings_that_can_be_meant_are_not(model: Aggregator) -> None:
    assert list(model.problems()) == []


@pytest.mark.parametrize(
    ("former", "later"),
    [
        (LOGISTIC, attrs.evolve(LOGISTIC, rules=Minimum())),
        (BOOSTING, attrs.evolve(BOOSTING, rules=Minimum())),
        (
            Hybrid(rules=RULES, model=LOGISTIC, model_weight=0.4),
            Hybrid(rules=Minimum(), model=LOGISTIC, model_weight=0.5),
        ),
    ],
    ids=["the rules of a learner", "the rules of trees", "a hybrid's rules and weight"],
)
def test_rules_and_their_share_may_change_without_learning_anew(former: Aggregator, later: Aggregator) -> None:
    assert repr(later.learned_with()) == repr(former.learned_with())


@pytest.mark.parametrize(
    ("former", "later"),
    [
        (LOGISTIC, attrs.evolve(LOGISTIC, ridge=2.0)),
        (LOGISTIC, BOOSTING),
        (
            Hybrid(rules=RULES, model=LOGISTIC, model_weight=0.4),
            Hybrid(rules=RULES, model=attrs.evolve(LOGISTIC, seed=7), model_weight=0.4),
        ),
    ],
    ids=["a setting", "another learner", "a setting of a hybrid's model"],
)
def test_other_settings_of_the_learner_need_learning_anew(former: Aggregator, later: Aggregator) -> None:
    assert repr(later.learned_with()) != repr(former.learned_with())


def test_scores_are_what_the_model_learns_from_where_it_is_told_so() -> None:
    model = attrs.evolve(LOGISTIC, learns_from="scores")
    falling = LEAVES | {"logins": scored(Linear(from_=100.0, to=0.0))}
    turned = project(scorecard(model, metrics=falling, precision=None))
    # The normalizer says that few logins are healthy; the data say otherwise, and may not lower a better score.
    few, many = scores(trained_in(turned), {"logins": 5.0}, {"logins": 95.0})["score"]
    assert few == pytest.approx(many)


@pytest.mark.parametrize("leaves", [8, 20], ids=["from tables", "by the library"])
def test_boosting_predicts_each_customer_once(monkeypatch: pytest.MonkeyPatch, leaves: int) -> None:
    from lightgbm import Booster

    from scorewell_ml import explaining

    predicted: list[int] = []

    def by_library(self: Booster, values: Any, **options: Any) -> Any:
        predicted.append(len(values))
        return predict(self, values, **options)

    def from_tables(trees: Any, columns: Any) -> Any:
        predicted.append(len(columns[0]))
        return shapley_values(trees, columns)

    predict, shapley_values = Booster.predict, explaining.shapley_values
    fitted = trained(attrs.evolve(BOOSTING, leaves=leaves))
    monkeypatch.setattr(Booster, "predict", by_library)
    monkeypatch.setattr(explaining, "shapley_values", from_tables)
    fitted.score(METRICS.lazy()).collect()
    assert sum(predicted) == len(METRICS)
