"""Runs the migrations on the connection that it is given: within the transaction that holds the store's lock."""

from __future__ import annotations

from alembic import context

from scorewell.history.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    # SQLite cannot alter a column: there the table is made anew, with its rows.
    render_as_batch=True,
)
context.run_migrations()
