"""What tests of the source ``sql`` share, on whichever database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that reach the database without ADBC, as they are sent."""
    monkeypatch.setattr("scorewell_standard.sources.sql_read.find_spec", lambda _: None)
    sent: list[str] = []

    def remember(*event: object) -> None:
        sent.append(" ".join(str(event[2]).split()))

    sa.event.listen(sa.Engine, "before_cursor_execute", remember)
    yield sent
    sa.event.remove(sa.Engine, "before_cursor_execute", remember)
