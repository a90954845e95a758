"""Contrast, and shades that have enough of it."""

import colorsys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewell.reporting.colours import DARK, LIGHT, contrast, is_colour, readable_on


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)


def test_a_colour_known_to_just_pass_on_white_is_kept() -> None:
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)  # WebAIM's example of a grey that passes
    assert readable_on(LIGHT, "#767676") == "#767676"


@given(st.from_regex(r"\A#[0-9a-f]{6}\Z"), st.sampled_from([LIGHT, DARK]))
def test_every_colour_has_a_readable_shade(colour: str, background: str) -> None:
    assert contrast(readable_on(background, colour), background) >= 4.5


@pytest.mark.parametrize("colour", ["#a61b1b", "#1b7a4b", "#1f5bc0"])
def test_a_shade_is_as_colourful_as_its_colour(colour: str) -> None:
    shade = readable_on(DARK, colour)
    saturations = [
        colorsys.rgb_to_hls(*(int(each[at : at + 2], 16) / 255 for at in (1, 3, 5)))[2] for each in (colour, shade)
    ]
    assert saturations[1] == pytest.approx(saturations[0], abs=0.02)


@pytest.mark.parametrize("text", ["red", "#fff", "#12345g", "#1234567", "url(x)", ""])
def test_what_is_not_written_as_rrggbb_is_no_colour(text: str) -> None:
    assert not is_colour(text)
