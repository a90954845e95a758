"""What ``--help`` prints, of every command and every command in it, on a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner
from tests.support.project_on_disk import ProjectOnDisk

from scorewell.cli import cli
from scorewell.cli.exit_codes import ExitCode


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


_ASKING_THE_HISTORY = [
    "run",
    "run --dry-run",
    "explain a1",
    "explain a1 --since 2026-02-01",
    "compare FOLDER/scorewell.yaml",
    "fit",
    "backfill --from 2026-02-01 --to 2026-02-08",
    "rescore",
    "forget a1 --yes",
    "override a1 --score 1 --because x --by y --until 2030-01-01",
    "override list",
    "override withdraw 1 --by y",
    "pulse a1 3 --by y",
    "pulse list",
    "history list",
    "history show 2026-02-01",
    "history export FOLDER/out",
    "history prune --before 2026-02-01",
    "history remove 2026-02-01 --yes",
    "history check",
    "history upgrade",
    "history import FOLDER/old.csv --as old",
]


@pytest.mark.parametrize("line", _ASKING_THE_HISTORY)
def test_a_history_that_cannot_be_read_ends_every_command_as_its_help_says(line: str, project: ProjectOnDisk) -> None:
    (project.folder / "scorewell.db").write_bytes(b"no database at all, but long enough for one" * 100)
    (project.folder / "old.csv").write_text("customer_id,date,score\na1,2026-02-01,50\n")
    words = line.replace("FOLDER", str(project.folder)).split()
    result = project.scorewell(*words)
    assert (result.exit_code, "scorewell.db" in result.stderr) == (ExitCode.HISTORY, True)
    *_, command = (known for known in _all(cli) if known == tuple(words[: len(known)]))
    told = [each.strip() for each in _help(command).splitlines()]
    assert "Exit codes" not in told or any(each.startswith("8  ") for each in told)
