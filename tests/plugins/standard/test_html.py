"""The sink ``html``: which files are there after a run, whatever went before."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from scorewell.api.v1 import Audience, Location, RenderedPage, ScorewellError
from scorewell_standard.sinks import Html
from scorewell_standard.sinks.html import Brand
from scorewell_standard.sinks.placing import placed


@attrs.frozen
class SomeRun:
    """A run whose pages are given by their paths; it fails after the last one where ``fails`` says so."""

    pages: Mapping[str, str]
    fails: bool = False
    selection: str = ""
    asked: list[tuple[Audience, str | None, Mapping[str, str]]] = attrs.field(factory=list)

    def reports(
        self, audience: Audience, theme: str | None = None, settings: Mapping[str, str] | None = None
    ) -> Iterator[RenderedPage]:
        self.asked.append((audience, theme, settings or {}))
        for path, content in self.pages.items():
            yield RenderedPage(path=path, title=path, content=content, model=lambda path=path: f'{{"path": "{path}"}}')
        if self.fails:
            raise ScorewellError("theme 'ours', customer.html: 'pge' is undefined")


def _sink(folder: Path, **settings: Any) -> Html:
    return Html(path=Location(str(folder)), **settings)


def _files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def test_pages_are_written_and_counted(tmp_path: Path) -> None:
    receipt = _sink(tmp_path / "out").deliver(SomeRun({"index.html": "i", "customers/a.html": "ä 🦄\n"}))
    assert _files(tmp_path / "out") == {"customers/a.html": "ä 🦄\n", "index.html": "i"}
    assert (receipt.count, receipt.what, receipt.location) == (2, "pages", str(tmp_path / "out"))


def test_a_limited_delivery_has_a_folder_of_its_own(tmp_path: Path) -> None:
    _sink(tmp_path).deliver(SomeRun({"customers/a.html": "a", "customers/b.html": "b"}))
    _sink(tmp_path).deliver(SomeRun({"customers/a.html": "new"}, selection="only-large"))
    assert _files(tmp_path) == {
        "customers/a.html": "a",
        "customers/b.html": "b",
        "only-large/customers/a.html": "new",
    }


def test_the_same_run_again_leaves_the_same_bytes(tmp_path: Path) -> None:
    run = SomeRun({"index.html": "i", "customers/a.html": "a"})
    before = {
        path: path.read_bytes()
        for _ in [_sink(tmp_path).deliver(run)]
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    _sink(tmp_path).deliver(run)
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_pages_of_customers_that_are_gone_are_removed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "customers").mkdir()
    (tmp_path / "customers" / "notes.html").write_text("by hand")
    _sink(tmp_path).deliver(SomeRun({"customers/a.html": "a", "customers/b.html": "b"}))
    _sink(tmp_path).deliver(SomeRun({"customers/b.html": "b2"}))
    assert _files(tmp_path) == {"customers/b.html": "b2", "customers/notes.html": "by hand"}


def test_a_page_that_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    _sink(tmp_path).deliver(SomeRun({"customers/a.html": "old"}))
    with pytest.raises(ScorewellError, match="'pge' is undefined"):
        _sink(tmp_path).deliver(SomeRun({"customers/a.html": "new", "customers/b.html": "new"}, fails=True))
    assert _files(tmp_path) == {"customers/a.html": "old"}
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == [".scorewell-pages.json"]


def test_a_page_that_cannot_be_put_in_its_place_is_told_by_that_place(tmp_path: Path) -> None:
    (tmp_path / "index.html").mkdir()
    with pytest.raises(ScorewellError) as failed:
        _sink(tmp_path).deliver(SomeRun({"index.html": "i"}))
    assert failed.value.message.startswith(f"{tmp_path / 'index.html'} cannot be written: ")


def test_a_page_that_cannot_be_written_at_all_is_told_by_its_own_place(tmp_path: Path) -> None:
    long = "x" * 300 + ".html"
    with pytest.raises(ScorewellError) as failed:
        _sink(tmp_path).deliver(SomeRun({f"customers/{long}": "i"}))
    assert failed.value.message.startswith(f"{tmp_path / 'customers' / long} cannot be written: ")


def test_a_second_run_repairs_one_that_was_killed_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = os.replace

    def dies(source: str | Path, target: str | Path) -> None:
        if Path(target).name == "b.html":
            raise KeyboardInterrupt
        replace(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", dies)
        with pytest.raises(KeyboardInterrupt):
            _sink(tmp_path).deliver(SomeRun({"customers/a.html": "a", "customers/b.html": "b"}))
    _sink(tmp_path).deliver(SomeRun({"customers/c.html": "c"}))
    assert _files(tmp_path) == {"customers/c.html": "c"}


def test_one_audiences_pages_are_never_put_among_the_others(tmp_path: Path) -> None:
    _sink(tmp_path).deliver(SomeRun({"customers/a.html": "internal"}))
    with pytest.raises(ScorewellError, match="holds pages for the audience 'internal'"):
        _sink(tmp_path, audience="customer").deliver(SomeRun({"customers/a.html": "customer"}))
    assert _files(tmp_path) == {"customers/a.html": "internal"}


@pytest.mark.parametrize(
    "manifest", ["{", "[]", '{"audience": "internal", "files": ["../outside.html", "/etc/hosts"]}']
)
def test_a_manifest_that_was_tampered_with_removes_nothing_outside(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "outside.html").write_text("keep")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / ".scorewell-pages.json").write_text(manifest)
    _sink(folder).deliver(SomeRun({"index.html": "i"}))
    assert (tmp_path / "outside.html").read_text() == "keep"


def test_models_are_written_beside_the_pages_when_asked_for(tmp_path: Path) -> None:
    receipt = _sink(tmp_path, models=True).deliver(SomeRun({"customers/a.html": "a"}))
    assert _files(tmp_path) == {"customers/a.html": "a", "customers/a.json": '{"path": "customers/a.html"}'}
    assert receipt.count == 1
    _sink(tmp_path).deliver(SomeRun({"customers/a.html": "a"}))
    assert _files(tmp_path) == {"customers/a.html": "a"}


def test_audience_theme_and_brand_are_handed_on(tmp_path: Path) -> None:
    run = SomeRun({})
    brand = Brand(name="Acme", logo=Location("/logo.svg"), color="#123456")
    _sink(tmp_path, audience="customer", theme="acme.paper", brand=brand, locale="de").deliver(run)
    settings = {"name": "Acme", "logo": "/logo.svg", "color": "#123456", "locale": "de"}
    assert run.asked == [("customer", "acme.paper", settings)]


def test_a_folder_that_is_a_file_is_an_error_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ScorewellError, match=r"out cannot be written: File exists"):
        _sink(tmp_path / "out").deliver(SomeRun({"index.html": "i"}))


def test_a_url_is_refused_when_the_configuration_is_read() -> None:
    assert list(Html(path=Location("s3://bucket/reports")).problems()) == [
        "path is s3://bucket/reports: pages are written into a local folder"
    ]


def _ended() -> int:
    """The number of a process that has ended."""
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    return int(ended.stdout)


def test_what_a_killed_process_left_behind_is_cleared_away_and_a_running_ones_is_not(tmp_path: Path) -> None:
    left = {number: tmp_path / f".scorewell-unfinished-{number}-abc" for number in (_ended(), os.getpid())}
    for folder in left.values():
        folder.mkdir()
        (folder / "index.html").write_text("half a page")
    _sink(tmp_path).deliver(SomeRun({"index.html": "i"}))
    assert [folder.exists() for folder in left.values()] == [False, True]


def test_half_a_table_of_a_killed_process_is_cleared_away(tmp_path: Path) -> None:
    left = [tmp_path / f".scores.csv.{number}.part" for number in (_ended(), os.getppid())]
    for part in left:
        part.write_text("half a table")
    placed(tmp_path / "scores.csv", lambda file: file.write(b"a table"))
    assert [part.exists() for part in left] == [False, True]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"brand": Brand(color="green")}, "brand: color is 'green': expected a colour as #1f5fbf"),
        ({"locale": "xx_YY"}, "locale 'xx_YY' is not known: expected one such as en_GB or de"),
        ({"locale": ""}, "locale '' is not known: expected one such as en_GB or de"),
    ],
)
def test_a_colour_or_a_locale_that_there_is_not_is_a_mistake_before_anything_runs(
    settings: dict[str, Any], problem: str
) -> None:
    assert list(Html(path=Location("reports"), **settings).problems()) == [problem]


def test_colours_and_locales_that_there_are_have_no_problems() -> None:
    for locale in ("de", "en_GB", "pt-BR"):
        assert list(Html(path=Location("reports"), brand=Brand(color="#1F5fbf"), locale=locale).problems()) == []
