"""One YAML file: a strict reading, and the traps of YAML in words of this language."""

import pytest

from scorewell.configuration.documents import Document
from scorewell.configuration.interpolation import Environment
from scorewell.configuration.nodes import Mapping, Sequence

QUOTE = "put the whole text in quotes"
ALIAS = "anchors and aliases (&x, *x) are not read: write the value out, a text in quotes"
TAG = "tags (!x) are not read: put a text that begins with ! in quotes"


def value_of(node):
    """The node as plain lists and dicts."""
    if isinstance(node, Mapping):
        return {entry.key: value_of(entry.value) for entry in node.entries}
    return [value_of(item) for item in node.items] if isinstance(node, Sequence) else node.value


def read(text):
    document = Document(text, "f.yaml", Environment({}))
    assert document.problems == []
    return value_of(document.root)


def told(text):
    return [str(problem) for problem in Document(text, "f.yaml", Environment({})).problems]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("False", False),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("0042", 42),
        ("1_000", "1_000"),
        ("12:30:00", "12:30:00"),
        ("2026-03-01", "2026-03-01"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("60%", "60%"),
        ("1.2.3", "1.2.3"),
        ("12345678901234567890", "12345678901234567890"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("|\n  two\n  lines", "two\nlines\n"),
    ],
)
def test_a_value_means_what_yaml_1_2_says(written, value):
    found = read(f"a: {written}\n")["a"]
    assert found == value
    assert type(found) is type(value)


def test_infinity_and_nan_are_numbers():
    assert read("a: [.inf, -.inf, .nan]")["a"][:2] == [float("inf"), float("-inf")]


def test_keys_are_text_whatever_they_look_like():
    assert read("a: {1: x, true: y, no: z}") == {"a": {"1": "x", "true": "y", "no": "z"}}


