"""Text that would break a page, wherever data or the configuration lets text in."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import attrs
import polars as pl
import pytest
from tests.support.customer_book import METRICS, metrics_frame, pages, project, scorecard, scored
from tests.support.made_past import changes_of, metrics_before, past_of, scores_before, with_trend

from scorewell.api.v1 import Finding, Level

HOSTILE = {
    "markup": '<img src=x onerror="alert(1)">',
    "script": "</script><script>alert(1)</script>",
    "style": "</style><svg onload=alert(1)>",
    "quotes": "\"'><b onmouseover='x'>",
    "template": "{{ 7*7 }}{% raw %}{{ page }}",
    "entity": "&lt;b&gt; &amp; Co",
    "emoji": "🦄 Ünïcode 👩‍👩‍👧",
    "right_to_left": "شركة الأفق \u202eevil\u202c",
    "comment": "<!-- --><![CDATA[",
    "control": "a\x00b\x1b[31m\nc",
    "long": "x" * 10_000,
    "url": "javascript:alert(1)",
}


ELEMENTS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "main",
        "footer",
        "section",
        "nav",
        "div",
        "span",
        "p",
        "br",
        "h1",
        "h2",
        "h3",
        "strong",
        "small",
        "em",
        "bdi",
        "a",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "details",
        "summary",
        "g",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "figure",
        "figcaption",
        "svg",
        "symbol",
        "circle",
        "rect",
        "path",
        "text",
        "line",
        "use",
    ]
)


class _Tags(HTMLParser):
    """What a browser would see: the elements, their attributes, the text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _seen(page: str) -> _Tags:
    parser = _Tags()
    parser.feed(page)
    return parser


@pytest.mark.parametrize("audience", ["customer", "internal"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_text_stays_text(kind: str, audience: str) -> None:
    text = HOSTILE[kind]
    frame = metrics_frame(3).with_columns(
        pl.lit(text).alias(name) for name in ("name", "owner", "currency", "renewal", "customer_id")
    )[:1]
    frame = frame.with_columns(plan=pl.lit("mid"), active_days=1.0, **{"@active": True})
    metrics = {
        name: attrs.evolve(
            metric, label=f"{text[:60]}{name}", unit=text[:60], description=text[:60],
            advice={"customer": text[:60], "internal": text[:60]},
        )
        for name, metric in METRICS.items()
    }  # fmt: skip
    dimensions = {
        name: attrs.evolve(dimension, label=text[:60], description=text[:60])
        for name, dimension in scorecard().dimensions.items()
    }
    bands = tuple(attrs.evolve(band, label=text[:60], color=text[:60]) for band in scorecard().bands)
    project_ = project(
        name=text[:100], metrics=metrics, scorecards={"standard": scorecard(dimensions=dimensions, bands=bands)}
    )
    finding = Finding(id="x", level=Level.ERROR, where=text, message=text[:200], examples=(text,), hint=text[:60])
    written = pages(
        project_,
        frame,
        audience=audience,
        findings=[finding],
        settings={"name": text[:60], "intro": text[:60], "footer": text[:60]},
    )
    assert written
    for path, page in written.items():
        seen = _seen(page)
        assert not set(seen.tags) - ELEMENTS, path
        assert not [name for name, _ in seen.attributes if name.startswith("on")], path
        assert not [value for name, value in seen.attributes if name in ("href", "src") and value and ":" in value], (
            path
        )
        assert "49" not in "".join(seen.text) or "{{ 7*7 }}" not in text
        assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e]", page), path
        assert len(page.encode()) < 150_000, path


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_people_wrote_stays_text(kind: str) -> None:
    text = HOSTILE[kind]
    frame = metrics_frame(1).with_columns(plan=pl.lit("mid"), **{"@active": True})
    scores = with_trend(scored(project(), frame), scores_before(scored(project(), frame), weeks=8))
    scores = scores.with_columns(override=pl.lit(text))
    past = past_of(scores, changes=changes_of(scores).with_columns(name=pl.lit(text), kind=pl.lit(text)))
    said = {name: pl.lit(text) for name in ("play", "owner", "result", "what", "reason", "note", "author")}
    parts = {
        name: rows.with_columns(**{column: value for column, value in said.items() if column in rows.columns})
        for name in ("actions", "overrides", "pulses")
        if (rows := getattr(past, name)) is not None
    }
    past = attrs.evolve(past, **parts)
    for path, page in pages(frame=frame, audience="internal", scores=scores, past=past).items():
        seen = _seen(page)
        assert not set(seen.tags) - ELEMENTS, path
        assert not [name for name, _ in seen.attributes if name.startswith("on")], path
        assert len(page.encode()) < 150_000, path


def test_a_name_may_be_missing() -> None:
    frame = metrics_frame(3).with_columns(name=pl.lit(None, dtype=pl.String), plan=pl.lit("mid"), **{"@active": True})
    assert "a-00000" in pages(frame=frame)["customers/a-00000.html"]


def test_a_page_of_fifty_metrics_and_two_years_stays_small() -> None:
    metrics = {
        f"metric_{number}": attrs.evolve(METRICS["active_days"], label=f"Metric {number}") for number in range(50)
    }
    usage = scorecard().dimensions["product_usage"]
    dimensions = {
        f"dimension_{group}": attrs.evolve(
            usage, metrics={f"metric_{group * 10 + number}": usage.metrics["active_days"] for number in range(10)}
        )
        for group in range(5)
    }
    frame = metrics_frame(2).with_columns(plan=pl.lit("mid"), **{"@active": True})
    frame = frame.with_columns(pl.col("active_days").alias(name) for name in metrics)
    project_ = project(metrics=metrics, scorecards={"standard": scorecard(dimensions=dimensions)})
    before = scores_before(scored(project_, frame), of=project_)
    scores = with_trend(scored(project_, frame), before)
    past = past_of(scores, scores=before, changes=changes_of(scores), metrics=lambda: metrics_before(frame, 104))
    assert past.pulses is not None
    said = past.pulses.with_columns(reason=pl.lit("They asked for a reference call. " * 20))
    weekly = pl.concat(said.with_columns(pl.col("time") + timedelta(days=7 * number)) for number in range(-90, 0))
    past = attrs.evolve(past, pulses=weekly)
    for audience in ("customer", "internal"):
        for path, page in pages(project_, frame, audience=audience, scores=scores, past=past).items():
            assert len(page.encode()) < 150_000
            assert "customers/" not in path or 'class="line"' in page, (
                "with two years of weekly scores, and a pulse each week"
            )


def test_a_page_asks_the_network_for_nothing() -> None:
    for audience in ("customer", "internal"):
        for path, page in pages(frame=metrics_frame(4), audience=audience).items():
            assert "<script" not in page, path
            assert not re.search(r"https?:|url\(|@import|<link|<iframe", page), path
            assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page, path


def test_the_same_run_again_gives_the_same_bytes() -> None:
    for audience in ("customer", "internal"):
        assert pages(frame=metrics_frame(20), audience=audience) == pages(frame=metrics_frame(20), audience=audience)
