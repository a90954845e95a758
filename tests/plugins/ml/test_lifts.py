"""What would lift the score of a model: scored again with one metric at its best, and nothing said that is not so."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from tests.plugins.ml.test_models import METRICS, MODELS, RULES, of, trained_in

from scorewell.api.v1 import Aggregator, Audience
from scorewell.configuration.model import Metric
from scorewell.discovery import Plugins
from scorewell.reporting import reports
from scorewell.scoring import FittedProject, with_lifts
from scorewell_ml.aggregators import Hybrid

EVERY = [*MODELS, Hybrid(rules=RULES, model=MODELS[0], model_weight=0.4)]
VISIBLE = {name: Metric(audience="customer", label=name) for name in ("logins", "tier", "seats")}
BEST = {"logins": pl.lit(METRICS["logins"].max()), "tier": pl.lit("gold"), "seats": pl.lit(METRICS["seats"].max())}


def scores(fitted: FittedProject, metrics: pl.DataFrame = METRICS) -> pl.DataFrame:
    return fitted.score(metrics.lazy()).collect()


@pytest.mark.parametrize("model", EVERY, ids=repr)
def test_a_lift_is_what_the_score_is_with_the_metric_at_its_best_less_what_it_is(model: Aggregator) -> None:
    fitted = trained_in(of(model))
    before = scores(fitted)
    lifts = with_lifts(fitted, METRICS, before)
    for metric, best in BEST.items():
        known = pl.col(metric).is_not_null()
        after = scores(fitted, METRICS.with_columns(pl.when(known).then(best).alias(metric)))
        gain = pl.select(pl.max_horizontal(after["score"] - before["score"], 0.0)).to_series()
        wanted = METRICS.select(pl.when(known).then(gain)).to_series()
        assert lifts[f"lift.{metric}"].to_list() == pytest.approx(wanted.to_list(), abs=1e-6, nan_ok=True)
    assert lifts["lift.logins"].max() > 10


def test_rules_and_models_that_learned_nothing_have_no_lifts() -> None:
    for aggregator in (RULES, MODELS[0]):
        untrained = FittedProject(project=of(aggregator), statistics={})
        before = scores(untrained)
        assert with_lifts(untrained, METRICS, before).equals(before)


def _pages(model: Aggregator, audience: Audience) -> dict[str, Any]:
    fitted = trained_in(of(model, metrics=VISIBLE))
    made = reports(
        fitted.project,
        SimpleNamespace(frame=METRICS, failed={}, stale={}, findings=()),
        scores(fitted).head(40),
        as_of=datetime(2026, 3, 1, tzinfo=UTC),
        run_id="1",
        audience=audience,
        theme=None,
        settings={},
        findings=(),
        plugins=Plugins([]),
        fitted=fitted,
        everyone=scores(fitted),
    )
    return {page.path[-9:-5]: json.loads(page.model()) for page in made if page.path.startswith("customers/0")}


@pytest.mark.parametrize("audience", ["internal", "customer"])
@pytest.mark.parametrize("model", [EVERY[0], EVERY[1], EVERY[-1]], ids=repr)
def test_a_page_promises_what_the_model_would_really_give(model: Aggregator, audience: Audience) -> None:
    fitted = trained_in(of(model, metrics=VISIBLE))
    before, told = scores(fitted), 0
    for customer, page in _pages(model, audience).items():
        row = METRICS["customer_id"].to_list().index(customer)
        for item in page["improvements"]:
            at_best = scores(fitted, METRICS.with_columns(BEST[item["label"]].alias(item["label"])))
            gain = at_best["score"][row] - before["score"][row]
            promised = re.match(r"up to ([\d.]+) points", item["gain"] or "up to 0 points")
            assert promised is not None
            assert float(promised[1]) == pytest.approx(max(gain, 0.0), abs=0.051)
            told += item["gain"] is not None
    assert told > 20
