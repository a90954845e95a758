"""Files of web servers and object stores that polars cannot read: why, in words that are the same in every run."""

from __future__ import annotations

import re
from http import HTTPStatus

__all__ = ["remote_cause"]

_IS_REMOTE = ("object-store error", "error sending request", "Error performing ")
_STATUS = re.compile(r"status code: (\d{3})")
_SIGNING_IN = ("token request", "/api/token", "//169.254.169.254")
_CAUSED_BY = re.compile(r"Caused by:\n(?:.*\n)*? *(?:\d+: )?(.*)\s*$")
# How long it took and how often it was asked; where that was, which the place of the file says; advice for others.
_PASSING = re.compile(
    r"\s+in \d[\d.]*\s?(?:ns|µs|us|ms|s|m)\b(?:, after \d+ retries)?(?:, max_retries: \d+)?(?:, retry_timeout: \w+)?"
    r"|\s+\((?:path|location): [^)]*\)|\s+\(os error \d+\)|; note: .*"
)


def remote_cause(error: BaseException) -> str | None:
    """What a server or an object store answered, or why it did not, in one line; None for any other error.

    Polars tells how long it took, how often it asked and the whole answer, request numbers included; what is told of a
    run must not differ when nothing else does.
    """
    text = str(error)
    if not any(says in text for says in _IS_REMOTE):
        return None
    if "Range request not supported" in text:
        return "its server does not send parts of files"
    if any(says in text for says in _SIGNING_IN):
        return "no credentials for it were found"
    status = _STATUS.search(text)
    if status is not None:
        return f"the server answered {_named(int(status[1]))}"
    caused_by = _CAUSED_BY.search(text)
    if caused_by is not None:
        return f"the server cannot be reached: {_PASSING.sub('', caused_by[1])}"
    return _PASSING.sub("", text.strip().splitlines()[0]).removeprefix("object-store error: ")


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
