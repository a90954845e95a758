"""Settings of an aggregator that name its parts, and where it starts."""

from __future__ import annotations

import pytest


def node(aggregator: str, scale: str = "") -> dict[str, str]:
    inner = "inside: {aggregator: {points: {add: {per_seat: 1}}}, metrics: {per_seat: {normalizer: acme.flat}}}"
    return {
        "scorecards": f"\nmain: {{{scale} aggregator: {aggregator}, dimensions: {{{inner}}},"
        " metrics: {logins: {normalizer: acme.flat}}}"
    }


@pytest.mark.parametrize(
    "aggregator",
    [
        "points",
        "{points: {start: 50, add: {logins: 1, inside: 2}, deduct: {logins: 3}}}",
        "{rules: [{when: logins < 40, score: 20}, {score: {points: {add: {inside: 2}}}}]}",
    ],
)
def test_the_parts_of_the_node_may_be_named(said, aggregator):
    assert said(**node(aggregator)) == []


@pytest.mark.parametrize(
    ("aggregator", "told"),
    [
        ("{points: {add: {logns: 1}}}", "points.add.logns: unknown part 'logns', did you mean 'logins'?"),
        (
            "{points: {deduct: {per_seat: 1}}}",
            "points.deduct.per_seat: unknown part 'per_seat'; there is inside, logins",
        ),
        (
            "{rules: [{score: {points: {add: {insid: 2}}}}]}",
            "rules.1.score.points.add.insid: unknown part 'insid', did you mean 'inside'?",
        ),
        ("{points: {start: 101}}", "points: start is 101, outside the scale of 0 to 100"),
        ("{points: {out_of: 0}}", "points: points: out_of must be above 0, got 0"),
        ("{points: {start: 5, out_of: 4}}", "points: points: start is 5, outside 0 to 4"),
        ("{points: {add: {logins: -1}}}", "points: points: add of logins is -1: write 1 under deduct"),
        (
            "{points: {add: {logins: lots}}}",
            "points.add.logins: expected a number, got the text 'lots'",
        ),
    ],
)
def test_a_part_that_is_none_is_told_at_its_place(said, aggregator, told):
    (one,) = said(**node(aggregator))
    assert one.removeprefix("scorecards.main.aggregator").removeprefix(".").removeprefix(": ") == told


def test_a_start_is_in_the_scorecards_scale(said):
    (one,) = said(**node("{points: {start: 50}}", scale="scale: [0, 10],"))
    assert one.endswith("aggregator: points: start is 50, outside the scale of 0 to 10")
    assert said(**node("{points: {start: 50, out_of: 60}}", scale="scale: [0, 10],")) == []
