"""The configuration reference, written from the classes that the configuration is read into.

``python -m scorewell.configuration.reference docs/reference/configuration.md`` writes the page again.
"""

from __future__ import annotations

import inspect
import sys
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import attrs

from scorewell.api.v1 import (
    Aggregator,
    Bound,
    Column,
    Component,
    Condition,
    CustomerKey,
    Duration,
    Expression,
    Location,
    Measure,
    Normalizer,
    PartName,
    Points,
    Secret,
    Share,
    Sink,
    Table,
)
from scorewell.configuration import model
from scorewell.configuration.written import UNWRITTEN
from scorewell.discovery import KINDS, Plugins
from scorewell.discovery.registered import yaml_name

__all__ = ["reference", "standard_components"]

# Defaults that the reader of the files supplies; the objects have them spelled out.
_SUPPLIED: Mapping[tuple[type, str], str] = {
    (model.Scorecard, "aggregator"): "`weighted_average`",
    (model.Dimension, "aggregator"): "`weighted_average`",
    (model.Scorecard, "bands"): "`at_risk` up to 40, `stable` up to 70, `healthy` up to 100",
    (model.Scorecard, "minimum_coverage"): "`50%`",
    (model.Project, "history"): "`sqlite:///scorewell.db`",
}

# Types that the reader of the files spells in its own way.
_SPELLED: Mapping[tuple[type, str], str] = {(model.Project, "stages"): "mapping of SQL condition or `otherwise`"}

_SECTIONS: tuple[tuple[type, str, str], ...] = (
    (
        model.HistoryStore,
        "history",
        """\
Where runs, scores and metric values are stored. A URL alone is short for `{url: …}`; `none` stores nothing.""",
    ),
    (model.Customers, "customers", "Which customers are scored, and what is known about each besides metrics."),
    (
        model.GoLive,
        "go_live",
        """\
Inside `customers`: a customer went live on the day of its first matching row. More in
[stages by going live](../how-to/stages-by-going-live.md).""",
    ),
    (
        model.Metric,
        "metrics",
        """\
By name. A metric has either `source` and `measure`, or `sql`. A measure is an SQL aggregate of the table's columns
(`sum(minutes)`), the name of a [measure](#measures), or a mapping with `type` and its settings.""",
    ),
    (
        model.Pulse,
        "pulse",
        """\
The judgement of people who know a customer, as the metric `pulse`. More in [pulses](../how-to/record-a-pulse.md).""",
    ),
    (
        model.Scorecard,
        "scorecards",
        """\
By name. Weights need not add up to a certain number: what counts is their share among siblings. `extends` names
another scorecard, which this one copies with changes: [vary a scorecard](../how-to/vary-a-scorecard.md).""",
    ),
    (model.Dimension, "dimensions", "By name, inside a scorecard or another dimension, to any depth."),
    (
        model.RollUp,
        "roll_up",
        """\
In a scorecard or a dimension: its score comes from the customer's children. More in
[groups of companies](../how-to/score-groups.md).""",
    ),
    (model.ScoredMetric, "metrics in a scorecard", "By the name of a metric."),
    (model.Adjustment, "adjustments", "In order; each is a contribution of its own, equal to what it really changed."),
    (model.Band, "bands", "From low to high; exactly one band holds each number from the lowest to the highest."),
    (
        model.Hysteresis,
        "hysteresis",
        """\
In a scorecard: `points`, `leave` or `readings`. It needs a history. More in
[keep bands from flickering](../how-to/keep-bands-from-flickering.md).""",
    ),
    (model.Leave, "leave", "In `hysteresis`, by the name of a band, as `at_risk: {above: 45}`."),
    (
        model.Outcomes,
        "outcomes",
        """\
What happened to customers later. `scorewell fit` trains models on a table with one row per customer. In a table with a
`time`, a customer may have several outcomes, each with its date. The expression may use the table's columns.""",
    ),
    (
        model.DatedOutcomes,
        "dated",
        """\
Inside `outcomes`: for a project that both [trains models](../how-to/train-a-model.md) and
[judges overrides](../how-to/override-a-score.md). No model is trained on it.""",
    ),
    (
        model.Actions,
        "actions",
        "What was done for customers, and when: marks on the timelines of reports. They do not affect any score.",
    ),
    (model.Lint, "lint", "Settings of the linter in [`scorewell check`](findings.md)."),
    (model.Ignored, "ignored findings", "In `lint: ignore`."),
    (model.Segment, "segments", "By name, in order. A customer belongs to the first segment that matches."),
    (
        model.Score,
        "scores",
        """\
By name, instead of `segments`. Every customer has each of the scores, and a scorecard belongs to one score. The first
score is the headline of reports. `segments` alone is short for `scores: {health: {segments: …}}`.""",
    ),
)

