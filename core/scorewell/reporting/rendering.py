"""Reports: from scores and metrics to pages, for one audience."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import attrs
import polars as pl

from scorewell.api.v1 import Audience, Finding, RenderedPage, ScorewellError
from scorewell.configuration.model import Project
from scorewell.discovery import Plugins
from scorewell.reporting import settings as report_settings
from scorewell.reporting.audience import visible_to
from scorewell.reporting.customer_pages import customer_pages
from scorewell.reporting.material import Material, materials
from scorewell.reporting.model import CustomerPage, PageModel, to_json
from scorewell.reporting.outline import score_label
from scorewell.reporting.page_names import page_name
from scorewell.reporting.past import Past
from scorewell.reporting.portfolio import portfolio_pages
from scorewell.reporting.seen_past import seen_past
from scorewell.reporting.theme import theme as find_theme
from scorewell.scoring import Failures, FittedProject, fit, isolated, of_many, seen_as, with_lifts, with_lines

if TYPE_CHECKING:
    from scorewell.metrics import MetricsTable

__all__ = ["page_models", "reports"]

_PEERS = 10
"""A customer is shown others only as what at least so many have in common."""


def reports(
    project: Project,
    metrics: MetricsTable,
    scores: pl.DataFrame,
    *,
    as_of: datetime,
    run_id: str,
    audience: Audience,
    theme: str | None,
    settings: Mapping[str, str],
    findings: Sequence[Finding],
    plugins: Plugins,
    fitted: FittedProject | None = None,
    past: Past | None = None,
    everyone: pl.DataFrame | None = None,
) -> Iterator[RenderedPage]:
    """The rendered pages of the customers in ``scores``; for internal readers also the portfolio, ``index.html``.

    ``metrics`` holds the whole population, ``fitted`` is what scored it; without it, it is learned from ``metrics``.
    ``past`` is what was before, of a project that remembers. ``everyone`` has the scores of those too who are not
    delivered: a parent's page tells of its children. Customers' pages are computed again, from what customers
    may see alone, and so is the past on them.
    Raises ScorewellError for an unknown theme or setting at once, before the first page is asked for.
    """
    branding = report_settings.branding(settings, project=project.name, folder=project.folder)
    formats = report_settings.formats(settings)
    templates = find_theme(theme, plugins=plugins, folder=project.folder)
    shown = visible_to(project, audience)
    broken: Failures = {} if fitted is None else fitted.failures
    if audience == "customer":
        lines = None if past is None else with_lines(scores, project).with_columns(pl.lit(as_of).alias("as_of"))
        broken, scores, past = _scored_again(shown, metrics, scores, fitted, past=past, lines=lines)
    elif fitted is not None:
        scores = with_lifts(fitted, metrics.frame, scores, metrics.failed, among=everyone)
    first, *further = materials(
        shown,
        metrics,
        scores,
        as_of=as_of,
        run_id=run_id,
        audience=audience,
        formats=formats,
        broken=broken,
        past=past,
        everyone=None if audience == "customer" else everyone,
    )
    made_from = attrs.evolve(first, further=tuple((score_label(each.project), each) for each in further))
    return (
        RenderedPage(
            path=path,
            title=model.title,
            content=templates.render(template, model, branding),
            model=partial(to_json, model),
        )
        for path, template, model in page_models(made_from, (*findings, *(past.findings if past else ())))
    )


def page_models(made_from: Material, findings: Sequence[Finding]) -> Iterator[tuple[str, str, PageModel]]:
    """The model of each page, with the page's path and the name of its template."""
    if not made_from.for_customer:
        yield from portfolio_pages(made_from, findings)
    for customer_id, model in customer_pages(made_from):
        yield f"customers/{page_name(customer_id)}.html", _template(model), model


def _template(model: CustomerPage) -> str:
    return "customer.html" if model.audience == "customer" else "internal.html"


def _scored_again(
    shown: Project,
    metrics: MetricsTable,
    scores: pl.DataFrame,
    fitted: FittedProject | None,
    *,
    past: Past | None,
    lines: pl.DataFrame | None,
) -> tuple[Failures, pl.DataFrame, Past | None]:
    """What failed, the scores of the same customers, computed from what a customer may see alone, and their past."""
    if not shown.scorecards:
        return {}, scores.clear(), None
    try:
        seen = fit(shown, metrics.frame) if fitted is None else seen_as(fitted, shown)
        seen = attrs.evolve(seen, statistics=of_many(seen.statistics, _PEERS))
        seen, again = isolated(seen, metrics.frame, metrics.failed, stale=metrics.stale)
        own = again.join(scores.select("customer_id"), on="customer_id", how="semi", maintain_order="left")
        again = with_lifts(seen, metrics.frame, own, metrics.failed, among=again)
        if past is None or lines is None:
            return seen.failures, again, None
        told = seen_past(seen, metrics.frame, again, past, lines)
    except ScorewellError as error:
        raise ScorewellError(
            f"the scores of customers' pages cannot be computed from what customers may see: {error.message}",
            hint=error.hint or "what a visible rule names must be visible to customers too",
        ) from error
    return seen.failures, told.scores, told.past
