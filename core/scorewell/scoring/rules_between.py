"""Two sets of rules, and those between them: one change of fit or configuration after the other is made.

A step is named by what it changes; ``turned`` are the steps whose changes have been made. Which fit a part is scored
with goes with the step that makes the parts alike: new statistics of the same normalizer are the population's doing,
those of another normalizer come together with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar, cast

import attrs
import polars as pl

from scorewell.api.v1 import Learned
from scorewell.configuration.evolving import evolved
from scorewell.configuration.model import Dimension, Metric, Project, Scorecard, ScoredMetric
from scorewell.configuration.scores import cards_by_place
from scorewell.scoring.attribution import Failure
from scorewell.scoring.fitted import FittedProject
from scorewell.scoring.inputs import Statistic
from scorewell.scoring.points import holds_points
from scorewell.scoring.rule_steps import WEIGHTS, Step, changed_places, of_setting
from scorewell.scoring.tree import Leaf, leaves, models, tree
from scorewell.scoring.uses import names_used

__all__ = ["ROLL_UP", "Halfway", "RulesBetween", "Step", "counterparts", "rolling_as_before"]

T = TypeVar("T")
P = TypeVar("P", Scorecard, Dimension)

_RELATIVE = ("@relative.", "@relative_to_values.")
_SETTINGS = ("aggregator", "when", "missing", "minimum_coverage", "roll_up", "fit_on", "scale")


MODEL = Step("population", "model")
FAILURES = Step("configuration", "failures")
ROLL_UP = of_setting("roll_up")


@attrs.frozen(eq=False)
class Halfway:
    """A scorecard with what it is scored with, after some steps; equal ``key``, equal scores."""

    card: Scorecard
    statistics: Mapping[str, Mapping[str, Statistic]]
    values: Mapping[str, int]
    learned: Mapping[str, Learned]
    failures: Mapping[str, Failure]
    key: object


@attrs.frozen(eq=False)
class RulesBetween:
    """The rules of one score before and after. ``redefined`` are the names that both have and that are not the same
    thing in both: metrics, roles or attributes.

    In ``after`` scorecards are called as the one before whose place they have: ``counterparts``.
    """

    before: FittedProject
    after: FittedProject
    redefined: frozenset[str]

    @classmethod
    def of(cls, before: FittedProject, after: FittedProject, redefined: frozenset[str]) -> RulesBetween:
        """The rules between two fits of projects with a single score."""
        pairs = counterparts(before.project, after.project)

        def renamed(by_card: Mapping[str, T]) -> dict[str, T]:
            return {name: by_card[new] for name, new in pairs.items() if new in by_card}

        project = evolved(after.project, scorecards=renamed(after.project.scorecards))
        named = attrs.evolve(
            after,
            project=project,
            statistics=renamed(after.statistics),
            values=renamed(after.values),
            learned=renamed(after.learned),
            failures=renamed(after.failures),
        )
        return cls(before, named, redefined)

    @cached_property
    def shared(self) -> tuple[str, ...]:
        """The scorecards in use before that there still are."""
        return tuple(name for name in self.before.used if name in self.after.project.scorecards)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """What differs, in the order in which it is changed: the population, then the configuration."""
        found = dict.fromkeys(step for name in self.shared for step in self._of_card(name))
        kinds = ("population", "weights", "thresholds", "metrics", "configuration")
        return tuple(step for kind in kinds for step in found if step.kind == kind)

    def metrics(self, turned: Collection[Step]) -> Mapping[str, Metric]:
        """The metrics as defined after the steps ``turned``."""
        old, new = self.before.project.metrics, self.after.project.metrics
        renewed = {
            name: new[name] for name in new if name not in old or (name in new and Step("metrics", name) in turned)
        }
        return {**old, **renewed}

    def halfway(self, name: str, turned: Collection[Step]) -> Halfway:
        """The scorecard ``name`` after the steps ``turned``."""
        old = self.before.project.scorecards[name]
        new = self.after.project.scorecards.get(name)
        if new is None:
            return self._fitted(name, old, {}, turned)
        turned = self._turned_of(name, turned)
        card = _merged("", old, new, turned)
        sources = {leaf.path: self._carriers[name][leaf.path] in turned for leaf in leaves(tree(card))}
        return self._fitted(name, card, sources, turned)

    def told(self, step: Step, name: str) -> str:
        """What the step changes in the scorecard ``name``, as ``support 25 → 30``; empty for the population."""
        old, new = self.before.project.scorecards[name], self.after.project.scorecards.get(name)
        return "" if new is None else "; ".join(changed_places(step, old, new))

    # -- what differs ----------------------------------------------------------------------------------------------

    def _is_rescaled(self, name: str) -> bool:
        return self.before.project.scorecards[name].scale != self.after.project.scorecards[name].scale

    def _turned_of(self, name: str, turned: Collection[Step]) -> Collection[Step]:
        """The steps that count for a scorecard: on another scale, what is written in points comes with the scale."""
        if not self._is_rescaled(name):
            return turned
        in_points = self._in_points(name)
        own = {step for step in turned if step not in in_points}
        return own | in_points if of_setting("scale") in own else own

    def _in_points(self, name: str) -> set[Step]:
        """The steps that change what is written in points of a scorecard's scale."""
        cards = (self.before.project.scorecards[name], self.after.project.scorecards[name])
        parts = [leaf for card in cards for leaf in leaves(tree(card))]
        found = {Step("thresholds", leaf.metric) for leaf in parts if holds_points(leaf.settings.normalizer)}
        return found | {of_setting("aggregator"), of_setting("missing")}

    def _of_card(self, name: str) -> Iterator[Step]:
        with_scale = self._in_points(name) if self._is_rescaled(name) else set[Step]()
        yield from (step for step in self._differences(name) if step not in with_scale)

    def _differences(self, name: str) -> Iterator[Step]:
        old, new = self.before.project.scorecards[name], self.after.project.scorecards[name]
        was, is_now = ({leaf.path: leaf for leaf in leaves(tree(card))} for card in (old, new))
        yield from self._of_fit(name, was)
        if any(True for _ in changed_places(WEIGHTS, old, new)):
            yield WEIGHTS
        for path, leaf in {**was, **is_now}.items():
            if (path in was) != (path in is_now):
                yield Step("metrics", leaf.metric)
            elif _differ(was[path].settings.normalizer, is_now[path].settings.normalizer):
                yield Step("thresholds", leaf.metric)
        for metric in sorted(self.redefined & (names_used(old) | names_used(new))):
            yield Step("metrics", metric)
        for setting in _SETTINGS:
            if any(True for _ in changed_places(of_setting(setting), old, new)):
                yield of_setting(setting)
        if self._failures(name, ()) != self._failures(name, (FAILURES,)):
            yield FAILURES

    def _of_fit(self, name: str, was: Mapping[str, Leaf]) -> Iterator[Step]:
        old, new = self.before.statistics.get(name, {}), self.after.statistics.get(name, {})
        for path in was:
            counts = [fit.values.get(name, {}).get(path) for fit in (self.before, self.after)]
            if counts[0] != counts[1] or not _same(old.get(path, {}), new.get(path, {})):
                carrier = self._carriers[name][path]
                if carrier.kind == "population":
                    yield carrier
        for path in old.keys() | new.keys():
            metric = _relative_metric(path)
            if metric is not None and metric not in self.redefined and not _same(old.get(path, {}), new.get(path, {})):
                yield Step("population", metric)
        for path in self._models(name):
            learned = [fit.learned.get(name, {}).get(path) for fit in (self.before, self.after)]
            if learned[0] != learned[1]:
                yield self._model_carrier(name, path)

    def _models(self, name: str) -> list[str]:
        return [node.path for node in models(tree(self.before.project.scorecards[name]))]

    @cached_property
    def _carriers(self) -> Mapping[str, Mapping[str, Step]]:
        """By scorecard and path, the step with which a part comes to be scored with the later fit."""
        return {name: dict(self._carriers_of(name)) for name in self.shared}

    def _carriers_of(self, name: str) -> Iterator[tuple[str, Step]]:
        old, new = self.before.project.scorecards[name], self.after.project.scorecards[name]
        was, is_now = ({leaf.path: leaf for leaf in leaves(tree(card))} for card in (old, new))
        for path, leaf in {**was, **is_now}.items():
            if path not in was or path not in is_now:
                yield path, Step("metrics", leaf.metric)
            elif _differ(was[path].settings.normalizer, leaf.settings.normalizer):
                yield path, Step("thresholds", leaf.metric)  # another normalizer cannot read what this one learned
            elif leaf.metric in self.redefined:
                yield path, Step("metrics", leaf.metric)
            elif was[path].settings.when != leaf.settings.when:
                yield path, of_setting("when")
            elif old.fit_on != new.fit_on:
                yield path, of_setting("fit_on")
            else:
                yield path, Step("population", leaf.metric)

    def _model_carrier(self, name: str, path: str) -> Step:
        old, new = (
            {node.path: node for node in models(tree(fit.project.scorecards[name]))}
            for fit in (self.before, self.after)
        )
        if path not in new or repr(old[path].aggregator) != repr(new[path].aggregator):
            return of_setting("aggregator")
        same_parts = {child.path for child in old[path].children} == {child.path for child in new[path].children}
        return MODEL if same_parts else of_setting("aggregator")

    # -- with what it is scored ------------------------------------------------------------------------------------

    def _fitted(self, name: str, card: Scorecard, sources: Mapping[str, bool], turned: Collection[Step]) -> Halfway:
        old, new = self.before.statistics.get(name, {}), self.after.statistics.get(name, {})
        statistics: dict[str, Mapping[str, Statistic]] = {}
        values: dict[str, int] = {}
        for path in (leaf.path for leaf in leaves(tree(card))):
            fit = self.after if sources.get(path, False) else self.before
            learned = fit.statistics.get(name, {})
            if path in learned:
                statistics[path] = learned[path]
            if path in fit.values.get(name, {}):
                values[path] = fit.values[name][path]
        renewed = []
        for path in sorted({*old, *new}):
            metric = _relative_metric(path)
            if metric is None:
                continue
            kind = "metrics" if metric in self.redefined else "population"
            is_renewed = Step(kind, metric) in turned
            # A segment that there was only before keeps its median.
            statistics[path] = {**old.get(path, {}), **(new.get(path, {}) if is_renewed else {})}
            renewed.append(is_renewed)
        learned = {}
        for path in self._models(name):
            is_renewed = name in self.shared and self._model_carrier(name, path) in turned
            models_of = (self.after if is_renewed else self.before).learned.get(name, {})
            if path in models_of:
                learned[path] = models_of[path]
            renewed.append(is_renewed)
        failures = self._failures(name, turned)
        key = (repr(card), card.fit_on, tuple(sources.items()), tuple(renewed), tuple(failures))
        return Halfway(card, statistics, values, learned, failures, key)

    def _failures(self, name: str, turned: Collection[Step]) -> Mapping[str, Failure]:
        return (self.after if FAILURES in turned else self.before).failures.get(name, {})


