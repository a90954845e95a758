"""A small valid project of which a test changes one section, and a plugin with a setting of every kind."""

from __future__ import annotations

import enum
import sys
import textwrap
import types
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest

from scorewell.api.v1 import (
    Aggregator,
    Column,
    Component,
    Condition,
    CustomerKey,
    Duration,
    Expression,
    Location,
    Measure,
    Normalizer,
    Registry,
    ScorewellError,
    Secret,
    Sink,
    Source,
    Table,
    frozen,
    hookimpl,
    setting,
)
from scorewell.configuration import ConfigurationError, Project, load
from scorewell.discovery import GROUP, Plugins

# Without it the schema's own tests are skipped, which CI does not allow; the tests of loading need not be.
HAS_JSONSCHEMA = find_spec("jsonschema") is not None


class Speed(enum.StrEnum):
    FAST = "fast"
    SLOW = "slow"


@frozen
class Inner:
    words: tuple[str, ...] = setting("some words", factory=tuple)
    size: int = setting("a size")


@frozen
class Rows(Source):
    """Tables that the user declares, and a setting of every kind."""

    name = "rows"

    text: str = setting("a text", default="")
    count: int = setting("a count", default=0)
    ratio: float = setting("a ratio", default=0.0)
    flag: bool = setting("a flag", default=False)
    column: Column | None = setting("a column", default=None)
    path: Location | None = setting("a path", default=None)
    secret: Secret | None = setting("a secret", default=None)
    duration: Duration | None = setting("a duration", default=None)
    speed: Speed = setting("a speed", default=Speed.FAST)
    choice: Literal["left", "right", 3] = setting("a choice", default="left")
    pair: tuple[float, float] = setting("a pair", default=(0.0, 1.0))
    names: tuple[str, ...] = setting("names", factory=tuple)
    points: Mapping[str, float | None] = setting("points", factory=dict)
    inner: Inner | None = setting("more settings", default=None)
    words: str | Mapping[str, str] = setting("a word, or several by name", default="")
    class_: str = setting("a setting named by a keyword", default="")
    angry: bool = setting("whether it complains", default=False)

    def problems(self) -> Iterator[str]:
        if self.angry:
            yield f"{self.text} and {self.secret.reveal() if self.secret else ''} do not fit together"


@frozen
class Desk(Source):
    """Knows its tables."""

    name = "desk"
    tables: ClassVar[Mapping[str, Table]] = {
        "tickets": Table(customer=CustomerKey(column=Column("org")), time=Column("opened")),
        "orgs": Table(customer=CustomerKey(column=Column("org"))),
    }


@frozen
class Raising(Source):
    name = "raising"
    how: str = setting("how it fails", default="")

    def __attrs_post_init__(self) -> None:
        if self.how == "value":
            raise ValueError("this is not a value")
        if self.how == "scorewell":
            raise ScorewellError("this will not do")

    def problems(self) -> Iterator[str]:
        if self.how == "silent":
            return None  # type: ignore[return-value] # what an author does who writes no yield
        raise RuntimeError("oh")


@frozen
class Strange(Source):
    name = "strange"
    weird: complex = setting("a setting of a type that YAML has not", default=0j)
    listed: list[str] = setting("one of a type that can be changed", factory=list)
    file: Path | None = setting("one that would be of the folder where somebody stands", default=None)


@frozen
class Touched(Measure):
    name = "touched"


@frozen
class Versus(Measure):
    name = "versus"
    window_required = True
    of: Measure = setting("what is compared")
    where: Condition | None = setting("which rows", default=None)


@frozen
class Line(Normalizer):
    name = "line"
    from_: float = setting("the value that scores 0")
    to: float = setting("the value that scores 100")


@frozen
class Flat(Normalizer):
    name = "flat"


@frozen
class Formula(Normalizer):
    name = "formula"
    formula: Expression = setting("an expression of value")


@frozen
class Case:
    when: Condition | None = setting("where", default=None)
    normalizer: Normalizer = setting("how")


@frozen
class Choose(Normalizer):
    name = "choose"
    choose: tuple[Case, ...] = setting("the cases")


@frozen
class Rule:
    when: Condition | None = setting("where", default=None)
    score: float | Aggregator = setting("a number or an aggregator")


