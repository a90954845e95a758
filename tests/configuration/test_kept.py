"""A configuration that was kept is read again as what it was, without its secrets."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewell.configuration import ConfigurationError, Project, load, load_kept
from scorewell.configuration.documents import Document
from scorewell.configuration.interpolation import Environment
from scorewell.configuration.kept import kept
from scorewell.configuration.nodes import Mapping, Node, Scalar, Sequence
from scorewell.configuration.withheld import Withheld

CHECKOUT = Path(__file__).resolve().parents[2]
PROJECTS = sorted(
    path
    for folder in ("templates", "tests/golden")
    for path in (CHECKOUT / folder).glob("*/scorewell.yaml")
    if "plugin: acme" not in path.read_text(encoding="utf-8")
)
ENVIRONMENT = {"WAREHOUSE": "sqlite:///support.db", "LIMIT": "60", "NAME": 'Søren "the" {first}: #1'}


def compared(project: Project) -> object:
    """All of a project but where it was written."""
    return [
        (field.name, getattr(project, field.name))
        for field in attrs.fields(type(project))
        if field.name not in ("origin", "kept", "written_passwords")
    ]


@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: path.parent.name)
def test_every_project_of_ours_is_the_same_when_read_again(path: Path) -> None:
    project = load(path, environment=ENVIRONMENT)
    again = load_kept(project.kept, folder=project.folder, fingerprint=project.fingerprint)
    without_url = [attrs.evolve(each, sources={}) for each in (project, again)]
    assert compared(without_url[0]) == compared(without_url[1])
    assert again.sources.keys() == project.sources.keys()
    assert again.kept == project.kept


def small(folder: Path, more: str) -> Project:
    text = f"""\
version: 1
name: "${{NAME}}"
sources:
  crm: {{plugin: sql, url: "${{WAREHOUSE}}", table: accounts, customer: id}}
