"""A scorecard that extends another one is that one with the changes made."""

import textwrap

import pytest

STANDARD = """
standard:
  label: Standard
  dimensions:
    use:
      weight: 50
      metrics:
        logins: {weight: 2, normalizer: {type: acme.line, from: 0, to: 5}}
        per_seat: {normalizer: acme.flat}
    support: {weight: 25, metrics: {logins: {normalizer: acme.flat}}}
  adjustments: [{add: 1, because: x}]
  bands: [{name: low, up_to: 40}, {name: high, up_to: 100}]
"""


@pytest.fixture
def cards(folder):
    """The scorecards of a project with ``standard`` and those in the text."""

    def of(text):
        segments = "\neveryone: {scorecard: standard}"
        return folder.project(scorecards=STANDARD + textwrap.dedent(text), segments=segments).load().scorecards

    return of


@pytest.fixture
def told(folder):
    def of(text):
        segments = "\neveryone: {scorecard: standard}"
        return folder.project(scorecards=STANDARD + textwrap.dedent(text), segments=segments).told()

    return of


def test_without_changes_it_is_the_same(cards):
    made = cards("smb: {extends: standard}")
    assert made["smb"] == made["standard"]


def test_a_weight_deep_inside_is_changed_and_nothing_else(cards):
    smb = cards("smb: {extends: standard, dimensions: {support: {weight: 10}}}")["smb"]
    assert (smb.dimensions["support"].weight, smb.dimensions["use"].weight) == (10, 50)
    assert list(smb.dimensions["support"].metrics) == ["logins"]


def test_the_extended_scorecard_stays_as_it_is(cards):
    made = cards("smb: {extends: standard, label: Small, dimensions: {support: {weight: 10}}}")
    assert (made["standard"].label, made["standard"].dimensions["support"].weight) == ("Standard", 25)


def test_a_metric_keeps_the_weight_when_its_normalizer_is_replaced_as_a_whole(cards):
    line = "logins: {normalizer: {type: acme.line, from: 1, to: 2}}"
    metric = (
        cards(f"smb: {{extends: standard, dimensions: {{use: {{metrics: {{{line}}}}}}}}}")["smb"]
        .dimensions["use"]
        .metrics["logins"]
    )
    assert (metric.weight, metric.normalizer.from_, metric.normalizer.to) == (2, 1, 2)


@pytest.mark.parametrize("none", ["none", "null", ""])
def test_a_part_is_taken_away(cards, none):
    use = f"use: {{metrics: {{per_seat: {none or 'null'}}}}}"
    smb = cards(f"smb:\n  extends: standard\n  dimensions:\n    support: {none}\n    {use}")["smb"]
    assert list(smb.dimensions) == ["use"]
    assert list(smb.dimensions["use"].metrics) == ["logins"]


def test_a_new_part_comes_last(cards):
    new = "aaa: {metrics: {logins: {normalizer: acme.flat}}}"
    smb = cards(f"smb: {{extends: standard, dimensions: {{{new}}}, metrics: {{per_seat: {{normalizer: acme.flat}}}}}}")
    assert list(smb["smb"].dimensions) == ["use", "support", "aaa"]
    assert list(smb["smb"].metrics) == ["per_seat"]


def test_lists_are_replaced(cards):
    smb = cards("smb: {extends: standard, adjustments: [], bands: [{name: all, up_to: 100}]}")["smb"]
    assert (smb.adjustments, [band.name for band in smb.bands]) == ((), ["all"])


def test_chains_are_followed_in_any_order_of_writing(cards):
    made = cards(
        """
        micro: {extends: small, dimensions: {use: {weight: 1}}}
        small: {extends: standard, dimensions: {use: {weight: 2}, support: none}}
        """
    )
    assert (made["micro"].dimensions["use"].weight, list(made["micro"].dimensions)) == (1, ["use"])
    assert made["micro"].label == "Standard"


