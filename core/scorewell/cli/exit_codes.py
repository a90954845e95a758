"""What the exit code of every command means. Printed by ``scorewell --help``; scripts may rely on it."""

from __future__ import annotations

import enum

__all__ = ["ExitCode"]


class ExitCode(enum.IntEnum):
    """Where several apply, the one that is told is the first that stopped something: 5 before 4."""

    OK = 0, "everything went well"
    BUG = 1, "an unexpected error: a bug, please report it"
    USAGE = 2, "the command was not understood, or names a customer, segment, score or run that does not exist"
    CONFIGURATION = 3, "the configuration has mistakes, or a plugin it names is missing or broken"
    DATA = 4, "data could not be read: nothing was scored, or something failed and the rest was delivered"
    SINK = 5, "a sink failed; the others delivered, and running again repairs it"
    OUTPUT = 6, "standard output could not be written; what sinks delivered is complete"
    FINDINGS = 7, "check found something at or above the level of --fail-on"
    HISTORY = 8, "the history could not be read or written; nothing was delivered"
    CONDITION = 9, "compare: a condition of --fail-if holds, or cannot be evaluated"
    INTERRUPTED = 130, "interrupted from the keyboard"

    meaning: str

    def __new__(cls, value: int, meaning: str) -> ExitCode:
        """A code carries the sentence that the help shows."""
        code = int.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        return code