_WORDS: Mapping[object, str] = {
    str: "text",
    float: "number",
    int: "whole number",
    bool: "`true` or `false`",
    Column: "a column's name",
    Condition: "SQL condition",
    date: "day, as `2027-01-15`",
    Duration: "duration, as `30d`, `12h`, `6 weeks`",
    Expression: "SQL expression",
    Location: "path or URL",
    PartName: "the name of a part",
    Points: "number in the scale",
    Bound: "number or SQL expression",
    Secret: "secret, as `${NAME}`",
    Share: "share, as `60%`",
    model.Precision: "0 to 9, or `none`",
    Aggregator: "[aggregator](#aggregators)",
    Measure: "[measure](#measures)",
    Normalizer: "[normalizer](#normalizers)",
    Sink: "[sink](#sinks)",
    model.SourceTables: "[source](#sources)",
    object: "anything",
    typing.Any: "anything",
}

_TOP = """\
# The configuration

<!-- Written by `python -m scorewell.configuration.reference docs/reference/configuration.md`; a test compares. -->

A project is one YAML file, `scorewell.yaml`, or several: `include` names the others, and each may have any of the keys
below. `${NAME}` in a text stands for the environment variable of that name, so that no file contains a password. The
history stores neither secrets nor the password in a URL, and a new password does not change the configuration's
fingerprint. Expressions and conditions are SQL, in [this dialect](dialect.md). A key that is not listed here is a
mistake, and all mistakes in all files are reported at once.

## The project

| key | what it is | type | default |
|---|---|---|---|
| `version` | the version of the configuration language | `1` | required |
| `include` | further files of the project, relative to this one | list of text | none |
"""

_BESIDE_NORMALIZERS = """\
You may write the reason for a normalizer's settings beside them. As elsewhere, reasons affect neither a score nor the
id of a run, so you can rewrite them at any time."""

_BESIDE_MEASURES = """\
Among the settings of a metric's own measure you may write what its value is
[relative to](measures/index.md#relative-to-the-segment). If the measure is only a name or an SQL aggregate, write it in
the metric."""

_BESIDE_SINKS = """\
Among the settings of a sink you may write that it gets [pseudonyms](../how-to/protect-privacy.md) of customers."""

_SOURCES = """
## sources

By name. `plugin` names the [source](#source-plugins), and that plugin's own settings stand beside it. For a single
table, write the meaning of its columns there too. For several tables, write it under `tables`; a table is then used as
`source.table`.

| key | what it is | type | default |
|---|---|---|---|
| `plugin` | the source plugin | name | required |
| `tables` | what the columns of each table mean, by the table's name | mapping of tables | the inline table |
"""

_STAGES = """
## stages

By name, in order: for each an SQL condition, or `otherwise`. A customer is in the first stage whose condition holds. A
segment may name a scorecard per stage.
"""


def reference(components: Mapping[str, Sequence[type[Component]]]) -> str:
    """The page, in Markdown, for these components by kind: ``sources``, ``measures`` and so on."""
    return "".join(_lines(components))


def standard_components() -> Mapping[str, Sequence[type[Component]]]:
    """The components that ship with Scorewell itself, by kind, sorted by name."""
    plugins = Plugins.installed()
    return {f"{word}s": [plugins.component(kind, name) for name in plugins.names(kind)] for kind, word in KINDS.items()}


def _lines(components: Mapping[str, Sequence[type[Component]]]) -> Iterator[str]:
    yield _TOP
    yield from _rows(model.Project)
    yield _SOURCES
    yield from _rows(Table)
    yield "\n### customer\n\nA column's name alone is short for `{column: NAME}`.\n\n"
    yield from _table(CustomerKey)
    for described, heading, words in _SECTIONS:
        yield f"\n## {heading}\n\n{words}\n\n"
        yield from _table(described)
    yield _STAGES
    for kind, classes in components.items():
        yield f"\n## {'source plugins' if kind == 'sources' else kind}\n"
        if kind == "normalizers":
            yield f"\n{_BESIDE_NORMALIZERS}\n\n"
            yield from _table(model.Review)
        if kind == "measures":
            yield f"\n{_BESIDE_MEASURES}\n\n"
            yield from _table(model.Comparison)
        if kind == "sinks":
            yield f"\n{_BESIDE_SINKS}\n\n"
            yield from _table(model.Delivery)
        for component in classes:
            yield from _component(kind, component)


