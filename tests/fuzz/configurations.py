"""Configurations drawn from the JSON Schema: its structure, with names and expressions that mean something.

The schema says which words there are and what may follow them, so a component that is installed tomorrow is drawn too.
What a schema cannot know (which columns a table has, which numbers lie in order) is said here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
from hypothesis import strategies as st

from scorewell.configuration.schema import schema
from scorewell.discovery import Plugins

__all__ = ["Document", "documents", "write_data"]

Document = dict[str, Any]
Draw = st.DrawFn

DEFINITIONS: Mapping[str, Any] = schema(Plugins.installed())["$defs"]
TABLES = {
    "customers.csv": """id,name,plan,seats,arr,signup,renewal,parent,live
a,Ada,pro,10,1200,2024-01-15,2026-06-01,,2024-03-01
b,Bob,free,0,,2026-02-01,,a,
c,"<b>Cy & 'Co'</b>",pro,500,99000.5,2023-05-05,2026-03-02,a,2023-07-01
d,Dee,,3,10,2025-12-31,2026-12-31,,
""",
    "events.csv": """customer,at,ended,minutes,user,feature,rating
a,2026-02-27,2026-02-28,30,u1,search,9
a,2026-02-20,,12.5,u2,export,3
a,2025-02-20,2025-03-01,90,u1,search,10
a,2026-01-12,,5,u3,,
b,2026-02-28,,0,u9,import,6
c,2026-02-01,2026-04-01,-4,u4,search,7
c,2026-01-03,,8,u4,export,11
c,2025-11-20,,800,u5,export,0
nobody,2026-02-02,,1,u0,search,5
""",
}
SOURCES: Document = {
    "crm": {"plugin": "files", "path": "customers.csv", "customer": "id"},
    "events": {"plugin": "files", "path": "events.csv", "customer": "customer", "time": "at", "until": "ended"},
}
PAST: Mapping[str, Sequence[Document]] = {
    "crm": ({}, {}, {"valid_from": "signup"}, {"valid_from": "signup", "valid_to": "renewal"}),
    "events": ({}, {}, {"taken_at": "ended"}, {"taken_at": "ended", "fresh_within": "9d"}),
}
"""What the tables may say of their past, with all customers there at the moment."""
HAPPENED: Sequence[Document] = (
    {},
    {"outcomes": {"source": "crm", "outcome": "plan = 'pro'"}},
    {"outcomes": {"source": "events", "outcome": "feature"}},
    {
        "outcomes": {
            "source": "crm",
            "outcome": "plan = 'pro'",
            "dated": {"source": "events", "outcome": "feature"},
        }
    },
    {"outcomes": {"source": "events", "outcome": "'left'"}, "actions": {"source": "events", "play": "feature"}},
    {"actions": {"source": "events", "play": "feature", "owner": "user", "result": "ended"}},
)
ROLES = {
    "name": "name", "revenue": "arr", "start": "signup", "renewal": "renewal", "parent": "parent",
}  # fmt: skip
NUMBERS = ("minutes", "rating")
FEATURES = ("search", "export", "import")
AGGREGATES = (
    "count(*)",
    "sum(minutes)",
    "avg(rating)",
    "count(distinct user)",
    "max(minutes) - min(minutes)",
    "median(minutes)",
)
ROW_CONDITIONS = ("minutes > 10", "feature = 'search'", "rating is not null", "feature in ('search', 'export')")
CONDITIONS = ("seats > 5", "plan = 'pro'", "plan is null", "seats between 1 and 100 or revenue > 1000", "true")
BOUNDS = ("seats", "revenue / 100", "seats * 2 + 1")

number = st.one_of(st.integers(-50, 200), st.floats(-50, 200).map(lambda value: round(value, 3)))
share = st.sampled_from([0, 0.25, 0.5, 1, "30%", "100%"])
words = st.sampled_from(["plain", "Größe & <b>", "a: b # c", "0", "yes", "x" * 40])

VOCABULARY: Mapping[str, st.SearchStrategy[Any]] = {
    "column": st.sampled_from(["rating", "minutes", "feature", "at"]),
    "user": st.just("user"),
    "features": st.lists(st.sampled_from(FEATURES), min_size=1, max_size=3, unique=True),
    "due": st.dictionaries(st.sampled_from(FEATURES), st.integers(0, 200), min_size=1),
    "of": st.sampled_from(AGGREGATES),
    "to": st.sampled_from(AGGREGATES),
    "where": st.sampled_from(ROW_CONDITIONS),
    "when": st.sampled_from(CONDITIONS),
    "window": st.sampled_from(["4w", "28d", "12w"]),
    "fresh_within": st.sampled_from(["7d", "52w"]),
    "min_rows": st.integers(0, 3),
    "review_by": st.just("2027-01-15"),
    "unit": st.sampled_from(["%", "days", "€"]),
    "minimum_coverage": share,
    "weight": st.sampled_from([0.5, 1, 2, 70]),
    "advice": st.just({"customer": "Invite the others."}),
    "because": words,
    "refit": st.just("every_run"),
}
"""What stands for a setting of that name wherever it is, instead of what the schema alone would give."""

OMITTED = frozenset(("scale", "satisfied_from", "easy_from", "start", "fallback", "relative_to"))
"""Optional settings whose values only make sense together, or in few places: the components' own tests have them."""


