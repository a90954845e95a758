"""Minimum coverage that nobody of a segment can reach."""

from __future__ import annotations

METRICS = """
logins: {source: usage, measure: count(*), window: 30d}
calls: {source: phone, measure: count(*), window: 30d}
"""
SOURCES = """
crm: {{plugin: files, path: crm.csv, customer: id}}
usage: {{plugin: files, path: usage.csv, customer: account, time: day}}
phone: {{plugin: files, path: phone.csv, customer: account, time: day, covers: "{covers}"}}
"""
CARD = """
main:
  minimum_coverage: {minimum}
  metrics:
    logins: {{normalizer: percentile}}
    calls: {{normalizer: percentile{more}}}
"""


def sections(covers: str, minimum: str, when: str, more: str = "") -> dict[str, str]:
    return {
        "metrics": METRICS,
        "sources": SOURCES.format(covers=covers),
        "scorecards": CARD.format(minimum=minimum, more=more),
        "segments": f'\nbig: {{when: "{when}", scorecard: main}}',
    }


def test_a_segment_that_a_table_never_covers_may_never_have_enough_data(linted):
    assert linted(**sections("plan = 'Enterprise'", "60%", "plan = 'Small'")) == [
        (
            "coverage-out-of-reach scorecards.main.minimum_coverage: no customer of the segment big has data "
            "for more than "
            "50% of the weight: calls is not covered, and 60% is needed"
        )
    ]


def test_what_is_left_may_be_enough(linted):
    assert linted(**sections("plan = 'Enterprise'", "50%", "plan = 'Small'")) == []


def test_a_segment_that_a_table_may_cover_is_not_told(linted):
    assert linted(**sections("plan = 'Enterprise'", "60%", "seats > 5")) == []


def test_what_may_not_apply_is_out_of_the_weights(linted):
    assert linted(**sections("plan = 'Enterprise'", "60%", "plan = 'Small'", ", when: seats > 5")) == []
