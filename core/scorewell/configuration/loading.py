"""``load``: files in, a project out, or every mistake at once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as AbstractMapping
from pathlib import Path
from typing import Any, TypeVar

import attrs

from scorewell.api.v1 import Condition, Measure, Secret, Sink
from scorewell.configuration.bands import coloured, default_bands
from scorewell.configuration.checks import check
from scorewell.configuration.documents import Document
from scorewell.configuration.evolving import evolved
from scorewell.configuration.extending import EXTENDS, extended
from scorewell.configuration.files import read_files
from scorewell.configuration.fingerprint import fingerprint
from scorewell.configuration.interpolation import Environment
from scorewell.configuration.kept import kept
from scorewell.configuration.later import later
from scorewell.configuration.laying import laid_over
from scorewell.configuration.model import (
    Actions,
    Comparison,
    Customers,
    Delivery,
    HistoryStore,
    Lint,
    Metric,
    Outcomes,
    Project,
    Pulse,
    Review,
    Score,
    Scorecard,
    Segment,
)
from scorewell.configuration.nodes import Entry, Keys, Mapping, Node, Scalar, spelled
from scorewell.configuration.notes import BROKEN, Notes
from scorewell.configuration.problems import ConfigurationError
from scorewell.configuration.pseudonyms import Pseudonymous
from scorewell.configuration.pulse import with_pulse
from scorewell.configuration.sources import Sources
from scorewell.configuration.structuring import Structuring
from scorewell.configuration.written import supplied
from scorewell.discovery import Plugins
from scorewell.messages import near_miss

__all__ = ["REQUIRED", "load", "load_kept", "load_over"]

T = TypeVar("T")

_DEFAULT_HISTORY = "sqlite:///scorewell.db"
_SECTIONS = (
    "history",
    "sources",
    "customers",
    "metrics",
    "pulse",
    "scorecards",
    "segments",
    "scores",
    "stages",
    "outcomes",
    "actions",
    "sinks",
    "lint",
)
REQUIRED = {
    "version": "write version: 1",
    "name": "the project's name, shown in reports and used to find its history",
    "sources": "where tables come from",
    "customers": "the table with the customers",
    "scorecards": "the scorecards",
}
_KEYS = ("version", "name", "timezone", "include", *_SECTIONS)


def load(path: Path, *, plugins: Plugins | None = None, environment: AbstractMapping[str, str] = os.environ) -> Project:
    """Read a project from its main file and what it includes.

    Raises ConfigurationError with all mistakes of all files: what cannot be read first; else what cannot be understood
    and what does not fit together.
    """
    variables = Environment(environment)
    root = read_files(path, variables)
    reading = _Reading(root, path.absolute().parent, plugins or Plugins.installed(), Notes(variables))
    return reading.project()


def load_over(
    path: Path,
    proposal: Path,
    *,
    plugins: Plugins | None = None,
    environment: AbstractMapping[str, str] = os.environ,
) -> Project:
    """Read a proposal: a whole project, or a file without ``sources`` that is laid over the project of ``path``.

    Of the second kind, metrics and scorecards stand in the place of those of their name, every other section in the
    place of the whole one; paths of data are relative to the folder of ``path``. A scorecard may extend its own name.
    Raises ConfigurationError as ``load``; files are named as they are seen from the folder of ``path``.
    """
    variables, folder = Environment(environment), path.absolute().parent
    notes = Notes(variables)
    root = read_files(proposal, variables, seen_from=folder)
    if root.get("sources") is None:
        root = laid_over(read_files(path, variables), root, notes)
    else:
        folder = proposal.absolute().parent
    return _Reading(root, folder, plugins or Plugins.installed(), notes).project()


def load_kept(text: str, *, folder: Path, fingerprint: str, plugins: Plugins | None = None) -> Project:
    """Read a configuration that a history kept (``Project.kept``); its secrets are lost, so its sources cannot be read.

    Raises ConfigurationError where this version, or these plugins, no longer understand it.
    """
    notes = Notes(Environment({}))
    document = Document(text, "kept configuration", notes.environment)
    if document.root is None or document.problems:
        raise ConfigurationError(document.problems)
    project = _Reading(document.root, folder, plugins or Plugins.installed(), notes).project()
    # Its own was made of what was written, with variables by name.
    return evolved(project, fingerprint=fingerprint)


class _Reading:
    def __init__(self, root: Mapping, folder: Path, plugins: Plugins, notes: Notes) -> None:
        self._folder = folder
        self._notes = notes
        self._root, self._broken = extended(root, self._notes)
        self._notes.remember(self._root)
        self._plugins = plugins
        self._structuring = Structuring(self._notes, plugins, folder, supplied(plugins))
        self._structuring.beside(Scorecard, (EXTENDS,))
        self._structuring.shorthand(HistoryStore, _expanded_url)

    def project(self) -> Project:
        notes, root = self._notes, self._root
        notes.unscored |= {("history",), ("actions",), ("lint",)}
        self._keys()
        scorecards = {name: _with_bands(card) for name, card in self._section("scorecards", Scorecard).items()}
        project = Project(
            name=self._text("name", ""),
            timezone=self._text("timezone", "UTC"),
            history=self._history(),
            sources=Sources(self._structuring, notes).read(self._mapping("sources")),
            customers=self._one("customers", Customers) or Customers(source=""),
            metrics=self._metrics(),
            pulse=self._pulse(),
            scorecards=scorecards,
            segments=self._section("segments", Segment),
            scores=self._section("scores", Score),
            stages=self._stages(),
            outcomes=self._one("outcomes", Outcomes),
            actions=self._one("actions", Actions),
            sinks=self._sinks(),
            lint=self._one("lint", Lint) or Lint(),
            folder=self._folder,
            origin=notes.origin,
            thresholds={
                ".".join(keys): said for keys, said in notes.beside_components.items() if isinstance(said, Review)
            },
            fingerprint=fingerprint(root, notes.withheld, notes.unscored),
            kept=kept(root, notes.withheld),
            written_passwords=tuple(".".join(keys) for keys in notes.withheld.written(root)),
        )
        if project.pulse is not None:
            project = with_pulse(project, self._plugins.component(Measure, "latest"))
        check(project, notes)
        if notes.problems:
            raise ConfigurationError(notes.told_once)
        return project

    def _metrics(self) -> dict[str, Metric]:
        """The metrics; what stands beside the settings of a metric's measure is the metric's."""
        metrics = self._section("metrics", Metric)
        for keys, said in self._notes.beside_components.items():
            if not isinstance(said, Comparison):
                continue
            if not self._is_own_measure(keys):
                message = "relative_to belongs to a metric's own measure, not to one inside it"
                self._notes.at((*keys, "relative_to"), message)
            elif keys[1] in metrics and said.relative_to is not None:
                metrics[keys[1]] = evolved(metrics[keys[1]], relative_to=said.relative_to)
        return metrics

    def _is_own_measure(self, keys: Keys) -> bool:
        """Whether the settings there are those of a metric's measure itself, also as ``measure: {change: {…}}``."""
        measure = self._notes.find(keys[:3])
        is_short = isinstance(measure, Mapping) and measure.get("type") is None
        return len(keys) == 3 or (is_short and len(keys) == 4)

    def _keys(self) -> None:
        """Which top-level keys there are, and that the language is of this version."""
        misspelt = set[str | None]()
        for entry in self._root.entries:
            if entry.key in _KEYS:
                continue
            told = later(Project, entry.key)
            if told:
                self._notes.beside(entry.mark, (entry.key,), told)
                continue
            near = near_miss(entry.key, _KEYS)
            misspelt.add(near)
            advice = f", did you mean {near!r}?" if near else f"; a project has {', '.join(_KEYS)}"
            self._notes.beside(entry.mark, (), f"unknown setting {entry.key!r}{advice}")
        for key, meaning in REQUIRED.items():
            if self._root.get(key) is None and key not in misspelt:
                self._notes.key(self._root, f"missing setting {key!r}: {meaning}")
        self._segments_or_scores(misspelt)
        version = self._root.get("version")
        if version is not None and not (isinstance(version, Scalar) and version.value == 1 and version.text == "1"):
            self._notes.value(version, f"this version reads version 1 of the language, got {spelled(version)}")

    def _segments_or_scores(self, misspelt: set[str | None]) -> None:
        segments, scores = self._root.get("segments"), self._root.get("scores")
        if segments is None and scores is None and misspelt.isdisjoint(("segments", "scores")):
            self._notes.key(self._root, "missing setting 'segments': which customers get which scorecard")
        if segments is not None and scores is not None:
            self._notes.key(segments, "expected either segments or scores: each of several scores has its own segments")

    def _mapping(self, key: str) -> Mapping:
        node = self._root.get(key)
        if isinstance(node, Mapping):
            return node
        if node is not None:
            self._notes.value(node, f"expected settings by name, got {spelled(node)}")
        return Mapping(entries=(), mark=self._root.mark, at=self._root.at, keys=(key,))

    def _section(self, key: str, kind: type[Any]) -> dict[str, Any]:
        made = {}
        for entry in self._mapping(key).entries:
            if kind is Scorecard and entry.key in self._broken:
                continue
            value = self._structuring.structure(entry.value, kind)
            if value is not BROKEN:
                made[entry.key] = value
        return made

    def _text(self, key: str, default: str) -> str:
        text = self._one(key, str)
        return default if text is None else text

    def _one(self, key: str, kind: type[T]) -> T | None:
        """A section that is one object; None where it is left out or could not be made."""
        node = self._root.get(key)
        made = BROKEN if node is None else self._structuring.structure(node, kind)
        return None if made is BROKEN else made

    def _stages(self) -> dict[str, Condition | None]:
        stages: dict[str, Condition | None] = {}
        section = self._mapping("stages")
        for entry in section.entries:
            node = entry.value
            if isinstance(node, Scalar) and node.value == "otherwise":
                stages[entry.key] = None
                if entry is not section.entries[-1]:
                    self._notes.value(node, "otherwise takes everybody: it must be the last stage")
            else:
                condition = self._structuring.structure(node, Condition)
                if condition is not BROKEN:
                    stages[entry.key] = condition
        return stages

    def _history(self) -> HistoryStore | None:
        node = self._root.get("history")
        if node is None:
            return HistoryStore(url=Secret(_DEFAULT_HISTORY))
        if _is_none(node):
            return None
        self._notes.withheld.secrets.add(node.keys)  # where it is short for its url
        store = self._structuring.structure(node, HistoryStore)
        return None if store is BROKEN else store

    def _pulse(self) -> Pulse | None:
        node = self._root.get("pulse")
        return None if node is not None and _is_none(node) else self._one("pulse", Pulse)

    def _sinks(self) -> tuple[Sink, ...]:
        node = self._root.get("sinks")
        if node is None:
            return (self._plugins.component(Sink, "console")(),)
        sinks = self._structuring.structure(node, tuple[Sink, ...])
        return () if sinks is BROKEN else tuple(self._delivering(sinks))

    def _delivering(self, sinks: Sequence[Sink]) -> Iterator[Sink]:
        """The sinks as they deliver: those with pseudonyms through one that disguises customers."""
        for position, sink in enumerate(sinks, 1):
            said = self._notes.beside_components.get(("sinks", str(position)))
            key = said.pseudonyms if isinstance(said, Delivery) else None
            if key is not None and not key.reveal():
                self._notes.at(
                    ("sinks", str(position), "pseudonyms"), "the key is empty: anybody could compute the pseudonyms"
                )
            yield sink if key is None else Pseudonymous(sink=sink, key=key)


def _is_none(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value in (None, "none")


def _expanded_url(node: Node) -> Node:
    """``history: sqlite:///scorewell.db`` is short for ``history: {url: sqlite:///scorewell.db}``."""
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return node
    inside = attrs.evolve(node, keys=(*node.keys, "url"))
    return Mapping(entries=(Entry("url", node.mark, inside),), mark=node.mark, at=node.at, keys=node.keys)


def _with_bands(card: Any) -> Scorecard:
    whole: Scorecard = attrs.evolve(card, bands=coloured(card.bands or default_bands(card.scale)))
    return whole