def in_scorecard(low: float, high: float) -> Mapping[str, st.SearchStrategy[Any]]:
    """The words inside a scorecard: points lie in its scale."""
    middle = (low + high) / 2
    positive = st.one_of(st.integers(1, 90), st.sampled_from(BOUNDS))
    points = st.floats(low, high).map(lambda value: round(value, 2))
    normalizer = st.sampled_from(["percentile", {"linear": {"from": 0, "to": 9}}, {"type": "decay", "half_life": 3}])
    scores = st.one_of(points, st.sampled_from(["weighted_average", "minimum"]))
    return {
        **VOCABULARY,
        "from": st.one_of(st.integers(-20, -1), st.just("seats - 1")),
        "to": st.one_of(st.integers(0, 50), st.just("seats")),
        **dict.fromkeys(("good", "ok", "half_life", "target", "per_deviation"), positive),
        "center": points,
        "floor": st.just(0),
        "best": st.sampled_from([[2, 10], [5, 5]]),
        "worst": st.sampled_from([[0, 100], [1, 40]]),
        "sql": st.sampled_from([f"case when value > 3 then {high} else {low} end", "value", f"{middle} + 0 * seats"]),
        "when": st.sampled_from([*CONDITIONS]),
        "hysteresis": st.one_of(
            st.sampled_from([{"points": (high - low) / 50}, {"readings": 2}]),
            st.just({"leave": {"at_risk": {"above": middle}}}),
        ),
        "missing": st.one_of(st.sampled_from(["ignore", "neutral", "worst", "fail"]), points),
        "steps": st.sampled_from([{"< 1": low, "< 20": middle, "else": high}, {">= 3": high, "else": "none"}]),
        "categories": st.sampled_from([{"search": high, "else": middle}, {"export": low, "search": "none"}]),
        "cases": st.tuples(st.sampled_from([*CONDITIONS, "value > 3"]), normalizer, normalizer).map(
            lambda drawn: [{"when": drawn[0], "normalizer": drawn[1]}, {"normalizer": drawn[2]}]
        ),
        "rules": st.tuples(points, scores).map(
            lambda drawn: [{"when": "true", "score": drawn[0]}, {"score": drawn[1]}]
        ),
    }


