"""The section `pulse`: one more metric, which expires and is for the inside alone."""

import pytest

from scorewell.api.v1 import Duration
from scorewell.configuration.pulse import RecordedPulses

SOURCES = """
    crm: {plugin: acme.rows, customer: id}
    usage: {plugin: acme.rows, customer: account, time: day}
    voices: {plugin: acme.rows, customer: account, time: said_on}
    timeless: {plugin: acme.rows, customer: account}
    nobodys: {plugin: acme.rows, time: said_on}
    """
CARD = """
    main: {metrics: {pulse: {normalizer: acme.flat}, logins: {normalizer: acme.flat}}}
    """


def test_it_makes_a_metric_that_scorecards_and_conditions_may_name(folder):
    adjusted = (
        "\nmain: {metrics: {pulse: {normalizer: acme.flat}}, adjustments: [{when: pulse <= 2, add: -5, because: x}]}"
    )
    project = folder.project(
        sources=SOURCES, pulse="{source: voices, column: mood, within: 60d, advice: Call them}", scorecards=adjusted
    ).load()
    made = project.metrics["pulse"]
    assert (made.source, made.measure.name, made.measure.column, str(made.window)) == (
        "voices",
        "latest",
        "mood",
        "60d",
    )
    assert (made.audience, made.label, made.advice) == ("internal", "Pulse", {"internal": "Call them"})


def test_without_a_table_of_that_name_it_is_what_was_recorded(folder):
    project = folder.project(pulse="{}", scorecards=CARD).load()
    source, _, table = project.table("pulses")
    assert isinstance(source, RecordedPulses)
    assert (table.customer.column, table.time) == ("customer_id", "time")
    assert (project.pulse.within, project.pulse.reason, project.pulse.by) == (Duration.parse("90d"), "reason", "by")


def test_a_source_called_pulses_is_that_source(folder):
    sources = SOURCES.replace("voices", "pulses")
    project = folder.project(sources=sources, pulse="{source: pulses}").load()
    assert (project.table("pulses")[0].name, project.pulse.reason) == ("rows", None)


def test_without_the_section_there_is_no_such_metric(said):
    assert said(scorecards=CARD) == [
        "scorecards.main.metrics.pulse: unknown metric 'pulse'; there is logins, per_seat",
    ]


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        ({"pulse": "{source: voics}"}, ["pulse.source: unknown source 'voics', did you mean 'voices'?"]),
        (
            {"pulse": "{source: timeless}"},
            ["pulse.source: a pulse expires, and table timeless declares no time: write time: COLUMN there"],
        ),
        (
            {"pulse": "{source: nobodys}"},
            ["pulse.source: table nobodys does not name its customer: write customer: COLUMN there"],
        ),
        (
            {"pulse": "{source: pulses}", "history": "none"},
            ["pulse.source: recorded pulses are stored in the history, but the project has history: none"],
        ),
        (
            {"pulse": "{source: voices, within: 36h}"},
            ["pulse.within: expected whole days, as 90d or 12w, not 36h"],
        ),
        (
            {"pulse": "{source: voices, audience: customer}"},
            ["pulse.audience: expected one of internal, got the text 'customer'"],
        ),
        (
            {"pulse": "{source: voices}", "metrics": "{pulse: {sql: 1 + 1}, logins: {sql: pulse}}"},
            ["metrics.pulse: pulse is the metric that the section pulse makes: leave one of them out"],
        ),
    ],
)  # fmt: skip
def test_what_it_cannot_be_is_told(said, sections, told):
    assert said(sources=SOURCES, **sections) == told


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        ("{source: voices, measure: acme.touched, audience: customer}", True),
        ("{sql: pulse + 1, audience: customer}", True),
        ("{sql: pulse + 1}", False),
        ("{source: usage, measure: acme.touched, window: 30d, audience: customer}", False),
    ],
)
def test_nothing_that_rests_on_it_is_for_customers(said, metric, told):
    metrics = f"\nlogins: {{source: usage, measure: acme.touched, window: 30d}}\nmood: {metric}"
    expected = (
        ["metrics.mood.audience: a pulse is for internal readers only: leave out audience: customer"] if told else []
    )
    assert said(sources=SOURCES, pulse="{source: voices}", metrics=metrics) == expected


def test_an_adjustment_that_rests_on_it_is_for_no_customer(said):
    adjustment = "{when: pulse <= 2, add: -5, because: x, audience: customer}"
    card = f"\nmain: {{metrics: {{logins: {{normalizer: acme.flat}}}}, adjustments: [{adjustment}]}}"
    (told,) = said(sources=SOURCES, pulse="{source: voices}", scorecards=card)
    assert told.startswith(
        "scorecards.main.adjustments.1.audience: it uses the pulse, which is for internal readers only"
    )
