"""What may be said of where a database is."""

from __future__ import annotations

from urllib.parse import urlsplit

from scorewell.api.v1 import Secret

__all__ = ["without_credentials"]


def without_credentials(url: Secret) -> str:
    """A database's URL without user, password, port and options; empty text for what is no URL."""
    try:
        address = urlsplit(url.reveal())
    except ValueError:
        return ""
    if not address.scheme:
        return ""
    return f"{address.scheme.partition('+')[0]}://{address.hostname or ''}{address.path}"
