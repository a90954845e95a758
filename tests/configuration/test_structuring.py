"""Settings are what their types say: nothing is coerced, nothing is ignored."""

from pathlib import Path

import pytest

CRM = (
    "\ncrm: {{plugin: acme.rows, customer: id, {setting}}}\nusage: {{plugin: acme.rows, customer: account, time: day}}"
)


@pytest.fixture
def plugin(folder):
    """The plugin of a source with one setting written as given."""

    def of(setting):
        return folder.project(sources=CRM.format(setting=setting)).load().sources["crm"].plugin

    return of


@pytest.mark.parametrize(
    ("setting", "name", "value"),
    [
        ("text: no", "text", "no"),
        ("text: '7'", "text", "7"),
        ("count: 7", "count", 7),
        ("ratio: 7", "ratio", 7.0),
        ("ratio: 7.5", "ratio", 7.5),
        ("flag: true", "flag", True),
        ("speed: slow", "speed", "slow"),
        ("choice: right", "choice", "right"),
        ("choice: 3", "choice", 3),
        ("pair: [1, 2.5]", "pair", (1.0, 2.5)),
        ("names: [a, b]", "names", ("a", "b")),
        ("names: []", "names", ()),
        ("points: {A: 1, no: 2, 3: null}", "points", {"A": 1.0, "no": 2.0, "3": None}),
        ("words: hello", "words", "hello"),
        ("words: {a: b}", "words", {"a": "b"}),
        ("class: x", "class_", "x"),
        ("column: null", "column", None),
        ("path: s3://bucket/*.csv", "path", "s3://bucket/*.csv"),
        ("path: /a/b.csv", "path", "/a/b.csv"),
        ("duration: 6w", "duration", "42d"),
    ],
)
def test_a_setting_is_read_as_its_type(plugin, setting, name, value):
    found = getattr(plugin(setting), name)
    assert (str(found) if name == "duration" else found) == value


def test_nested_settings_are_read(plugin):
    inner = plugin("inner: {size: 3, words: [a]}").inner
    assert (inner.size, inner.words) == (3, ("a",))


def test_a_relative_path_begins_at_the_main_files_folder_and_keeps_its_slash(plugin, folder):
    assert plugin("path: data/").path == f"{folder.path}/data/"


def test_a_tilde_is_the_users_home(plugin):
    assert plugin("path: ~/data").path == str(Path.home() / "data")


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("text: 7", "text: expected text, got the number 7: put it in quotes"),
        ("text: true", "text: expected text, got true: put it in quotes"),
        ("text: null", "text: expected text, got nothing"),
        ("text: [a]", "text: expected text, got a list"),
        ("count: 7.9", "count: expected a whole number, got the number 7.9"),
        ("count: 7.0", "count: expected a whole number, got the number 7.0"),
        ("count: true", "count: expected a whole number, got true"),
        ("count: '7'", "count: expected a whole number, got the text '7'"),
        ("count: null", "count: expected a whole number, got nothing"),
        ("ratio: '7'", "ratio: expected a number, got the text '7': write it without quotes"),
        ("ratio: '7,5'", "ratio: expected a number, got the text '7,5': write 7.5"),
        ("ratio: 40%", "ratio: expected a number, got the text '40%': write 40, or 0.4 where 1 is all"),
        ("ratio: false", "ratio: expected a number, got false"),
        ("ratio: .inf", "ratio: expected a finite number, got .inf"),
        ("ratio: .nan", "ratio: expected a finite number, got .nan"),
        ("ratio: 1e999", "ratio: expected a finite number, got 1e999"),
        ("flag: 'false'", "flag: expected true or false, got the text 'false'"),
        ("flag: no", "flag: expected true or false, got the text 'no'"),
        ("flag: 0", "flag: expected true or false, got the number 0"),
        ("column: ''", "column: expected the name of a column, got an empty text"),
        ("column: 7", "column: expected the name of a column, got the number 7"),
        ("path: 7", "path: expected a path or URL, got the number 7"),
        ("duration: 30x", "duration: '30x' is not a duration: write a whole number and h, d or w, as in 30d"),
        ("duration: 0d", "duration: '0d' is not more than nothing: write a duration as in 30d"),
        ("duration: 99999999999w", "duration: '99999999999w' is too long a duration: expected a hundred years at most"),
        ("duration: 9999999d", "duration: '9999999d' is too long a duration: expected a hundred years at most"),
        ("duration: 30", "duration: expected a duration, as 30d, got the number 30"),
        ("speed: fsat", "speed: expected one of fast, slow, got the text 'fsat', did you mean 'fast'?"),
        ("speed: 1", "speed: expected one of fast, slow, got the number 1"),
        ("choice: up", "choice: expected one of left, right, 3, got the text 'up'"),
        ("choice: 3.0", "choice: expected one of left, right, 3, got the number 3.0"),
        ("pair: [1]", "pair: expected a list of 2, got 1"),
        ("pair: 1", "pair: expected a list, got the number 1"),
        ("pair: [1, x]", "pair.2: expected a number, got the text 'x'"),
        ("names: a", "names: expected a list, got the text 'a'"),
        ("names: {a: 1}", "names: expected a list, got a mapping: each of its items begins with a dash"),
        ("names: [a, 1]", "names.2: expected text, got the number 1: put it in quotes"),
        ("points: {a: x}", "points.a: expected a number, got the text 'x'"),
        ("points: [1]", "points: expected settings by name, got a list"),
        ("inner: {size: x}", "inner.size: expected a whole number, got the text 'x'"),
        ("inner: {}", "inner: missing setting 'size': a size"),
        ("inner: {sice: 1, size: 1}", "inner: unknown setting 'sice', did you mean 'size'?"),
        ("inner: x", "inner: expected settings, got the text 'x'"),
        ("words: 3", "words: expected text or settings, got the number 3"),
        ("words: {a: 3}", "words.a: expected text, got the number 3: put it in quotes"),
    ],
)
def test_a_setting_that_is_not_of_its_type_is_refused(said, setting, told):
    assert said(sources=CRM.format(setting=setting)) == [f"sources.crm.{told}"]