@attrs.frozen
class Shape:
    """A place in the schema, with what names stand for there."""

    definitions: Mapping[str, Any]
    names: Mapping[str, st.SearchStrategy[Any]]

    def of(self, node: Mapping[str, Any], name: str = "", depth: int = 0) -> st.SearchStrategy[Any]:
        """What may stand at a place of the schema."""
        key = name.rpartition(".")[2]
        if key in self.names and not (key in ("from", "to") and "'maximum'" in str(node)):  # a share is no bound
            return self.names[key]
        if "$ref" in node:
            return self.of(self.definitions[node["$ref"].rpartition("/")[2]], name, depth)
        if "enum" in node:
            return st.sampled_from([word for word in node["enum"] if word is not None and not _is_model(word)])
        if "const" in node:
            return st.just(node["const"])
        options = [option for option in node.get("anyOf", ()) if self._is_drawn(option, depth)]
        if options and "properties" not in node:
            return st.one_of([self.of(option, name, depth) for option in options])
        return self._plain(node, depth)

    def _is_drawn(self, node: Mapping[str, Any], depth: int) -> bool:
        """Environment variables and nulls are left to the mutations; what holds itself ends somewhere."""
        if node.get("$ref", "").endswith("/variable") or node.get("type") == "null" or node.get("const") == "none":
            return False
        tag = node.get("properties", {}).get("type", {})
        if "enum" not in tag and "$ref" in tag:
            return False
        if any(_is_model(word) for word in (*tag.get("enum", ()), *node.get("properties", ()))):
            return False
        return depth < 2 or not self._holds_components(node)

    def _holds_components(self, node: Mapping[str, Any]) -> bool:
        told = str({name: value for name, value in node.get("properties", {}).items() if name != "type"})
        return any(f"/{name}'" in told for name in ("measure", "normalizer", "aggregator", "case", "rule"))

    def _plain(self, node: Mapping[str, Any], depth: int) -> st.SearchStrategy[Any]:
        kind = node.get("type")
        if kind == "object" and "properties" in node:
            needed = {key: self.of(node["properties"][key], key, depth + 1) for key in node.get("required", ())}
            others = [key for key in node["properties"] if key not in needed and key not in OMITTED]
            further = {key: self.of(node["properties"][key], key, depth + 1) for key in others}
            return st.fixed_dictionaries(needed, optional=further)
        if kind == "array":
            items = node.get("items") or {}
            if "prefixItems" in node:
                return st.tuples(*(self.of(item, "", depth + 1) for item in node["prefixItems"])).map(list)
            return st.lists(self.of(items, "", depth + 1), min_size=1, max_size=3)
        if kind == "object":
            return st.dictionaries(words, self.of(node.get("additionalProperties") or {}, "", depth + 1), max_size=2)
        simple = {
            "integer": st.integers(1, 12),
            "number": st.floats(0, 1) if "maximum" in node else number,
            "boolean": st.booleans(),
            "string": st.sampled_from(BOUNDS) if node.get("pattern") else words,
        }
        return simple.get(kind if isinstance(kind, str) else "string", words)


def _is_model(word: object) -> bool:
    """Models are trained first: they have tests of their own."""
    return str(word).startswith("ml.")


@st.composite
def documents(draw: Draw) -> Document:
    """Whole projects over ``write_data``'s tables. Most are valid; the others break a rule that no schema can tell."""
    shape = Shape(DEFINITIONS, VOCABULARY)
    metrics = _metrics(draw, shape)
    cards = {f"card{position}": _scorecard(draw, list(metrics)) for position in range(draw(st.integers(1, 2)))}
    if draw(st.booleans()):
        cards["changed"] = {"extends": "card0", "precision": draw(st.sampled_from([0, 1, "none"]))}
    document: Document = {
        "version": 1,
        "name": draw(words),
        "sources": {name: source | draw(st.sampled_from(PAST[name])) for name, source in SOURCES.items()},
        "customers": {"source": "crm", "roles": ROLES, "attributes": ["plan", "seats", "signup"]},
        "metrics": metrics,
        "scorecards": cards,
        **_assignment(draw, list(cards)),
    }
    if draw(st.booleans()):
        when = draw(st.sampled_from([{"status": "draft"}, {"effective_from": "2026-02-01"}]))
        document["scorecards"]["next"] = {"extends": "card0", "replaces": "card0", **when}
    if draw(st.booleans()):
        document["pulse"] = draw(st.sampled_from([{}, {"within": "30d", "label": "Mood"}]))
    document |= draw(st.sampled_from(HAPPENED))
    if draw(st.booleans()):
        document["timezone"] = draw(st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]))
    if draw(st.booleans()):
        document["customers"]["active"] = draw(st.sampled_from(["seats > 0", "signup is not null"]))
    return document


