"""Tables that must be fresh, and metrics whose rows must have an age."""

import pytest

CRM = "\ncrm: {plugin: acme.rows, customer: id}"
USAGE = "\nusage: {plugin: acme.rows, customer: account, time: day}"


def test_a_snapshot_is_never_fresh(said):
    crm = CRM.replace("id}", "id, fresh_within: 2d}")
    (told,) = said(sources=f"{crm}\nusage: {{plugin: acme.rows, customer: account, time: day}}")
    assert told.startswith("sources.crm.fresh_within: a table without time is a snapshot of unknown age")
    assert told.endswith("write time: COLUMN")


def test_a_table_with_a_time_may_have_to_be_fresh(said):
    usage = "usage: {plugin: acme.rows, customer: account, time: day, fresh_within: 36h}"
    assert said(sources=f"{CRM}\n{usage}") == []


def test_one_of_several_tables_may_have_to_be_fresh(said):
    usage = "{a: {customer: account, time: day, fresh_within: 2d}, b: {fresh_within: 2d}}"
    sources = f"{CRM}\nusage: {{plugin: acme.rows, tables: {usage}}}"
    told = said(sources=sources, metrics="\nlogins: {source: usage.a, measure: acme.touched}")
    assert [each.partition(":")[0] for each in told] == ["sources.usage.tables.b.fresh_within"]


@pytest.mark.parametrize(
    ("settings", "key", "words"),
    [
        ("source: usage, fresh_within: soon", "fresh_within", "'soon' is not a duration: write a whole number and"),
        (
            "source: usage, window: 30d, fresh_within: 31d",
            "fresh_within",
            "31d is longer than the window of 30d: it changes nothing",
        ),
        (
            "source: usage, window: 30d, min_age: 5w",
            "min_age",
            "35d is longer than the window of 30d: no row that counts is that old",
        ),
        (
            "source: crm, min_age: 2d",
            "min_age",
            "table crm declares no time, so its rows have no age: write time: COLUMN",
        ),
    ],
)
def test_an_age_that_means_nothing_is_told(said, settings, key, words):
    (told,) = said(metrics=f"\nlogins: {{measure: acme.touched, {settings}}}")
    assert told.startswith(f"metrics.logins.{key}: {words}")


def test_a_misspelt_age_is_told(said):
    told = said(metrics="\nlogins: {source: usage, measure: acme.touched, min_agee: 2d}")
    assert told == ["metrics.logins: unknown setting 'min_agee', did you mean 'min_age'?"]


def test_an_age_goes_with_a_measure(said):
    (told,) = said(metrics="\nlogins: {source: usage, measure: acme.touched}\nhalf: {sql: logins / 2, min_age: 2d}")
    assert told == "metrics.half.min_age: 'min_age' goes with a measure; sql derives from other metrics"


@pytest.mark.parametrize(
    "meaning",
    [
        "valid_from: since",
        "valid_from: since, valid_to: to",
        "taken_at: copied",
        "taken_at: copied, fresh_within: 2d",
        "taken_at: copied, time: opened",
        "valid_from: since, valid_to: to, time: opened",
    ],
)
def test_a_table_may_tell_what_it_was(said, meaning):
    assert said(sources=f"{CRM.replace('id}', f'id, {meaning}}}')}{USAGE}") == []


@pytest.mark.parametrize(
    ("meaning", "key", "words"),
    [
        ("valid_to: to", "valid_to", "valid_to needs the start of the row too: write valid_from: COLUMN"),
        ("valid_from: since, taken_at: copied", "taken_at", "valid_from is for rows with a start, taken_at for"),
        ("valid_from: since, time: opened", "valid_from", "in a table with time, a customer's next row"),
        ("valid_from: since, valid_to: since", "valid_to", "'since' is valid_from already"),
        ("taken_at: opened, time: opened", "taken_at", "'opened' is time already"),
        ("valid_from: since, valid_to: end, until: end", "valid_to", "'end' is until already"),
    ],
)
def test_what_versions_cannot_mean_is_told(said, meaning, key, words):
    (told,) = said(sources=f"{CRM.replace('id}', f'id, {meaning}}}')}{USAGE}")
    assert told.startswith(f"sources.crm.{key}: {words}")


def test_rows_that_are_customers_are_no_versions(said):
    (told,) = said(sources=f"\ncrm: {{plugin: acme.rows, customer: {{row: true}}, taken_at: copied}}{USAGE}")
    assert told.startswith("sources.crm.taken_at: row: true makes each row a customer of its own")
