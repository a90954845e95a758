"""File names of customers' pages: stable, unique, and safe on every file system whatever the customer's id is."""

from __future__ import annotations

import hashlib
import re

__all__ = ["page_name"]

_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_LOOKS_HASHED = re.compile(r".*-[0-9a-f]{16}")
_RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")  # names that Windows keeps for devices
_NOT_PLAIN = re.compile(r"[^a-z0-9_]+")


def page_name(customer_id: str) -> str:
    """The page's file name without its ending.

    An id of up to 64 lower-case letters, digits, ``-`` and ``_`` is its own name. Any other is abbreviated to such
    characters and told apart by 16 hexadecimal digits of its SHA-256: upper and lower case differ in ids, but not in
    the file names of some systems.
    """
    if (
        _PLAIN.fullmatch(customer_id)
        and not _LOOKS_HASHED.fullmatch(customer_id)
        and not _RESERVED.fullmatch(customer_id)
    ):
        return customer_id
    readable = _NOT_PLAIN.sub("-", customer_id[:200].lower()).strip("-")[:40].rstrip("-")
    digits = hashlib.sha256(customer_id.encode()).hexdigest()[:16]
    return f"{readable or 'customer'}-{digits}"
