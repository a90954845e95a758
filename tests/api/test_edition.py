"""The edition as a whole: what importing it costs, and that its names are what it says."""

from __future__ import annotations

import subprocess
import sys

from scorewell.api import v1


def test_importing_the_edition_does_not_import_polars() -> None:
    code = "import sys, scorewell.api.v1; print('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_every_name_of_the_edition_exists_and_says_what_it_is() -> None:
    undocumented = [name for name in v1.__all__ if not (getattr(v1, name).__doc__ or name == "Audience")]
    assert undocumented == []


def test_a_mistake_and_what_to_try_are_two_lines() -> None:
    error = v1.ScorewellError("no table 'usge'", hint="usage")
    assert str(error) == "no table 'usge'\n    try: usage"
