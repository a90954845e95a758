"""Components by name, with settings, and in their short forms."""

from pathlib import Path

import pytest


@pytest.fixture
def normalizer(folder):
    """The normalizer of the only scored metric, written as given."""

    def of(written):
        cards = f"\nmain: {{metrics: {{logins: {{normalizer: {written}}}}}}}"
        return folder.project(scorecards=cards).load().scorecards["main"].metrics["logins"].normalizer

    return of


@pytest.fixture
def refused(said):
    """What is said of the normalizer, written as given."""

    def of(written):
        cards = f"\nmain: {{metrics: {{logins: {{normalizer: {written}}}}}}}"
        return [one.removeprefix("scorecards.main.metrics.logins.normalizer") for one in said(scorecards=cards)]

    return of


@pytest.mark.parametrize(
    "written",
    ["{type: acme.line, from: 1, to: 5}", "{acme.line: {from: 1, to: 5}}"],
)
def test_a_component_has_a_full_and_a_short_form(normalizer, written):
    line = normalizer(written)
    assert (line.name, line.from_, line.to) == ("line", 1, 5)


def test_a_component_without_settings_is_its_name(normalizer):
    assert normalizer("acme.flat").name == "flat"
    assert normalizer("{acme.flat: {}}").name == "flat"


@pytest.mark.parametrize("written", ["{type: acme.formula, formula: value * 2}", "{acme.formula: value * 2}"])
def test_the_short_form_of_a_component_with_a_setting_of_its_own_name_is_that_setting(normalizer, written):
    assert normalizer(written).formula == "value * 2"


def test_components_nest(normalizer):
    chosen = normalizer(
        "{acme.choose: [{when: seats > 5, normalizer: {acme.line: {from: 0, to: 1}}}, {normalizer: acme.flat}]}"
    )
    assert [case.normalizer.name for case in chosen.choose] == ["line", "flat"]


def test_a_number_or_a_component_is_told_apart_by_shape(folder):
    cards = """
main:
  aggregator: {acme.decide: [{when: logins < 40, score: 20}, {score: acme.mean}]}
  metrics: {logins: {normalizer: acme.flat}}
"""
    first, second = folder.project(scorecards=cards).load().scorecards["main"].aggregator.decide
    assert first.score == 20.0
    assert second.score.name == "mean"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("acme.lien", [": unknown normalizer 'acme.lien', did you mean 'acme.line'?"]),
        ("{type: acme.lien}", [".type: unknown normalizer 'acme.lien', did you mean 'acme.line'?"]),
        ("{acme.lien: {}}", [": unknown normalizer 'acme.lien', did you mean 'acme.line'?"]),
        ("acme.mean", [": 'acme.mean' is an aggregator, not a normalizer"]),
        ("nowhere.x", [": no plugin 'nowhere' is installed"]),
        ("5", [": expected a normalizer, got the number 5"]),
        ("[a]", [": expected a normalizer, got a list"]),
        ("{}", [": missing setting 'type': the name of a normalizer"]),
        ("{from: 1, to: 5}", [": missing setting 'type': the name of a normalizer"]),
        ("{to: 5}", [": missing setting 'type': the name of a normalizer"]),
        ("{nowhere: 5}", [": unknown normalizer 'nowhere'; the normalizers are "]),
        ("{type: 5}", [".type: expected the name of a normalizer, got the number 5"]),
        ("acme.line", [": missing setting 'from' of acme.line: the value that scores 0", ": missing setting 'to' of "]),
        (
            "{type: acme.line, form: 1, to: 5}",
            [": unknown setting 'form', did you mean 'from'?"],
        ),
        ("{type: acme.line, zzz: 1, from: 0, to: 5}", [": unknown setting 'zzz'; acme.line has from, to"]),
        ("{acme.line: 5}", [".acme.line: expected the settings of the normalizer acme.line, got the number 5"]),
        ("{type: acme.line, from: x, to: y}", [".from: expected a number", ".to: expected a number"]),
    ],
)
def test_a_mistaken_component_is_told(refused, written, told):
    found = refused(written)
    assert len(found) == len(told)
    assert all(one.startswith(start) for one, start in zip(found, told, strict=True))


