"""What data looks like once it is on a terminal."""

from __future__ import annotations

import pytest

from scorewell.cli.words import number, plural, points, printable, share, shortened


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Acme", "Acme"),
        ("Łódź & Söhne 株式会社", "Łódź & Söhne 株式会社"),
        ("שלום", "שלום"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("evil\u202eexe", "evil\\u202eexe"),
        ("\u2066hidden\u2069", "\\u2066hidden\\u2069"),
    ],
)
def test_what_steers_a_terminal_becomes_visible_and_the_rest_stays(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_long_name_is_cut_and_says_so() -> None:
    assert shortened("x" * 10_000) == "x" * 45 + "..."


def test_a_name_that_just_fits_is_whole() -> None:
    assert shortened("x" * 48) == "x" * 48


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.5, "1,234.5"), (12.0, "12"), (100.0, "100"), (0.0, "0"), (-0.001, "0"), (1e6, "1,000,000")],
)
def test_numbers_have_no_idle_zeros(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(("value", "text"), [(3.5, "+3.5"), (-12.04, "-12"), (0.01, "0"), (-0.01, "0")])
def test_points_show_their_sign(value: float, text: str) -> None:
    assert points(value) == text


def test_shares_are_whole_percentages() -> None:
    assert share(0.754) == "75%"


def test_one_of_something_is_singular() -> None:
    assert [plural(1, "row"), plural(2000, "row"), plural(0, "entry", "entries")] == [
        "1 row",
        "2,000 rows",
        "0 entries",
    ]
