"""The sections of a customer's page, each made from one customer's reading."""

from __future__ import annotations

import math

import attrs

from scorewell.reporting.drivers import Step as DriverStep
from scorewell.reporting.formats import Formats
from scorewell.reporting.lines import ASSUMED, DOES_NOT_APPLY, LeafColumns
from scorewell.reporting.model import DimensionPart, Driver, Edge, Improvement, Item, MetricLine, State, Step
from scorewell.reporting.outline import Outline
from scorewell.reporting.reading import Metric, Reading
from scorewell.reporting.reviews import told
from scorewell.reporting.wording import MISSING, band_words, counted, joined, who_acts

__all__ = [
    "Improvements",
    "gauge_edges",
    "going_well",
    "how_computed",
    "improvements",
    "metric_line",
    "missing",
    "next_steps",
    "parts",
    "waterfall",
]

_MOST_ITEMS = 6
_MOST_IMPROVEMENTS = 5
_START, _LOSS, _GAIN = State("Start", "none"), State("Points lost", "low"), State("Points gained", "high")
_WHO_FIRST = {"customer": 0, "both": 1, None: 2, "vendor": 3}


def metric_line(columns: LeafColumns, row: int, step: DriverStep | None, formats: Formats) -> MetricLine:
    """A metric's line in the explanation."""
    leaf, why = columns.leaf, columns.why[row]
    note = f"no data; counted as {formats.plain(leaf.assumed or 0)}" if why == ASSUMED else MISSING.get(why)
    return MetricLine(
        label=leaf.label,
        description=leaf.description,
        value=columns.value[row],
        normalized=columns.normalized[row],
        fill=columns.fill[row],
        state=columns.state[row],
        share=columns.share,
        points=None if step is None else step.shown,
        note=note,
        reviews=columns.reviews,
    )


def going_well(reading: Reading) -> tuple[Item, ...]:
    """The metrics in the highest band, those that weigh most first."""
    good = sorted(
        (metric for metric in reading.rated if metric.line.state.tone == "high"),
        key=lambda metric: (-metric.leaf.share, metric.leaf.path),
    )
    return tuple(
        Item(metric.line.label, metric.line.value, metric.line.state, metric.leaf.group)
        for metric in good[:_MOST_ITEMS]
    )


@attrs.frozen
class Improvements:
    """What to improve: the first few as shown, how many more there are in words, and all metrics that hold points."""

    shown: tuple[Improvement, ...]
    more: str | None
    metrics: tuple[Metric, ...]


def improvements(reading: Reading) -> Improvements:
    """The metrics below the highest band: for the customer what it controls first, then by points to gain."""
    poor = [
        metric
        for metric in reading.rated
        if metric.line.state.tone in ("low", "mid")
        and not (reading.for_customer and metric.leaf.controllable == "nobody")
    ]
    poor.sort(
        key=lambda metric: (
            _WHO_FIRST.get(metric.leaf.controllable, 4) if reading.for_customer else 0,
            -metric.gain,
            -metric.leaf.share * (100 - float(metric.line.fill)),
            metric.leaf.path,
        )
    )
    rest = len(poor) - _MOST_IMPROVEMENTS
    return Improvements(
        shown=tuple(_improvement(metric, reading) for metric in poor[:_MOST_IMPROVEMENTS]),
        more=f"and {rest} more, in the table below" if rest > 0 else None,
        metrics=tuple(poor),
    )


def _improvement(metric: Metric, reading: Reading) -> Improvement:
    line, gain = metric.line, metric.gain_shown
    return Improvement(
        label=line.label,
        value=line.value,
        normalized=line.normalized or "",
        fill=line.fill,
        state=line.state,
        group=metric.leaf.group,
        gain=None if gain is None else f"up to {gain} points",
        advice=metric.leaf.advice.get("customer" if reading.for_customer else "internal"),
        who=who_acts(metric.leaf, for_customer=reading.for_customer),
    )


def next_steps(best: Improvements, absent: tuple[Metric, ...]) -> tuple[Step, ...]:
    """For the customer: who begins where. What is to be done stands with each improvement and is not said again."""
    steps = []
    for who, verb in (("customer", "You"), ("both", "Together"), ("vendor", "We")):
        mine = [metric for metric in best.metrics if metric.leaf.controllable == who]
        if mine:
            steps.append(Step(verb, _begin(verb, mine)))
    if not steps and best.metrics:
        steps.append(Step("Together", _begin("Together", list(best.metrics[:1]))))
    if absent:
        more = f" and {len(absent) - 1} more" if len(absent) > 1 else ""
        steps.append(Step("Together", f"Complete the data: “{absent[0].line.label}”{more}"))
    if not steps:
        steps.append(Step("Together", "Keep going: nothing here needs a change now"))
    return tuple(steps)


