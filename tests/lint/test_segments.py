"""Segments and stages that nobody can be in. What is not certain is not told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewell.dialect import condition
from scorewell.lint.conditions import is_within, regions


def segments(*rules):
    lines = [f's{n}: {{when: "{rule}", scorecard: main}}' for n, rule in enumerate(rules, 1)]
    return {"segments": "\n" + "\n".join([*lines, "rest: {scorecard: main}"])}


@pytest.mark.parametrize(
    "rule",
    [
        "plan = 'A' and plan = 'B'",
        "plan in ('A', 'B') and plan = 'C'",
        "plan in ('A', 'B') and plan not in ('A', 'B', 'C')",
        "plan = 'A' and plan <> 'A'",
        "plan is null and plan = 'A'",
        "plan is null and plan <> 'A'",
        "plan is null and plan is not null",
        "seats > 5 and seats < 3",
        "seats > 5 and seats < 5",
        "seats >= 5 and seats <= 5 and seats <> 5",
        "seats between 5 and 3",
        "seats = 4 and not (seats < 10)",
        "5 < seats and 3 > seats",
        "trial and not trial",
        "trial = true and trial = false",
        "(plan = 'A' or plan = 'B') and plan = 'C'",
        "plan = 'A' and (seats > 5 and (plan = 'B' or seats < 3))",
        "not (plan = 'A' or seats > 5) and seats = 6",
        "lower(plan) = 'a' and lower(plan) = 'b'",
        "false",
        "seats > 5 and seats < -5",
        "plan = null",
        "plan <> null or not (null = seats)",
    ],
)
def test_a_rule_that_contradicts_itself_is_told(linted, rule):
    assert linted(**segments(rule)) == [
        f"segment-never-matches segments.s1: no customer can be in the segment s1: {rule} never holds"
    ]


@pytest.mark.parametrize(
    "rule",
    [
        "plan = 'A' or plan = 'B'",
        "plan = 'A' and seats = 5",
        "seats > 5 and seats < 6",
        "seats >= 5 and seats <= 5",
        "plan = 'A' and lower(plan) = 'b'",
        "plan like 'A%' and plan like 'B%'",
        "seats * 2 > 10 and seats < 3",
        "plan = 'A' and coalesce(plan, 'B') = 'B'",
        "plan > 'B' and plan < 'A'",
        "seats > 5 and seats < '3'",
        "not (plan = 'A' and plan = 'B')",
        "plan is null or plan = 'A'",
        "not (plan is not null and plan = 'A')",
        "true",
    ],
)
def test_a_rule_that_may_hold_is_not_told(linted, rule):
    assert [told for told in linted(**segments(rule)) if "s1" in told.partition(":")[0]] == []


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("plan = 'A'", "plan = 'A'"),
        ("plan in ('A', 'B')", "plan = 'A'"),
        ("plan = 'A'", "plan = 'A' and seats > 5"),
        ("seats > 5", "seats > 10"),
        ("seats >= 5", "seats > 5"),
        ("seats > 5", "seats between 6 and 9"),
        ("plan <> 'A'", "plan = 'B'"),
        ("plan is not null", "plan = 'B'"),
        ("plan is not null", "plan <> 'B'"),
        ("plan = 'A' or seats > 5", "seats > 6"),
        ("plan = 'A' or seats > 5", "plan = 'A' or seats > 6"),
        ("trial", "trial and plan = 'A'"),
        ("trial", "trial = true"),
        ("true", "plan = 'A'"),
        ("seats > 5", "seats > 6 and plan like 'A%'"),
    ],
)
def test_a_rule_that_an_earlier_one_takes_whole_is_hidden(linted, earlier, later):
    told = "segment-hidden segments.s2: every customer of the segment s2 is already in s1"
    assert [one for one in linted(**segments(earlier, later)) if "segments.s2" in one] == [told]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("plan = 'A'", "plan in ('A', 'B')"),
        ("plan = 'A' and seats > 5", "plan = 'A'"),
        ("seats > 10", "seats > 5"),
        ("seats > 5", "seats >= 5"),
        ("plan <> 'A'", "plan is not null"),
        ("plan <> 'A'", "seats > 5"),
        ("plan = 'A'", "plan <> 'B'"),
        ("seats > 5 and plan like 'A%'", "seats > 6"),
        ("plan like 'A%'", "plan like 'A%'"),
        ("plan = 'a'", "plan = 'A'"),
        ("seats = 5", "seats = '5'"),
        ("seats < 5 or seats >= 5", "plan = 'A'"),
    ],
)
def test_a_rule_that_may_take_others_is_not_told(linted, earlier, later):
    assert [one for one in linted(**segments(earlier, later)) if "s2" in one] == []


def test_whatever_follows_everybody_is_hidden(linted):
    told = linted(segments="\nall: {scorecard: main}\nlate: {when: plan = 'A', scorecard: main}")
    assert told == ["segment-hidden segments.late: every customer of the segment late is already in all"]


def test_two_rules_that_together_take_everything_hide_nobody_without_a_value(linted):
    assert linted(**segments("seats < 5", "seats >= 5")) == []


def test_stages_are_looked_at_too(linted):
    cards = "\neveryone: {scorecard: main}"
    told = linted(segments=cards, stages="\nyoung: seats < 5\nbaby: seats < 2\nold: otherwise")
    assert told == ["segment-hidden stages.baby: every customer of the stage baby is already in young"]


ATOMS = st.sampled_from(
    [
        "plan = 'A'", "plan <> 'A'", "plan in ('A', 'B')", "plan not in ('B')", "plan is null", "plan is not null",
        "seats < 2", "seats >= 2", "seats = 1", "seats <> 2", "seats between 1 and 2", "trial", "trial = false",
        "plan like 'A%'", "seats + 1 > 2",
    ]
)  # fmt: skip
RULES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        inner.map(lambda rule: f"not ({rule})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}) and ({pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}) or ({pair[1]})"),
    ),
    max_leaves=5,
)


def taken(rule):
    """The rows of all combinations of values for which the rule holds."""
    import polars as pl

    plans = pl.DataFrame({"plan": ["A", "B", "AB", None]})
    seats = pl.DataFrame({"seats": [0.0, 1.0, 1.5, 2.0, 3.0, None]})
    everybody = plans.join(seats, how="cross").join(pl.DataFrame({"trial": [True, False, None]}), how="cross")
    rows = everybody.with_row_index("row").filter(condition(rule).fill_null(value=False))
    return set(rows["row"])


@settings(deadline=None)
@given(RULES)
def test_what_never_holds_holds_for_no_row(rule):
    assert regions(rule) or not taken(rule)


@settings(deadline=None)
@given(RULES, RULES)
def test_what_is_within_another_takes_none_but_its_rows(inner, outer):
    assert not is_within(regions(inner), regions(outer)) or taken(inner) <= taken(outer)
