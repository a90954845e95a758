"""How many children customers have, and whose they are."""

from __future__ import annotations

import polars as pl
from tests.support.measured_project import AS_OF, derived, project

from scorewell.metrics import metrics_as_of


def frame(parents: list[object], **more: list[object]) -> pl.DataFrame:
    customers = pl.DataFrame({"customer": [1, 2, 3, 4], "belongs_to": parents, **more})
    made = project(
        {"is_group": derived("children > 0")},
        customers=customers,
        roles={"parent": "belongs_to"},
        active="open" if more else None,
    )
    return metrics_as_of(made, AS_OF).frame


def test_children_name_their_parent() -> None:
    assert frame([None, 1, 1, 2])["children"].to_list() == [2.0, 1.0, 0.0, 0.0]


def test_a_parent_is_an_id_as_text_whatever_the_source_gives() -> None:
    assert frame([None, 1.0, 1.0, 2.0])["parent"].to_list() == [None, "1", "1", "2"]


def test_who_names_itself_is_no_child() -> None:
    assert frame([1, 1, 1, 2])["children"].to_list() == [2.0, 1.0, 0.0, 0.0]


def test_inactive_customers_are_nobodys_children() -> None:
    assert frame([None, 1, 1, 2], open=[True, False, True, True])["children"].to_list() == [1.0, 1.0, 0.0, 0.0]


def test_formulas_may_use_the_number_of_children() -> None:
    assert frame([None, 1, 1, 2])["is_group"].to_list() == [1.0, 1.0, 0.0, 0.0]