def _begin(who: str, metrics: list[Metric]) -> str:
    labels = joined([f"“{metric.line.label}”" for metric in metrics[:2]])
    words = {
        "You": f"Start with {labels}",
        "We": f"Take care of {labels} on our side",
        "Together": f"Work on {labels}",
    }[who]
    if len(metrics) > 1 and any(metric.is_scored for metric in metrics[:2]):
        return words
    gain = sum(metric.gain for metric in metrics[:2])
    return f"{words}: up to {gain:.0f} points" if gain >= 1 else words


def missing(reading: Reading) -> tuple[Metric, ...]:
    """The metrics that are not known; what does not apply is not missing."""
    return tuple(metric for metric in reading.metrics if metric.why not in (0, DOES_NOT_APPLY))


def parts(reading: Reading) -> tuple[DimensionPart, ...]:
    """Every dimension with its metrics, in the order of the scorecard."""
    shown = []
    position = {metric.leaf.path: metric for metric in reading.metrics}
    for columns, row in reading.nodes:
        node = columns.node
        if node.path == "" and not node.leaves:
            continue
        completeness = columns.completeness[row]
        shown.append(
            DimensionPart(
                label=node.label if node.path else "Directly in the score",
                description=node.description,
                depth=node.depth,
                score=columns.score[row] if node.path else None,
                fill=columns.fill[row] if node.path else "0.0",
                state=columns.state[row],
                share=columns.share,
                method=node.method,
                completeness=("from its children" if columns.score[row] is not None else "no child has a score")
                if node.rolls_up
                else "nothing applies"
                if completeness is None
                else "data complete"
                if columns.is_complete[row]
                else f"{completeness} of its data is available",
                is_complete=columns.is_complete[row] or node.rolls_up,
                metrics=tuple(position[leaf.path].line for leaf in node.leaves),
                reviews=columns.reviews,
            )
        )
    return tuple(shown)


def waterfall(reading: Reading) -> tuple[Driver, ...]:
    """From the baseline to the score: the points as shown add up. Empty where there is no score."""
    if reading.score is None or reading.baseline is None or reading.baseline_fill is None:
        return ()
    lines = {metric.leaf.path: metric.line for metric in reading.metrics}
    rows = [Driver("baseline", "Start", None, reading.baseline, _START, "0", reading.baseline_fill)]
    for step in reading.steps:
        line = None if step.part.leaf is None else lines[step.part.leaf.path]
        detail = None if line is None else line.value or line.note
        state = _LOSS if step.points < 0 else _GAIN
        rows.append(Driver(step.part.kind, step.part.label, detail, step.shown, state, step.start, step.width))
    rows.append(Driver("score", "Score", None, reading.score, reading.band or _START, "0", reading.fill))
    return tuple(rows)


def how_computed(outline: Outline, formats: Formats, *, for_customer: bool, has_score: bool) -> tuple[str, ...]:
    """How the score comes about, in sentences."""
    if not outline.nodes:
        return ()
    low, high = (formats.plain(end) for end in outline.scale)
    groups = sum(1 for node in outline.nodes if node.depth == 1)
    sentences = [
        f"“{node.label}” comes from the scores of its children: {node.method}."
        for node in outline.nodes
        if node.rolls_up
    ]
    sentences += (
        [
            f"Each metric is mapped to {low}–{high}, where {high} is healthy. "
            + (
                f"{counted(groups, str(groups), 'dimension')} combine{'s' if groups == 1 else ''} them by weight. "
                if groups
                else ""
            )
            + f"The result is a score from {low} to {high}.",
            "A metric without data is left out and its weight goes to the others, unless its line says otherwise.",
        ]
        if outline.leaves or not sentences
        else ["A child without a score is left out, and its weight goes to the others."]
    )
    if has_score and outline.bands:
        edges = [
            f"{band_words(band, for_customer=for_customer)} "
            f"{'up to' if band.high_inclusive else 'below'} {formats.plain(band.high)}"
            for band in outline.bands
        ]
        sentences.append(f"Ranges: {'; '.join(edges)}.")
    return (*sentences, *told(outline.reviews, formats))


def gauge_edges(outline: Outline) -> tuple[Edge, ...]:
    """Short lines across the arc (centre 100, 100; radius 84) where one band ends and the next begins."""
    low, high = outline.scale
    edges = []
    for band in outline.bands[:-1]:
        angle = math.pi * (1 - (band.high - low) / (high - low))
        x, y = math.cos(angle), -math.sin(angle)
        edges.append(Edge(*(f"{100 + radius * each:.2f}" for radius in (75, 93) for each in (x, y))))
    return tuple(edges)
