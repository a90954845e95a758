"""Scores by a model against the bare learner over the same metrics table, in memory: CPU seconds.

    python benchmarks/ml.py [--customers 1000000] [--pairs 9] [--model logistic] [--explained]

Scorewell's side is the whole scores frame: score, band, status, coverage, every contribution. The bare learner's side
is a probability a customer and nothing else: scikit-learn's pipeline (impute, scale, encode, predict) for the logistic
model, LightGBM for the boosted trees. Sides take turns. It fails where Scorewell costs more than 1.3 times as much.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import numpy as np
import polars as pl

from scorewell.api.v1 import Aggregator
from scorewell.configuration.model import Band, Customers, Metric, Project, Scorecard, ScoredMetric, Segment
from scorewell.scoring import FittedProject, fit, train
from scorewell_ml.aggregators import GradientBoosting, Logistic
from scorewell_ml.boosting import TreesModel
from scorewell_ml.calibration import read_calibration
from scorewell_ml.documents import Document
from scorewell_standard.aggregators import WeightedAverage
from scorewell_standard.normalizers import Categories, Linear

NUMBERS = [f"metric_{position:02}" for position in range(18)]
TEXTS = ["plan", "region"]
BANDS = (Band(name="at_risk", up_to=40.0), Band(name="healthy", up_to=100.0))
TRAINED_ON = 20_000
WANTED = 1.3
EXPLAINED = "LightGBM, explained"

Side = Callable[[], Any]


def metrics(customers: int) -> pl.DataFrame:
    """Eighteen numbers, a tenth of them missing, and two categories of five."""
    chance = np.random.default_rng(11)
    numbers = {
        name: pl.Series(np.where(chance.random(customers) < 0.1, np.nan, chance.normal(50, 20, customers)))
        for name in NUMBERS
    }
    texts = {name: pl.Series(chance.choice(["a", "b", "c", "d", "e"], customers)) for name in TEXTS}
    ids = pl.int_range(customers, eager=True).cast(pl.String).str.zfill(8)
    return pl.DataFrame({"customer_id": ids, **numbers, **texts}).fill_nan(None)


def outcomes(table: pl.DataFrame) -> pl.DataFrame:
    chance = np.random.default_rng(12)
    first, second, third = (table[name].fill_null(50.0).to_numpy() for name in NUMBERS[:3])
    margin = -1.0 - 0.05 * (first - 50) - 0.03 * (second - 50) * (third > 60) + (table["plan"] == "a").to_numpy()
    return table.select("customer_id", happened=pl.Series(chance.random(len(table)) < 1 / (1 + np.exp(-margin))))


def trained(aggregator: Aggregator) -> FittedProject:
    table = metrics(TRAINED_ON)
    leaves = {name: ScoredMetric(normalizer=Linear(from_=0.0, to=100.0)) for name in NUMBERS}
    leaves |= {name: ScoredMetric(normalizer=Categories(categories={"else": 50.0})) for name in TEXTS}
    project = Project(
        name="benchmark",
        sources={},
        customers=Customers(source="crm"),
        metrics={name: Metric() for name in leaves},
        scorecards={"card": Scorecard(aggregator=aggregator, metrics=leaves, bands=BANDS)},
        segments={"everyone": Segment(scorecard="card")},
    )
    untrained = fit(project, table)
    return attrs.evolve(untrained, learned={"card": train(untrained, "card", table, outcomes(table)).learned})


def logistic(table: pl.DataFrame) -> tuple[FittedProject, Mapping[str, Side]]:
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    small = metrics(TRAINED_ON)
    scaled = make_pipeline(SimpleImputer(), StandardScaler())
    columns = ColumnTransformer([("numbers", scaled, NUMBERS), ("texts", OneHotEncoder(), TEXTS)])
    pipeline = make_pipeline(columns, LogisticRegression(max_iter=1000))
    pipeline.fit(small.to_pandas(), outcomes(small)["happened"].to_numpy())
    return trained(Logistic(rules=WeightedAverage())), {
        "scikit-learn's pipeline": lambda: pipeline.predict_proba(table.to_pandas())[:, 1]
    }


def boosting(table: pl.DataFrame) -> tuple[FittedProject, Mapping[str, Side]]:
    import lightgbm

    fitted = trained(GradientBoosting(rules=WeightedAverage()))
    stored = Document(fitted.learned["card"][""]["model"], "the benchmark's")
    model = TreesModel.read(stored, len(NUMBERS) + len(TEXTS))
    booster = lightgbm.Booster(model_str=model.text)

    def encoded(customers: pl.DataFrame) -> Any:
        encodings = zip([*NUMBERS, *TEXTS], model.encodings, strict=True)
        columns = [encoding.of(pl.col(name)).alias(name) for name, encoding in encodings]
        return customers.select(columns).to_numpy(order="c")

    some = table[:10_000]
    margins = pl.DataFrame({"margin": booster.predict(encoded(some), raw_score=True)})
    calibration = read_calibration(Document(fitted.learned["card"][""]["calibration"], "the benchmark's"))
    by_hand = margins.select(calibration.spared(pl.col("margin")) * 100).to_series()
    unrounded = pl.sum_horizontal("baseline", *(f"contribution.{name}" for name in [*NUMBERS, *TEXTS]))
    ours = fitted.score(some.lazy()).collect().select(unrounded).to_series()
    if (ours - by_hand).abs().max() > 1e-6:
        raise SystemExit("the sides do not give the same scores")
    return fitted, {
        "LightGBM": lambda: booster.predict(encoded(table)),
        EXPLAINED: lambda: booster.predict(encoded(table), pred_contrib=True),
    }


MODELS = {"logistic": logistic, "boosting": boosting}


def cpu_seconds(side: Side) -> float:
    start = time.process_time()
    side()
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=9)
    parser.add_argument("--model", choices=MODELS)
    parser.add_argument("--explained", action="store_true", help="also LightGBM's own contributions: slow")
    arguments = parser.parse_args()
    table = metrics(arguments.customers)
    failed = False
    for name in [arguments.model] if arguments.model else MODELS:
        fitted, others = MODELS[name](table)
        sides: dict[str, Side] = {"scorewell": lambda fitted=fitted: fitted.score(table.lazy()).collect(), **others}
        if not arguments.explained:
            sides.pop(EXPLAINED, None)
        rounds = [{side: cpu_seconds(act) for side, act in sides.items()} for _ in range(arguments.pairs)]
        print(f"\n{name}, {arguments.customers:,} customers, {arguments.pairs} pairs")
        print(f"{'':30}{'CPU':>10}{'ratio: median':>16}{'min':>8}{'max':>8}")
        for side in sides:
            seconds = statistics.median(each[side] for each in rounds)
            ratios = sorted(each["scorewell"] / each[side] for each in rounds)
            print(f"{side:30}{seconds:>8.2f} s{statistics.median(ratios):>16.3f}{ratios[0]:>8.3f}{ratios[-1]:>8.3f}")
        first = next(iter(others))
        failed |= statistics.median(each["scorewell"] / each[first] for each in rounds) > WANTED
    sys.exit(failed)


if __name__ == "__main__":
    main()
