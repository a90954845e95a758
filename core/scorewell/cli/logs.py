"""Log records on standard error: a plain line each, or one JSON object a line."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from scorewell.cli.preferences import Preferences
from scorewell.cli.words import printable

__all__ = ["event", "logged"]

_LOG = logging.getLogger("scorewell")
_FACTS = "scorewell_facts"


def event(name: str, facts: Mapping[str, object], *, level: int = logging.INFO) -> None:
    """Log something that happened, with what there is to know of it."""
    _LOG.log(level, name, extra={_FACTS: facts})


@contextmanager
def logged(preferences: Preferences) -> Iterator[None]:
    """While inside, what is logged under ``scorewell`` goes to standard error as ``preferences`` say."""
    handler = logging.StreamHandler(sys.stderr)
    wants_events = preferences.log_format == "json" or preferences.verbose
    handler.setLevel(logging.INFO if wants_events else logging.WARNING)
    handler.setFormatter(_JsonLines() if preferences.log_format == "json" else _PlainLines())
    before = _LOG.level, _LOG.propagate
    _LOG.addHandler(handler)
    _LOG.setLevel(handler.level)
    _LOG.propagate = False
    try:
        yield
    finally:
        _LOG.removeHandler(handler)
        _LOG.level, _LOG.propagate = before


def _facts(record: logging.LogRecord) -> Mapping[str, object]:
    facts: Mapping[str, object] = getattr(record, _FACTS, {})
    return facts


def _cause(record: logging.LogRecord) -> BaseException | None:
    return None if record.exc_info is None else record.exc_info[1]


class _JsonLines(logging.Formatter):
    """``{"time": …, "level": …, "event": …}`` and the event's own facts; times are UTC."""

    def format(self, record: logging.LogRecord) -> str:
        second = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = {
            "time": f"{second}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **_facts(record),
        }
        cause = _cause(record)
        if cause is not None:
            line["cause"] = f"{type(cause).__name__}: {cause}"
        return json.dumps(line, default=str)


class _PlainLines(logging.Formatter):
    """One line, whatever the record: a traceback belongs to --verbose of the command that failed."""

    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{name}={value}" for name, value in _facts(record).items())
        cause = _cause(record)
        why = "" if cause is None else f": {type(cause).__name__}: {cause}"
        line = f"{record.levelname.lower()}: {record.getMessage()}{why} {facts}"
        return printable(" ".join(line.split()))
