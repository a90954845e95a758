"""Whatever is done to a valid configuration: it is a project, or a ConfigurationError, and never a traceback."""

from __future__ import annotations

import copy
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scorewell.configuration import ConfigurationError, Project, load

DOCUMENT: dict[str, Any] = yaml.safe_load(
    """
    version: 1
    name: Acme
    timezone: Europe/Berlin
    sources:
      crm: {plugin: acme.rows, customer: id, text: a, secret: s, pair: [0, 1], inner: {size: 1}}
      usage:
        plugin: acme.rows
        customer: {column: s, through: contracts.s}
        time: day
        until: end
        known: {end: told}
        covers: seats > 1
      contracts: {plugin: acme.rows, customer: id}
      desk: {plugin: acme.desk, tables: {tickets: {until: closed}}}
      lake: {plugin: acme.rows, tables: {a: {customer: id}, b: {time: t}}}
    customers: {source: crm, active: a > 1, roles: {owner: csm, name: n}, attributes: [seats, plan]}
    metrics:
      logins: {source: usage, measure: acme.touched, window: 30d, where: a > 1, min_rows: 2, better: lower}
      minutes: {source: usage, measure: sum(minutes) / count(*), label: M, advice: {customer: x}}
      change: {source: usage, measure: {type: acme.versus, of: count(*)}, window: 7d}
      per_seat: {sql: logins / seats}
    scorecards:
      main:
        aggregator: {acme.decide: [{when: usage < 40, score: 2}, {score: acme.mean}]}
        scale: [0, 10]
        precision: none
        minimum_coverage: 60%
        dimensions:
          usage:
            weight: 2
            metrics:
              logins: {weight: 2, normalizer: {type: acme.line, from: 0, to: 5}, missing: neutral}
              minutes: {normalizer: {acme.formula: value / seats}, when: seats > 1, missing: 3}
            dimensions:
              deep: {metrics: {change: {normalizer: {acme.choose: [{when: value > 1, normalizer: acme.flat}]}}}}
        metrics: {per_seat: {normalizer: acme.flat}}
        adjustments: [{when: seats > 1, at_most: 4, because: x}, {add: 1, because: y}]
        bands: [{name: low, up_to: 4}, {name: high, up_to: 10, color: '#123456'}]
    segments:
      big: {when: seats > 100, scorecard: {young: main, old: main}}
      everyone: {scorecard: main}
    stages: {young: seats < 5, old: otherwise}
    sinks: [acme.nowhere, {plugin: acme.nowhere, path: out/}]
    """
)

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**20),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        [
            "",
            "main",
            "usage",
            "acme.rows",
            "acme.",
            ".",
            "a.b.c",
            "30d",
            "otherwise",
            "${X}",
            "${",
            "sum(",
            "'",
            "1" * 30,
        ]
    ),
    st.just([]),
    st.just({}),
    st.just(["a", {"b": [1]}]),
    st.just({"type": "acme.line"}),
    st.just({"plugin": {"plugin": 1}}),
    st.just({"": None, ".": 1}),
)


def places(node: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to all nodes in a document."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [way] * bool(way) + [one for key, child in children for one in places(child, (*way, key))]


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """The document with up to three nodes deleted, renamed, replaced or swapped."""
    document = copy.deepcopy(DOCUMENT)
    for _ in range(draw(st.integers(1, 3))):
        way = draw(st.sampled_from(places(document)))
        parent: Any = document
        for key in way[:-1]:
            parent = parent[key]
        match draw(st.sampled_from(["delete", "rename", "replace", "copy"])):
            case "delete":
                del parent[way[-1]]
            case "rename" if isinstance(parent, dict):
                parent[draw(st.one_of(st.text(max_size=5), st.sampled_from(["own", "value", "history"])))] = parent.pop(
                    way[-1]
                )
            case "copy":
                other = draw(st.sampled_from(places(document) or [way]))
                value: Any = document
                for key in other:
                    value = value[key]
                parent[way[-1]] = copy.deepcopy(value)
            case _:
                # A copy: what is drawn again is the same object, and may be put into itself.
                parent[way[-1]] = copy.deepcopy(draw(ODD))
    return document


def test_the_document_itself_is_valid(folder):
    folder.write("scorewell.yaml", yaml.safe_dump(DOCUMENT, sort_keys=False))
    assert folder.told() == []


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=mutated())
def test_any_mutation_is_a_project_or_a_configuration_error(folder, document):
    (folder.path / "scorewell.yaml").write_text(
        yaml.dump(document, Dumper=NoAliases, sort_keys=False, allow_unicode=True), encoding="utf-8"
    )
    assert isinstance(outcome(folder), Project | ConfigurationError)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 2500), length=st.integers(0, 40), other=st.text(max_size=10))
def test_any_damage_to_the_text_is_a_project_or_a_configuration_error(folder, start, length, other):
    text = yaml.safe_dump(DOCUMENT, sort_keys=False)
    damaged = (text[:start] + other + text[start + length :]).encode("utf-8", "surrogatepass")
    (folder.path / "scorewell.yaml").write_bytes(damaged)
    assert isinstance(outcome(folder), Project | ConfigurationError)


def outcome(folder: Any) -> Project | ConfigurationError:
    """The project or the error that loading gives; any other exception is the test's failure."""
    try:
        return load(folder.path / "scorewell.yaml", plugins=folder.plugins, environment={})
    except ConfigurationError as error:
        return error


class NoAliases(yaml.SafeDumper):
    """Writes equal values again instead of referring to them."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