def test_a_scorecard_of_another_file_is_extended(folder):
    folder.write("base.yaml", f"scorecards:\n{textwrap.indent(STANDARD, '  ')}")
    smb = "\nsmb: {extends: standard, dimensions: {support: {weight: 10}}}"
    project = folder.project(include="base.yaml", scorecards=smb, segments="\nall: {scorecard: smb}").load()
    assert project.scorecards["smb"].dimensions["support"].weight == 10
    assert project.origin["scorecards.smb.dimensions.support.weight"] == "scorewell.yaml:14:51"
    assert project.origin["scorecards.smb.dimensions.use.weight"] == "base.yaml:7:9"


def test_it_is_no_other_configuration_than_written_out(folder):
    one = "\nmain: {metrics: {logins: {normalizer: acme.flat}}}"
    spread = folder.project(scorecards=f"{one}\nother: {{extends: main, label: O}}").load().fingerprint
    whole = folder.project(
        scorecards=f"{one}\nother: {{metrics: {{logins: {{normalizer: acme.flat}}}}, label: O}}"
    ).load()
    assert spread == whole.fingerprint


@pytest.mark.parametrize(
    ("card", "problem"),
    [
        ("{extends: standrad}", "extends: unknown scorecard 'standrad', did you mean 'standard'?"),
        ("{extends: zzz}", "extends: unknown scorecard 'zzz'; there is standard, smb"),
        ("{extends: 3}", "extends: expected the name of a scorecard, got the number 3"),
        ("{extends: smb}", "extends: the scorecards extend each other: smb → smb"),
        (
            "{extends: standard, dimensions: {suport: none}}",
            "dimensions.suport: standard has no 'suport' here to take away, did you mean 'support'?",
        ),
        (
            "{extends: standard, dimensions: {support: {wieght: 1}}}",
            "dimensions.support: unknown setting 'wieght', did you mean 'weight'?",
        ),
        (
            "{extends: standard, dimensions: {support: none, use: none}}",
            "it has no parts: expected metrics or dimensions",
        ),
        (
            "{extends: standard, metrics: {per_seat: {weight: 2}}}",
            "metrics.per_seat: missing setting 'normalizer': how its value is mapped to 0–100",
        ),
        ("{extnds: standard}", "unknown setting 'extnds', did you mean 'extends'?"),
    ],
)
def test_a_mistake_is_told_once_at_its_place(told, card, problem):
    (one,) = [line for line in told(f"smb: {card}") if "it has no parts" not in line or "no parts" in problem]
    assert one.partition(" ")[2].removeprefix("scorecards.smb").lstrip(".: ") == problem


def test_one_setting_of_a_normalizer_is_no_change_and_the_way_out_is_told(told):
    (one,) = told("smb: {extends: standard, dimensions: {use: {metrics: {logins: {normalizer: {to: 5}}}}}}")
    assert one.partition(" ")[2] == (
        "scorecards.smb.dimensions.use.metrics.logins.normalizer: missing setting 'type': the name of a normalizer\n"
        "    try: write its type and all its settings: with extends too, a normalizer is replaced as a whole"
    )


def test_a_circle_is_told_once(told):
    assert told("a: {extends: b}\nb: {extends: c}\nc: {extends: a}") == [
        "scorewell.yaml:27:16 scorecards.c.extends: the scorecards extend each other: a → b → c → a"
    ]


def test_a_mistake_of_the_extended_scorecard_is_told_of_that_alone(said):
    cards = "\nmain: {metrics: {lgoins: {normalizer: acme.flat}}}\nother: {extends: main}"
    assert said(scorecards=cards) == ["scorecards.main.metrics.lgoins: unknown metric 'lgoins', did you mean 'logins'?"]


def test_what_does_not_fit_after_a_change_is_told_at_the_line_that_says_it(folder):
    cards = """
main:
  metrics: {logins: {normalizer: acme.flat, missing: 50}}
other:
  extends: main
  scale: [0, 10]
"""
    assert folder.project(scorecards=cards).told() == [
        "scorewell.yaml:15:56 scorecards.other.metrics.logins.missing: 50 is outside the scale of 0 to 10"
    ]
