"""Who the customers are, and that a name means one thing."""

import pytest


@pytest.mark.parametrize(
    ("customers", "told"),
    [
        ("source: cmr", "customers.source: unknown source 'cmr', did you mean 'crm'?"),
        ("{}", "customers: missing setting 'source': the table with one row per customer"),
        ("source: lone", "customers.source: table lone does not name its customer: write customer: COLUMN there"),
        (
            "source: far",
            "customers.source: table far must hold the customer's id itself, not through another",
        ),
        ("{source: crm, roles: {onwer: csm}}", "customers.roles.onwer: unknown role 'onwer', did you mean 'owner'?"),
        ("{source: crm, attributes: [seats, seats]}", "customers.attributes: 'seats' is listed 2 times"),
        (
            "{source: crm, roles: {owner: csm}, attributes: [owner]}",
            "customers.attributes: 'owner' is a role and an attribute: a name has one meaning, leave one out",
        ),
        (
            "{source: crm, attributes: [customer_id]}",
            "customers.attributes: 'customer_id' is the customer's id, which is always there: no attribute can have",
        ),
        ("{source: crm, active: 'a b c'}", "customers.active: "),
    ],
)
def test_mistaken_customers_are_told(said, customers, told):
    sources = """
crm: {plugin: acme.rows, customer: id}
usage: {plugin: acme.rows, customer: account, time: day}
lone: {plugin: acme.rows}
far: {plugin: acme.rows, customer: {column: k, through: crm.k}}
"""
    metrics = "\nlogins: {source: usage, measure: acme.touched}"
    (found,) = said(sources=sources, customers=f"\n{customers}", metrics=metrics)
    assert found.startswith(told)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("seats", "'seats' is a metric and the attribute of the customers: a name has one meaning"),
        ("owner", "'owner' is a metric and the role of the customers: a name has one meaning"),
        ("value", "'value' is the metric itself, in a normalizer's expressions: no metric can have that name"),
        ("as_of", "'as_of' is the moment of the run: no metric can have that name"),
    ],
)
def test_a_metric_has_a_name_of_its_own(said, name, told):
    metrics = f"\nlogins: {{source: usage, measure: acme.touched}}\n{name}: {{source: usage, measure: acme.touched}}"
    assert said(metrics=metrics) == [f"metrics.{name}: {told}"]


@pytest.mark.parametrize("timezone", ["Nowhere", "Europe", "../etc/passwd", "/etc/localtime", "''"])
def test_an_unknown_time_zone_is_told(said, timezone):
    (told,) = said(timezone=timezone)
    assert told.startswith("timezone: unknown time zone ")


@pytest.mark.parametrize("timezone", ["CEST", "'+02:00'", "7up"])
def test_what_is_no_place_is_told_with_what_a_time_zone_looks_like(said, timezone):
    (told,) = said(timezone=timezone)
    assert told.endswith(": expected one such as Europe/Berlin, America/New_York or UTC")


def test_a_known_time_zone_is_taken(folder):
    assert folder.project(timezone="Europe/Berlin").load().timezone == "Europe/Berlin"


def test_an_empty_name_is_told(said):
    assert said(name="''") == ["name: the project's name is empty"]


@pytest.mark.parametrize(
    ("go_live", "told"),
    [
        ("{source: usge}", "customers.go_live.source: unknown source 'usge', did you mean 'usage'?"),
        ("{where: a = 1}", "customers.go_live: missing setting 'source': the table with the events"),
        (
            "{source: crm}",
            "customers.go_live.source: table crm declares no time, so nobody is known to go live: write time: COLUMN",
        ),
        ("{source: usage, wher: a = 1}", "customers.go_live: unknown setting 'wher', did you mean 'where'?"),
        ("{source: usage, where: 1 +}", "customers.go_live.where: "),
        ("live_on", "customers.go_live: expected settings, got the text 'live_on'"),
    ],
)
def test_a_mistaken_go_live_is_told(said, go_live, told):
    (only,) = said(customers=f"\nsource: crm\nattributes: [seats, plan]\ngo_live: {go_live}")
    assert only.startswith(told)


def test_going_live_is_told_in_one_way(said):
    customers = "\nsource: crm\nroles: {go_live: live_on}\nattributes: [seats]\ngo_live: {source: usage}"
    assert said(customers=customers) == [
        "customers.go_live: go_live is a role of the customers' table too: expected exactly one of them"
    ]


@pytest.mark.parametrize("told", ["roles: {go_live: live_on}", "go_live: {source: usage}"])
def test_stages_conditions_and_formulas_may_use_go_live(said, told):
    customers = f"\nsource: crm\nattributes: [seats]\n{told}"
    metrics = "\nlogins: {source: usage, measure: acme.touched}\ndays_live: {sql: as_of - go_live}"
    stages = "\nonboarding: go_live is null\nyoung: days_live < 90\nmature: otherwise"
    assert said(customers=customers, metrics=metrics, stages=stages) == []


def test_without_a_way_to_tell_it_go_live_is_an_unknown_name(said):
    (only,) = said(stages="\nonboarding: go_live is null\nmature: otherwise")
    assert only.startswith("stages.onboarding: unknown name 'go_live' among roles, attributes and metrics")


def test_no_metric_has_the_name_go_live_where_events_tell_it(said):
    customers = "\nsource: crm\nattributes: [seats]\ngo_live: {source: usage}"
    metrics = "\nlogins: {source: usage, measure: acme.touched}\ngo_live: {source: usage, measure: acme.touched}"
    assert said(customers=customers, metrics=metrics) == [
        "metrics.go_live: 'go_live' is a metric and the role of the customers: a name has one meaning"
    ]