def _component(kind: str, component: type[Component]) -> Iterator[str]:
    summary = " ".join((inspect.getdoc(component) or "").partition("\n\n")[0].split()).replace("``", "`")
    yield f"\n### {component.name}\n\n{summary} [More]({kind}/{component.name}.md).\n"
    described: type = component
    if attrs.fields(described):
        yield "\n"
        yield from _table(described)
    for nested in _nested(described):
        yield f"\n#### {component.name}: {_title(nested)}\n\n"
        yield from _table(nested)


def _nested(described: type) -> Iterator[type]:
    """The classes that are settings of settings, each once, in order of appearance."""
    found: dict[type, None] = {}

    def look(hint: object) -> None:
        for argument in typing.get_args(hint):
            look(argument)
        if isinstance(hint, type) and attrs.has(hint) and hint not in _WORDS and hint not in found:
            found[hint] = None
            for inner in _hints(hint).values():
                look(inner)

    for field in attrs.fields(described):
        look(_hints(described)[field.name])
    yield from found


def _table(described: type) -> Iterator[str]:
    yield "| key | what it is | type | default |\n|---|---|---|---|\n"
    yield from _rows(described)


def _rows(described: type) -> Iterator[str]:
    hints = _hints(described)
    for field in attrs.fields(described):
        if field.name not in UNWRITTEN.get(described, ()):
            supplied = _SUPPLIED.get((described, field.name))
            cells = (
                f"`{yaml_name(field)}`",
                field.metadata.get("help", "").replace("|", "\\|"),
                _SPELLED.get((described, field.name)) or _type(hints[field.name]),
                supplied or _default(field),
            )
            yield "| " + " | ".join(cells) + " |\n"


def _hints(described: type) -> Mapping[str, object]:
    return typing.get_type_hints(described, include_extras=True)


def _type(hint: object) -> str:
    if hint in _WORDS:
        return _WORDS[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal or origin in {types.UnionType, typing.Union}:
        return _either(list(_alternatives(hint)))
    if isinstance(origin, type):
        return _many(origin, arguments)
    heading = next((heading for described, heading, _ in _SECTIONS if described is hint), None)
    if heading is not None:
        return f"[{heading}](#{heading.replace(' ', '-')})"
    return _title(hint)


def _alternatives(hint: object) -> Iterator[str]:
    """Each thing that may be written, unions within unions laid flat; None is told by the default."""
    for argument in typing.get_args(hint):
        if typing.get_origin(hint) is typing.Literal:
            yield f"`{argument}`"
        elif typing.get_origin(argument) is typing.Literal:
            yield from _alternatives(argument)
        elif argument is not types.NoneType:
            yield _type(argument)


def _many(origin: type, arguments: tuple[object, ...]) -> str:
    if issubclass(origin, Mapping):
        is_optional = types.NoneType in typing.get_args(arguments[1])
        return f"mapping of {_type(arguments[1])}" + (" or `none`" if is_optional else "")
    if arguments[-1] is Ellipsis or len(arguments) == 1:
        return f"list of {_type(arguments[0])}"
    return f"list of {len(arguments)}: " + ", ".join(_type(argument) for argument in arguments)


def _title(described: object) -> str:
    """``OneCase`` is told as *one case*."""
    name = getattr(described, "__name__", str(described))
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _either(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def _default(field: attrs.Attribute[object]) -> str:
    if "component" in field.metadata:
        return f"`{field.metadata['component']}`"
    if field.default is attrs.NOTHING:
        return "required"
    value = field.default
    if value is None or not isinstance(value, str | bool | float | int | tuple | Duration):
        return "none"  # a factory: an empty list or mapping
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return "`[" + ", ".join(f"{item:g}" if isinstance(item, float) else str(item) for item in value) + "]`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(standard_components()), encoding="utf-8")
