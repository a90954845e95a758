"""Ten thousand configurations: never a traceback, never a silent success of a broken one, and a valid one always runs.

The default tests draw 300; ``tox -e fuzz`` sets SCOREWELL_FUZZ to draw the rest.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fuzz.configurations import Document, documents, write_data

from scorewell.api.v1 import Level, ScorewellError
from scorewell.configuration import ConfigurationError, load
from scorewell.runner import RunResult, run
from scorewell.runner.checking import check
from scorewell.scoring import STATUSES

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)
DRAWN = int(os.environ.get("SCOREWELL_FUZZ", "300"))
many = settings(
    max_examples=DRAWN // 3, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, database=None
)
Outcome = Literal["refused", "found wanting", "ran"]


class WithoutAliases(yaml.SafeDumper):
    """Writes a list twice rather than refer to it: the language refuses aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fuzz")
    write_data(path)
    return path


def tried(document: object, folder: Path) -> tuple[Outcome, RunResult | None, tuple[str, ...]]:
    """What becomes of a configuration, as a user would have it: loaded, checked, run."""
    path = folder / "scorewell.yaml"
    path.write_text(yaml.dump(document, Dumper=WithoutAliases, sort_keys=False, allow_unicode=True))
    try:
        project = load(path)
    except ConfigurationError as error:
        return "refused", None, tuple(problem.message for problem in error.problems)
    wrong = tuple(found.message for found in check(project, AS_OF) if found.level is Level.ERROR)
    try:
        result = run(project, as_of=AS_OF, dry_run=True)
    except ScorewellError as error:
        if not wrong:
            pytest.fail(f"check had nothing to say, and run does: {error}")
        return "found wanting", None, (error.message,)
    failed = [found for found in result.findings if found.level is Level.ERROR]
    assert wrong or not failed, f"check had nothing to say, and run does: {failed}"
    return ("found wanting" if wrong else "ran"), result, wrong


def assert_promises_hold(result: RunResult, document: Document) -> None:
    scores = result.scores
    named = len(document.get("scores") or [None])
    assert len(scores) == 4 * named  # nobody is dropped
    for row in scores.iter_rows(named=True):
        assert row["status"] in STATUSES
        if row["score"] is None:
            assert row["band"] is None
            continue
        points = [row[name] for name in scores.columns if name.startswith("contribution.") and row[name] is not None]
        assert abs(row["baseline"] + sum(points) - row["score"]) < 1e-6
        assert row["band"] is not None


@many
@given(document=documents())
def test_a_drawn_configuration_is_refused_with_reasons_or_keeps_its_promises(folder: Path, document: Document) -> None:
    outcome, result, _ = tried(document, folder)
    if outcome == "ran":
        assert result is not None
        assert_promises_hold(result, document)


# -- broken on purpose -------------------------------------------------------------------------------------------------

NAMES = (
    "sources",
    "metrics",
    "scorecards",
    "segments",
    "stages",
    "scores",
    "dimensions",
    "roles",
    "steps",
    "categories",
)
BROKEN = "no such thing"


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all settings whose name is a word of the language."""
    if isinstance(node, dict):
        for key, value in node.items():
            if not (path and path[-1] in NAMES) and not (path and path[-1] in ("known", "advice", "due")):
                yield (*path, key)
            yield from places(value, (*path, key))
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from places(value, (*path, position))


def at(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        document = document[key]
    return document


@st.composite
def misspelt(draw: st.DrawFn, document: Document) -> None:
    *above, key = draw(st.sampled_from(sorted(places(document), key=repr)))
    node = at(document, tuple(above))
    node[f"{key}_"] = node.pop(key)


@st.composite
def dangling(draw: st.DrawFn, document: Document) -> None:
    """A name that leads nowhere."""
    metric = draw(st.sampled_from(sorted(document["metrics"])))
    choices = [("customers", "source"), ("customers", "attributes", 0), ("sources", "events", "time")]
    choices += [("customers", "roles", "name"), ("sources", "crm", "path")]
    choices += [("metrics", metric, "source")] if "source" in document["metrics"][metric] else []
    path = draw(st.sampled_from(choices))
    at(document, path[:-1])[path[-1]] = "nosuch"


@st.composite
def forgotten(draw: st.DrawFn, document: Document) -> None:
    """A setting without which the rest means nothing."""
    holders = [path for path in places(document) if path[-1] in ("normalizer", "because", "source", "plugin", "name")]
    must = [
        path
        for path in holders
        if not (path[-1] in ("because", "name") and "adjustments" not in path and len(path) > 1)
    ]
    *above, key = draw(st.sampled_from(sorted(must, key=repr)))
    del at(document, tuple(above))[key]


@st.composite
def of_the_wrong_kind(draw: st.DrawFn, document: Document) -> None:
    kinds = (
        "weight",
        "window",
        "min_rows",
        "better",
        "missing",
        "dimensions",
        "metrics",
        "scorecard",
        "scale",
        "aggregator",
    )
    path = draw(st.sampled_from(sorted((path for path in places(document) if path[-1] in kinds), key=repr)))
    at(document, path[:-1])[path[-1]] = BROKEN


@st.composite
def broken(draw: st.DrawFn) -> Document:
    document = copy.deepcopy(draw(documents()))
    draw(draw(st.sampled_from([misspelt, dangling, forgotten, of_the_wrong_kind]))(document))
    return document


@many
@given(document=broken())
def test_a_broken_configuration_never_succeeds(folder: Path, document: Document) -> None:
    outcome, _, reasons = tried(document, folder)
    assert outcome != "ran"
    assert reasons


# -- whatever ----------------------------------------------------------------------------------------------------------

ODD_WORDS = (
    "30d", "m0", "m0 > 1", "sum(minutes)", "${X}", "${X:-1}", "card0", "none", "1e999", "'", "select 1", "otherwise",
    "2026-02-30", "value / 0", "🦊", "0x1F", ".inf",
)  # fmt: skip
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**19),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from([[], {}, [[]], {"type": "linear"}, -0.0]),
    st.sampled_from(ODD_WORDS),
)


@st.composite
def odd(draw: st.DrawFn) -> Document:
    document = copy.deepcopy(draw(documents()))
    for _ in range(draw(st.integers(1, 3))):
        paths = sorted((path for path in everywhere(document) if path), key=repr)
        path = draw(st.sampled_from(paths))
        holder = at(document, path[:-1])
        if draw(st.booleans()) or not isinstance(holder, dict):
            holder[path[-1]] = draw(ODD)
        else:
            del holder[path[-1]]
    return document


def everywhere(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from everywhere(value, (*path, key))


@many
@given(document=odd())
def test_whatever_is_written_there_is_an_answer_and_never_a_traceback(folder: Path, document: Document) -> None:
    tried(document, folder)


def test_enough_drawn_configurations_are_valid(folder: Path) -> None:
    outcomes: list[Outcome] = []

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    @given(document=documents())
    def draw(document: Document) -> None:
        outcomes.append(tried(document, folder)[0])

    draw()
    # A third to a half, from one schema to the next: what one draw gets wrong, its neighbours mostly do too.
    assert outcomes.count("ran") > len(outcomes) / 4
