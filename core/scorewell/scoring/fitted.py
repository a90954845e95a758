"""The fitted project: a pure function from metrics to scores, and plain data to store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

import attrs
import polars as pl

from scorewell.api.v1 import Finding, Learned, Normalizer, ScorewellError
from scorewell.configuration.evolving import evolved
from scorewell.configuration.model import Project, Scorecard
from scorewell.configuration.scores import each_score
from scorewell.scoring import documents, plan
from scorewell.scoring.assignment import used_scorecards
from scorewell.scoring.attribution import ComponentFailed, Failure, Failures, failed_paths, failure_findings, merged
from scorewell.scoring.cards import CARD
from scorewell.scoring.columns import CHILD_COUNT
from scorewell.scoring.compiling import compile_plan
from scorewell.scoring.documents import CardStatistics
from scorewell.scoring.findings import few_values, scoring_findings, untrained_models
from scorewell.scoring.fitting import ACTIVE, Fit, assigned, check_fit, chosen, learn, unreadable
from scorewell.scoring.frame import ScoresFrame, by_customer, ordered, overridden_score
from scorewell.scoring.language import Language
from scorewell.scoring.overriding import override_findings
from scorewell.scoring.roll_up import rolled_up, rolls_up
from scorewell.scoring.roll_up_findings import roll_up_findings
from scorewell.scoring.stored import StoredFit
from scorewell.scoring.tree import has_models, leaves, shape, tree, with_normalizers

__all__ = ["FittedProject", "fit"]

FORMAT = 1
_ORDER = "@score"


def fit(
    project: Project,
    metrics: pl.LazyFrame | pl.DataFrame,
    versions: Mapping[str, str] | None = None,
    *,
    stored: Mapping[str, StoredFit] | None = None,
    periods: Mapping[str, StoredFit] | None = None,
    populations: Mapping[str, pl.DataFrame] | None = None,
) -> FittedProject:
    """Learn what depends on the population.

    ``metrics`` has one row a customer with the columns of a metrics table. ``versions`` (distribution to version) enter
    the fingerprints. ``stored`` are earlier fits by scorecard: what their models learned, and all that a scorecard with
    ``refit: never`` did; ``periods`` what others learned at the start of their period. ``populations`` are the metrics
    that a scorecard learns from, where those are not ``metrics``: the same columns at an earlier moment. Raises
    ScorewellError where the metrics have not the columns that scorecards use; a normalizer that cannot read what its
    metric holds, or fails at its statistics, is noted in ``failures``.
    """
    stored, populations = stored or {}, populations or {}
    schema = metrics.lazy().collect_schema()
    check_fit(project, schema)
    pinned = {name: fit for name, fit in stored.items() if project.scorecards[name].refit == "never"} | dict(
        periods or {}
    )
    fits = [
        Fit(
            statistics={name: each.statistics for name, each in pinned.items()},
            values={name: each.values for name, each in pinned.items()},
            failures={},
        )
    ]
    for _, one in each_score(project):
        for moment in {id(populations.get(name)): populations.get(name) for name in one.scorecards}.values():
            names = [name for name in one.scorecards if populations.get(name) is moment and name not in pinned]
            fits.append(learn(one, (metrics if moment is None else moment).lazy(), names))
    return FittedProject(
        project=project,
        statistics=documents.together(each.statistics for each in fits),
        values={name: counts for each in reversed(fits) for name, counts in each.values.items()},
        learned={name: each.learned for name, each in stored.items() if each.learned},
        untrained={name: each.untrained for name, each in stored.items() if each.untrained},
        versions={} if versions is None else dict(versions),
        failures=merged(unreadable(project, schema), *(each.failures for each in fits)),
    )


@attrs.frozen(kw_only=True)
class FittedProject:
    """A project and what was learned: ``statistics[scorecard][leaf path][name]`` is a number, None, or a Series.

    ``values[scorecard][leaf path]`` says from how many values a normalizer learned; where they were too few, its
    fallback scores.
    ``learned[scorecard][node path]`` is what a model learned from outcomes; where there is nothing, the rules that its
    aggregator is configured with score instead. ``untrained`` says of models that had too little data what was missing.
    The components at ``failures`` are not asked again: a metric there has no value, a node no score, and the customers
    of that scorecard have the status ``error``. ``apart`` makes each scorecard a plan over its own customers alone:
    slower, but no expression sees another scorecard's customers.
    """

    project: Project
    statistics: Mapping[str, CardStatistics]
    values: Mapping[str, Mapping[str, int]] = attrs.field(factory=dict)
    learned: Mapping[str, Mapping[str, Learned]] = attrs.field(factory=dict)
    untrained: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict)
    versions: Mapping[str, str] = attrs.field(factory=dict)
    failures: Failures = attrs.field(factory=dict)
    apart: bool = False

    def score(
        self,
        metrics: pl.LazyFrame,
        failed: Collection[str] = (),
        *,
        stale: Collection[str] = (),
        finite: bool = False,
        forced: Mapping[str, float] | None = None,
    ) -> pl.LazyFrame:
        """The scores frame without ``as_of`` and ``run_id``: one row a customer and score, sorted by ``customer_id``,
        then as the scores are configured.

        ``metrics`` as in ``fit``; where it has overrides (``with_overrides``), they are applied after the adjustments
        and before the rounding, and the frame has the columns ``override`` and ``contribution.override``.
        ``failed`` names metrics whose source or component failed: customers whose scorecard
        uses one have the status ``error``; ``stale`` those that rest on a table that is not fresh. ``finite``
        promises that no number is NaN or infinite, as in every metrics table, and saves the check. ``forced`` puts a
        normalized value (0–100, by leaf path) in place of the computed one: what if.

        A component that raises while its expressions are made is left out, as those at ``failures``. One whose
        expressions fail is known only when they are computed: ``isolated`` scores without it.
        """
        fitted = self
        while True:
            try:
                return fitted.scores(metrics, failed, stale=stale, finite=finite, forced=forced)
            except ComponentFailed as failure:
                fitted = fitted.without(failure.failures)

    def without(self, failures: Failures) -> FittedProject:
        """The fit that does not ask these components either."""
        return attrs.evolve(self, failures=merged(self.failures, failures))

    def scores(
        self,
        metrics: pl.LazyFrame,
        failed: Collection[str] = (),
        *,
        stale: Collection[str] = (),
        finite: bool = False,
        forced: Mapping[str, float] | None = None,
    ) -> pl.LazyFrame:
        """As ``score``, but raises ComponentFailed for the first component that does."""
        each = self.each_score()
        if len(each) == 1:
            return each[0].one_score(metrics, failed, stale=stale, finite=finite, forced=forced)
        frames = [
            one.one_score(metrics, failed, stale=stale, finite=finite, forced=forced).with_columns(
                pl.lit(position, dtype=pl.UInt32).alias(_ORDER)
            )
            for position, one in enumerate(each)
        ]
        # Relaxed: a normalizer may answer whole numbers in one scorecard.
        together = pl.concat(frames, how="diagonal_relaxed")
        names = [name for name in together.collect_schema().names() if name != _ORDER]
        return together.sort("customer_id", _ORDER).select(ordered(names))

    def each_score(self) -> tuple[FittedProject, ...]:
        """This fit for each score by itself, as of a project that has it alone."""
        return tuple(
            self if one is self.project else attrs.evolve(self, project=one) for _, one in each_score(self.project)
        )

    def one_score(
        self,
        metrics: pl.LazyFrame,
        failed: Collection[str],
        *,
        stale: Collection[str],
        finite: bool,
        forced: Mapping[str, float] | None,
    ) -> pl.LazyFrame:
        """The scores of a project with a single score; as ``scores``."""
        schema = metrics.collect_schema()
        if not finite:
            floats = [name for name, dtype in schema.items() if dtype.is_float()]
            metrics = metrics.with_columns(pl.when(pl.col(name).is_finite()).then(pl.col(name)) for name in floats)
        groups = self.grouped(self.used)
        positions = {name: position for position, name in enumerate(name for group in groups for name in group)}
        language = Language(schema, self.project.timezone)
        if any(rolls_up(self.project.scorecards[name]) for name in positions) and CHILD_COUNT not in schema:
            return self.one_score(
                self.with_children(metrics, failed, stale=stale).lazy(), failed, stale=stale, finite=True, forced=forced
            )
        rows = assigned(
            self.project,
            metrics,
            positions,
            language,
            has_active=ACTIVE in schema,
            statistics=self.statistics,
            failed=failed,
        )
        frame = ScoresFrame(
            project=self.project,
            scorecards=self.scorecards,
            fingerprints=self.fingerprints,
            failures=self.failures,
            schema=schema,
            failed=failed,
            stale=stale,
        )
        compiled = [self.compiled(group, forced or {}, language) for group in groups]
        if len(compiled) == 1 and not self.apart:
            # Sorted before the frame grows wide.
            return frame.scored(by_customer(rows), compiled[0])
        return frame.together(rows, compiled)

    def with_children(
        self, metrics: pl.LazyFrame, failed: Collection[str] = (), *, stale: Collection[str] = ()
    ) -> pl.DataFrame:
        """The metrics with what each parent's children come to, for a project with a single score.

        Who belongs to whom must be known before anything is scored, so this collects. Rows that have these columns are
        scored by themselves, one or many.
        """
        rows, names = self.placed(metrics)

        def score(some: pl.DataFrame) -> pl.DataFrame:
            return self.one_score(some.lazy(), failed, stale=stale, finite=True, forced=None).collect()

        return rolled_up(self.project, rows, names, score)

    def placed(self, metrics: pl.LazyFrame) -> tuple[pl.DataFrame, list[str]]:
        """The metrics with each customer's scorecard as ``CARD``, a position among the scorecards in use; and those."""
        names, rows = list(self.used), metrics.collect()
        positions = {name: position for position, name in enumerate(names)}
        language, has_active = Language(rows.schema, self.project.timezone), ACTIVE in rows.columns
        # The metrics as they are: those that are relative to the segment are made so when they are scored.
        frame = assigned(self.project, rows.lazy(), positions, language, has_active=has_active, statistics=None)
        return rows.hstack(frame.select(CARD).collect()), names

    def compiled(self, names: Sequence[str], forced: Mapping[str, float], language: Language) -> plan.Plan:
        """The plan of these scorecards, which are of one shape and fail at the same places.

        Raises ComponentFailed for the first component that does.
        """
        return compile_plan(
            self.project,
            {name: self.scorecards[name] for name in names},
            self.statistics,
            forced,
            language,
            failed=failed_paths(self.failures, names[0]),
            learned=self.learned.get(names[0], {}),
        )

    def findings(self, metrics: pl.LazyFrame | pl.DataFrame) -> tuple[Finding, ...]:
        """What scoring these metrics noticed: components that failed, models that were never trained, null conditions,
        normalizers that left 0–100."""
        noticed: dict[Finding, None] = {}  # rules of stages are the same in all scores
        for one in self.each_score():
            as_scored = evolved(one.project, scorecards=one.scorecards)
            found = scoring_findings(as_scored, self.statistics, metrics.lazy(), self.failures)
            noticed |= dict.fromkeys(found)
            if any(rolls_up(one.project.scorecards[name]) for name in one.used):
                noticed |= dict.fromkeys(roll_up_findings(one.project, *one.placed(metrics.lazy())))
            if overridden := overridden_score(one.project, metrics.lazy().collect_schema()):
                rows, names = one.placed(metrics.lazy())
                noticed |= dict.fromkeys(override_findings(one.scorecards, overridden, rows, names))
        cards = {name: self.project.scorecards[name] for name in self.used}
        learned_little = (*untrained_models(cards, self.learned, self.untrained), *few_values(cards, self.values))
        return (*failure_findings(self.failures), *learned_little, *noticed)

    @cached_property
    def fingerprints(self) -> Mapping[str, str]:
        """For each scorecard the hash of configuration, plugin versions and fit that its scores carry."""
        each = self.each_score()
        if len(each) > 1:
            return {card: digest for one in each for card, digest in one.fingerprints.items()}
        project = each[0].project
        common = project.fingerprint or repr((project.customers, project.metrics, project.segments, project.stages))
        versions = sorted(self.versions.items())
        result = {}
        for name, card in each[0].scorecards.items():
            digest = hashlib.sha256(repr((common, versions, name, card)).encode())
            for part in documents.digested(self.statistics.get(name, {})):
                digest.update(part)
            if learned := self.learned.get(name):
                digest.update(f"learned {json.dumps(learned, sort_keys=True)}".encode())
            for path in sorted(failed_paths(self.failures, name)):
                digest.update(f"failed {path}".encode())
            result[name] = digest.hexdigest()[:16]
        return result

    @cached_property
    def scorecards(self) -> Mapping[str, Scorecard]:
        """The scorecards as they score: with fallbacks in place of normalizers that had too few values."""
        return {name: with_normalizers(card, self.fallbacks(name)) for name, card in self.project.scorecards.items()}

    def fallbacks(self, name: str) -> dict[str, Normalizer]:
        """The normalizers of a scorecard that score in place of others, which had too few values, by leaf path."""
        counts = self.values.get(name, {})
        found = {
            leaf.path: (leaf.settings.normalizer, chosen(leaf.settings.normalizer, counts.get(leaf.path)))
            for leaf in leaves(tree(self.project.scorecards[name]))
        }
        return {path: fallback for path, (normalizer, fallback) in found.items() if fallback is not normalizer}

    def to_json(self) -> str:
        """The fit as plain data, without the project."""
        document = {
            "format": FORMAT,
            "versions": self.versions,
            "statistics": {card: documents.plain(statistics) for card, statistics in self.statistics.items()},
            "values": self.values,
            "learned": self.learned,
            "untrained": self.untrained,
            "failures": {
                card: {path: attrs.asdict(each) for path, each in paths.items()}
                for card, paths in self.failures.items()
            },
        }
        return json.dumps(document, sort_keys=True)

    @classmethod
    def from_json(cls, project: Project, text: str) -> FittedProject:
        """A stored fit of this project. Raises ScorewellError where the text is not one."""
        try:
            stored = json.loads(text)
            if stored["format"] != FORMAT:
                raise ScorewellError(f"the fit has format {stored['format']!r}; this version reads {FORMAT}")
            return cls(
                project=project,
                statistics={card: documents.read(each) for card, each in stored["statistics"].items()},
                values={card: dict(each) for card, each in stored["values"].items()},
                learned={card: dict(each) for card, each in stored["learned"].items()},
                untrained={card: dict(each) for card, each in stored["untrained"].items()},
                versions=stored["versions"],
                failures={
                    card: {path: Failure(**each) for path, each in paths.items()}
                    for card, paths in stored["failures"].items()
                },
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ScorewellError("this is not a stored fit", hint="fit the project again") from error

    @property
    def used(self) -> tuple[str, ...]:
        """The scorecards that a segment names, as configured."""
        return used_scorecards(self.project)

    def grouped(self, names: Iterable[str]) -> list[list[str]]:
        """These scorecards, those of the same shape that fail at the same places together; with a model: alone."""
        by_shape: dict[object, list[str]] = {}
        for name in names:
            card = self.project.scorecards[name]
            is_alone = self.apart or has_models(card)
            by_shape.setdefault(name if is_alone else (shape(card), failed_paths(self.failures, name)), []).append(name)
        return list(by_shape.values())
