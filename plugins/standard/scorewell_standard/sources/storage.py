"""The settings of object stores, as polars takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scorewell.api.v1 import Secret

__all__ = ["misfits", "revealed"]

_OF_POLARS = ("max_retries", "retry_", "rate_", "file_cache_ttl")
"""How the names of its own settings begin, which are numbers; a store's are texts."""


def revealed(options: Mapping[str, Secret]) -> dict[str, str | float]:
    """The settings with their values; numbers where polars expects numbers."""
    return {key: _number(secret) if _is_number(key) else secret.reveal() for key, secret in options.items()}


def misfits(options: Mapping[str, Secret]) -> Iterator[str]:
    """The settings that are to be a number and are none."""
    for key, secret in options.items():
        if _is_number(key):
            try:
                _number(secret)
            except ValueError:
                yield f'storage_options: {key} is no number: expected one such as "3"'


def _is_number(key: str) -> bool:
    return key.startswith(_OF_POLARS)


def _number(secret: Secret) -> float:
    text = secret.reveal()
    return int(text) if text.isdigit() else float(text)