def counterparts(before: Project, after: Project) -> dict[str, str]:
    """By scorecard in use before, the one that has its place now: that of the same segments and stages, if they have
    one; else that of the same name. One that has none is left out."""
    old, new = cards_by_place(before), cards_by_place(after)
    found = {}
    for name in dict.fromkeys(old.values()):
        candidates = {new[place] for place, card in old.items() if card == name and place in new}
        if len(candidates) == 1 and name not in candidates:
            found[name] = candidates.pop()
        elif name in after.scorecards:
            found[name] = name
    return found


def rolling_as_before(before: FittedProject, after: FittedProject) -> FittedProject:
    """``after`` with the roll-ups of ``before``; itself where they are the same."""
    old = {new: before.project.scorecards[name] for name, new in counterparts(before.project, after.project).items()}
    cards = {
        name: _rolling_as(card, old[name]) if name in old else card for name, card in after.project.scorecards.items()
    }
    if all(card is after.project.scorecards[name] for name, card in cards.items()):
        return after
    return attrs.evolve(after, project=attrs.evolve(cast("Any", after.project), scorecards=cards))


def _rolling_as(new: P, old: Scorecard | Dimension) -> P:
    part = cast("Any", new)
    inside = {
        name: _rolling_as(each, old.dimensions[name]) if name in old.dimensions else each
        for name, each in part.dimensions.items()
    }
    differs = part.roll_up is not None and old.roll_up is not None and part.roll_up != old.roll_up
    if not differs and all(each is part.dimensions[name] for name, each in inside.items()):
        return new
    return cast("P", attrs.evolve(part, dimensions=inside, roll_up=old.roll_up if differs else part.roll_up))


