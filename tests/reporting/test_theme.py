"""Themes: what they may change, what they can reach, and their mistakes."""

from pathlib import Path

import pytest
from tests.support.customer_book import metrics_frame, pages, project, scorecard

from scorewell.api.v1 import ScorewellError
from scorewell.configuration import ScoredMetric
from scorewell.discovery import Plugins
from scorewell.reporting.theme import theme
from scorewell_standard.normalizers import Linear


def _line(to: float) -> ScoredMetric:
    return ScoredMetric(normalizer=Linear(from_=0.0, to=to))


def _themed(folder: Path, **templates: str) -> dict[str, str]:
    """Customers' pages in a theme made of these templates (``customer`` for customer.html)."""
    theme = folder / "ours"
    theme.mkdir()
    for name, text in templates.items():
        ending = "css" if name == "style" else "html"
        (theme / f"{name}.{ending}").write_text(text, encoding="utf-8")
    return pages(project(folder=folder), metrics_frame(2), theme="./ours")


def test_a_theme_overrides_a_block_and_keeps_the_rest(tmp_path: Path) -> None:
    page = next(
        iter(
            _themed(
                tmp_path, customer='{% extends "default/customer.html" %}{% block steps %}Call us!{% endblock %}'
            ).values()
        )
    )
    assert "Call us!" in page
    assert "Next steps" not in page
    assert "How this is computed" in page


def test_a_theme_may_change_what_all_pages_share(tmp_path: Path) -> None:
    page = next(
        iter(_themed(tmp_path, base='{% extends "default/base.html" %}{% block footer %}Ours{% endblock %}').values())
    )
    assert "Ours" in page
    assert "Figures as of" not in page


def test_a_theme_may_add_to_the_style(tmp_path: Path) -> None:
    page = next(iter(_themed(tmp_path, style='{% include "default/style.css" %} h1 { color: rebeccapurple }').values()))
    assert "rebeccapurple" in page
    assert "--accent" in page


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{% if %}", r"theme './ours', customer.html line 1: Expected an expression"),
        ("{{ page.nothing }}", r"theme './ours', customer.html: .* has no attribute 'nothing'"),
        ("{{ project }}", r"theme './ours', customer.html: 'project' is undefined"),
        ("{{ range(3) }}", r"theme './ours', customer.html: 'range' is undefined"),
        ('{% extends "../../secret.html" %}', r"theme './ours', .*secret.html"),
        ('{% extends "nothing.html" %}', r"theme './ours', .*nothing.html"),
    ],
)
def test_a_themes_mistake_is_told_with_its_place(tmp_path: Path, template: str, message: str) -> None:
    with pytest.raises(ScorewellError, match=message):
        _themed(tmp_path, customer=template)


def test_a_block_that_would_be_dropped_unsaid_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(
        ScorewellError, match=r"customer.html line 2: nothing that it extends has a block 'step', did you"
    ):
        _themed(tmp_path, customer='{% extends "default/customer.html" %}\n{% block step %}Call us!{% endblock %}')


def test_a_theme_may_have_blocks_of_its_own_inside_others_and_in_what_it_extends(tmp_path: Path) -> None:
    base = '{% extends "default/base.html" %}{% block footer %}{% block legal %}Ltd{% endblock %}{% endblock %}'
    customer = '{% extends "default/customer.html" %}{% block legal %}GmbH{% endblock %}'
    assert "GmbH" in next(iter(_themed(tmp_path, base=base, customer=customer).values()))


def test_a_template_cannot_leave_the_themes_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.html").write_text("secret")
    with pytest.raises(ScorewellError):
        _themed(tmp_path, customer='{% include "../secret.html" %}')


def test_a_folder_that_overrides_nothing_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ScorewellError, match=r"has none of the templates that a theme may hold: base.html, "):
        pages(project(folder=tmp_path), theme="./empty")


def test_a_folder_that_is_not_there_is_an_error_before_the_first_page(tmp_path: Path) -> None:
    with pytest.raises(ScorewellError, match=r"there is no folder .*missing"):
        pages(project(folder=tmp_path), theme="./missing")


def test_an_unknown_theme_is_an_error() -> None:
    with pytest.raises(ScorewellError, match=r"acme"):
        pages(theme="acme")


def test_a_folder_named_like_a_plugins_theme_must_be_written_as_a_folder(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    with pytest.raises(ScorewellError, match=r"write './acme'"):
        pages(project(folder=tmp_path), theme="acme")


def test_a_plugins_theme_is_found_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "customer.html").write_text('{% extends "default/customer.html" %}{% block steps %}Acme{% endblock %}')

    class Installed(Plugins):
        def theme(self, name: str) -> Path:
            assert name == "acme.paper"
            return tmp_path

    assert all("Acme" in page for page in pages(theme="acme.paper", plugins=Installed([])).values())


def test_a_score_without_dimensions_stands_on_its_metrics() -> None:
    card = scorecard(dimensions={}, metrics={"active_days": _line(22), "seats_used": _line(1)})
    for page in pages(project(scorecards={"standard": card}), metrics_frame(3)).values():
        standing = page.split("<h2>Where we stand</h2>")[1].split("</section>")[0]
        assert standing.count("<li>") == 2
        assert "<h3>Active days</h3>" in standing


def test_the_default_theme_is_compiled_once_for_all_sinks_of_a_run(tmp_path: Path) -> None:
    plugins = Plugins.installed()
    assert theme(None, plugins=plugins, folder=tmp_path) is theme(None, plugins=plugins, folder=tmp_path / "other")