@frozen
class Decide(Aggregator):
    name = "decide"
    decide: tuple[Rule, ...] = setting("the rules")


@frozen
class Mean(Aggregator):
    name = "mean"


@frozen
class Apprentice(Aggregator):
    name = "apprentice"
    rules: Aggregator = setting("what scores until then", component="weighted_average")


@frozen
class Guess(Aggregator):
    name = "guess"
    learns = True


@frozen
class Nowhere(Sink):
    name = "nowhere"
    path: Location | None = setting("a path", default=None)


COMPONENTS: tuple[type[Component], ...] = (
    Rows, Desk, Raising, Strange, Touched, Versus, Line, Flat, Formula, Choose, Decide, Mean, Apprentice, Guess,
    Nowhere,
)  # fmt: skip


@hookimpl
def scorewell_register(registry: Registry) -> None:
    for component in COMPONENTS:
        registry.component(component)


@pytest.fixture(scope="session")
def plugins() -> Iterator[Plugins]:
    """The installed plugins, and one more, ``acme``; ``broken`` does not load."""
    module: Any = types.ModuleType("acme_for_configuration")
    module.scorewell_register = scorewell_register
    sys.modules[module.__name__] = module
    yield Plugins(
        [
            EntryPoint("acme", module.__name__, GROUP),
            EntryPoint("broken", "no_such_module_anywhere", GROUP),
            *entry_points(group=GROUP, name="standard"),
        ]
    )
    del sys.modules[module.__name__]


SECTIONS = {
    "version": "1",
    "name": "Acme",
    "sources": """
        crm: {plugin: acme.rows, customer: id}
        usage: {plugin: acme.rows, customer: account, time: day}
        """,
    "customers": """
        source: crm
        roles: {owner: csm}
        attributes: [seats, plan]
        """,
    "metrics": """
        logins: {source: usage, measure: acme.touched, window: 30d}
        per_seat: {sql: logins / seats}
        """,
    "scorecards": """
        main:
          metrics:
            logins: {normalizer: acme.flat}
        """,
    "segments": """
        everyone: {scorecard: main}
        """,
}


class Folder:
    """A folder with the files of a project."""

    def __init__(self, path: Path, plugins: Plugins) -> None:
        self.path = path
        self.plugins = plugins
        self.environment: dict[str, str] = {}

    def write(self, name: str, text: str) -> None:
        """Write a file, without the indentation of the test."""
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(textwrap.dedent(text), encoding="utf-8")

    def load(self, name: str = "scorewell.yaml") -> Project:
        """The project. Whatever loads in these tests, the schema for editors accepts: each of the files."""
        project = load(self.path / name, plugins=self.plugins, environment=self.environment)
        if not HAS_JSONSCHEMA:
            return project
        texts = [path.read_text(encoding="utf-8-sig") for path in sorted(self.path.rglob("*.yaml"))]
        from tests.support.editor import refusals

        assert [told for text in texts for told in refusals(text, self.plugins)] == []
        return project

    def told(self, name: str = "scorewell.yaml") -> list[str]:
        """The problems, as a user reads them."""
        try:
            self.load(name)
        except ConfigurationError as error:
            return [str(problem) for problem in error.problems]
        return []

    def project(self, **sections: str | None) -> Folder:
        """The small project, each section as given; None leaves it out. Sections begin on the line after their key."""
        lines = []
        for key, text in {**SECTIONS, **sections}.items():
            if text is None:
                continue
            body = textwrap.dedent(text.lstrip("\n") if text.startswith("\n") else text).rstrip()
            lines.append(f"{key}:\n{textwrap.indent(body, '  ')}" if "\n" in text else f"{key}: {text}")
        self.write("scorewell.yaml", "\n".join(lines) + "\n")
        return self


@pytest.fixture
def folder(tmp_path: Path, plugins: Plugins) -> Folder:
    return Folder(tmp_path, plugins)


@pytest.fixture
def said(folder: Folder) -> Callable[..., list[str]]:
    """What is said of the small project with some sections replaced, without places: path and message."""

    def of(**sections: str | None) -> list[str]:
        told = folder.project(**sections).told()
        return [one.partition(" ")[2] for one in told]

    return of