def _merged(prefix: str, old: P, new: Scorecard | Dimension, turned: Collection[Step]) -> P:
    """What both have, each setting from ``new`` where its step is turned; what only one has, as its metrics' steps."""
    changes: dict[str, Any] = {"metrics": {}, "dimensions": {}}
    for setting in ("aggregator", "when", "minimum_coverage", "roll_up", "fit_on", "scale"):
        if hasattr(old, setting) and of_setting(setting) in turned:
            changes[setting] = getattr(new, setting)
    if isinstance(new, Dimension) and WEIGHTS in turned:
        changes["weight"] = new.weight
    for name in {**old.metrics, **new.metrics}:
        scored = _merged_metric(name, old.metrics.get(name), new.metrics.get(name), turned)
        if scored is not None:
            changes["metrics"][name] = scored
    for name in {**old.dimensions, **new.dimensions}:
        was, is_now = old.dimensions.get(name), new.dimensions.get(name)
        if was is not None and is_now is not None:
            changes["dimensions"][name] = _merged(f"{prefix}{name}.", was, is_now, turned)
        else:
            alone = _alone(cast("Dimension", was or is_now), turned, is_new=was is None)
            if alone is not None:
                changes["dimensions"][name] = alone
    return evolved(old, **changes)


def _merged_metric(
    name: str, old: ScoredMetric | None, new: ScoredMetric | None, turned: Collection[Step]
) -> ScoredMetric | None:
    if old is None or new is None:
        return new if Step("metrics", name) in turned else old
    changes: dict[str, Any] = {}
    for setting, step in (
        ("weight", WEIGHTS),
        ("normalizer", Step("thresholds", name)),
        ("when", of_setting("when")),
        ("missing", of_setting("missing")),
    ):
        if step in turned:
            changes[setting] = getattr(new, setting)
    return evolved(old, **changes)


