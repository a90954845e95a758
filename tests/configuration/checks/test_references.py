"""SQL is understood where it is written, and names what is seen from there."""

import pytest

USAGE = "usage: {{plugin: acme.rows, customer: a, time: d, covers: {covers}}}"


def card(normalizer="acme.flat", of_metric="", of_card=""):
    """The section with one scorecard of one metric, and some settings more."""
    return {"scorecards": f"\nmain: {{{of_card} metrics: {{logins: {{{of_metric} normalizer: {normalizer}}}}}}}"}


def covers(condition):
    """The section with two sources, of which one covers some customers."""
    return {"sources": "\ncrm: {plugin: acme.rows, customer: id}\n" + USAGE.format(covers=condition)}


def segment(condition):
    """The section with one segment."""
    return {"segments": f"\neveryone: {{when: {condition}, scorecard: main}}"}


def decided(condition):
    """The setting of an aggregator that decides by a condition."""
    return f"aggregator: {{acme.decide: [{{when: {condition}, score: 1}}]}},"


@pytest.mark.parametrize(
    "sections",
    [
        {"metrics": "\nlogins: {source: usage, measure: acme.touched, where: anything > as_of}"},
        {"metrics": "\nlogins: {sql: seats + 1}"},
        {"metrics": "\nlogins: {sql: as_of - plan}"},
        {"customers": "\n{source: crm, roles: {owner: o}, attributes: [seats], active: anything > 1}"},
        segment("owner = 'x' and logins > seats"),
        segment("customer_id = '7'"),
        covers("seats > 1 and owner is not null"),
        covers("plan < as_of"),
        card("{acme.formula: value / seats}"),
        card(of_card=decided("logins < 4")),
        card(of_metric="when: plan = 'x',"),
    ],
)
def test_sql_may_name_what_is_seen_from_its_place(said, sections):
    assert said(**sections) == []


ALL = "roles, attributes and metrics"
VALUE = "roles, attributes, metrics and value"


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        (segment("seets > 5"), f"segments.everyone.when: unknown name 'seets' among {ALL}, did you mean 'seats'?"),
        (
            segment("zzz > 5"),
            f"segments.everyone.when: unknown name 'zzz' among {ALL}; there is customer_id, logins, owner, per_seat, ",
        ),
        ({"stages": "\nyoung: seets < 5"}, f"stages.young: unknown name 'seets' among {ALL}, did you mean 'seats'?"),
        (
            {"metrics": "\nlogins: {source: usage, measure: acme.touched}\nper_seat: {sql: lgoins / seats}"},
            f"metrics.per_seat.sql: unknown name 'lgoins' among {ALL}, did you mean 'logins'?",
        ),
        (segment("csm = 'x'"), "segments.everyone.when: 'csm' is the column of the role owner: write owner"),
        (
            covers("logins > 1"),
            "sources.usage.covers: the metric 'logins' cannot be used here, only roles and attributes",
        ),
        (covers("zzz > 1"), "sources.usage.covers: unknown name 'zzz' among roles and attributes; there is "),
        (
            card(of_metric="when: seets > 1,"),
            f"scorecards.main.metrics.logins.when: unknown name 'seets' among {ALL}, did you mean 'seats'?",
        ),
        (
            card(of_metric="when: value > 1,"),
            f"scorecards.main.metrics.logins.when: unknown name 'value' among {ALL}",
        ),
        (
            card("{acme.formula: valeu * 2}"),
            f"scorecards.main.metrics.logins.normalizer.acme.formula: unknown name 'valeu' among {VALUE}, did you",
        ),
        (
            card("{acme.choose: [{when: zzz > 1, normalizer: acme.flat}]}"),
            f"scorecards.main.metrics.logins.normalizer.acme.choose.1.when: unknown name 'zzz' among {VALUE}",
        ),
        (
            card(of_card=decided("seats < 4")),
            "scorecards.main.aggregator.acme.decide.1.when: unknown name 'seats' among the names of its parts; there",
        ),
        (
            card(of_card="dimensions: {d: {when: seets > 1, metrics: {per_seat: {normalizer: acme.flat}}}},"),
            f"scorecards.main.dimensions.d.when: unknown name 'seets' among {ALL}, did you mean 'seats'?",
        ),
        (
            card(of_card="adjustments: [{when: seets > 1, add: 1, because: x}],"),
            f"scorecards.main.adjustments.1.when: unknown name 'seets' among {ALL}, did you mean 'seats'?",
        ),
        (segment("seats >"), "segments.everyone.when: "),
        (segment("sum(seats) > 1"), "segments.everyone.when: "),
        (segment("seats > as_of"), "segments.everyone.when: "),
        (segment("seats + 1"), "segments.everyone.when: "),
        (segment("current_date > 1"), "segments.everyone.when: "),
    ],
)
def test_sql_that_names_what_is_not_seen_or_not_understood_is_told(said, sections, told):
    (found,) = said(**sections)
    assert found.startswith(told)


def test_with_mistaken_customers_no_name_is_called_unknown(said):
    customers = "\n{source: crm, role: {owner: csm}, attributes: [seats, plan]}"
    (told,) = said(customers=customers, **segment("owner = 'x'"))
    assert told == "customers: unknown setting 'role', did you mean 'roles'?"


def test_text_in_double_quotes_is_told_as_what_it_was_meant_to_be(said):
    (found,) = said(**segment("'plan = \"Free\"'"))
    assert found.startswith(f"segments.everyone.when: unknown name 'Free' among {ALL}")
    assert found.endswith("try: text stands in single quotes: 'Free'")


def test_text_in_curly_quotes_is_told_as_what_it_was_meant_to_be(said):
    (found,) = said(**segment("plan = \u2018Free\u2019"))
    assert found.endswith("try: text stands in single quotes: 'Free'")