def test_a_long_text_is_not_repeated_whole(said):
    (told,) = said(sources=CRM.format(setting=f"count: {'x' * 10_000}"))
    assert len(told) < 160


def test_sql_may_be_a_number_or_a_truth(folder):
    metrics = "\nlogins: {sql: 1}"
    segments = "\neveryone: {when: true, scorecard: main}"
    project = folder.project(metrics=metrics, segments=segments).load()
    assert project.metrics["logins"].sql == "1"
    assert project.segments["everyone"].when == "true"


@pytest.mark.parametrize("written", ["101%", "-1%", "1.01", "-0.1", "60", "much", "true"])
def test_what_is_no_share_is_refused(said, written):
    cards = f"\nmain: {{minimum_coverage: {written}, metrics: {{logins: {{normalizer: acme.flat}}}}}}"
    (told,) = said(scorecards=cards)
    assert told.startswith("scorecards.main.minimum_coverage: expected a share")


@pytest.mark.parametrize("written", ["-1", "10", "1.5", "all"])
def test_what_is_no_precision_is_refused(said, written):
    cards = f"\nmain: {{precision: {written}, metrics: {{logins: {{normalizer: acme.flat}}}}}}"
    (told,) = said(scorecards=cards)
    assert told.startswith("scorecards.main.precision: expected ")


@pytest.mark.parametrize(
    ("written", "read"),
    [("ignore", "ignore"), ("neutral", "neutral"), ("worst", "worst"), ("fail", "fail"), ("40", 40.0)],
)
def test_a_missing_policy_is_a_word_or_a_number(folder, written, read):
    cards = f"\nmain: {{metrics: {{logins: {{normalizer: acme.flat, missing: {written}}}}}}}"
    assert folder.project(scorecards=cards).load().scorecards["main"].metrics["logins"].missing == read


def test_an_unknown_missing_policy_is_told_with_the_near_one(said):
    cards = "\nmain: {metrics: {logins: {normalizer: acme.flat, missing: ignored}}}"
    (told,) = said(scorecards=cards)
    assert told.endswith("got the text 'ignored', did you mean 'ignore'?")


def test_advice_is_per_audience(said):
    metrics = "\nlogins: {source: usage, measure: acme.touched, advice: {costumer: x}}"
    (told,) = said(metrics=metrics, scorecards="\nmain: {metrics: {logins: {normalizer: acme.flat}}}")
    assert told == (
        "metrics.logins.advice.costumer: expected one of internal, customer, got the text 'costumer', "
        "did you mean 'customer'?"
    )
