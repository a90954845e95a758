"""The shape of the house: names, sizes, and what a cheap import may not pull in."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

CODE = ("core", "plugins")
NAMES_THAT_SAY_NOTHING = {"base", "common", "helpers", "manager", "misc", "util", "utils"}
HEAVY = ("alembic", "babel", "cattrs", "jinja2", "polars", "rich", "sqlalchemy", "sqlglot", "yaml")


def modules(checkout: Path) -> list[Path]:
    return sorted(path for folder in CODE for path in (checkout / folder).rglob("*.py"))


def test_no_module_has_a_name_that_says_nothing(checkout: Path) -> None:
    assert [path for path in modules(checkout) if path.stem.strip("_") in NAMES_THAT_SAY_NOTHING] == []


def test_no_file_holds_more_than_one_idea(checkout: Path) -> None:
    lines = {str(path.relative_to(checkout)): path.read_text().count("\n") for path in modules(checkout)}
    assert {path: count for path, count in lines.items() if count > 450} == {}


def test_every_module_says_what_it_is_about(checkout: Path) -> None:
    silent = [path for path in modules(checkout) if not path.read_text().lstrip().startswith(('"""', 'r"""'))]
    assert silent == []


def test_the_core_never_spells_a_plugin(checkout: Path) -> None:
    plugins = re.compile("scorewell_(standard|ml)")
    spelled = [path for path in (checkout / "core").rglob("*.py") if plugins.search(path.read_text())]
    assert spelled == []


def test_no_work_is_left_for_later(checkout: Path) -> None:
    mark = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")
    folders = ("benchmarks", "core", "docs", "plugins", "templates", "tests")
    files = (
        path
        for folder in folders
        for path in (checkout / folder).rglob("*")
        if path.suffix in {".py", ".md", ".html", ".jinja"}
    )
    assert [path for path in files if mark.search(path.read_text())] == []


def test_help_imports_nothing_heavy() -> None:
    code = f"import sys, scorewell.cli; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == []


def test_a_run_does_not_wait_for_what_only_other_commands_do() -> None:
    others = ("scorewell.evaluation", "scorewell.lint", "scorewell.runner.rescoring", "scorewell.runner.training")
    code = f"import sys, scorewell.cli.commands.run; print(*sorted(set({others!r}) & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == []


def test_the_changelog_tells_of_this_version(checkout: Path) -> None:
    version = tomllib.loads((checkout / "pyproject.toml").read_text())["project"]["version"]
    assert f"## {version}" in (checkout / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("number", [0, 1])
def test_the_readmes_first_two_commands_are_one_line_each(checkout: Path, number: int) -> None:
    blocks = re.findall(r"^```bash\n(.*?)^```$", (checkout / "README.md").read_text(), flags=re.MULTILINE | re.DOTALL)
    assert blocks[number].count("\n") == 1


def test_there_is_a_test_file_for_every_floor(checkout: Path) -> None:
    floors = {path.parent.name for path in (checkout / "core/scorewell").glob("*/__init__.py")}
    assert {floor for floor in floors if not list((checkout / "tests" / floor).rglob("test_*.py"))} == set()
