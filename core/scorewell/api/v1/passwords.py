"""Passwords that stand in addresses: what may be said of a URL, and kept of it."""

from __future__ import annotations

import re

__all__ = ["WITHHELD", "is_password_name", "without_passwords"]

WITHHELD = "***"
"""What stands in a password's place."""

_WEB = re.compile(r"(?<![\w+.-])(?P<before>https?://)(?P<password>[^\s/?#@'\"]+)(?=@)", re.IGNORECASE)
# In a password without a slash any @ but the last is its own; with one, as SQLAlchemy reads it, none is. A number
# before a slash is a port.
_USER = re.compile(
    r"(?<![\w+.-])(?P<before>[a-z][a-z0-9+.-]*://[^\s/?#:@\['\"]*:)"
    r"(?P<password>[^\s/?#'\"]+|(?!\d*[/?#])[^\s@'\"]+)(?=@)",
    re.IGNORECASE,
)
# What ends a sentence about an address is not the password's.
_VALUE = r"(?P<password>[^\s&;#'\"]+?)(?=[).,:]*(?:[\s&;#'\"]|$))"
_PARAMETER = re.compile(r"(?P<before>[?&;#](?P<name>[^\s?&;#='\"]+)=)" + _VALUE)
_SPACED = re.compile(r"(?P<before>(?<![\w?&;#-])(?:password|passwd|pwd)=)" + _VALUE, re.IGNORECASE)
_PART_OF_NAME = re.compile(
    r"token|secret|passw|passphrase|signature|credential|(api|access|account|private|shared)[-_.]?key", re.IGNORECASE
)
_WORD_OF_NAME = frozenset(("pwd", "pass", "authorization", "jwt"))
_WORD_OF_PARAMETER = _WORD_OF_NAME | {"key", "sig", "auth"}
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def without_passwords(text: str) -> str:
    """``text`` with ``***`` for the passwords of the addresses in it, and else as it is.

    That is what stands between user and host (``postgresql://user:password@host``), all before the host of a web
    address (``https://token@host``), and a parameter whose name says so (``?token=``, ``&X-Amz-Signature=``,
    ``;AccountKey=``).
    """
    if "=" not in text and "@" not in text:
        return text
    if "://" in text:
        text = _WEB.sub(_withheld, _USER.sub(_withheld, text))
    return _SPACED.sub(_withheld, _PARAMETER.sub(_of_parameter, text))


def is_password_name(name: str) -> bool:
    """Whether a setting of this name most likely holds a password: ``sas_token``, ``client_secret``, ``AccountKey``."""
    return _is_named(name, _WORD_OF_NAME)


def _is_named(name: str, words: frozenset[str]) -> bool:
    return bool(_PART_OF_NAME.search(name)) or any(word.lower() in words for word in _WORDS.findall(name))


def _of_parameter(found: re.Match[str]) -> str:
    return _withheld(found) if _is_named(found["name"], _WORD_OF_PARAMETER) else found[0]


def _withheld(found: re.Match[str]) -> str:
    # Where nothing but variables stood, as ***:***, there is nothing left to take out.
    return found[0] if set(found["password"]) <= {"*", ":"} else found["before"] + WITHHELD
