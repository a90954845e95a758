"""Distributions made up on the spot: a folder with the metadata that pip would have written, and a module."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest

from scorewell.discovery import GROUP, Plugins

PREAMBLE = """
from scorewell.api.v1 import *
"""


class Site:
    """A folder on the import path in which distributions are installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modules: set[str] = set()

    def install(self, distribution: str, version: str, name: str, module: str, code: str = "") -> None:
        """Install a distribution with one entry point; the module's code follows the imports of the edition."""
        metadata = self.folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (metadata / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {module}\n")
        (self.folder / f"{module}.py").write_text(PREAMBLE + textwrap.dedent(code))
        self.modules.add(module)

    @property
    def plugins(self) -> Plugins:
        """The plugins of this folder alone."""
        found = distributions(path=[str(self.folder)])
        return Plugins(point for one in found for point in one.entry_points if point.group == GROUP)

    def is_imported(self, module: str) -> bool:
        """Whether a module of this folder was imported."""
        return module in sys.modules


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.syspath_prepend(tmp_path)
    made = Site(tmp_path)
    yield made
    for module in made.modules:
        sys.modules.pop(module, None)


@pytest.fixture
def problem(site: Site) -> Callable[[str], str]:
    """What the overview says is wrong with the only plugin, given its module's code."""

    def of(code: str) -> str:
        site.install("scorewell-acme", "0.3.1", "acme", "acme_plugin", code)
        (report,) = site.plugins.overview()
        return report.problem or ""

    return of
