"""The report model as data."""

import json

import attrs
import pytest
from tests.support.customer_book import page_models_of

from scorewell.reporting import to_json
from scorewell.reporting.model import State


def test_a_model_is_json_with_its_version_first() -> None:
    for audience in ("customer", "internal"):
        _, model = page_models_of(audience)[0]
        document = json.loads(to_json(model))
        assert next(iter(document)) == "version"
        assert document["audience"] == audience
        assert document["gauge"]["state"]["words"]


def test_equal_models_are_equal_bytes() -> None:
    assert [to_json(model) for _, model in page_models_of("internal")] == [
        to_json(model) for _, model in page_models_of("internal")
    ]


def test_nothing_in_a_model_can_be_changed() -> None:
    _, model = page_models_of("customer")[0]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        model.title = "else"  # type: ignore[misc]  # that it cannot is what is tested


def test_a_state_names_the_styles_of_its_tone_and_of_its_bands_colour() -> None:
    assert State("At risk", "low", 0).classes == "is-low band-0"
    assert State("No data", "none").classes == "is-none"
