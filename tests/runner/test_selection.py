"""Whom a run delivers, and whom a name means."""

from __future__ import annotations

import polars as pl
import pytest

from scorewell.runner import NobodySelected
from scorewell.runner.selection import customer_id, selected, selection_name

SCORES = pl.DataFrame(
    {
        "customer_id": ["a-1", "b-2", "c-3", "d-4"],
        "name": ["Acme", "Globex", "acme", None],
        "segment": ["large", "small", "small", None],
    }
)


def ids(scores: pl.DataFrame) -> list[str]:
    return scores.get_column("customer_id").to_list()


def test_an_id_without_the_zeros_that_it_begins_with_is_recognized() -> None:
    table = pl.DataFrame({"customer_id": ["00002", "20", "00020"]})
    for wanted, near in (("2", "00002"), ("0020", "20 or 00020")):
        with pytest.raises(NobodySelected) as caught:
            customer_id(table, wanted)
        assert caught.value.hint == near


def test_without_a_limit_everybody_is_delivered() -> None:
    assert ids(selected(SCORES, None, None)) == ["a-1", "b-2", "c-3", "d-4"]


def test_segments_and_customers_limit_together() -> None:
    assert ids(selected(SCORES, ["small"], ["b-2", "a-1"])) == ["b-2"]


def test_a_selection_has_a_name_that_does_not_depend_on_its_order() -> None:
    assert selection_name(None, None) == ""
    assert selection_name(["large"], None) == "only-large"
    assert selection_name(["large", "small"], None) == selection_name(["small", "large"], None)
    assert selection_name(None, ["a", "b"]) != selection_name(["a"], ["b"])


def test_an_id_wins_over_a_name() -> None:
    table = pl.DataFrame({"customer_id": ["x", "y"], "name": ["y", "z"]})
    assert customer_id(table, "y") == "y"


def test_a_name_that_one_customer_has_means_that_customer_in_any_case() -> None:
    assert customer_id(SCORES, "GLOBEX") == "b-2"


def test_a_name_in_its_own_case_wins_over_the_same_in_another() -> None:
    assert customer_id(SCORES, "Acme") == "a-1"


def test_a_name_that_two_customers_have_is_refused_with_their_ids() -> None:
    table = pl.DataFrame({"customer_id": ["x", "y"], "name": ["Twin", "Twin"]})
    with pytest.raises(NobodySelected, match="2 customers are called 'Twin': x, y") as caught:
        customer_id(table, "Twin")
    assert caught.value.hint == "name one by its id"


def test_a_near_miss_is_suggested() -> None:
    with pytest.raises(NobodySelected, match="no customer with the id or name 'Globx' among 4") as caught:
        customer_id(SCORES, "Globx")
    assert caught.value.hint == "Globex"


def test_customers_without_names_are_found_by_id_alone() -> None:
    with pytest.raises(NobodySelected, match="no customer with the id 'a-2' among 4") as caught:
        customer_id(SCORES.drop("name"), "a-2")
    assert caught.value.hint is not None
    assert "a-1" in caught.value.hint
