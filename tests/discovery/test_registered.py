"""The rules that a registered component must keep."""

import pytest

FAILED = "plugin 'acme' (scorewell-acme 0.3.1) failed to load: "
REGISTER = "\n@hookimpl\ndef scorewell_register(registry):\n    registry."


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("@frozen\nclass X:\n    name = 'x'", "registers class X: expected a subclass of one of Source, Measure, "),
        ("@frozen\nclass X(Source, Sink):\n    name = 'x'", "registers class X: expected a subclass of one of "),
        ("@frozen\nclass X(Source): pass", 'registers source X without a name: write name = "…"'),
        (
            "@frozen\nclass X(Source):\n    name = 'acme.x'",
            "registers source 'acme.x': a name is lower case letters, digits and underscores; the prefix is the ",
        ),
        ("class X(Source):\n    name = 'x'", "registers source 'x': class X is not made by @frozen"),
        (
            "@frozen\nclass X(Source):\n    name = 'x'\n    url: 'Nowhere' = setting('a URL')",
            "NameError: name 'Nowhere' is not defined",
        ),
        (
            "@frozen\nclass X(Source):\n    name = 'x'\n    time: str = setting('a time')",
            "registers source 'x': its setting 'time' is a word of the core's own",
        ),
        (
            "@frozen\nclass X(Normalizer):\n    name = 'x'\n    type: str = setting('a type')",
            "registers normalizer 'x': its setting 'type' is a word of the core's own",
        ),
        (
            "@frozen\nclass X(Sink):\n    name = 'x'\n    path: str = 'out'\n    url = setting('a URL')",
            "registers sink 'x': its setting 'url' has no type: annotate it",
        ),
    ],
)
def test_a_component_that_breaks_a_rule_breaks_its_plugin(problem, code, cause):
    assert problem(f"{code}{REGISTER}component(X)").startswith(FAILED + cause)


def test_an_instance_is_no_class(problem):
    code = f"@frozen\nclass X(Sink):\n    name = 'x'{REGISTER}component(X())"
    assert problem(code) == f"{FAILED}registers X(): expected a class, not an instance"


def test_two_components_of_one_kind_have_two_names(problem):
    both = "@frozen\nclass X(Sink):\n    name = 'x'\n@frozen\nclass Y(Sink):\n    name = 'x'"
    assert (
        problem(f"{both}{REGISTER}component(X)\n    registry.component(Y)") == f"{FAILED}registers two sinks named 'x'"
    )


def test_two_components_of_different_kinds_may_have_one_name(problem):
    both = "@frozen\nclass X(Sink):\n    name = 'x'\n@frozen\nclass Y(Source):\n    name = 'x'"
    assert problem(f"{both}{REGISTER}component(X)\n    registry.component(Y)") == ""


@pytest.mark.parametrize(
    ("call", "cause"),
    [
        ("theme('Dark', Path('.'))", "theme 'Dark': a name is lower case letters, digits and underscores"),
        ("theme('dark', Path('nowhere'))", "theme 'dark': its folder is not there"),
        ("theme('dark', Path('.'))\n    registry.theme('dark', Path('.'))", "registers two themes named 'dark'"),
    ],
)
def test_a_theme_that_breaks_a_rule_breaks_its_plugin(problem, call, cause):
    assert problem(f"from pathlib import Path{REGISTER}{call}") == FAILED + cause
