"""The project as objects: what the YAML says, and what Python code may build instead.

Field metadata ``help`` is the documentation, the description in the schema and part of the error messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import attrs

from scorewell.api.v1 import (
    Aggregator,
    Audience,
    Condition,
    Duration,
    Normalizer,
    Secret,
    Share,
    Sink,
    Source,
    Table,
    frozen,
    setting,
)
from scorewell.configuration.known import (
    ROLES,
    Actions,
    Comparison,
    Customers,
    DatedOutcomes,
    GoLive,
    Metric,
    Outcomes,
    Pulse,
    SourceTables,
)
from scorewell.configuration.writing_down import BECAUSE, OWNER, REVIEW_BY, Review, written_down

__all__ = [
    "ROLES",
    "Actions",
    "Adjustment",
    "Band",
    "Comparison",
    "Customers",
    "DatedOutcomes",
    "Delivery",
    "Dimension",
    "GoLive",
    "HistoryStore",
    "Ignored",
    "Leave",
    "Lint",
    "Metric",
    "MissingPolicy",
    "Outcomes",
    "Precision",
    "Project",
    "Pulse",
    "Review",
    "RollUp",
    "Score",
    "Scorecard",
    "ScoredMetric",
    "Segment",
    "SourceTables",
]

MissingPolicy = Literal["ignore", "neutral", "worst", "fail"] | float
Precision = Annotated[int | None, "decimals, or the word none"]
KeptKind = Literal[
    "runs",
    "superseded",
    "scores",
    "metrics",
    "transitions",
    "receipts",
    "overrides",
    "pulses",
    "outcomes",
    "period_fits",
]
Refit = Literal["every_run", "monthly", "quarterly", "never"]


def _of_publication(help_: str, default: Any) -> Any:
    """A setting that says when a scorecard counts, and nothing of how it scores: a draft has the fingerprint that it
    will have when it is live."""
    return attrs.field(default=default, repr=False, metadata={"help": help_})


@frozen
class Delivery:
    """How a sink is given customers; beside its settings."""

    pseudonyms: Secret | None = setting(
        "a secret key, as ${NAME}: customers are delivered under pseudonyms made with it, without names and owners",
        default=None,
    )


@frozen
class ScoredMetric:
    """A metric's place in a scorecard."""

    weight: float = setting("its weight among its siblings", default=1.0)
    normalizer: Normalizer = setting("how its value is mapped to 0–100")
    when: Condition | None = setting(
        "for which customers it applies; for others it is left out of the weights and the coverage", default=None
    )
    missing: MissingPolicy = setting(
        "what a missing value does: ignore, neutral, worst, fail or a number", default="ignore"
    )
    because: str | None = written_down(BECAUSE)
    owner: str | None = written_down(OWNER)
    review_by: date | None = written_down(REVIEW_BY)


@frozen
class RollUp:
    """A parent's score from its children: the active customers that name it in their role ``parent``."""

    by: str = setting(
        "the weight of a child: count, all the same; or a numeric role, attribute or metric, such as revenue",
        default="count",
    )
    floor: Literal["worst_child"] | None = setting(
        "worst_child: the children together are in no better band than the worst of them", default=None
    )


@frozen
class Dimension:
    """A named group of metrics, or of dimensions, or of both."""

    weight: float = setting("its weight among its siblings", default=1.0)
    aggregator: Aggregator = setting("how its parts combine")
    dimensions: Mapping[str, Dimension] = setting("dimensions inside it", factory=dict)
    metrics: Mapping[str, ScoredMetric] = setting("metrics inside it", factory=dict)
    roll_up: RollUp | None = setting("its score comes from the customer's children, instead of parts", default=None)
    when: Condition | None = setting("where it applies", default=None)
    minimum_coverage: Share | None = setting("the share of its weight that needs data, as 60%", default=None)
    label: str | None = setting("the name in reports", default=None)
    description: str | None = setting("what it means, in a sentence for the reader", default=None)
    audience: Audience | None = setting(
        "internal hides all of it from customers; default: shown when a metric is", default=None
    )
    because: str | None = written_down(BECAUSE)
    owner: str | None = written_down(OWNER)
    review_by: date | None = written_down(REVIEW_BY)


