"""The reports in a real browser: accessible, silent, narrow, printable."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from tests.support.compared_book import compared_page
from tests.support.customer_book import METRICS, metrics_frame, pages, project, scored
from tests.support.made_past import changes_of, metrics_before, past_of, scores_before, with_trend

pytestmark = pytest.mark.browser

PAGES = {
    "customer": "customer/customers/a-00001.html",
    "customer without a score": "customer/customers/a-00002.html",
    "customer with a hostile name": "customer/customers/a-00003.html",
    "internal": "internal/customers/a-00001.html",
    "internal without a score": "internal/customers/a-00002.html",
    "internal with a hostile name": "internal/customers/a-00003.html",
    "portfolio": "internal/index.html",
    "list": "internal/customers.html",
    "comparison": "comparison.html",
}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of a small book with a past: one customer without any data, one with a name that breaks pages."""
    frame = metrics_frame(24).with_columns(pl.col("plan").replace("trial", "small"), **{"@active": True})
    name = pl.when(pl.col("customer_id") == "a-00003").then(pl.lit("<b>شركة الأفق" + "W" * 300)).otherwise("name")
    empty = pl.col("customer_id") == "a-00002"
    frame = frame.with_columns(
        name.alias("name"), *(pl.when(empty).then(None).otherwise(metric).alias(metric) for metric in METRICS)
    )
    scores = scored(project(), frame)
    before = scores_before(scores)
    scores = with_trend(scores, before).with_columns(override=pl.lit("at most 55"))
    past = past_of(scores, scores=before, changes=changes_of(scores), metrics=lambda: metrics_before(frame))
    root = tmp_path_factory.mktemp("reports")
    for audience in ("customer", "internal"):
        for path, content in pages(frame=frame, audience=audience, scores=scores, past=past).items():
            target = root / audience / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")
    (root / "comparison.html").write_text(compared_page(), encoding="utf-8")
    return root


@contextmanager
def _opened(
    browser: Browser, path: Path, *, width: int = 1280, scheme: str = "light"
) -> Iterator[tuple[Page, list[str]]]:
    """The page, and everything it asked for or complained of."""
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    heard: list[str] = []
    page.on("console", lambda message: heard.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: heard.append(f"error: {error}"))
    page.on("request", lambda request: heard.append(request.url) if request.url != path.as_uri() else None)
    page.goto(path.as_uri())
    try:
        yield page, heard
    finally:
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_accessibility_violation(browser: Browser, folder: Path, name: str, scheme: str) -> None:
    with _opened(browser, folder / PAGES[name], scheme=scheme) as (page, _):
        results = Axe().run(page, options=RULES)
        assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_silent_and_asks_for_nothing(browser: Browser, folder: Path, name: str) -> None:
    with _opened(browser, folder / PAGES[name]) as (page, heard):
        assert page.title()
        assert heard == []


@pytest.mark.parametrize("width", [320, 768])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_never_scrolls_sideways(browser: Browser, folder: Path, name: str, width: int) -> None:
    with _opened(browser, folder / PAGES[name], width=width) as (page, _):
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", PAGES)
def test_no_text_is_cut_off_at_the_left(browser: Browser, folder: Path, name: str) -> None:
    lefts = "[...document.querySelectorAll('main :is(h2, h3, p, td)')].map(each => each.getBoundingClientRect().left)"
    with _opened(browser, folder / PAGES[name], width=390) as (page, _):
        assert page.evaluate(f"Math.min(...{lefts})") >= 0


# A comparison's matrix of many bands hyphenates them on a narrow screen.
@pytest.mark.parametrize("name", [name for name in PAGES if name != "comparison"])
def test_no_word_of_a_band_is_cut_in_two(browser: Browser, folder: Path, name: str) -> None:
    cut = """() => [...document.querySelectorAll(".state")].flatMap((state) => {
      const text = state.lastChild;
      return [...text.data.matchAll(/\\S+/g)].filter((word) => {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        return range.getClientRects().length > 1;
      }).map((word) => word[0]);
    })"""
    with _opened(browser, folder / PAGES[name], width=340) as (page, _):
        assert page.evaluate(cut) == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["customer", "internal"])
def test_no_word_stands_where_the_line_may_be(browser: Browser, folder: Path, name: str, width: int) -> None:
    inside = """() => {
      const chart = document.querySelector(".timeline .chart");
      const plot = chart.querySelector("svg").getBoundingClientRect();
      const isInside = (box) => box.right > plot.left + 1 && box.bottom > plot.top + 1 && box.top < plot.bottom - 1;
      const words = [...chart.querySelectorAll("text")];
      return words.filter((each) => isInside(each.getBoundingClientRect())).map((each) => each.textContent);
    }"""
    with _opened(browser, folder / PAGES[name], width=width) as (page, _):
        assert page.evaluate(inside) == []
        assert page.locator(".timeline .keys").inner_text().split("\n")[0] in {"At risk", "Needs attention"}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_prints(browser: Browser, folder: Path, name: str) -> None:
    with _opened(browser, folder / PAGES[name], scheme="dark") as (page, heard):
        assert page.pdf(format="A4", print_background=True).startswith(b"%PDF")
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert heard == []


def test_a_page_reads_the_same_without_scripts(browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / PAGES["customer"]).as_uri())
    assert page.locator("h2").all_inner_texts()[0] == "Where we stand"
    context.close()


def test_the_signs_of_good_and_bad_differ_in_shape(browser: Browser, folder: Path) -> None:
    with _opened(browser, folder / PAGES["portfolio"]) as (page, _):
        used = page.eval_on_selector_all(".legend .state use", "signs => signs.map(sign => sign.getAttribute('href'))")
        assert len(set(used)) == len(used) > 1
