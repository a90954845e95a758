"""The pictures on the pages of components, drawn from the pages' own samples: what the component itself makes of them.

``python -m tests.docs.pictures`` draws them again; a test tells where a picture is out of date.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from html import escape
from pathlib import Path

import attrs
import polars as pl
import yaml
from tests.docs.samples import Sample, samples
from tests.docs.test_samples import CHECKOUT, METRIC_OF, named, over_skeleton, typed

from scorewell.configuration import Project, load
from scorewell.scoring import ACTIVE, fit

REFERENCE = CHECKOUT / "docs" / "reference"
AS_OF = datetime(2026, 3, 1)
WIDTH = 640
LEFT, RIGHT = 76.0, WIDTH - 24.0
STEPS_OF_A_LINE = 480
JUMP = 8.0
"""A line that moves by more between two neighbouring values is a step there, and is not joined."""

STYLE = """
text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: #565f6d }
.ink { fill: #171a20; font-weight: 600 } .end { text-anchor: end } .middle { text-anchor: middle }
.page { fill: #ffffff } .grid { stroke: #e2e5ea } .window { fill: #eef1f8 }
.line { fill: none; stroke: #3355cc; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round }
.dot { fill: #3355cc; stroke: #ffffff; stroke-width: 2 } .part { fill: #9aa3b1 }
.span { stroke: #c3c9d3; stroke-width: 3 }
@media (prefers-color-scheme: dark) {
text { fill: #a3acba } .ink { fill: #e8ebf0 } .page { fill: #14171c }
.grid { stroke: #2c323c } .window { fill: #1e2634 }
.line { stroke: #8fa8ff } .dot { fill: #8fa8ff; stroke: #14171c } .part { fill: #6b7483 } .span { stroke: #414957 }
}
"""


@attrs.frozen
class Drawing:
    """A picture: what it shows in words, how high it is, and its shapes."""

    title: str
    height: float
    shapes: tuple[str, ...]

    def svg(self) -> str:
        title = escape(self.title)
        opening = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height:g}" width="{WIDTH}" '
            f'role="img" aria-label="{title}">'
        )
        page = f'<rect class="page" width="{WIDTH}" height="{self.height:g}" rx="6"/>'
        return "\n".join(
            [opening, f"<title>{title}</title>", f"<style>{STYLE}</style>", page, *self.shapes, "</svg>\n"]
        )


def drawings() -> Iterator[tuple[Path, Drawing]]:
    """Each picture with the file that it belongs in: one for every page of a component that has a table of values."""
    for role, draw in (("normalizer", of_normalizer), ("aggregator", of_aggregator), ("measure", of_measure)):
        for page in sorted((REFERENCE / f"{role}s").glob("*.md")):
            if page.stem != "index":
                drawing = draw(page)
                if drawing is not None:
                    yield page.parent / "pictures" / f"{page.stem}.svg", drawing


def _first(page: Path, info: str) -> Sample | None:
    return next((one for one in samples(page) if one.info == info and one.table), None)


def text(x: float, y: float, words: str, kind: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}"{f" class={chr(34)}{kind}{chr(34)}" if kind else ""}>{escape(words)}</text>'


def number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "−")


# -- normalizers: value to points --------------------------------------------------------------------------------------


def of_normalizer(page: Path) -> Drawing | None:
    sample = _first(page, "yaml normalizer")
    if sample is None:
        return None
    # Where a table has more columns than the value, the picture is of the customer in its first row.
    beside = {head: cell for head, cell in sample.table[0].items() if head not in ("value", "points")}
    cells = [typed(row["value"]) for row in sample.table if beside.items() <= row.items()]
    title = f"{page.stem}: value to points"
    if any(isinstance(cell, str) for cell in cells):
        return _words(title, sample)
    project = _project(sample, "normalizer")
    known = [cell for cell in cells if isinstance(cell, float)]
    margin = (max(known) - min(known)) * 0.08 or 1.0
    low, high = min(known) - margin, max(known) + margin
    grid = [low + (high - low) * step / STEPS_OF_A_LINE for step in range(STEPS_OF_A_LINE + 1)]
    points = _points(project, beside, cells, [*grid, *known, None])
    line, dots, missing = points[: len(grid)], points[len(grid) : -1], points[-1]
    top, bottom = 28.0, 218.0

    def x(value: float) -> float:
        return round(LEFT + (value - low) / (high - low) * (RIGHT - LEFT), 1)

    def y(score: float) -> float:
        return round(bottom - score / 100 * (bottom - top), 1)

    shapes = []
    for level in (0, 50, 100):
        shapes.append(f'<path class="grid" d="M{LEFT:g} {y(level):g}H{RIGHT:g}"/>')
        shapes.append(text(LEFT - 10, y(level) + 4, str(level), "end"))
    drawn = [(x(v), None if s is None else y(s), s) for v, s in zip(grid, line, strict=True)]
    shapes.append(f'<path class="line" d="{_path(drawn)}"/>')
    labelled: set[float] = set()
    for value, score in sorted({(v, s) for v, s in zip(known, dots, strict=True) if s is not None}):
        shapes.append(f'<circle class="dot" cx="{x(value):g}" cy="{y(score):g}" r="5"/>')
        if all(abs(x(value) - other) > 34 for other in labelled):
            labelled.add(x(value))
            shapes.append(text(x(value), y(score) - 10, number(score), "ink middle"))
            shapes.append(text(x(value), bottom + 18, number(value), "middle"))
    shapes.append(text(LEFT - 10, 16, "points", "end"))
    shapes.append(text(RIGHT, bottom + 36, "value", "end"))
    shapes.append(
        text(LEFT, bottom + 36, "missing stays missing" if missing is None else f"missing: {number(missing)}")
    )
    return Drawing(title, bottom + 48, tuple(shapes))


def _path(points: Sequence[tuple[float, float | None, float | None]]) -> str:
    parts: list[str] = []
    before: float | None = None
    for x, y, score in points:
        if y is not None and score is not None:
            parts.append(f"{'M' if before is None or abs(score - before) > JUMP else 'L'}{x:g} {y:g}")
        before = score
    return "".join(parts)


def _words(title: str, sample: Sample) -> Drawing:
    shapes = []
    for row, cells in enumerate(sample.table):
        word, told = cells.values()
        y = 34.0 + row * 30
        shapes.append(text(LEFT + 44, y + 4, "missing" if word == "—" else word, "end"))
        start = LEFT + 56
        shapes.append(f'<path class="grid" d="M{start:g} {y:g}H{RIGHT - 60:g}"/>')
        points = typed(told)
        if isinstance(points, float):
            end = start + points / 100 * (RIGHT - 60 - start)
            shapes.append(
                f'<path class="span" d="M{start:g} {y:g}H{end:g}"/><circle class="dot" cx="{end:g}" cy="{y:g}" r="5"/>'
            )
        shapes.append(text(RIGHT, y + 4, "no points" if points is None else told, "ink end"))
    return Drawing(title, 34 + len(sample.table) * 30, tuple(shapes))


def _project(sample: Sample, role: str) -> Project:
    written = over_skeleton(yaml.safe_load(sample.body), role)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.yaml"
        path.write_text(yaml.safe_dump(written, sort_keys=False, allow_unicode=True))
        return load(path)


def _points(
    project: Project,
    beside: Mapping[str, str],
    population: Sequence[float | str | None],
    values: Sequence[float | None],
) -> list[float | None]:
    """What the sample's normalizer makes of ``values``, learned from ``population``; the rest is as ``beside`` says."""
    names = (*project.customers.roles, *project.customers.attributes, *project.metrics)

    def frame(cells: Sequence[float | str | None]) -> pl.DataFrame:
        columns = {name: [None] * len(cells) for name in names} | {"active_days": list(cells)}
        return pl.DataFrame(
            {"customer_id": [f"{row:04}" for row in range(len(cells))]}
            | columns
            | {"seats": [100.0] * len(cells), ACTIVE: [True] * len(cells)}
            | {named(head): [typed(cell)] * len(cells) for head, cell in beside.items()},
            schema_overrides=dict.fromkeys(project.metrics, pl.Float64),
        )

    scores = fit(project, frame(population)).score(frame(values).lazy()).collect()
    return scores["normalized.product_usage.active_days"].to_list()


# -- aggregators: parts and what they come to --------------------------------------------------------------------------


def of_aggregator(page: Path) -> Drawing | None:
    sample = _first(page, "yaml aggregator")
    if sample is None:
        return None
    start, end = LEFT + 20, RIGHT - 70
    shapes = []
    for level in (0, 50, 100):
        x = start + level / 100 * (end - start)
        shapes.append(f'<path class="grid" d="M{x:g} 26V{40 + len(sample.table) * 34:g}"/>')
        shapes.append(text(x, 16, str(level), "middle"))
    for row, cells in enumerate(sample.table):
        y = 50.0 + row * 34
        parts = {name: typed(cells[name]) for name in METRIC_OF}
        score = typed(cells["score"])
        known = sorted(value for value in parts.values() if isinstance(value, float))
        if known:
            ends = [start + value / 100 * (end - start) for value in (known[0], known[-1])]
            shapes.append(f'<path class="span" d="M{ends[0]:g} {y:g}H{ends[1]:g}"/>')
        across = (start + value / 100 * (end - start) for value in known)
        shapes += [f'<circle class="part" cx="{x:g}" cy="{y:g}" r="5"/>' for x in across]
        if isinstance(score, float):
            x = start + score / 100 * (end - start)
            shapes.append(f'<path class="dot" d="M{x:g} {y - 9:g}l9 9l-9 9l-9 -9z"/>')
        words = ", ".join("—" if value is None else number(float(value)) for value in parts.values())
        shapes.append(text(start - 14, y + 4, words, "end"))
        shapes.append(text(RIGHT, y + 4, "no score" if score is None else cells["score"], "ink end"))
    bottom = 66.0 + len(sample.table) * 34
    shapes.append(text(RIGHT, bottom, "grey: the parts; the diamond: what they come to", "end"))
    return Drawing(f"{page.stem}: parts and their score", bottom + 14, tuple(shapes))


# -- measures: rows on a line of time ----------------------------------------------------------------------------------


def of_measure(page: Path) -> Drawing | None:
    rows, sample = _rows_and_measure(page)
    if sample is None or not rows:
        return None
    window = str(yaml.safe_load(sample.body).get("window", ""))
    length = timedelta(days=int(window[:-1]) * {"d": 1, "w": 7}[window[-1]]) if window else timedelta()
    moments = [datetime.fromisoformat(row["at"]) for row in rows]
    first = min(*moments, AS_OF - length) - timedelta(days=3)
    last = max(*moments, AS_OF) + timedelta(days=3)
    start, end = LEFT - 10, RIGHT - 70

    def x(moment: datetime) -> float:
        return round(start + (min(moment, last) - first) / (last - first) * (end - start), 1)

    bottom = 44.0 + len(sample.table) * 34
    shapes = []
    if window:
        begin = x(AS_OF - length)
        size = f'x="{begin:g}" y="24" width="{x(AS_OF) - begin:g}" height="{bottom - 24:g}"'
        shapes += [f'<rect class="window" {size}/>', text(begin + 4, 18, f"window: {window}")]
    shapes.append(f'<path class="line" d="M{x(AS_OF):g} 24V{bottom:g}"/>')
    shapes.append(text(x(AS_OF), bottom + 18, AS_OF.strftime("%Y-%m-%d"), "middle"))
    shapes.append(text(start, bottom + 18, first.strftime("%Y-%m-%d")))
    for position, cells in enumerate(sample.table):
        y = 50.0 + position * 34
        customer, told = cells["customer"], list(cells.values())[-1]
        shapes += [text(14, y + 4, customer), f'<path class="grid" d="M{start:g} {y:g}H{end:g}"/>']
        own = [(row, moment) for row, moment in zip(rows, moments, strict=True) if row["customer"] == customer]
        for row, moment in own:
            if row.get("until"):
                until = datetime.fromisoformat(row["until"])
                shapes.append(f'<path class="span" d="M{x(moment):g} {y:g}H{x(until):g}"/>')
        kinds = ((moment, "part" if moment >= AS_OF else "dot") for _, moment in own)
        shapes += [f'<circle class="{kind}" cx="{x(moment):g}" cy="{y:g}" r="5"/>' for moment, kind in kinds]
        shapes.append(text(RIGHT, y + 4, "missing" if told == "—" else told, "ink end"))
    return Drawing(f"{page.stem}: rows on a line of time, and the value", bottom + 30, tuple(shapes))


def _rows_and_measure(page: Path) -> tuple[list[dict[str, str]], Sample | None]:
    """The page's first measure with a table of values, and the rows that it is computed over."""
    rows: list[dict[str, str]] = []
    for sample in samples(page):
        if sample.info == "csv rows":
            rows = list(csv.DictReader(io.StringIO(sample.text)))
        elif sample.info == "yaml measure" and sample.table:
            return rows, sample
    return rows, None


def main() -> None:
    """Draw all pictures again, and remove those whose page is gone."""
    drawn = dict(drawings())
    for path, drawing in drawn.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(drawing.svg())
    for path in REFERENCE.glob("*/pictures/*.svg"):
        if path not in drawn:
            path.unlink()


if __name__ == "__main__":
    main()
