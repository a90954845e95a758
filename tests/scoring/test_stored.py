"""A stored fit says whose it is and that it is whole; what it cannot be used for, it is not used for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

import attrs
import polars as pl
import pytest
from tests.support.model import Distance
from tests.support.scorecards import dimension, project, scorecard, scored
from tests.support.small_project import Unreadable

from scorewell.api.v1 import Aggregator, Column, Condition, Duration, Expression, ScorewellError, Table, frozen, setting
from scorewell.configuration.model import Customers, DatedOutcomes, Metric, Outcomes, Project, SourceTables
from scorewell.scoring import StoredFit, outcomes_of_project, settings_of_scorecard
from scorewell_standard.normalizers import Linear, Percentile

PLACE = "fits/card.json"
HINT = " (scorewell fit --scorecard card)"


def of(**metrics: Any) -> Project:
    risk = dimension(Distance(), metrics=metrics or {"a": scored(), "b": scored()})
    return project(scorecard(dimensions={"risk": risk}, metrics={"c": scored(Percentile())}))


def stored(**changes: Any) -> StoredFit:
    made = StoredFit(
        project="test",
        scorecard="card",
        as_of="2026-03-01T00:00:00+01:00",
        configuration="abc",
        versions={"scorewell-acme": "1.0"},
        customers=4,
        examples=3,
        happened=1,
        statistics={"c": {"rank.values": pl.Series([1.0, 2.5]), "rank.center": None}},
        learned={"risk": {"means": [1.5, None], "note": "über"}},
        untrained={},
        settings=settings_of_scorecard(of(), "card"),
        outcomes=outcomes_of_project(of()),
    )
    return attrs.evolve(made, **changes)


def test_a_stored_fit_is_read_as_it_was_written() -> None:
    text = stored().to_json()
    again = StoredFit.from_json(text, PLACE)
    assert again.to_json() == text
    assert again.learned == stored().learned
    assert again.statistics["c"]["rank.values"].to_list() == [1.0, 2.5]  # type: ignore[union-attr]  # it is a list


def test_it_is_plain_json_with_a_line_for_each_part() -> None:
    text = stored().to_json()
    assert len(text.splitlines()) == len(json.loads(text)) + 2


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text[:-40], "it is no stored fit"),
        (lambda text: text.replace("1.5", "1.6"), "its content does not match its own checksum"),
        (lambda text: text.replace('"examples": 3', '"examples": 300'), "its content does not match its own checksum"),
        (lambda _: "{}", "it is no stored fit"),
        (lambda _: "[1]", "it is no stored fit"),
        (lambda text: text.replace('"customers"', '"people"'), "it is no stored fit"),
    ],
)
def test_a_damaged_file_is_refused_with_what_to_do(change: Callable[[str], str], why: str) -> None:
    with pytest.raises(ScorewellError) as caught:
        StoredFit.from_json(change(stored().to_json()), PLACE)
    assert caught.value.message == f"fits/card.json is damaged: {why}"
    assert caught.value.hint == "restore it from a copy, or write it again: scorewell fit"


def test_a_newer_format_is_refused_by_its_number() -> None:
    text = stored().to_json().replace('"format": 1', '"format": 2')
    with pytest.raises(ScorewellError, match=r"fits/card\.json has format 2, and this version of .* reads up to 1"):
        StoredFit.from_json(text, PLACE)


def required(project: Project, fit: StoredFit | None = None, *, whole: bool = False) -> str:
    """What is said against using the fit; "" for nothing."""
    try:
        (fit or stored()).require(project, "card", PLACE, whole=whole)
    except ScorewellError as error:
        return f"{error.message} ({error.hint})"
    return ""


def test_the_fit_of_the_same_settings_may_be_used() -> None:
    assert required(of(), whole=True) == ""


def test_weights_bands_and_labels_are_not_what_a_fit_rests_on() -> None:
    changed = project(
        scorecard(
            dimensions={"risk": dimension(Distance(), weight=9.0, metrics={"a": scored(weight=3.0), "b": scored()})},
            metrics={"c": scored(Percentile(), weight=2.0, missing="neutral")},
            label="Other",
        )
    )
    assert required(changed, whole=True) == ""


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"project": "other"}, "is the fit of scorecard 'card' of project 'other', not of 'card' of 'test'"),
        ({"scorecard": "smb"}, "is the fit of scorecard 'smb' of project 'test', not of 'card' of 'test'"),
    ],
)
def test_a_foreign_fit_is_refused(other: dict[str, str], said: str) -> None:
    assert required(of(), stored(**other)) == f"{PLACE} {said}{HINT}"


def test_other_settings_of_the_model_are_refused() -> None:
    risk = dimension(Distance(floor=9), metrics={"a": scored(), "b": scored()})
    changed = project(scorecard(dimensions={"risk": risk}, metrics={"c": scored(Percentile())}))
    assert required(changed) == f"{PLACE} was learned with other settings of scorecards.card.risk{HINT}"


def test_another_normalizer_or_definition_of_a_models_metric_is_refused() -> None:
    said = f"{PLACE} was learned with other settings of scorecards.card.risk.a{HINT}"
    assert required(of(a=scored(Linear(from_=0.0, to=50.0)), b=scored())) == said
    same = of()
    assert required(attrs.evolve(same, metrics={**same.metrics, "a": Metric(better="lower")})) == said  # type: ignore[misc]  # made by the edition's @frozen


def test_a_metric_more_or_less_is_refused() -> None:
    assert required(of(a=scored(), b=scored(), d=scored())) == (
        f"{PLACE} was learned with a scorecard without scorecards.card.risk.d{HINT}"
    )
    assert required(of(a=scored())) == (
        f"{PLACE} was learned with the metric 'b', which is not in scorecards.card.risk any more{HINT}"
    )


def test_a_normalizer_outside_the_model_matters_only_for_the_whole_fit() -> None:
    risk = dimension(Distance(), metrics={"a": scored(), "b": scored()})
    changed = project(scorecard(dimensions={"risk": risk}, metrics={"c": scored()}))
    assert required(changed) == ""
    assert required(changed, whole=True) == f"{PLACE} was learned with other settings of scorecards.card.c{HINT}"


# -- what a metric's value rests on ------------------------------------------------------------------------------------

USAGE = Metric(source="usage")
RATIO = Metric(sql=Expression("minutes / revenue"), label="Ratio")
DEFINITIONS = {"a": USAGE, "b": RATIO, "c": Metric(), "minutes": Metric(), "seats": Metric()}
OUTCOMES = Outcomes(source="crm", outcome=Condition("churned"))


def defined(table: Table | None = None, revenue: str = "mrr", **changes: Any) -> Project:
    """Of the model's metrics ``a`` is measured, and ``b`` derived from another metric and a role."""
    tables = SourceTables(plugin=Unreadable(), tables={"": table or Table(customer=Column("id"))})
    settings: dict[str, Any] = {
        "metrics": DEFINITIONS,
        "sources": {"usage": tables},
        "customers": Customers(source="usage", roles={"revenue": Column(revenue)}),
        "outcomes": OUTCOMES,
    }
    return cast("Project", attrs.evolve(cast("Any", of()), **{**settings, **changes}))


