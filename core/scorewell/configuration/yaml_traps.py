"""What the YAML parser's errors mean to somebody who writes SQL into a configuration."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from scorewell.configuration.composing import RefusedError

__all__ = ["broken_off", "explained", "lines_of"]

QUOTE = "put the whole text in quotes"
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_STARTERS = "@`%>|&*!?"
_GLUED = re.compile(r"\s*(?:- )?(?P<name>[A-Za-z_][\w-]*):(?P<value>[^\s/:][^:]*)")
_TEXT_IN_QUOTES = re.compile(r"'[^']*'")


def lines_of(text: str) -> list[str]:
    """The lines as YAML counts them: a carriage return alone ends one too, as do three rarer characters."""
    return _LINE_END.split(text)


def broken_off(text: str) -> bool:
    """Whether an unquoted text looks cut: it has a bracket or an SQL quote that is not closed."""
    bare = _TEXT_IN_QUOTES.sub("", text)
    return bare.count("(") != bare.count(")") or re.search(r"(^|[\s(=,])'", bare) is not None


def explained(error: yaml.MarkedYAMLError, text: str) -> tuple[int, int, str]:
    """Line and column (from 0) and the message, in the words of this language."""
    mark = error.problem_mark or error.context_mark
    line, column = (0, 0) if mark is None else (mark.line, mark.column)
    lines = [*lines_of(text), ""]
    at = lines[line][column : column + 1]
    problem = error.problem or "it cannot be read"
    if isinstance(error, RefusedError):
        return line, column, problem
    if at == "\t" or "tab character" in problem:
        return line, column, "a tab cannot indent YAML: use spaces"
    if "flow" in (error.context or ""):
        return _in_brackets(error, text, line, column)
    opened = error.context_mark
    if opened is not None and "quoted scalar" in (error.context or ""):
        return opened.line, opened.column, "the quote opened here is not closed"
    if opened is not None and any(what in (error.context or "") for what in ("block scalar", "alias", "anchor")):
        return opened.line, opened.column, f"a text must not begin with {lines[opened.line][opened.column]}: {QUOTE}"
    return (
        _no_break_space(lines, line)
        or _key(error, lines)
        or (line, column, _outside_brackets(problem, lines[line][:column], at))
    )


def _outside_brackets(problem: str, before: str, at: str) -> str:
    """The message for an error outside { } and [ ], by the parser's words, the line so far and the next character."""
    unindented = any(words in problem for words in ("mapping values", "expected key", "indicator", "block end"))
    if at and at in _STARTERS and "token" in problem:
        message = f"a text must not begin with {at}: {QUOTE}"
    elif "mapping values" in problem and re.search(r":\s", before):
        message = f"a colon followed by a space ends a key: {QUOTE}"
    elif "expected key" in problem and before.rstrip().endswith(("'", '"')):
        message = f"a text that begins with a quote ends at the next one: {QUOTE} of the other kind"
    elif at and at in "}]":
        message = "this bracket closes none that was opened before it"
    else:
        message = "the indentation does not fit the lines above" if unindented else f"this is not YAML: {problem}"
    return message


def _no_break_space(lines: Sequence[str], line: int) -> tuple[int, int, str] | None:
    """The place and the message where a space that YAML does not know stands on the line, or on the one before."""
    for number in (line, line - 1):
        if number >= 0 and "\u00a0" in lines[number]:
            return number, lines[number].index("\u00a0"), "a no-break space (U+00A0) is here: write an ordinary one"
    return None


def _key(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> tuple[int, int, str] | None:
    """The place and the message where a line should begin with a key and does not, be it found out a line later."""
    opened, mark = error.context_mark, error.problem_mark
    number = None
    if opened is not None and "simple key" in (error.context or ""):
        number = opened.line
    elif mark is not None and mark.line > 0 and "mapping values" in (error.problem or ""):
        number = mark.line - 1 if _GLUED.fullmatch(lines[mark.line - 1]) else None
    if number is None:
        return None
    glued = _GLUED.fullmatch(lines[number])
    if glued is None:
        column = len(lines[number]) - len(lines[number].lstrip())
        return number, column, "a setting begins with its name, a colon and a space, as in name: Acme"
    return number, glued.start("name"), f"a colon needs a space after it: {glued['name']}: {glued['value']}"


def _in_brackets(error: yaml.MarkedYAMLError, text: str, line: int, column: int) -> tuple[int, int, str]:
    opened = error.context_mark
    if opened is None or "flow node" in (error.context or ""):
        return line, column, "a value is missing here, or a bracket is not closed"
    lines = lines_of(text)
    # A ` #` swallows the rest of the line, closing bracket included; the parser stumbles only on a later line.
    for number in range(opened.line, min(line, len(lines))):
        comment = re.search(r"\s#", lines[number])
        if comment and broken_off_by_comment(lines[number], comment.start()):
            return number, comment.start() + 1, f"' #' begins a comment and cuts this text off: {QUOTE}"
    if not text[opened.index :].strip() or (line >= len(lines) - 1 and not "".join(lines[line:]).strip()):
        return opened.line, opened.column, "the bracket opened here is not closed"
    if line > opened.line and _indent(lines[line]) <= _indent(lines[opened.line]):
        return opened.line, opened.column, "the bracket opened here is not closed before the next setting"
    return line, column, f"inside {{ }} and [ ] a text with a comma, colon, bracket, quote or ' #': {QUOTE}"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def broken_off_by_comment(line: str, start: int) -> bool:
    """Whether a comment that starts there hides a closing bracket of the same line."""
    return any(bracket in line[start:] for bracket in "}]") or broken_off(line[:start])
