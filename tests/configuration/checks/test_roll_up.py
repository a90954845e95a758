"""Rolling up: whose children, by what they weigh, and nothing beside it in one place."""

import pytest

CUSTOMERS = "\nsource: crm\nroles: {parent: parent_id, revenue: arr}\nattributes: [seats, plan]"
OTHER = "\nmain: {metrics: {logins: {normalizer: acme.flat}}}\n"


@pytest.mark.parametrize(
    ("card", "told"),
    [
        ("{roll_up: {by: revenu}}", "roll_up.by: unknown name 'revenu', did you mean 'revenue'?"),
        ("{roll_up: {floor: worst_chld}}", "roll_up.floor: "),
        ("{roll_up: {bye: revenue}}", "roll_up: unknown setting 'bye', did you mean 'by'?"),
        ("{roll_up: revenue}", "roll_up: expected settings, got the text 'revenue'"),
        (
            "{roll_up: {}, metrics: {logins: {normalizer: acme.flat}}}",
            "metrics: children give the whole score here, so there are no metrics: give children a dimension of their",
        ),
        (
            "{roll_up: {}, aggregator: acme.mean}",
            "aggregator: children give the whole score here, so there are no aggregator",
        ),
        ("{dimensions: {roll_up: {roll_up: {}}}}", "dimensions.roll_up: 'roll_up' is reserved in the scores frame"),
        (
            "{dimensions: {sites: {roll_up: {}, metrics: {logins: {normalizer: acme.flat}}}}}",
            "dimensions.sites.metrics: children give the whole score here",
        ),
        ("{dimensions: {sites: {roll_up: {by: sets}}}}", "dimensions.sites.roll_up.by: unknown name 'sets'"),
    ],
)
def test_a_mistaken_roll_up_is_told(said, card, told):
    (only,) = said(customers=CUSTOMERS, scorecards=f"{OTHER}group: {card}")
    assert only.startswith(f"scorecards.group.{told}")


@pytest.mark.parametrize("by", ["count", "revenue", "seats", "logins", "per_seat"])
def test_children_weigh_by_a_role_an_attribute_or_a_metric(said, by):
    assert said(customers=CUSTOMERS, scorecards=f"{OTHER}group: {{roll_up: {{by: {by}, floor: worst_child}}}}") == []


def test_without_the_role_parent_nobody_has_children(said):
    (only,) = said(scorecards=f"{OTHER}group: {{roll_up: {{}}}}")
    assert only.startswith("scorecards.group.roll_up: no role names the parents of customers: write parent: COLUMN")


def test_children_may_stand_beside_other_dimensions(said):
    sites = "sites: {weight: 3, roll_up: {by: seats}, when: seats > 1}"
    own = "use: {metrics: {logins: {normalizer: acme.flat}}}"
    assert said(customers=CUSTOMERS, scorecards=f"{OTHER}group: {{dimensions: {{{sites}, {own}}}}}") == []


def test_rules_may_use_the_number_of_children(said):
    segments = "\ngroups: {when: children > 0, scorecard: main}\nothers: {scorecard: main}"
    assert said(customers=CUSTOMERS, segments=segments) == []


def test_no_metric_is_called_children_where_customers_have_parents(said):
    metrics = "\nlogins: {source: usage, measure: acme.touched}\nchildren: {source: usage, measure: acme.touched}"
    (only,) = said(customers=CUSTOMERS, metrics=metrics)
    assert only.startswith("metrics.children: 'children' is a metric and the role of the customers")
