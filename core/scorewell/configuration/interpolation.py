"""``${NAME}`` and ``${NAME:-default}`` in values, and keeping what they held out of messages."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["Environment", "MissingVariable", "with_variables_as"]

_PATTERN = re.compile(
    r"\$\$\{"  # the escape: $${ is the text ${
    r"|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}"
    r"|\$\{"  # anything else that begins so is a mistake
)


class MissingVariable(Exception):  # noqa: N818 - names what is missing; caught one floor up and told with its place
    """A value asks for a variable that is not set, or asks in a way that cannot be read."""


def with_variables_as(shown: str, text: str) -> str:
    """``text`` with ``shown`` where a variable stands, and as it is where that has a default."""
    return _PATTERN.sub(lambda found: shown if found["default"] is None else found["default"], text)


class Environment:
    """The variables that values may name. It remembers what must not be shown."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._hidden: dict[str, str] = {}

    def replace(self, text: str) -> str:
        """``text`` with its variables replaced. Raises MissingVariable with what to tell the user."""
        return _PATTERN.sub(self._one, text) if "${" in text else text

    def hide(self, value: str, shown: str) -> None:
        """Let messages show ``shown`` wherever they would contain ``value``, quoted or not."""
        for form in (value, repr(value)[1:-1]):
            if form:
                self._hidden.setdefault(form, shown)

    def redacted(self, message: str) -> str:
        """A message without the values of variables and secrets."""
        for value in sorted(self._hidden, key=len, reverse=True):
            # A short value is hidden as a word of its own only, else ``1`` would riddle every number.
            pattern = re.escape(value) if len(value) >= 4 else rf"(?<!\w){re.escape(value)}(?!\w)"
            message = re.sub(pattern, self._hidden[value].replace("\\", r"\\"), message)
        return message

    def _one(self, match: re.Match[str]) -> str:
        if match[0] == "$${":
            return "${"
        name, default = match["name"], match["default"]
        if name is None:
            raise MissingVariable("'${' begins a variable: write ${NAME} or ${NAME:-default}, or $${ for the text ${")
        value = self._variables.get(name, "")
        if not value and default is not None:
            return default
        if name not in self._variables:
            raise MissingVariable(f"the environment variable {name} is not set")
        self.hide(value, match[0])
        return value