@frozen
class Band:
    """A named range of scores, in the scorecard's scale. Of ``up_to`` and ``from`` exactly one is given, inclusive."""

    name: str = setting("its name, such as at_risk")
    up_to: float | None = setting("the highest score in it", default=None)
    from_: float | None = setting("the lowest score in it", default=None)
    color: str | None = setting("its colour as #rrggbb", default=None)
    label: str | None = setting("the name in reports", default=None)
    because: str | None = written_down(BECAUSE)
    owner: str | None = written_down(OWNER)
    review_by: date | None = written_down(REVIEW_BY)


@frozen
class Adjustment:
    """A rule after aggregation, with its reason. Exactly one of ``at_most, at_least, add, replace``, in the scale."""

    when: Condition | None = setting("for which customers it applies; default all", default=None)
    at_most: float | None = setting("the score is at most this", default=None)
    at_least: float | None = setting("the score is at least this", default=None)
    add: float | None = setting("points to add, negative to deduct", default=None)
    replace: float | None = setting("the score is this", default=None)
    because: str = setting("the reason, as shown to readers of the report")
    audience: Audience = setting("who may see it in a report", default="internal")
    owner: str | None = written_down(OWNER)
    review_by: date | None = written_down(REVIEW_BY)


@frozen
class Leave:
    """The scores beyond which a band is left, in the scorecard's scale. A side without one ends at the band's edge."""

    below: float | None = setting("a customer leaves it downwards with a score below this", default=None)
    above: float | None = setting("a customer leaves it upwards with a score above this", default=None)


@frozen
class Hysteresis:
    """What keeps a customer in its band while the score goes to and fro at an edge. Exactly one of the three."""

    points: float | None = setting(
        "a customer leaves a band with a score more than this many points beyond its edge, in the scorecard's scale",
        default=None,
    )
    leave: Mapping[str, Leave] = setting("for each band, the scores beyond which a customer leaves it", factory=dict)
    readings: int | None = setting(
        "a customer leaves a band after this many scores in a row, from run to run, beyond the same edge", default=None
    )


@frozen
class Scorecard:
    """A segment's whole chain from metrics to bands."""

    aggregator: Aggregator = setting("how the dimensions combine")
    dimensions: Mapping[str, Dimension] = setting("the dimensions", factory=dict)
    metrics: Mapping[str, ScoredMetric] = setting("metrics directly under the score", factory=dict)
    roll_up: RollUp | None = setting("the score comes from the customer's children, instead of parts", default=None)
    adjustments: tuple[Adjustment, ...] = setting("rules after aggregation, in order", factory=tuple)
    bands: tuple[Band, ...] = setting("named ranges from low to high")
    hysteresis: Hysteresis | None = setting(
        "what keeps a customer in its band while the score moves to and fro at an edge; default nothing", default=None
    )
    minimum_coverage: Share = setting("the share of the weight that needs data, as 60%", default=0.5)
    precision: Precision = setting("decimals of the printed score; none for unrounded", default=0)
    scale: tuple[float, float] = setting("the lowest and the highest score", default=(0.0, 100.0))
    refit: Refit = setting(
        "when what compares customers learns anew: at every run, from the start of each month or quarter, or never, as "
        "scorewell fit stored it",
        default="every_run",
    )
    fit_on: Literal["segment", "all"] = setting(
        "the active customers to compare with: those of this scorecard, or all", default="segment"
    )
    status: Literal["live", "draft"] = _of_publication(
        "draft: it is scored in the shadow of the scorecard that it replaces, and not delivered", default="live"
    )
    replaces: str | None = _of_publication("the scorecard that it replaces", default=None)
    effective_from: date | None = _of_publication(
        "the local day from which on it replaces the other scorecard", default=None
    )
    label: str | None = setting("the name in reports", default=None)
    because: str | None = written_down(BECAUSE)
    owner: str | None = written_down(OWNER)
    review_by: date | None = written_down(REVIEW_BY)


@frozen
class Segment:
    """Customers that share a scorecard, or a scorecard per stage."""

    when: Condition | None = setting("which customers belong to it; default all", default=None)
    scorecard: str | Mapping[str, str] = setting("a scorecard, or one per stage")
    label: str | None = setting("the name in reports", default=None)


