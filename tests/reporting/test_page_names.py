"""File names of pages, from ids of any kind."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewell.reporting.page_names import page_name


def test_a_plain_id_is_its_own_name() -> None:
    assert page_name("acme-42_b") == "acme-42_b"


@pytest.mark.parametrize(
    "hostile",
    [
        "../../x",
        "CON",
        "con",
        "lpt1",
        "",
        ".",
        "..",
        "a/b",
        "a\\b",
        "C:",
        "🦄",
        "محمد",
        "a" * 10_000,
        "x ",
        "a\0b",
        "-a",
    ],
)
def test_a_hostile_id_becomes_a_name_that_every_file_system_takes(hostile: str) -> None:
    name = page_name(hostile)
    assert set(name) <= set(string.ascii_lowercase + string.digits + "-_")
    assert name[0] not in "-."
    assert name not in ("con", "lpt1")
    assert len(name) <= 64


def test_ids_that_differ_in_case_have_names_that_differ_in_more() -> None:
    names = {page_name(each).lower() for each in ("Acme", "acme", "ACME")}
    assert len(names) == 3


def test_an_id_that_looks_like_a_hashed_name_cannot_take_it() -> None:
    assert page_name(page_name("Acme")) != page_name("Acme")


@given(st.text(max_size=50), st.text(max_size=50))
def test_different_ids_have_different_names(one: str, other: str) -> None:
    assert (page_name(one) == page_name(other)) == (one == other)
