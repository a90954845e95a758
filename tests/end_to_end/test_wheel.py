"""The built wheel, installed in an empty environment outside the checkout."""

from __future__ import annotations

import configparser
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Environment

pytestmark = pytest.mark.wheel


def test_the_wheel_holds_the_licence_the_templates_and_the_standard_plugins(core_wheel: Path) -> None:
    names = zipfile.ZipFile(core_wheel).namelist()
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert any(name.startswith("scorewell/templates/report/") for name in names)
    assert {"scorewell/py.typed", "scorewell_standard/py.typed"} <= set(names)


def test_the_wheel_holds_nothing_else(core_wheel: Path) -> None:
    roots = {name.partition("/")[0] for name in zipfile.ZipFile(core_wheel).namelist()}
    assert {root for root in roots if not root.endswith(".dist-info")} == {"scorewell", "scorewell_standard"}


def test_the_wheel_holds_every_template_of_the_checkout(core_wheel: Path, checkout: Path) -> None:
    files = {path.relative_to(checkout) for path in (checkout / "templates").rglob("*") if path.is_file()}
    names = {Path(name) for name in zipfile.ZipFile(core_wheel).namelist()}
    assert {file for file in files if Path("scorewell") / file not in names} == set()


def test_the_wheel_declares_the_command_and_the_plugin(core_wheel: Path) -> None:
    wheel = zipfile.ZipFile(core_wheel)
    [name] = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    declared = configparser.ConfigParser()
    declared.read_string(wheel.read(name).decode())
    assert dict(declared["console_scripts"]) == {"scorewell": "scorewell.cli:main"}
    assert dict(declared["scorewell.plugins"]) == {"standard": "scorewell_standard"}


def test_the_demo_works_in_an_empty_environment(installed: Environment, tmp_path: Path) -> None:
    result = installed.run("scorewell", "demo", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert list((tmp_path / "scorewell-demo").rglob("*.html"))


def test_what_init_writes_runs_in_an_empty_environment(installed: Environment, tmp_path: Path) -> None:
    for command in (("init", "mine"), ("check", "-c", "mine/scorewell.yaml"), ("run", "-c", "mine/scorewell.yaml")):
        result = installed.run("scorewell", *command, cwd=tmp_path)
        assert result.returncode == 0, f"{command}: {result.stderr}"
    assert list((tmp_path / "mine").rglob("*.html"))