def _alone(dimension: Dimension, turned: Collection[Step], *, is_new: bool) -> Dimension | None:
    """A dimension that only one side has, with the metrics that it has by now; None without any."""
    metrics = {
        name: scored for name, scored in dimension.metrics.items() if (Step("metrics", name) in turned) == is_new
    }
    inside = {name: _alone(each, turned, is_new=is_new) for name, each in dimension.dimensions.items()}
    dimensions = {name: each for name, each in inside.items() if each is not None}
    rolls_up = dimension.roll_up is not None and (of_setting("roll_up") in turned) == is_new
    if not (metrics or dimensions or rolls_up):
        return None
    return evolved(dimension, metrics=metrics, dimensions=dimensions)


def _differ(one: object, other: object) -> bool:
    # Why a threshold is what it is does not show in the representation, and is no difference.
    return repr(one) != repr(other)


def _relative_metric(path: str) -> str | None:
    return next((path.removeprefix(prefix) for prefix in _RELATIVE if path.startswith(prefix)), None)


def _same(one: Mapping[str, Statistic], other: Mapping[str, Statistic]) -> bool:
    return one.keys() == other.keys() and all(_equal(value, other[name]) for name, value in one.items())


def _equal(one: Statistic, other: Statistic) -> bool:
    if isinstance(one, pl.Series) or isinstance(other, pl.Series):
        return isinstance(one, pl.Series) and isinstance(other, pl.Series) and one.equals(other)
    return one == other
