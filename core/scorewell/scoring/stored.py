"""A stored fit: what one scorecard learned as of a moment, as a file that says whose it is and that it is whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from scorewell.api.v1 import Learned, ScorewellError
from scorewell.configuration.model import Metric, Project, Scorecard, Segment
from scorewell.configuration.scores import each_score
from scorewell.dialect import names_if_readable
from scorewell.discovery import settings_of
from scorewell.scoring import documents
from scorewell.scoring.assignment import used_scorecards
from scorewell.scoring.documents import CardStatistics
from scorewell.scoring.fitting import compares
from scorewell.scoring.tree import Leaf, Node, leaves, models, tree

__all__ = ["StoredFit", "definition_of", "outcomes_of_project", "population_of_scorecard", "settings_of_scorecard"]

FORMAT = 1
_AGAIN = "scorewell fit"

_ONLY_SAID = {
    *("label", "unit", "description", "audience", "controllable", "advice", "because", "owner", "review_by"),
    "better",
}
"""What of a metric does not enter its value. Of those, ``better`` enters what is learned from it."""


@attrs.frozen(kw_only=True)
class StoredFit:
    """What the normalizers (``statistics``, from so many ``values``) and models (``learned``) of a scorecard learned.

    ``as_of`` is an ISO 8601 time. ``configuration`` and ``versions`` say what it was learned with; ``customers`` counts
    the population of the statistics, ``examples`` the customers that models were trained on, ``happened`` those of them
    for whom the outcome happened. ``untrained`` says of models that had too little data what was missing. ``settings``
    are those of every metric and model, by path, and ``outcomes`` is what models learned from: with others the fit is
    another's.
    """

    project: str
    scorecard: str
    as_of: str
    configuration: str
    versions: Mapping[str, str]
    customers: int
    examples: int = 0
    happened: int = 0
    statistics: CardStatistics = attrs.field(factory=dict)
    values: Mapping[str, int] = attrs.field(factory=dict)
    learned: Mapping[str, Learned] = attrs.field(factory=dict)
    untrained: Mapping[str, str] = attrs.field(factory=dict)
    settings: Mapping[str, str]
    outcomes: str

    def to_json(self) -> str:
        """The file's content: one line a part, so that two versions can be compared."""
        document = {**attrs.asdict(self, recurse=False), "statistics": documents.plain(self.statistics)}
        document["format"] = FORMAT
        document["sha256"] = self.checksum
        lines = (f'"{key}": {json.dumps(document[key], sort_keys=True)}' for key in sorted(document))
        return "{\n" + ",\n".join(lines) + "\n}\n"

    @property
    def checksum(self) -> str:
        """The SHA-256 of all that it says."""
        document = {**attrs.asdict(self, recurse=False), "statistics": documents.plain(self.statistics)}
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()

    @classmethod
    def from_json(cls, text: str, place: str) -> StoredFit:
        """Read what ``to_json`` wrote; ``place`` is what messages call the file.

        Raises ScorewellError for a file of a newer version, and for one that was changed or cut off.
        """
        try:
            document: dict[str, Any] = json.loads(text)
            written = document.pop("format")
            if not isinstance(written, int) or written > FORMAT:
                raise ScorewellError(
                    f"{place} has format {written!r}, and this version of Scorewell reads up to {FORMAT}",
                    hint=f"upgrade Scorewell, or write it again with this version: {_AGAIN}",
                )
            checksum = document.pop("sha256")
            stored = cls(**{**document, "statistics": documents.read(document["statistics"])})
            is_whole = stored.checksum == checksum
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise _damaged(place, "it is no stored fit") from error
        if not is_whole:
            raise _damaged(place, "its content does not match its own checksum")
        return stored

    def require(self, project: Project, name: str, place: str, *, whole: bool) -> None:
        """Raise ScorewellError where this is not a fit of the scorecard ``name`` as ``project`` has it now.

        What models learned must be of the same settings, metrics and outcomes; with ``whole``, all statistics must be.
        """
        if (self.project, self.scorecard) != (project.name, name):
            raise ScorewellError(
                f"{place} is the fit of scorecard {self.scorecard!r} of project {self.project!r}, "
                f"not of {name!r} of {project.name!r}",
                hint=f"{_AGAIN} --scorecard {name}",
            )
        now = settings_of_scorecard(project, name)
        root = tree(project.scorecards[name])
        concerned = {leaf.path for leaf in leaves(root)} if whole else set[str]()
        for node in models(root):
            concerned |= {node.path, *(child.path for child in node.children)}
            if node.path in self.learned:
                self._require_metrics(node, name, place)
        for path in sorted(concerned):
            if self.settings.get(path) != now[path]:
                what = f"scorecards.{name}.{path}" if path else f"the aggregator of scorecards.{name}"
                said = "other settings of" if path in self.settings else "a scorecard without"
                raise ScorewellError(f"{place} was learned with {said} {what}", hint=f"{_AGAIN} --scorecard {name}")
        if any(True for _ in models(root)) and self.outcomes != outcomes_of_project(project):
            raise ScorewellError(f"{place} was learned with other outcomes", hint=f"{_AGAIN} --scorecard {name}")

    def _require_metrics(self, node: Node, name: str, place: str) -> None:
        prefix = f"{node.path}." if node.path else ""
        depth = prefix.count(".")
        learned = {path for path in self.settings if path.startswith(prefix) and path.count(".") == depth and path}
        for path in sorted(learned - {child.path for child in node.children}):
            raise ScorewellError(
                f"{place} was learned with the metric {path.rpartition('.')[2]!r}, which is not in "
                f"{f'scorecards.{name}.{node.path}' if node.path else f'scorecards.{name}'} any more",
                hint=f"{_AGAIN} --scorecard {name}",
            )


