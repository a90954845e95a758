"""Runs as sides of a comparison: one that was just scored, and one that the history remembers."""

from __future__ import annotations

from scorewell.configuration import Project, live_project, load_kept
from scorewell.discovery import Plugins
from scorewell.history import StoredRun
from scorewell.history.pulses import with_recorded_pulses
from scorewell.history.reading import Reads
from scorewell.replay import Scored
from scorewell.scoring import FittedProject, Side, isolated
from scorewell.scoring.keys import KEYS

__all__ = ["configuration_of", "side_of", "stored_side"]


def side_of(scored: Scored) -> Side:
    """What was just scored, as a side."""
    return Side(
        fitted=scored.fitted,
        metrics=scored.metrics.frame,
        scores=scored.scores,
        failed=scored.metrics.failed,
        stale=scored.metrics.stale,
    )


def configuration_of(project: Project, history: Reads, run: StoredRun, plugins: Plugins | None = None) -> Project:
    """What a stored run was configured with: ``project``, today's configuration, where that is still the same, and for
    a run of a project that was built in Python.

    Its secrets are lost, so its sources cannot be read. Raises ConfigurationError where this version, or these plugins,
    no longer understand it.
    """
    if run.configuration == project.fingerprint:
        return project
    document = history.document(run)
    return load_kept(document, folder=project.folder, fingerprint=run.configuration, plugins=plugins)


def stored_side(project: Project, history: Reads, run: StoredRun, plugins: Plugins) -> Side:
    """A run of the history, as a side: by its own configuration and fit, over the metric values that it had.

    Contributions are computed again; the scores and bands are those that were printed. ``project`` is today's
    configuration. Raises HistoryError where the metric values were pruned, ConfigurationError where this version no
    longer understands the run's configuration, ScorewellError where it no longer understands its fit.
    """
    as_then = configuration_of(project, history, run, plugins)
    fitted = FittedProject.from_json(live_project(with_recorded_pulses(as_then), run.as_of), history.fit(run))
    metrics = history.metrics(run)
    fitted, scores = isolated(fitted, metrics, run.failed, stale=run.stale, finite=True)
    printed = history.scores([run], columns=[*KEYS, "score", "band", "status"])
    kept = scores.drop("score", "band", "status").join(printed, on=KEYS, how="inner", maintain_order="left")
    return Side(fitted=fitted, metrics=metrics, scores=kept.select(scores.columns), failed=run.failed, stale=run.stale)
