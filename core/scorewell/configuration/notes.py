"""What is gathered while the configuration is read: problems, and what the cross-checks need to know."""

from __future__ import annotations

import enum
from typing import Any, Final, Literal

import attrs

from scorewell.api.v1 import Condition, Expression
from scorewell.configuration.interpolation import Environment
from scorewell.configuration.nodes import Keys, Mapping, Node, Scalar, Sequence
from scorewell.configuration.problems import Mark, Problem
from scorewell.configuration.withheld import Withheld

__all__ = ["BROKEN", "Broken", "Notes", "Reference"]


class Broken(enum.Enum):
    """Stands for a value that could not be made; its problem is noted."""

    BROKEN = "broken"


BROKEN: Final[Literal[Broken.BROKEN]] = Broken.BROKEN


@attrs.frozen(eq=False)
class Reference:
    """An SQL text in the configuration, and where it stands. A bound is what a value is compared with, and does not see
    the value itself."""

    node: Scalar
    sql: Expression | Condition
    is_bound: bool = False


class Notes:
    """The notebook of one reading. Places are remembered by the keys that lead to them.

    ``points`` are the scores that settings of components hold, and where they stand; ``part_names`` are the names of
    parts that settings of aggregators hold; ``beside_components`` is what the
    core's own words beside components say; ``unscored`` are the places of what enters no score; ``withheld`` those of
    what is not told.
    """

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.problems: list[Problem] = []
        self.references: list[Reference] = []
        self.points: list[tuple[Scalar, float]] = []
        self.part_names: list[Scalar] = []
        self.beside_components: dict[Keys, Any] = {}
        self.withheld = Withheld()
        self.unscored: set[Keys] = set()
        self._places: dict[Keys, Node] = {}
        self._told: set[str] = set()

    def written(self) -> tuple[int, ...]:
        """How much is noted so far, the problems first."""
        return tuple(len(each) for each in self._pages())

    def strike(self, before: tuple[int, ...]) -> None:
        """Forget what was noted since: it was an attempt."""
        for page, length in zip(self._pages(), before, strict=True):
            del page[length:]

    def _pages(self) -> tuple[list[Any], ...]:
        return (self.problems, self.references, self.points, self.part_names)

    def remember(self, node: Node) -> None:
        """Remember where a node and all nodes in it stand."""
        self._places[node.keys] = node
        if isinstance(node, Mapping):
            for entry in node.entries:
                self.remember(entry.value)
        elif isinstance(node, Sequence):
            for item in node.items:
                self.remember(item)

    @property
    def told_once(self) -> list[Problem]:
        """The problems; what is wrong with a scorecard that others extend is told of that one alone."""
        told: dict[tuple[object, ...], Problem] = {}
        for problem in self.problems:
            told.setdefault((problem.file, problem.line, problem.column, problem.message), problem)
        return list(told.values())

    @property
    def origin(self) -> dict[str, str]:
        """``file:line:column`` of each path."""
        return {".".join(keys): str(node.at) for keys, node in self._places.items() if keys}

    def find(self, keys: Keys) -> Node | None:
        """The node that the keys lead to, None where nothing was written there."""
        return self._places.get(keys)

    def value(self, node: Node, message: str, hint: str | None = None) -> Literal[Broken.BROKEN]:
        """Note a problem with a value."""
        return self._note(node.mark if isinstance(node, Scalar) else node.at, node.keys, message, hint)

    def key(self, node: Node, message: str, hint: str | None = None) -> Literal[Broken.BROKEN]:
        """Note a problem with a key, or with all that stands under it."""
        return self._note(node.at, node.keys, message, hint)

    def beside(self, mark: Mark, keys: Keys, message: str, hint: str | None = None) -> Literal[Broken.BROKEN]:
        """Note a problem at a place in a file, under a path."""
        return self._note(mark, keys, message, hint)

    def at(self, keys: Keys, message: str) -> None:
        """Note a problem with what the keys lead to; where that was left out, with what should hold it."""
        while (node := self.find(keys)) is None:
            keys = keys[:-1]
        self._note(node.mark if isinstance(node, Scalar) else node.at, keys, message, None)

    def once(self, node: Node, message: str, hint: str | None) -> Literal[Broken.BROKEN]:
        """Note a problem that is the same wherever it shows, at the first place only."""
        if message not in self._told:
            self._told.add(message)
            self.value(node, message, hint)
        return BROKEN

    def _note(self, mark: Mark, keys: Keys, message: str, hint: str | None) -> Literal[Broken.BROKEN]:
        self.problems.append(
            Problem(
                file=mark.file,
                line=mark.line,
                column=mark.column,
                path=".".join(keys),
                # Here, where every message passes: a near miss or a plugin's own words may show what a variable held.
                message=self.environment.redacted(message),
                hint=None if hint is None else self.environment.redacted(hint),
            )
        )
        return BROKEN