def test_a_number_of_five_thousand_digits_is_text():
    assert read(f"a: {'9' * 5000}")["a"] == "9" * 5000


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: 2\na: 3", "f.yaml:3:1 a: the key is already on line 1"),
        ("a: {b: 1, b: 2}", "f.yaml:1:11 a.b: the key is already on line 1"),
        ("a: &x 1\nb: *x", f"f.yaml:1:4: {ALIAS}"),
        ("a: *x", f"f.yaml:1:4: {ALIAS}"),
        ("a: &x {b: *x}", f"f.yaml:1:4: {ALIAS}"),
        ("<<: {a: 1}", "f.yaml:1:1: merge keys (<<) are not read: write the settings out"),
        ("a: !b c", f"f.yaml:1:4: {TAG}"),
        ("a: !!python/name:os.system x", f"f.yaml:1:4: {TAG}"),
        ("a: !!str 5", f"f.yaml:1:4: {TAG}"),
        ("? [a]\n: 1", f"f.yaml:1:3: expected a key, got a list or a mapping: {QUOTE} if it is an expression"),
        ("'': 1", "f.yaml:1:1: a key is empty"),
        ("", "f.yaml: the file is empty"),
        ("# nothing\n\n", "f.yaml: the file is empty"),
        ("[a, b]", "f.yaml:1:1: expected settings, as `name: Acme Cloud`"),
        ("just text", "f.yaml:1:1: expected settings, as `name: Acme Cloud`"),
        ("a: 1\n---\nb: 1", "f.yaml:2:1: a second document begins here: a file holds one, remove the line ---"),
        ("a: \x01", "f.yaml:1:4: a control character (U+0001) is in the text"),
        ("a:\n\tb: 1", "f.yaml:2:1: a tab cannot indent YAML: use spaces"),
        ("a: 1\n\tb: 2", "f.yaml:2:1: a tab cannot indent YAML: use spaces"),
        ("a: 1\n  b: 2", "f.yaml:2:4: the indentation does not fit the lines above"),
        ("a:\n  b: 1\n c: 2", "f.yaml:3:2: the indentation does not fit the lines above"),
        ("a:\n  b:1\n  c: 2", "f.yaml:2:3: a colon needs a space after it: b: 1"),
        ("a:\n  - b:1\n    c: 2", "f.yaml:2:5: a colon needs a space after it: b: 1"),
        ("a: 1\nb\nc: 2", "f.yaml:2:1: a setting begins with its name, a colon and a space, as in name: Acme"),
        ("a: {b: 1\nc: {d: 1}", "f.yaml:1:4: the bracket opened here is not closed before the next setting"),
        (
            "a:\n  - {b: x, c: y\n  - {b: x}",
            "f.yaml:2:5: the bracket opened here is not closed before the next setting",
        ),
        ("a: {b: 1}}\nc: 1", "f.yaml:1:10: this bracket closes none that was opened before it"),
        ("a:\n  b:{c: {d: 1}}", "f.yaml:2:15: this bracket closes none that was opened before it"),
        ("a:\u00a01\nb: 2", "f.yaml:1:3: a no-break space (U+00A0) is here: write an ordinary one"),
        ("a: 'x", "f.yaml:1:4: the quote opened here is not closed"),
        ("a: {b: 1", "f.yaml:1:4: the bracket opened here is not closed"),
        ("a: [1, 2", "f.yaml:1:4: the bracket opened here is not closed"),
    ],
)
def test_what_is_no_strict_yaml_is_refused(text, problem):
    assert told(text) == [problem]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: {sql: coalesce(a, b)}", f"f.yaml:1:10 a: inside {{ }} a comma ends the text 'coalesce(a': {QUOTE}"),
        ("a: {because: Well, well}", f"f.yaml:1:14 a: inside {{ }} a comma ends the text 'Well': {QUOTE}"),
        ("a: [coalesce(a, b)]", f"f.yaml:1:5 a: inside [ ] a comma ends the text 'coalesce(a': {QUOTE}"),
        (
            "a: {where: x in ('a', 'b'), c: 2}",
            f"f.yaml:1:26: inside {{ }} and [ ] a text with a comma, colon, bracket, quote or ' #': {QUOTE}",
        ),
        (
            "a: {where: x[1] > 2}",
            f"f.yaml:1:13: inside {{ }} and [ ] a text with a comma, colon, bracket, quote or ' #': {QUOTE}",
        ),
        (
            "a: {because: He said: no}",
            f"f.yaml:1:21: inside {{ }} and [ ] a text with a comma, colon, bracket, quote or ' #': {QUOTE}",
        ),
        ("a: {w: x = ' #1'}\nb: 2", f"f.yaml:1:14: ' #' begins a comment and cuts this text off: {QUOTE}"),
        ("a: x = ' #1'\nb: 2", f"f.yaml:1:4 a: ' #' begins a comment and cuts this text off: {QUOTE}"),
        ("a: 'x' = y", f"f.yaml:1:8: a text that begins with a quote ends at the next one: {QUOTE} of the other kind"),
        ("a: > 3", f"f.yaml:1:4: a text must not begin with >: {QUOTE}"),
        ("a: {b: > 3}", f"f.yaml:1:8: a text must not begin with >: {QUOTE}"),
        ("a: {> 3: 20}", f"f.yaml:1:5: a text must not begin with >: {QUOTE}"),
        ("a: @b", f"f.yaml:1:4: a text must not begin with @: {QUOTE}"),
        ("a: *", f"f.yaml:1:4: a text must not begin with *: {QUOTE}"),
        ("a: b: c", f"f.yaml:1:5: a colon followed by a space ends a key: {QUOTE}"),
    ],
)
def test_a_trap_of_yaml_is_told_in_words_of_this_language(text, problem):
    assert told(text) == [problem]


@pytest.mark.parametrize("text", ["{x: it's, y: 1}", "{x: count(*), y: 1}", "{x: priority = 'urgent', y: 1}"])
def test_what_is_no_trap_is_left_alone(text):
    assert read(f"a: {text}")["a"]["y"] == 1


@pytest.mark.parametrize("depth", [100, 3000, 300_000])
def test_deep_nesting_is_refused_and_not_a_crash(depth):
    problems = told(f"a: {'[' * depth}{']' * depth}")
    assert len(problems) == 1
    assert len(problems[0].partition(": ")[2]) < 100


def test_a_carriage_return_alone_ends_a_line_where_a_mistake_is_told(folder):
    (folder.path / "scorewell.yaml").write_bytes(b"version: 1\rname: Acme\rsinks:\r- path:\r0")
    (told,) = folder.told()
    assert told == "scorewell.yaml:5:1: a setting begins with its name, a colon and a space, as in name: Acme"
