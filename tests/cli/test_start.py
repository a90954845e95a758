"""The command line before any command runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from scorewell.cli import cli
from scorewell.cli.exit_codes import ExitCode

# What click and the command line's own modules may bring along; everything else in sys.modules must be Python's own.
ALLOWED = {"click", "scorewell", "_colorama", "colorama"}


def test_help_imports_click_and_the_standard_library_alone() -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "from scorewell.cli import cli\n"
        "try: cli(['--help'])\n"
        "except SystemExit: pass\n"
        "import json; names = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(json.dumps(sorted(names - set(sys.stdlib_module_names))))"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert set(json.loads(output.splitlines()[-1])) <= ALLOWED


def test_help_lists_every_command_and_every_exit_code() -> None:
    output = CliRunner().invoke(cli, ["--help"]).output
    commands = re.search(r"Commands:\n(.*?)\n\n", output, re.DOTALL)
    assert commands is not None
    assert re.findall(r"^  (\w+)", commands[1], re.MULTILINE) == [
        "init", "check", "fit", "run", "explain", "compare", "backfill", "rescore", "override", "pulse", "forget",
        "history", "schema", "plugins", "demo", "version",
    ]  # fmt: skip
    for code in ExitCode:
        assert re.search(rf"^  {code.value} +{' '.join(code.meaning.split()[:3])}", output, re.MULTILINE)


@pytest.mark.parametrize(
    "name",
    ["init", "check", "fit", "run", "explain", "compare", "override", "pulse", "schema", "plugins", "demo", "version"],
)
def test_every_command_has_help_of_its_own_and_takes_the_preferences(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: cli {name}")
    assert "--log-format" in result.output


def test_the_short_help_of_a_command_is_the_first_line_of_its_own() -> None:
    listed = CliRunner().invoke(cli, ["--help"], terminal_width=200).output
    for name in (
        "init",
        "check",
        "fit",
        "run",
        "explain",
        "compare",
        "override",
        "pulse",
        "schema",
        "plugins",
        "demo",
        "version",
    ):
        own = CliRunner().invoke(cli, [name, "--help"], terminal_width=200).output
        words = re.search(rf"^  {name} +(\w+)", listed, re.MULTILINE)
        assert words is not None
        assert words[1] in own


def test_a_misspelt_command_is_a_usage_error_with_a_suggestion() -> None:
    result = CliRunner().invoke(cli, ["explian", "x"])
    assert result.exit_code == ExitCode.USAGE
    assert "No such command 'explian'" in result.output
    assert "explain" in result.output


@pytest.mark.parametrize("arguments", [["--version"], ["version"]])
def test_the_version_is_one_line(arguments: list[str]) -> None:
    assert re.fullmatch(r"scorewell \d+\.\d+\.\d+\n", CliRunner().invoke(cli, arguments).output)


def test_a_date_that_is_none_is_a_usage_error_that_says_what_to_write() -> None:
    result = CliRunner().invoke(cli, ["run", "--as-of", "yesterday"])
    assert result.exit_code == ExitCode.USAGE
    assert "'yesterday' is not a date: write 2026-03-01, or a time as 2026-03-01T18:00" in result.output