def settings_of_scorecard(project: Project, name: str) -> dict[str, str]:
    """A short hash of all that what is learned rests on, by path: of each metric and of each aggregator that learns."""
    card = project.scorecards[name]
    root = tree(card)
    found = {leaf.path: _short(_settings(project, card, leaf)) for leaf in leaves(root)}
    return found | {node.path: _short(repr(node.aggregator.learned_with())) for node in models(root)}


def population_of_scorecard(project: Project, name: str) -> str:
    """A short hash of the rules that say which customers a scorecard compares: who is active, and whose it is.

    Where two projects differ in it, what they learn as of one moment may differ, whatever the scorecard says itself.
    """
    one = next(each for _, each in each_score(project) if name in used_scorecards(each))
    customers = one.customers
    rules = [customers.active, *(segment.when for segment in one.segments.values()), *one.stages.values()]
    resting_on = _resting_on(one, set[str]().union(*(names_if_readable(rule) for rule in rules)))
    return _short(
        repr(
            (
                (customers.source, _meaning(one, customers.source), customers.go_live),
                customers.active,
                [(label, segment.when, _leads_to(segment, name)) for label, segment in one.segments.items()],
                list(one.stages.items()),
                [(each, metric_definition(one, each)) for each in resting_on],
            )
        )
    )


def _leads_to(segment: Segment, name: str) -> object:
    """Whether a segment's customers have the scorecard, or in which stages."""
    if isinstance(segment.scorecard, str):
        return segment.scorecard == name
    return [stage for stage, card in segment.scorecard.items() if card == name]


def definition_of(project: Project, name: str) -> str:
    """A short hash of how a metric, role or attribute comes by its value and what it is compared with, with all that it
    rests on: where it differs between two projects, two values are not the same thing."""
    rests_on = [(each, metric_definition(project, each)) for each in _resting_on(project, [name])]
    metric = project.metrics.get(name)
    return _short(repr((rests_on, metric.better if metric else None)))


def outcomes_of_project(project: Project) -> str:
    """A short hash of what the project says that models learn from."""
    outcomes = project.outcomes
    if outcomes is None:
        return _short("(None, None)")
    # Nothing is learned from what has a date, and fits that are stored have the hash of outcomes without it.
    labels = f"Outcomes(source={outcomes.source!r}, outcome={outcomes.outcome!r})"
    return _short(f"({labels}, {_meaning(project, outcomes.source)!r})")


def _settings(project: Project, card: Scorecard, leaf: Leaf) -> str:
    scored = leaf.settings
    resting_on = _resting_on(project, {leaf.metric} | names_if_readable(scored.when))
    measured = [(name, metric_definition(project, name)) for name in resting_on]
    population = card.fit_on if compares(leaf) else None
    return repr((measured, project.metrics[leaf.metric].better, scored.normalizer, scored.when, population))


def _resting_on(project: Project, names: Iterable[str]) -> list[str]:
    """The metrics and roles of these names, and those that they refer to, at any distance."""
    found, further = set[str](), set(names)
    while further:
        found |= further
        metrics = (project.metrics[name] for name in further if name in project.metrics)
        further = set[str]().union(*(names_if_readable(metric.sql) for metric in metrics)) - found
    return sorted(found)


def metric_definition(project: Project, name: str) -> object:
    """How the metric, or the role, comes by its value."""
    metric = project.metrics.get(name)
    if metric is None:
        return project.customers.roles.get(name)
    names = {field.name for field in settings_of(Metric)} - _ONLY_SAID
    return [(field, getattr(metric, field)) for field in sorted(names)], _meaning(project, metric.source)


def _meaning(project: Project, table: str | None) -> object:
    """What the project says of a table, which decides on the rows that count; how fresh it must be does not."""
    if table not in project.tables or table is None:
        return None
    return attrs.evolve(project.table(table)[2], fresh_within=None)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _damaged(place: str, why: str) -> ScorewellError:
    return ScorewellError(f"{place} is damaged: {why}", hint=f"restore it from a copy, or write it again: {_AGAIN}")
