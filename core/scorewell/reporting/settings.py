"""A report's settings: whose report it is, its colour, its texts, and the locale its numbers are written in."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

from scorewell.api.v1 import ScorewellError
from scorewell.messages import did_you_mean
from scorewell.reporting.colours import DARK, LIGHT, is_colour, readable_on
from scorewell.reporting.formats import Formats
from scorewell.reporting.model import Branding

__all__ = ["branding", "formats"]

SETTINGS = {
    "name": "the name at the head of each page; default the project's",
    "logo": "an image file (PNG, JPEG, GIF, WebP or SVG, at most 60 kB) that is put into each page",
    "color": "the accent colour as #rrggbb",
    "locale": "how numbers and dates are written, as en, en_GB or de",
    "intro": "a paragraph at the head of customers' pages",
    "footer": "a line at the foot of each page",
}
_SVG = "image/svg+xml"
_IMAGES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": _SVG,
}
# What no browser draws would be a torn picture at the head of every page.
_STARTS: dict[str, tuple[bytes, ...]] = {
    "image/png": (b"\x89PNG",),
    "image/jpeg": (b"\xff\xd8",),
    "image/gif": (b"GIF8",),
    "image/webp": (b"RIFF",),
    _SVG: (b"",),
}
_LARGEST_LOGO = 60_000  # bytes: a page stays under 150 kB with it
_ACCENT = "#1f5fbf"


def branding(settings: Mapping[str, str], *, project: str, folder: Path) -> Branding:
    """The settings, checked. Raises ScorewellError for an unknown one, a bad colour, a logo that is no image."""
    for name in settings:
        if name not in SETTINGS:
            meant = did_you_mean(name, SETTINGS)
            raise ScorewellError(f"unknown report setting {name!r}{meant}; the settings are {', '.join(SETTINGS)}")
    accent = settings.get("color", _ACCENT)
    if not is_colour(accent):
        raise ScorewellError(f"report setting 'color': {accent!r} is no colour", hint="write it as '#1f5fbf'")
    logo = settings.get("logo")
    return Branding(
        name=settings.get("name", project),
        logo=None if logo is None else _data_uri(folder / Path(logo).expanduser()),
        accent_light=readable_on(LIGHT, accent),
        accent_dark=readable_on(DARK, accent),
        intro=settings.get("intro"),
        footer=settings.get("footer"),
    )


def formats(settings: Mapping[str, str]) -> Formats:
    """The conventions of the setting ``locale``. Raises ScorewellError for an unknown one."""
    return Formats(settings.get("locale", "en"))


def _data_uri(path: Path) -> str:
    kind = _IMAGES.get(path.suffix.lower())
    if kind is None:
        raise ScorewellError(f"report setting 'logo': {path} is no {', '.join(sorted(_IMAGES))} file")
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        beside = sorted(file.name for file in path.parent.glob("*") if file.suffix.lower() in _IMAGES)
        meant = did_you_mean(path.name, beside)
        raise ScorewellError(f"report setting 'logo': there is no file {path}{meant}") from error
    except OSError as error:
        raise ScorewellError(f"report setting 'logo': cannot read {path}: {error.strerror}") from error
    if len(content) > _LARGEST_LOGO:
        raise ScorewellError(
            f"report setting 'logo': {path} has {len(content):,} bytes, at most {_LARGEST_LOGO:,} fit into every page",
            hint="save it smaller, or as SVG",
        )
    if not any(content.startswith(start) for start in _STARTS[kind]) or (kind == _SVG and b"<svg" not in content):
        raise ScorewellError(
            f"report setting 'logo': {path} is not an image of the kind that its name says",
            hint="save the image once more",
        )
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
