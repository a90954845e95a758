"""Colours that can be read: contrast as WCAG 2.2 defines it, and the nearest shade that has enough of it."""

from __future__ import annotations

import colorsys
import re
from functools import cache

__all__ = ["DARK", "LIGHT", "contrast", "is_colour", "readable_on"]

LIGHT, DARK = "#ffffff", "#14171c"
"""The default theme's backgrounds."""

_READABLE = 4.5
"""The contrast that WCAG 2.2 asks of text, level AA."""

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def is_colour(text: str) -> bool:
    """Whether the text is ``#rrggbb``."""
    return _HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two ``#rrggbb`` colours, 1 to 21.

    Source: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@cache
def readable_on(background: str, colour: str) -> str:
    """The nearest shade of ``colour``, darker or lighter, that can be read as text on ``background``."""
    end = 0.0 if _luminance(background) > 0.18 else 1.0
    hue, lightness, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in _channels(colour)))
    for step in range(101):
        # The saturation stays: mixed with white, red and green would both be greyish on a dark page.
        channels = colorsys.hls_to_rgb(hue, lightness + (end - lightness) * step / 100, saturation)
        shade = "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
        if contrast(shade, background) >= _READABLE:
            return shade
    return "#000000" if end == 0.0 else "#ffffff"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in _channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