def test_a_missing_normalizer_is_told(said):
    assert said(scorecards="\nmain: {metrics: {logins: {weight: 2}}}") == [
        "scorecards.main.metrics.logins: missing setting 'normalizer': how its value is mapped to 0–100"
    ]


def test_a_broken_plugin_is_told_once_however_often_it_is_used(said):
    cards = "\nmain: {metrics: {logins: {normalizer: broken.x}, per_seat: {normalizer: broken.y}}}"
    (told,) = said(scorecards=cards)
    assert told.startswith(
        "scorecards.main.metrics.logins.normalizer: plugin 'broken' (unknown distribution ?) failed to load: "
        "ModuleNotFoundError: No module named 'no_such_module_anywhere'"
    )


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("how: value", "sources.crm: acme.raising: this is not a value"),
        ("how: scorewell", "sources.crm: acme.raising: this will not do"),
        ("how: problems", "sources.crm: acme.raising failed: RuntimeError: oh"),
        ("how: silent", "sources.crm: acme.raising: problems answered None: expected sentences, as yield gives them"),
    ],
)
def test_what_a_component_raises_is_told_as_its_own(said, written, told):
    sources = (
        f"\ncrm: {{plugin: acme.raising, customer: id, {written}}}\nusage: {{plugin: acme.rows, customer: a, time: t}}"
    )
    assert said(sources=sources) == [told]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("weird: 1", "'weird' of acme.strange has a type that cannot be configured: complex"),
        ("listed: [a]", "'listed' of acme.strange has a type that cannot be configured: list[str]"),
        ("file: a.csv", f"'file' of acme.strange has a type that cannot be configured: {Path | None}"),
    ],
)
def test_a_setting_of_a_type_that_cannot_be_configured_is_told(said, written, told):
    sources = (
        f"\ncrm: {{plugin: acme.strange, customer: id, {written}}}\nusage: {{plugin: acme.rows, customer: a, time: t}}"
    )
    (problem,) = said(sources=sources)
    assert problem.startswith(
        f"sources.crm.{written.partition(':')[0]}: setting {told}\n    try: tell the plugin's authors"
    )


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("acme.touched", "touched"),
        ("count(*)", "sql"),
        ("sum(minutes) / count(distinct user_id)", "sql"),
        ("{acme.versus: {of: count(*)}}", "versus"),
        ("{type: acme.versus, of: acme.touched}", "versus"),
    ],
)
def test_a_measure_is_a_bare_word_settings_or_sql(folder, written, name):
    metrics = f"\nlogins:\n  source: usage\n  measure: {written}\n  window: 30d"
    assert folder.project(metrics=metrics).load().metrics["logins"].measure.name == name


def test_the_sql_of_a_measure_is_checked(said):
    (told,) = said(metrics="\nlogins:\n  source: usage\n  measure: sum(minutes) / seats")
    assert told.startswith("metrics.logins.measure: ")
    assert "seats" in told


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("[acme.nowhere]", []),
        ("[{plugin: acme.nowhere, path: out/}]", []),
        ("acme.nowhere", ["sinks: expected a list, got the text 'acme.nowhere'"]),
        ("[{path: out/}]", ["sinks.1: missing setting 'plugin': the name of a sink"]),
        ("[{acme.nowhere: {}}]", ["sinks.1: missing setting 'plugin': the name of a sink"]),
        ("[5]", ["sinks.1: expected a sink, got the number 5"]),
    ],
)
def test_sinks_are_a_list_of_plugins(said, written, told):
    assert said(sinks=written) == told


def test_a_weight_written_as_a_percentage_is_told_what_to_write(said):
    [told] = said(
        scorecards="\nmain: {metrics: {logins: {weight: 40%, normalizer: {type: acme.line, from: 0, to: 5}}}}"
    )
    assert told.endswith("weight: expected a number, got the text '40%': write 40")


@pytest.mark.parametrize(
    ("written", "rules"),
    [("acme.apprentice", "weighted_average"), ("{type: acme.apprentice, rules: acme.mean}", "mean")],
)
def test_a_component_that_nobody_wrote_is_the_one_that_the_setting_names(folder, written, rules):
    cards = f"\nmain: {{aggregator: {written}, metrics: {{logins: {{normalizer: acme.flat}}}}}}"
    assert folder.project(scorecards=cards).load().scorecards["main"].aggregator.rules.name == rules