def _metrics(draw: Draw, shape: Shape) -> Document:
    """Measured ones first, then a derived one that looks back at them."""
    metrics: Document = {}
    for position in range(draw(st.integers(1, 4))):
        measure = draw(st.one_of(st.sampled_from(AGGREGATES), shape.of(shape.definitions["measure"], depth=1)))
        settings = {"source": "events", "measure": measure, "window": draw(VOCABULARY["window"])}
        also = ("where", "min_rows", "better", "unit", "label", "audience", "because", "review_by", "advice")
        properties = shape.definitions["metric"]["properties"]
        metrics[f"m{position}"] = settings | _some(draw, shape, properties, also)
    if draw(st.booleans()):
        metrics["derived"] = {"sql": draw(st.sampled_from(["seats * 2", "coalesce(m0, 0) / seats", "revenue / seats"]))}
    return metrics


def _some(draw: Draw, shape: Shape, properties: Mapping[str, Any], names: Sequence[str]) -> Document:
    chosen = draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
    return {name: draw(shape.of(properties[name], name, 1)) for name in chosen if name in properties}


def _scorecard(draw: Draw, metrics: Sequence[str]) -> Document:
    scale = draw(st.sampled_from([*[[0, 100]] * 6, [0, 10], [-5, 5]]))
    shape = Shape(DEFINITIONS, in_scorecard(*scale))
    in_scale = shape.names["center"]

    def leaves(names: Sequence[str]) -> Document:
        return {
            name: {"normalizer": draw(shape.of(DEFINITIONS["normalizer"], depth=1))}
            | _some(draw, shape, DEFINITIONS["scored_metric"]["properties"], ("weight", "when", "missing", "because"))
            for name in names
        }

    card: Document = {"scale": scale, "aggregator": draw(shape.of(DEFINITIONS["aggregator"], depth=1))}
    chosen = draw(st.lists(st.sampled_from(metrics), min_size=1, unique=True))
    if draw(st.booleans()):
        card["metrics"] = leaves(chosen)
    else:
        dimension = {"metrics": leaves(chosen), "aggregator": draw(shape.of(DEFINITIONS["aggregator"], depth=1))}
        properties = DEFINITIONS["dimension"]["properties"]
        dimension |= _some(
            draw, Shape(DEFINITIONS, VOCABULARY), properties, ("weight", "when", "minimum_coverage", "audience")
        )
        card["dimensions"] = {"d0": dimension}
    if draw(st.booleans()):
        middle = (scale[0] + scale[1]) / 2
        card["bands"] = [{"name": "low", "up_to": middle}, {"name": "high", "up_to": scale[1], "color": "#228833"}]
    if draw(st.booleans()):
        effect = draw(st.sampled_from(["at_most", "at_least", "add", "replace"]))
        card["adjustments"] = [{"when": draw(VOCABULARY["when"]), effect: draw(in_scale), "because": draw(words)}]
    return card | _some(
        draw, shape, DEFINITIONS["scorecard"]["properties"], ("minimum_coverage", "precision", "label", "hysteresis")
    )


def _assignment(draw: Draw, cards: Sequence[str]) -> Document:
    *others, last = cards
    named = st.sampled_from(others or cards)
    segments = {
        "some": {"when": draw(VOCABULARY["when"]), "scorecard": draw(named)},
        "rest": {"scorecard": draw(named)},
    }
    result: Document = {"segments": segments}
    if draw(st.booleans()):
        result["stages"] = {"young": "signup > '2026-01-01'", "old": "otherwise"}
        segments["some"]["scorecard"] = {"young": draw(named), "old": draw(named)}
    if others and draw(st.booleans()):
        del result["segments"]
        result["scores"] = {"health": {"segments": segments}, "other": {"scorecard": last}}
    return result


def write_data(folder: Path) -> None:
    """Write the tables that the documents read."""
    for name, text in TABLES.items():
        (folder / name).write_text(text)