def redefined(**metrics: Metric) -> Project:
    return defined(metrics={**DEFINITIONS, **metrics})


def learned_with(former: Project) -> StoredFit:
    return stored(settings=settings_of_scorecard(former, "card"), outcomes=outcomes_of_project(former))


@pytest.mark.parametrize(
    ("changed", "metric"),
    [
        (redefined(a=Metric(source="usage", fresh_within=Duration.parse("30d"))), "a"),
        (redefined(a=Metric(source="usage", min_age=Duration.parse("30d"))), "a"),
        (redefined(a=Metric(source="usage", better="lower")), "a"),
        (redefined(minutes=Metric(min_rows=3)), "b"),
        (defined(revenue="arr"), "b"),
        (defined(Table(customer=Column("id"), covers=Condition("plan = 'L'"))), "a"),
    ],
    ids=["fresh_within", "min_age", "better", "a metric in its sql", "a role in its sql", "its table's meaning"],
)
def test_another_way_to_a_value_that_a_model_learned_from_is_refused(changed: Project, metric: str) -> None:
    said = f"{PLACE} was learned with other settings of scorecards.card.risk.{metric}{HINT}"
    assert required(changed, learned_with(defined())) == said


@pytest.mark.parametrize(
    "changed",
    [
        redefined(a=Metric(source="usage", label="Usage", unit="min", advice={"internal": "call"}, owner="Ada")),
        redefined(minutes=Metric(label="Minutes", better="lower")),
        redefined(seats=Metric(min_rows=3)),
        defined(Table(customer=Column("id"), fresh_within=Duration.parse("2d"))),
    ],
    ids=["what is said of it", "what is said of one in its sql", "another metric", "when its table is stale"],
)
def test_what_does_not_enter_the_values_may_change(changed: Project) -> None:
    assert required(changed, learned_with(defined()), whole=True) == ""