customers: {{source: crm}}
metrics: {{seats: {{source: crm, measure: max(seats), label: "0042", description: "5"}}}}
scorecards:
  plain:
    precision: none
    metrics:
      seats:
        normalizer:
          type: linear
          from: 0
          to: ${{LIMIT}}
{more}
segments: {{all: {{scorecard: plain}}}}
"""
    (folder / "scorewell.yaml").write_text(text, encoding="utf-8")
    return load(folder / "scorewell.yaml", environment=ENVIRONMENT)


def test_variables_are_kept_by_what_they_held_and_secrets_not_at_all(tmp_path: Path) -> None:
    project = small(tmp_path, "")
    assert "support.db" not in project.kept
    again = load_kept(project.kept, folder=tmp_path, fingerprint=project.fingerprint)
    assert again.name == ENVIRONMENT["NAME"]
    assert again.scorecards == project.scorecards
    assert again.metrics == project.metrics
    assert again.fingerprint == project.fingerprint


@pytest.mark.parametrize("written", ["history: {url}", 'history: {{url: "{url}"}}', "history: ${{STORE}}"])
def test_the_password_of_a_history_is_not_kept(tmp_path: Path, written: str) -> None:
    url = "postgresql://scores:s3cret@db.example.com/health"
    small(tmp_path, "")
    path = tmp_path / "scorewell.yaml"
    path.write_text(path.read_text(encoding="utf-8") + written.format(url=url), encoding="utf-8")
    project = load(path, environment={**ENVIRONMENT, "STORE": url})
    assert "s3cret" not in project.kept
    again = load_kept(project.kept, folder=tmp_path, fingerprint=project.fingerprint)
    assert again.history is not None
    assert again.kept == project.kept


def files(folder: Path, path: str, environment: AbstractMapping[str, str] = ENVIRONMENT) -> Project:
    small(folder, "")
    main = folder / "scorewell.yaml"
    text = main.read_text(encoding="utf-8").replace(
        'plugin: sql, url: "${WAREHOUSE}", table: accounts', f"plugin: files, path: '{path}'"
    )
    main.write_text(text, encoding="utf-8")
    return load(main, environment=environment)


@pytest.mark.parametrize(
    "path",
    [
        "https://reader:{}@example.com/crm.csv",
        "https://example.com/crm.csv?version=3&access_token={}",
        "https://example.com/crm.csv?X-Amz-Date=1&X-Amz-Signature={}",
        "s3://AKIA:{}@bucket/crm.csv",
        "az://accounts/crm.csv?sv=2024&sig={}",
    ],
)
def test_the_password_of_an_address_is_not_kept_and_another_one_is_the_same_configuration(
    tmp_path: Path, path: str
) -> None:
    project = files(tmp_path, path.format("s3cret"))
    assert "s3cret" not in project.kept
    assert "crm.csv" in project.kept
    again = load_kept(project.kept, folder=tmp_path, fingerprint=project.fingerprint)
    assert again.kept == project.kept
    assert files(tmp_path, path.format("n3w")).fingerprint == project.fingerprint
    assert (
        files(tmp_path, path.format("${PASSWORD}"), {**ENVIRONMENT, "PASSWORD": "n3w"}).fingerprint
        == project.fingerprint
    )
    assert files(tmp_path, path.format("s3cret").replace("crm", "other")).fingerprint != project.fingerprint


def test_a_password_that_a_variable_brought_into_an_address_is_not_kept_either(tmp_path: Path) -> None:
    project = files(tmp_path, "${EXPORT}", {**ENVIRONMENT, "EXPORT": "https://reader:s3cret@example.com/crm.csv"})
    assert "s3cret" not in project.kept
    assert "example.com/crm.csv" in project.kept


def test_a_condition_over_addresses_is_kept_as_it_is(tmp_path: Path) -> None:
    small(tmp_path, "")
    main = tmp_path / "scorewell.yaml"
    text = main.read_text(encoding="utf-8").replace(
        "measure: max(seats)", "measure: max(seats), where: \"page = 'https://example.com/?token=abc'\""
    )
    main.write_text(text, encoding="utf-8")
    project = load(main, environment=ENVIRONMENT)
    again = load_kept(project.kept, folder=tmp_path, fingerprint=project.fingerprint)
    assert again.metrics["seats"].where == "page = 'https://example.com/?token=abc'"


def test_a_scorecard_that_extends_another_is_kept_whole(tmp_path: Path) -> None:
    project = small(tmp_path, "  other: {extends: plain, label: Another, minimum_coverage: 80%}")
    again = load_kept(project.kept, folder=tmp_path, fingerprint=project.fingerprint)
    assert again.scorecards["other"] == project.scorecards["other"]


def test_what_is_no_longer_understood_is_told_like_any_mistake(tmp_path: Path) -> None:
    project = small(tmp_path, "")
    with pytest.raises(ConfigurationError, match=r"kept configuration:\d+:\d+ scorecards.plain"):
        load_kept(project.kept.replace('"linear"', '"bent"'), folder=tmp_path, fingerprint="")


values = st.recursive(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
        st.sampled_from(
            ["${HOME}", "$${x}", "yes", "null", "0042", "1e3", "#", ": ", "\x85", "\u2028", "\ufeff", "😀"]
        ),
    ),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=5), inside, max_size=3),
    max_leaves=8,
)


def tree(value: object, keys: tuple[str, ...] = ()) -> Node:
    mark = Document("a: 1", "", Environment({})).root.mark  # type: ignore[union-attr]
    if isinstance(value, dict):
        from scorewell.configuration.nodes import Entry

        entries = tuple(Entry(key, mark, tree(each, (*keys, key))) for key, each in value.items())
        return Mapping(entries=entries, mark=mark, at=mark, keys=keys)
    if isinstance(value, list):
        return Sequence(items=tuple(tree(each, keys) for each in value), mark=mark, at=mark, keys=keys)
    assert isinstance(value, str)
    return Scalar(value=value, text=value, mark=mark, at=mark, keys=keys, quoted=True, raw=value)


def plain(node: Node) -> object:
    match node:
        case Mapping():
            return {entry.key: plain(entry.value) for entry in node.entries}
        case Sequence():
            return [plain(item) for item in node.items]
        case Scalar():
            return node.value


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5), values, min_size=1))
def test_any_text_survives(document: dict[str, object]) -> None:
    root = tree(document)
    assert isinstance(root, Mapping)
    again = Document(kept(root, Withheld()), "", Environment({}))
    assert again.problems == []
    assert again.root is not None
    assert plain(again.root) == document
