"""What ``--help`` prints, of every command and every command in it, on a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from scorewell.cli import cli


def _all(group: click.Group, *before: str) -> Iterator[tuple[str, ...]]:
    with click.Context(group) as context:
        for name in group.list_commands(context):
            yield (*before, name)
            command = group.get_command(context, name)
            if isinstance(command, click.Group):
                yield from _all(command, *before, name)


def _help(words: tuple[str, ...]) -> str:
    result = CliRunner().invoke(cli, [*words, "--help"], prog_name="scorewell", terminal_width=80)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("words", [(), *_all(cli)], ids=" ".join)
def test_the_help_fits_a_terminal_and_cuts_no_sentence_off(words: tuple[str, ...]) -> None:
    lines = _help(words).splitlines()
    assert [line for line in lines if len(line) > 80 and "|" not in line] == []
    assert [line for line in lines if line.endswith("...") and not line.startswith("Usage:")] == []


@pytest.mark.parametrize("words", list(_all(cli)), ids=" ".join)
def test_every_option_and_argument_says_what_it_is(words: tuple[str, ...]) -> None:
    command: click.Command = cli
    for word in words:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None
        command = found
    options = [each for each in command.params if isinstance(each, click.Option)]
    assert [each.name for each in options if not (each.help or "").endswith((".", "first", "]"))] == []
    told = _help(words)
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    assert [each for each in arguments if str(each.make_metavar(click.Context(command))).strip("[]") not in told] == []
