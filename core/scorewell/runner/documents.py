"""Answers as documents: what ``--json`` prints of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

__all__ = ["document_of"]


def document_of(answer: attrs.AttrsInstance) -> dict[str, Any]:
    """Nested dicts, lists, text and numbers, ready for JSON; moments as ISO 8601."""
    return attrs.asdict(answer, value_serializer=_plain)


def _plain(_of: object, _field: object, value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
