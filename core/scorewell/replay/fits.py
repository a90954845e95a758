"""Fit files: ``fits/<scorecard>.json`` beside the project's main file, and the model cards beside them."""

from __future__ import annotations

import os
from pathlib import Path

from scorewell.api.v1 import ScorewellError
from scorewell.configuration import Project
from scorewell.scoring import StoredFit, has_models, has_statistics, used_scorecards

__all__ = ["FOLDER", "fit_file", "model_card_file", "place_of", "stored_fits", "written"]

FOLDER = "fits"


def fit_file(project: Project, scorecard: str) -> Path:
    """Where the fit of a scorecard is."""
    return project.folder / FOLDER / f"{scorecard}.json"


def model_card_file(project: Project, scorecard: str) -> Path:
    """Where the model card of a scorecard is."""
    return project.folder / FOLDER / f"{scorecard}.md"


def place_of(file: Path) -> str:
    """What messages call a fit file: the same wherever the project lies."""
    return f"{FOLDER}/{file.name}"


def stored_fits(project: Project) -> dict[str, StoredFit]:
    """The stored fits that a run of the project uses, by scorecard: of those with models, where there are any, and of
    those that learn with ``refit: never``.

    Raises ScorewellError for a file that is damaged, of a newer version, or the fit of something else, and where a
    scorecard is never fitted again and was not yet.
    """
    found = {}
    for name in used_scorecards(project):
        card = project.scorecards[name]
        is_pinned = card.refit == "never" and has_statistics(project, card)
        if not (is_pinned or has_models(card)):
            continue
        file = fit_file(project, name)
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            if is_pinned:
                raise ScorewellError(
                    f"scorecard {name!r} says refit: never, and there is no {place_of(file)}",
                    hint=f"scorewell fit --scorecard {name}",
                ) from error
            continue
        except (OSError, UnicodeDecodeError) as error:
            raise ScorewellError(f"{place_of(file)} cannot be read: {error}", hint="scorewell fit") from error
        stored = StoredFit.from_json(text, place_of(file))
        stored.require(project, name, place_of(file), whole=is_pinned)
        found[name] = stored
    return found


def written(file: Path, content: str) -> None:
    """Put a file in place whole: a run beside it reads the former one or the new one, never a half.

    Raises ScorewellError where it cannot be written.
    """
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as opened:
                opened.write(content.encode())
                opened.flush()
                os.fsync(opened.fileno())
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise ScorewellError(f"{place_of(file)} cannot be written: {error.strerror or error}") from error
