"""An older store brought to the present version, by the migrations that are shipped with the package."""

from __future__ import annotations

import sqlalchemy as sa

from scorewell.history import revisions

__all__ = ["upgraded"]


def upgraded(connection: sa.Connection, to: str = revisions.REVISION) -> tuple[str, ...]:
    """Apply, within the connection's transaction, the migrations that the store lacks; their revisions in order."""
    # Only here: Alembic takes longer to import than most commands run, and stores are seldom old.
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above

    is_new = revisions.state(connection, "history") == "absent"
    before = None if is_new else revisions.revision(connection)
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "scorewell.history:migrations")
    config.set_main_option("path_separator", "os")
    command.upgrade(config, to)
    known = revisions.REVISIONS
    return known[known.index(before) + 1 : known.index(to) + 1] if before else known[: known.index(to) + 1]
