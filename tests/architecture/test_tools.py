"""What the tools check, as tests, so that the one command that passes the tests proves all of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

import pytest

SCRIPTS = sysconfig.get_path("scripts")


def run(checkout: Path, *command: str) -> None:
    program = shutil.which(command[0], path=SCRIPTS)
    if program is None:
        pytest.skip(f"{command[0]} is not installed: pip install --group test")
    environment = os.environ | {"PYTHONPATH": "", "NO_COLOR": "1"}
    result = subprocess.run([program, *command[1:]], cwd=checkout, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, f"{' '.join(command)}\n{result.stdout}\n{result.stderr}"


def test_a_floor_imports_only_floors_below_it(checkout: Path) -> None:
    run(checkout, "lint-imports")


def test_the_models_import_only_the_public_edition_and_the_core_no_model(checkout: Path) -> None:
    if find_spec("scorewell_ml") is None:
        pytest.skip("scorewell-ml is not installed: pip install -e . -e plugins/ml")
    run(checkout, "lint-imports", "--config", "plugins/ml/pyproject.toml", "--no-cache")


def test_the_code_has_the_house_style(checkout: Path) -> None:
    run(checkout, "ruff", "check", "--no-cache", "--output-format=concise")


def test_the_code_is_formatted(checkout: Path) -> None:
    run(checkout, "ruff", "format", "--check", "--no-cache", "--output-format=concise")


def test_the_types_are_strict_and_hold(checkout: Path) -> None:
    run(checkout, "mypy", "--python-executable", sys.executable)
