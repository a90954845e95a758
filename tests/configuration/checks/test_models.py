"""Where an aggregator that learns may stand, and what it learns from."""

from __future__ import annotations

import pytest

METRICS = "metrics: {logins: {normalizer: acme.flat}}"


def test_a_model_may_stand_over_metrics(said):
    assert said(scorecards=f"\nmain: {{aggregator: acme.guess, {METRICS}}}") == []
    assert said(scorecards=f"\nmain: {{dimensions: {{risk: {{aggregator: acme.guess, {METRICS}}}}}}}") == []


def test_a_model_over_a_dimension_is_told(said):
    card = f"main: {{aggregator: acme.guess, dimensions: {{usage: {{{METRICS}}}}}}}"
    assert said(scorecards=f"\n{card}") == [
        (
            "scorecards.main.aggregator: guess learns from metrics, and 'usage' is a dimension: "
            "give it a dimension of its own with metrics only"
        )
    ]


def test_a_model_inside_another_aggregator_would_never_learn(said):
    rules = "{type: acme.decide, decide: [{score: acme.guess}]}"
    assert said(scorecards=f"\nmain: {{aggregator: {rules}, {METRICS}}}") == [
        (
            "scorecards.main.aggregator: guess learns, and inside decide it never would: "
            "make it the aggregator of a dimension"
        )
    ]


def test_outcomes_are_a_table_and_a_condition_over_its_columns(folder):
    project = folder.project(outcomes="""{source: crm, outcome: "Churn = 'Yes'"}""").load()
    assert project.outcomes is not None
    assert (project.outcomes.source, project.outcomes.outcome) == ("crm", "Churn = 'Yes'")


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ("{source: crn, outcome: churned}", "outcomes.source: unknown source 'crn', did you mean 'crm'?"),
        (
            """{source: crm, outcome: "'churned'"}""",
            "outcomes.outcome: 'churned': this is text, and a condition was expected, as in minutes > 0",
        ),
        (
            "{source: crm}",
            (
                "outcomes: missing setting 'outcome': whether it happened, as Churn = 'Yes', or of a table with a time "
                "also a text that says what, as 'churned'; null: not known"
            ),
        ),
        (
            "{source: crm, outcome: churned, horizon: 90d}",
            "outcomes: unknown setting 'horizon'; it has source, outcome, dated",
        ),
        ("churned", "outcomes: expected settings, got the text 'churned'"),
        (
            "{source: crm, outcome: churned, dated: {source: usgae, outcome: churned}}",
            "outcomes.dated.source: unknown source 'usgae', did you mean 'usage'?",
        ),
        (
            "{source: crm, outcome: churned, dated: {source: crm, outcome: churned}}",
            ("outcomes.dated.source: table crm declares no time, but outcomes need a date: write time: COLUMN there"),
        ),
        (
            "{source: usage, outcome: churned, dated: {source: usage, outcome: churned}}",
            "outcomes.dated: the outcomes have their dates themselves: dated is for a table without a time",
        ),
    ],
)
def test_mistaken_outcomes_are_told(said, outcomes, told):
    assert said(outcomes=outcomes) == [told]


def test_outcomes_with_a_date_may_say_what_happened(said):
    for outcome in ("churned", "'churned'", "case when won then 'renewed' else 'churned' end"):
        assert said(outcomes=f"""{{source: usage, outcome: "{outcome}"}}""") == []