def test_a_metric_in_the_condition_of_another_is_refused_with_another_definition() -> None:
    conditional = {"a": scored(when=Condition("seats > 3")), "b": scored()}
    former = attrs.evolve(of(**conditional), metrics=DEFINITIONS)  # type: ignore[misc]  # made by the edition's @frozen
    later = attrs.evolve(former, metrics={**DEFINITIONS, "seats": Metric(min_rows=3)})
    said = f"{PLACE} was learned with other settings of scorecards.card.risk.a{HINT}"
    assert required(later, learned_with(former)) == said


def test_metrics_that_need_each_other_in_a_circle_do_not_keep_it_from_an_answer() -> None:
    circle = redefined(minutes=Metric(sql=Expression("b + 1")))
    assert required(circle, learned_with(circle)) == ""


@pytest.mark.parametrize(
    "changed",
    [
        defined(outcomes=Outcomes(source="crm", outcome=Condition("not churned"))),
        defined(outcomes=Outcomes(source="usage", outcome=Condition("churned"))),
        defined(outcomes=None),
    ],
    ids=["another outcome", "from another table", "none"],
)
def test_other_outcomes_are_refused(changed: Project) -> None:
    assert required(changed, learned_with(defined())) == f"{PLACE} was learned with other outcomes{HINT}"


def test_what_is_told_with_its_date_does_not_matter_to_a_model() -> None:
    dated = attrs.evolve(OUTCOMES, dated=DatedOutcomes(source="usage", outcome=Expression("'churned'")))  # type: ignore[misc]  # as below
    assert required(defined(outcomes=dated), learned_with(defined())) == ""


def test_a_fit_of_an_earlier_version_knows_its_outcomes() -> None:
    assert outcomes_of_project(defined()) == "8f539e4f2a63d8d0"


def test_outcomes_do_not_matter_where_no_model_is() -> None:
    plain = project(scorecard(metrics={"c": scored(Percentile())}))
    changed = attrs.evolve(plain, outcomes=OUTCOMES)  # type: ignore[misc]  # made by the edition's @frozen
    assert required(changed, learned_with(plain), whole=True) == ""


def test_another_population_matters_to_what_compares_customers() -> None:
    risk = dimension(Distance(), metrics={"a": scored(), "b": scored()})
    changed = project(scorecard(dimensions={"risk": risk}, metrics={"c": scored(Percentile())}, fit_on="all"))
    assert required(changed) == ""
    assert required(changed, whole=True) == f"{PLACE} was learned with other settings of scorecards.card.c{HINT}"


@frozen
class Mixed(Distance):
    """A model that has a setting which its learning does not rest on."""

    name = "mixed"

    share: float = setting("the model's share of the score", default=0.4)

    def learned_with(self) -> object:
        return self.floor


def test_a_setting_that_the_learning_does_not_rest_on_may_change() -> None:
    def mixed(model: Aggregator) -> Project:
        return project(scorecard(model, metrics={"a": scored()}))

    former = learned_with(mixed(Mixed()))
    assert required(mixed(Mixed(share=0.5)), former) == ""
    assert required(mixed(Mixed(floor=9)), former) == (
        f"{PLACE} was learned with other settings of the aggregator of scorecards.card{HINT}"
    )
