"""The page of figures names every figure there is, and none that there is not."""

import re
from pathlib import Path

from tests.support.compared_book import book_project, by_logins

from scorewell.configuration import Band
from scorewell.evaluation import figure_names

PAGE = (Path(__file__).parents[2] / "docs/reference/figures.md").read_text()


def test_every_figure_is_told() -> None:
    project = book_project(by_logins(bands=(Band(name="<band>", up_to=100),)))
    names = figure_names(project, project, has_value=False, looks_back=True)
    known = {name.replace("_band_", "_<band>_").replace("to_band", "to_<band>") for name in names}
    told = {
        name
        for row in PAGE.splitlines()
        if row.startswith("| `")
        for name in re.findall(r"`([^`]+)`", row.split("|")[1])
    }
    assert told == {name for name in known if not name.endswith("_share")}
