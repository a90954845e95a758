"""Bounds: a number, or SQL over roles, attributes and metrics; and what looks at earlier windows of a metric."""

from __future__ import annotations

import pytest

from scorewell.api.v1 import Expression


def card(normalizer: str) -> dict[str, str]:
    return {"scorecards": f"\nmain: {{metrics: {{logins: {{normalizer: {normalizer}}}}}}}"}


@pytest.mark.parametrize(
    "normalizer",
    [
        "{linear: {from: 0, to: 20}}",
        "{linear: {from: -1.5, to: seats}}",
        "{linear: {from: seats / 2, to: seats}}",
        "{linear: {from: 0, to: \"case when plan = 'x' then 3 else per_seat end\"}}",
        "{target: seats}",
        "{target: 3}",
        "{range: {best: [1, seats], worst: [0, 2 * seats]}}",
        "{cases: [{when: value > seats, normalizer: {target: seats}}]}",
    ],
)
def test_a_bound_is_a_number_or_sql(said, normalizer):
    assert said(**card(normalizer)) == []


def test_a_number_stays_one_and_sql_is_an_expression(folder):
    project = folder.project(**card("{linear: {from: 1, to: 2 * seats}}")).load()
    linear = project.scorecards["main"].metrics["logins"].normalizer
    assert (linear.from_, linear.to) == (1.0, Expression("2 * seats"))
    assert (type(linear.from_), type(linear.to)) == (float, Expression)


def test_an_environment_variable_may_be_a_bound(folder):
    folder.environment["LIMIT"] = "12"
    project = folder.project(
        scorecards="""
        main:
          metrics:
            logins:
              normalizer:
                target: ${LIMIT}
        """
    ).load()
    assert project.scorecards["main"].metrics["logins"].normalizer.target == 12


@pytest.mark.parametrize(
    ("normalizer", "told"),
    [
        (
            "{linear: {from: 0, to: saets}}",
            ".linear.to: unknown name 'saets' among roles, attributes and metrics, did you mean 'seats'?",
        ),
        (
            "{linear: {from: 0, to: value * 2}}",
            (
                ".linear.to: unknown name 'value' among roles, attributes and metrics;"
                " there is customer_id, logins, owner, per_seat, plan, seats"
            ),
        ),
        (
            "{range: {best: [1, saets], worst: [0, 9]}}",
            ".range.best.2: unknown name 'saets' among roles, attributes and metrics, did you mean 'seats'?",
        ),
        (
            "{linear: {from: 0, to: 40%}}",
            (".linear.to: expected a number or an SQL expression, got the text '40%': write 40, or 0.4 where 1 is all"),
        ),
        (
            '{linear: {from: 0, to: "20"}}',
            ".linear.to: expected a number or an SQL expression, got the text '20': write it without quotes",
        ),
        ("{linear: {from: 0, to: true}}", ".linear.to: expected a number or an SQL expression, got true"),
        ("{linear: {from: 0, to: null}}", ".linear.to: expected a number or an SQL expression, got nothing"),
        ("{linear: {from: 0, to: [1]}}", ".linear.to: expected a number or an SQL expression, got a list"),
        ("{linear: {from: seats, to: seats}}", ".linear: linear: from and to are both seats: a line needs two values"),
        ("{range: {best: [1], worst: [0, 9]}}", ".range.best: expected a list of 2, got 1"),
        ("{target: -3}", ": target: a target is a number above 0, got -3"),
        (
            "{target: sum(seats)}",
            (
                ".target: sum(seats): sum is an aggregate, and here one row is looked at;"
                " an expression over columns was expected"
            ),
        ),
    ],
)
def test_a_mistaken_bound_is_told_at_its_place(said, normalizer, told):
    (one,) = said(**card(normalizer))
    assert one.removeprefix("scorecards.main.metrics.logins.normalizer") == told


@pytest.mark.parametrize(
    "normalizer",
    [
        "own_baseline",
        "{cases: [{when: value > 3, normalizer: {own_baseline: {windows: 2}}}]}",
        "{type: zscore, fallback: own_baseline}",
    ],
)
def test_earlier_windows_need_a_metric_with_a_window(said, normalizer):
    name = next(name for name in ("cases", "zscore", "own_baseline") if name in normalizer)
    told = f"scorecards.main.metrics.logins.normalizer: {name} looks at earlier windows of the metric, and logins "
    windowless = "\nlogins: {source: usage, measure: acme.touched}"
    assert said(**card(normalizer)) == []
    assert said(metrics=windowless, **card(normalizer)) == [f"{told}has no window: write window: 30d there"]
    assert said(metrics="\nlogins: {sql: seats * 2}", **card(normalizer)) == [f"{told}is derived, so it has none"]