@frozen
class Score:
    """One of several scores that every customer has: its own segments, or one scorecard for everybody."""

    segments: Mapping[str, Segment] = setting(
        "segments of this score in order; the first that matches counts", factory=dict
    )
    scorecard: str | Mapping[str, str] | None = setting(
        "instead of segments: a scorecard for all customers, or one per stage", default=None
    )
    label: str | None = setting("the name in reports", default=None)


@frozen
class Ignored:
    """A finding of ``scorewell check`` that is meant."""

    finding: str = setting("the finding's id, such as light-metric")
    where: str | None = setting(
        "the path where to ignore it, including everything below; default everywhere", default=None
    )
    because: str = setting("why it is ignored")


@frozen
class Lint:
    """How ``scorewell check`` looks at this project. It enters no score."""

    ignore: tuple[Ignored, ...] = setting("findings to ignore", factory=tuple)


@frozen
class HistoryStore:
    """Where runs, scores and metric values are kept. It enters no score."""

    url: Secret = setting(
        "the database: an SQLAlchemy URL of SQLite or PostgreSQL; a relative path is relative to the project's folder"
    )
    keep: Mapping[KeptKind, Duration] = setting(
        "how long what is kept, before the latest run: of each kind; default for ever", factory=dict
    )


@frozen
class Project:
    """Everything a run needs to know. ``Project.load("scorewell.yaml")`` reads one; code may build one."""

    name: str = setting("the project's name, shown in reports and used to find its history")
    timezone: str = setting("the time zone in which days begin", default="UTC")
    history: HistoryStore | None = setting(
        "the database in which runs are kept, or none; a project made in Python has none unless it says so",
        default=None,
    )
    sources: Mapping[str, SourceTables] = setting("where tables come from")
    customers: Customers = setting("the table with the customers")
    metrics: Mapping[str, Metric] = setting("the metrics", factory=dict)
    pulse: Pulse | None = setting("the pulses, which become the metric `pulse`", default=None)
    scorecards: Mapping[str, Scorecard] = setting("the scorecards")
    segments: Mapping[str, Segment] = setting(
        "segments in order; the first that matches counts; short for the segments of a single score, `health`",
        factory=dict,
    )
    scores: Mapping[str, Score] = setting(
        "several scores per customer, instead of segments; the first is the headline", factory=dict
    )
    stages: Mapping[str, Condition | None] = setting(
        "stages in order: for each a condition, or otherwise", factory=dict
    )
    outcomes: Outcomes | None = setting("what happened to customers, for models to learn from", default=None)
    actions: Actions | None = written_down("the actions taken for customers, for the timelines of reports")
    sinks: tuple[Sink, ...] = setting("where results go; default the console", factory=tuple)
    lint: Lint = setting("settings of the linter in `scorewell check`", factory=Lint)
    folder: Path = setting("what relative paths are relative to", factory=Path)
    origin: Mapping[str, str] = setting(
        "file:line:column of each path in the configuration, for messages; empty when built in Python", factory=dict
    )
    thresholds: Mapping[str, Review] = setting(
        "what is written down beside the settings of normalizers, by their paths in the configuration", factory=dict
    )
    fingerprint: str = setting("the hash of the configuration without secrets, comments and layout", default="")
    kept: str = attrs.field(
        default="",
        repr=False,
        eq=False,
        metadata={"help": "the whole configuration as text, without secrets; empty when built in Python"},
    )
    written_passwords: tuple[str, ...] = attrs.field(
        default=(), repr=False, eq=False, metadata={"help": "the paths of passwords that the files themselves hold"}
    )

    @classmethod
    def load(cls, path: str | Path) -> Project:
        """Read a project from its main file. Raises ConfigurationError with all mistakes of all files."""
        from scorewell.configuration.loading import load  # noqa: PLC0415 - the loader builds this class

        return load(Path(path))

    def table(self, name: str) -> tuple[Source, str, Table]:
        """The source, its table's name and the table's meaning for ``crm`` or ``zd.tickets``. KeyError if unknown."""
        source, _, table = name.partition(".")
        entry = self.sources[source]
        return entry.plugin, table, entry.tables[table]

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of all tables, as metrics use them."""
        return tuple(
            source if table == "" else f"{source}.{table}"
            for source, entry in self.sources.items()
            for table in entry.tables
        )
