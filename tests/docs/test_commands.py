"""The page of the commands names every command, every option and every exit code."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import click
import pytest

from scorewell.cli import cli
from scorewell.cli.exit_codes import ExitCode

PAGE = (Path(__file__).parents[2] / "docs/reference/commands.md").read_text()


_TOP, *_CHAPTERS = PAGE.split("\n## ")
SECTIONS = {chapter.partition("\n")[0]: chapter for chapter in _CHAPTERS}


def _options(command: click.Command) -> set[str]:
    each = [command, *(command.commands.values() if isinstance(command, click.Group) else ())]
    options = [option for one in each for option in one.params if isinstance(option, click.Option)]
    return {text for option in options for text in option.opts + option.secondary_opts}


@pytest.mark.parametrize("name", sorted(set(cli.commands) - {"version"}))
def test_the_command_is_told_with_its_options_and_no_others(name: str) -> None:
    command: click.Command = import_module(f"scorewell.cli.commands.{name}").command
    own, common = (set(re.findall(r"`(--?[a-z][a-z-]*)[`= ]", text)) for text in (SECTIONS[name], _TOP))
    assert _options(command) - own - common == set()
    assert own - _options(command) - common == set()


@pytest.mark.parametrize("code", list(ExitCode))
def test_the_exit_code_is_told_in_the_words_of_the_help(code: ExitCode) -> None:
    assert f"\n| {code.value} | {code.meaning} |\n" in PAGE
