"""A report's settings."""

import re
from pathlib import Path

import pytest
from tests.support.customer_book import metrics_frame, pages, project

from scorewell.api.v1 import ScorewellError
from scorewell.reporting.colours import LIGHT, contrast

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def _first(**settings: str) -> str:
    return next(iter(pages(frame=metrics_frame(2), settings=settings).values()))


def test_name_intro_and_footer_are_shown_as_text() -> None:
    page = _first(name="Acme & Sons", intro="Thank you <b>all</b>.", footer="Confidential")
    assert "Acme &amp; Sons" in page
    assert "Thank you &lt;b&gt;all&lt;/b&gt;." in page
    assert "Confidential" in page


def test_without_a_name_it_is_the_projects_report() -> None:
    assert "<bdi>Northwind Cloud</bdi>" in _first()


def test_a_logo_is_put_into_the_page(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(PNG)
    page = next(iter(pages(project(folder=tmp_path), metrics_frame(1), settings={"logo": "logo.png"}).values()))
    assert 'src="data:image/png;base64,iVBORw0KGgo' in page


def test_a_pale_accent_is_darkened_until_it_can_be_read() -> None:
    light, dark = re.findall(r"--accent: (#[0-9a-f]{6})", _first(color="#ffee00"))
    assert contrast(light, LIGHT) >= 4.5
    assert dark == "#ffee00"
    assert "--accent: #123456" in _first(color="#123456")


def test_the_locale_decides_how_numbers_and_dates_are_written() -> None:
    assert "1. März 2026" in _first(locale="de")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"colour": "#123456"}, "unknown report setting 'colour', did you mean 'color'"),
        ({"color": "blue"}, "'blue' is no colour"),
        ({"logo": "logo.exe"}, "is no .gif, .jpeg"),
        ({"logo": "nothing.png"}, "there is no file .*nothing.png"),
        ({"locale": "xx_YY"}, "unknown locale"),
    ],
)
def test_a_wrong_setting_is_an_error_before_the_first_page(settings: dict[str, str], message: str) -> None:
    with pytest.raises(ScorewellError, match=message):
        pages(settings=settings)


@pytest.mark.parametrize(
    ("name", "content"), [("logo.png", b"hello"), ("logo.jpg", PNG), ("logo.svg", b"<html>"), ("logo.gif", b"")]
)
def test_a_logo_that_no_browser_would_draw_is_an_error(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ScorewellError, match="is not an image of the kind that its name says"):
        pages(project(folder=tmp_path), settings={"logo": name})


def test_a_logo_too_large_for_every_page_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(PNG * 2000)
    with pytest.raises(ScorewellError, match="at most 60,000 fit"):
        pages(project(folder=tmp_path), settings={"logo": "logo.png"})
