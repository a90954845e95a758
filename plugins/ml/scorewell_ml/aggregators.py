"""Models as aggregators: scores learned from what became of customers."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

import attrs
import polars as pl

from scorewell.api.v1 import (
    Aggregator,
    Combination,
    Component,
    Examples,
    Learned,
    Parts,
    Share,
    frozen,
    setting,
)
from scorewell_ml.boosting import TreesModel
from scorewell_ml.calibration import Calibration, read_calibration
from scorewell_ml.card import described
from scorewell_ml.documents import FORMAT, Document
from scorewell_ml.logistic import LogisticModel
from scorewell_ml.tables import LearnsFrom, Table, column, table

if TYPE_CHECKING:
    from scorewell_ml.learning.training import Model

__all__ = ["COMPONENTS", "GradientBoosting", "Hybrid", "Logistic"]

Points = TypeVar("Points", float, pl.Expr)

_ELSEWHERE = {"rules", "seed"}  # no setting of the learner, and told by itself

AT_THE_EXPECTED = 1e-12
"""Margins nearer to the expected one than this have no direction that a quotient could tell from rounding."""


@frozen
class _Learner(Aggregator):
    """What both learners have in common."""

    learns: ClassVar[bool] = True

    rules: Aggregator = setting("the aggregator that scores until the model is trained", component="weighted_average")
    learns_from: LearnsFrom = setting(
        "the metrics' own values, or the scores that their normalizers give them", default="values"
    )
    free: tuple[str, ...] = setting("metrics whose direction the data decide, whatever is better", factory=tuple)
    least_customers: int = setting("how many customers with a known outcome it needs", default=300)
    least_outcomes: int = setting("how many of them with, and how many without the outcome", default=50)
    seed: int = setting("what the division into folds starts from", default=0)

    def problems(self) -> Iterator[str]:
        if self.rules.learns:
            yield f"rules is {self.rules.name}, which learns itself: name an aggregator that can always score"
        # Each fold of five needs both outcomes.
        for name, least in (("least_customers", 10), ("least_outcomes", 5)):
            if getattr(self, name) < least:
                yield f"{name} is {getattr(self, name)}: expected at least {least}"
        if not 0 <= self.seed < 2**31:
            yield f"seed is {self.seed}: expected 0 to {2**31 - 1}"

    def baseline(self, scale: tuple[float, float], learned: Learned | None) -> float:
        if learned is None:
            return self.rules.baseline(scale, None)
        model, calibration, _ = self._read(learned)
        return 100.0 * calibration.spared_at(model.expected)[0]

    def learn(self, examples: Examples) -> Learned:
        # Only who trains pays for what learning imports.
        from scorewell_ml.learning.training import Floor, trained  # noqa: PLC0415 - as said

        learned = trained(
            table(examples, self.learns_from, self.free),
            self._fit,
            Floor(self.least_customers, self.least_outcomes),
            self.seed,
        )
        settings = attrs.asdict(cast("attrs.AttrsInstance", self), filter=lambda field, _: field.name not in _ELSEWHERE)
        return {
            "format": FORMAT,
            "learner": self.name,
            "learns_from": self.learns_from,
            "parts": [part.name for part in examples.parts],
            "model": learned.model.plain(),
            "calibration": learned.calibration.plain(),
            "card": {
                **learned.card,
                "settings": {name: list(each) if isinstance(each, tuple) else each for name, each in settings.items()},
                "versions": {name: version(name) for name in ("scorewell-ml", *self._libraries)},
            },
        }

    def learned_with(self) -> object:
        fields = attrs.fields_dict(cast("type[attrs.AttrsInstance]", type(self)))
        return self.name, [(name, getattr(self, name)) for name in fields if name != "rules"]

    def describe(self, learned: Learned) -> str:
        return described(self._document(learned))

    def combine(self, parts: Parts, reference: float) -> Combination:
        if parts.learned is None:
            return self.rules.combine(parts, reference)
        model, calibration, names = self._read(parts.learned)
        by_name = {part.name: part for part in parts}
        if unknown := by_name.keys() - set(names):
            raise self._document(parts.learned).refused(f"it knows no metric {min(unknown)!r}")
        if len(by_name) < len(names):
            # A reader who may not see all metrics: what the model makes of the others must not show either.
            return self.rules.combine(parts, reference)
        columns = {name: column(by_name[name], self.learns_from) for name in names}
        shares = parts.layer(model.shapley(list(columns.values())))
        share = {name: shares.struct.field(str(position)) for position, name in enumerate(names)}
        distance = parts.layer(pl.sum_horizontal(share.values()))
        points = parts.layer(calibration.spared(distance + model.expected) * 100.0)
        spared, slope = calibration.spared_at(model.expected)
        # Reciprocals first: polars divides one row in another way than many.
        points_a_share = parts.layer(
            pl.when(distance.abs() < AT_THE_EXPECTED)
            .then(slope * 100.0)
            .otherwise((points - spared * 100.0) * (1.0 / distance))
        )
        return Combination(
            score=pl.when(pl.any_horizontal([each.is_not_null() for each in columns.values()])).then(points),
            weights=tuple(pl.lit(0.0) for _ in parts),
            offsets=tuple(share[part.name] * points_a_share for part in parts),
            own=pl.lit(spared * 100.0 - reference),
        )

    _libraries: ClassVar[tuple[str, ...]]

    def _fit(self, table: Table) -> Model:
        raise NotImplementedError

    def _model(self, stored: Document, features: int) -> Model:
        raise NotImplementedError

    def _document(self, learned: Learned) -> Document:
        return Document(learned, f"ml.{self.name}")

    def _read(self, learned: Learned) -> tuple[Model, Calibration, list[str]]:
        document = self._document(learned)
        form, learner, learns_from, listed, model, calibration, _ = document.fields(
            "format", "learner", "learns_from", "parts", "model", "calibration", "card"
        )
        form.word(FORMAT)
        learner.word(self.name)
        learns_from.word(self.learns_from)
        names = [each.text() for each in listed.items()]
        if len(set(names)) < len(names):
            raise listed.refused("a metric twice")
        return self._model(model, len(names)), read_calibration(calibration), names


@frozen
class Logistic(_Learner):
    """Logistic regression: what each metric adds to the log odds of the outcome, turned into 0–100.

    The score is 100 · (1 − p), p being the calibrated probability that the outcome happens. A missing number counts as
    the mean, and where absence is not rare it has a weight of its own; each category has a weight. The baseline is the
    score of the expected margin.
    """

    name = "logistic"
    _libraries: ClassVar[tuple[str, ...]] = ("numpy", "scikit-learn", "scipy")

    ridge: float = setting("how strongly weights are drawn to 0, numbers being in standard deviations", default=1.0)

    def problems(self) -> Iterator[str]:
        yield from super().problems()
        if self.ridge <= 0:
            yield f"ridge is {self.ridge:g}: expected a number above 0"

    def _fit(self, table: Table) -> Model:
        from scorewell_ml.learning.weights import fit_logistic  # noqa: PLC0415 - as for learn

        return fit_logistic(table, self.ridge)

    def _model(self, stored: Document, features: int) -> Model:
        return LogisticModel.read(stored, features)


@frozen
class GradientBoosting(_Learner):
    """Gradient boosted decision trees (LightGBM): thresholds and interactions that no weight can say.

    The score is 100 · (1 − p), p being the calibrated probability that the outcome happens. Missing values and
    categories are the trees' own to divide by. The baseline is the score of the expected margin.
    """

    name = "gradient_boosting"
    _libraries: ClassVar[tuple[str, ...]] = ("lightgbm", "numpy", "scikit-learn")

    trees: int = setting("how many trees", default=100)
    leaves: int = setting("how many leaves a tree has at most", default=8)
    learning_rate: float = setting("how much of each tree is taken", default=0.1)
    least_in_leaf: int = setting("how many customers a leaf has at least", default=20)

    def problems(self) -> Iterator[str]:
        yield from super().problems()
        for name, least, most in (("trees", 1, 10_000), ("leaves", 2, 1_000), ("least_in_leaf", 1, 1_000_000)):
            if not least <= getattr(self, name) <= most:
                yield f"{name} is {getattr(self, name)}: expected {least} to {most}"
        if not 0 < self.learning_rate <= 1:
            yield f"learning_rate is {self.learning_rate:g}: expected a number above 0, at most 1"

    def _fit(self, table: Table) -> Model:
        from scorewell_ml.learning.trees import Growth, fit_trees  # noqa: PLC0415 - as for learn

        return fit_trees(table, Growth(self.trees, self.leaves, self.learning_rate, self.least_in_leaf), self.seed)

    def _model(self, stored: Document, features: int) -> Model:
        return TreesModel.read(stored, features)


@frozen
class Hybrid(Aggregator):
    """Rules and a model together: (1 − w) · rules + w · model, w being ``model_weight``.

    Contributions and the baseline are combined likewise. Until the model is trained the rules score alone; where one
    of the two has no score, there is none.
    """

    name = "hybrid"
    learns: ClassVar[bool] = True

    rules: Aggregator = setting("the aggregator that says what people know", component="weighted_average")
    model: Aggregator = setting("the model that says what the data show, as ml.logistic")
    model_weight: Share = setting("the model's share of the score, as 40%")

    def problems(self) -> Iterator[str]:
        if self.rules.learns:
            yield f"rules is {self.rules.name}, which learns: name an aggregator that can always score"
        if not self.model.learns:
            yield f"model is {self.model.name}, which learns nothing: name a model, as ml.logistic"

    def baseline(self, scale: tuple[float, float], learned: Learned | None) -> float:
        rules = self.rules.baseline(scale, None)
        if learned is None:
            return rules
        return self._mixed(rules, self.model.baseline(scale, learned))

    def learn(self, examples: Examples) -> Learned:
        return self.model.learn(examples)

    def learned_with(self) -> object:
        return self.model.learned_with()

    def describe(self, learned: Learned) -> str:
        return self.model.describe(learned)

    def combine(self, parts: Parts, reference: float) -> Combination:
        rules = self.rules.combine(parts, reference)
        if parts.learned is None:
            return rules
        model = self.model.combine(parts, reference)
        return Combination(
            score=self._mixed(rules.score, model.score),
            weights=tuple(
                self._mixed(_scaled(own, rules.scale), _scaled(other, model.scale))
                for own, other in zip(rules.weights, model.weights, strict=True)
            ),
            offsets=tuple(
                self._mixed(own, other)
                for own, other in zip(_offsets(rules, parts), _offsets(model, parts), strict=True)
            ),
            own=self._mixed(_own(rules), _own(model)),
        )

    def _mixed(self, rules: Points, model: Points) -> Points:
        return rules * (1.0 - self.model_weight) + model * self.model_weight


def _scaled(weight: pl.Expr, scale: pl.Expr | None) -> pl.Expr:
    return weight if scale is None else weight * scale


def _offsets(combination: Combination, parts: Parts) -> tuple[pl.Expr, ...]:
    return combination.offsets if combination.offsets is not None else tuple(pl.lit(0.0) for _ in parts)


def _own(combination: Combination) -> pl.Expr:
    return pl.lit(0.0) if combination.own is None else combination.own


COMPONENTS: tuple[type[Component], ...] = (Logistic, GradientBoosting, Hybrid)
