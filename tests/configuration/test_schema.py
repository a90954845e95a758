"""The schema for editors: what loads is accepted, and a mistake of structure is refused where one can see it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from tests.configuration.test_mutations import DOCUMENT, NoAliases, mutated, outcome

pytest.importorskip("jsonschema", reason="jsonschema is not installed: pip install --group test")
from tests.support.editor import refusals, validator

from scorewell.configuration import Project
from scorewell.configuration.schema import schema
from scorewell.discovery import Plugins

CHECKOUT = Path(__file__).parents[2]
FILES = sorted(path for folder in ("templates", "tests") for path in (CHECKOUT / folder).rglob("*.yaml"))
# It holds words of later versions: loading refuses it too.
NOT_YET = CHECKOUT / "tests/golden/design_example/complete.yaml"


def test_it_is_json_schema(plugins: Plugins) -> None:
    validator(plugins).check_schema(schema(plugins))


def test_it_is_plain_json_and_the_same_every_time(plugins: Plugins) -> None:
    assert json.dumps(schema(plugins)) == json.dumps(schema(plugins))


def test_every_setting_of_the_language_is_described() -> None:
    silent = []

    def look(node: Any, way: str) -> None:
        if isinstance(node, dict):
            for name, setting in node.get("properties", {}).items():
                if "additionalProperties" in node and isinstance(setting, dict) and "description" not in setting:
                    silent.append(f"{way}.{name}")
            for key, value in node.items():
                look(value, f"{way}.{key}")
        elif isinstance(node, list):
            for number, value in enumerate(node):
                look(value, f"{way}.{number}")

    whole = schema(Plugins.installed())
    look(whole, "")
    # A component's tag, its one-key form and a plugin's tables say what they are by the component's own description.
    assert [way for way in silent if not way.endswith(("type", "plugin")) and "anyOf" not in way] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_every_configuration_of_this_project_is_accepted(path: Path) -> None:
    if path != NOT_YET:
        assert refusals(path.read_text()) == []


def test_the_document_of_the_mutations_is_accepted(plugins: Plugins) -> None:
    assert refusals(yaml.safe_dump(DOCUMENT), plugins) == []


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=mutated())
def test_whatever_loads_is_accepted(folder: Any, document: dict[str, Any]) -> None:
    text = yaml.dump(document, Dumper=NoAliases, sort_keys=False, allow_unicode=True)
    (folder.path / "scorewell.yaml").write_text(text, encoding="utf-8")
    assert not isinstance(outcome(folder), Project) or refusals(text, folder.plugins) == []


BEFORE = {
    "version": "1",
    "name": "Acme",
    "sources": "{crm: {plugin: acme.rows, customer: id}}",
    "customers": "{source: crm}",
    "metrics": "{logins: {source: crm, measure: count(*)}}",
    "scorecards": "{main: {metrics: {logins: {normalizer: acme.flat}}}}",
    "segments": "{everyone: {scorecard: main}}",
}


def written(**sections: str | None) -> str:
    """A small project with some sections as given; None leaves one out."""
    return "\n".join(f"{key}: {text}" for key, text in {**BEFORE, **sections}.items() if text is not None)


def normalizer(text: str) -> dict[str, str]:
    return {"scorecards": f"{{main: {{metrics: {{logins: {{normalizer: {text}}}}}}}}}"}


def card(text: str) -> dict[str, str]:
    return {"scorecards": f"{{main: {{metrics: {{logins: {{normalizer: acme.flat}}}}, {text}}}}}"}


@pytest.mark.parametrize(
    "sections",
    [
        {"metrics": "{logins: {source: crm, measure: sum(minutes) / count(*)}}"},
        {"metrics": "{logins: {source: crm, measure: acme.touched}}"},
        {"metrics": "{logins: {source: crm, measure: {type: acme.versus, of: count(*)}, window: 30d}}"},
        {"metrics": "{logins: {source: crm, measure: {acme.versus: {of: acme.touched}}, window: 30d}}"},
        {"metrics": "{logins: {source: crm, measure: '${MEASURE}', window: '${DAYS}'}}"},
        {"metrics": "{logins: {sql: 1}}"},
        {"sources": "{crm: {plugin: acme.rows, customer: {column: a, through: b.c}, known: {a: b}}}"},
        {"sources": "{crm: {plugin: acme.rows, customer: {row: true}}}"},
        {"sources": "{crm: {plugin: acme.rows, tables: {a: {customer: id}, b: }}}"},
        {"sources": "{crm: {plugin: acme.desk}}"},
        {"sources": "{crm: {plugin: acme.desk, tables: {tickets: {until: closed}}}}"},
        {"sources": "{crm: {plugin: '${KIND}', anything: 1}}"},
        {"sources": "{crm: {plugin: acme.rows, count: '${COUNT}', flag: '${FLAG}', speed: '${SPEED}', customer: id}}"},
        normalizer("{type: acme.line, from: 0, to: 5}"),
        normalizer("{acme.line: {from: 0, to: '${TOP}'}}"),
        normalizer("{acme.formula: value / 2}"),
        normalizer("{acme.choose: [{when: value > 1, normalizer: acme.flat}]}"),
        normalizer("{type: linear, from: 0, to: 5}"),
        normalizer("{type: standard.linear, from: 0, to: 5}"),
        normalizer("{steps: {'< 1': 0, else: none}}"),
        normalizer("percentile"),
        normalizer("{type: linear, from: 0, to: 5, because: x, owner: y, review_by: 2027-01-15}"),
        normalizer("{steps: {'< 1': 0}, because: x}"),
        normalizer("{linear: {from: 0, to: 5, because: x}}"),
        card("minimum_coverage: 60%"),
        card("minimum_coverage: 0.6"),
        card("minimum_coverage: '${SHARE}'"),
        card("precision: none"),
        card("scale: [0, 10]"),
        card("aggregator: {rules: [{when: a < 1, score: 2}, {score: minimum}]}"),
        card("bands: [{name: a, up_to: 4}, {name: b, up_to: 100, color: '${RED}'}]"),
        {"scorecards": "{smb: {extends: main, dimensions: {a: {weight: 1}, b: none, c: }}}"},
        {"scorecards": "{smb: {extends: main, metrics: {logins: none, per_seat: {weight: 2}}}}"},
        {"stages": "{young: seats < 5, old: otherwise}"},
        {"segments": "{everyone: {when: true, scorecard: {young: main}}}"},
        {"sinks": "[console, {plugin: csv, path: out/}]"},
        {"include": "metrics.yaml", "metrics": None, "scorecards": None},
        {"include": "[a.yaml, 'b/*.yaml']", "name": None},
        {"version": None, "name": None, "sources": None, "customers": None, "segments": None},
    ],
    ids=str,
)
def test_what_is_right_is_accepted(plugins: Plugins, sections: dict[str, str | None]) -> None:
    assert refusals(written(**sections), plugins) == []


@pytest.mark.parametrize(
    "sections",
    [
        {"version": "2"},
        {"version": "'1'"},
        {"name": "''"},
        {"name": "7"},
        {"metrcs": "{}"},
        {"segments": None},
        {"scorecards": "{}"},
        {"metrics": "[]"},
        {"metrics": "{my-logins: {sql: 1}}"},
        {"metrics": "{logins: {}}"},
        {"metrics": "{logins: {measure: count(*)}}"},
        {"metrics": "{logins: {source: crm, measure: count(*), sql: 1}}"},
        {"metrics": "{logins: {sql: 1, where: a}}"},
        {"metrics": "{logins: {source: crm, measure: counting}}"},
        {"metrics": "{logins: {source: crm, measure: acme.versus}}"},
        {"metrics": "{logins: {source: crm, measure: {type: acme.versus}}}"},
        {"metrics": "{logins: {source: crm, measure: count(*), window: 30}}"},
        {"metrics": "{logins: {source: crm, measure: count(*), window: 30x}}"},
        {"metrics": "{logins: {source: crm, measure: count(*), better: hihger}}"},
        {"metrics": "{logins: {source: crm, measure: count(*), wieght: 1}}"},
        {"metrics": "{logins: {source: crm, measure: count(*), min_rows: -1}}"},
        {"metrics": "{logins: {source: crm, measure: count(*), advice: {everybody: x}}}"},
        {"sources": "{crm: {customer: id}}"},
        {"sources": "{crm: acme.rows}"},
        {"sources": "{crm: {plugin: acme.rwos}}"},
        {"sources": "{crm: {plugin: acme.rows, customer: 7}}"},
        {"sources": "{crm: {plugin: acme.rows, customer: {}}}"},
        {"sources": "{crm: {plugin: acme.rows, customer: id, tables: {a: {}}}}"},
        {"sources": "{crm: {plugin: acme.desk, customer: id}}"},
        {"sources": "{crm: {plugin: acme.desk, tables: {tikets: {}}}}"},
        {"sources": "{crm: {plugin: acme.rows, customer: id, text: 7}}"},
        {"sources": "{crm: {plugin: acme.rows, customer: id, count: 7.9}}"},
        {"sources": "{crm: {plugin: acme.rows, customer: id, count: many}}"},
        {"sources": "{crm: {plugin: acme.rows, customer: id, flag: no}}"},
        {"sources": "{crm: {plugin: acme.rows, customer: id, speed: fsat}}"},
        {"sources": "{crm: {plugin: acme.rows, customer: id, pair: [1]}}"},
        {"sources": "{crm: {plugin: acme.rows, customer: id, inner: {}}}"},
        {"sources": "{crm: {plugin: acme.rows, customer: id, column: ''}}"},
        {"sources": "{crm: {plugin: acme.strange, customer: id, weird: 1}}"},
        {"sources": "{crm: {plugin: broken, customer: id}}"},
        {"customers": "{source: crm, roles: {boss: a}}"},
        {"customers": "{}"},
        normalizer("linear"),
        normalizer("{type: linear, from: 0}"),
        normalizer("{type: linear, from: 0, to: 5, shape: round}"),
        normalizer("{linear: 3}"),
        normalizer("{linear: {from: 0, to: 5}, becuase: x}"),
        normalizer("{type: linear, from: 0, to: 5, review_by: soon}"),
        normalizer("{steps: {'< 1': much}}"),
        normalizer("minimum"),
        card("weight: 2"),
        card("minimum_coverage: 101%"),
        card("minimum_coverage: 60"),
        card("precision: 10"),
        card("scale: [0]"),
        card("bands: []"),
        card("bands: [{name: a, up_to: 4, from: 3}]"),
        card("bands: [{name: a}]"),
        card("adjustments: [{add: 1}]"),
        card("adjustments: [{add: 1, at_most: 3, because: x}]"),
        card("dimensions: {support: {}}"),
        {"scorecards": "{main: {metrics: {logins: {weight: -1, normalizer: acme.flat}}}}"},
        {"scorecards": "{main: {metrics: {logins: {missing: never, normalizer: acme.flat}}}}"},
        {"scorecards": "{main: {metrics: {logins: {}}}}"},
        {"scorecards": "{main: {label: Empty}}"},
        {"scorecards": "{smb: {extends: 3}}"},
        {"scorecards": "{smb: {extends: main, dimensions: {a: {extends: b}}}}"},
        {"scorecards": "{smb: {dimensions: {a: none}}}"},
        {"stages": "{young: }"},
        {"segments": "{everyone: {}}"},
        {"sinks": "{plugin: console}"},
        {"sinks": "[csv]"},
    ],
    ids=str,
)
def test_what_is_wrong_in_structure_is_refused(plugins: Plugins, sections: dict[str, str | None]) -> None:
    assert refusals(written(**sections), plugins) != []


def test_a_plugins_own_settings_are_described(plugins: Plugins) -> None:
    known = validator(plugins).schema["$defs"]["normalizer"]["anyOf"]
    line = next(option for option in known if option.get("properties", {}).get("type") == {"enum": ["acme.line"]})
    assert line["properties"]["from"]["description"] == "the value that scores 0"
