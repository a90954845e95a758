"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# As the types were then: a migration does not change with the schema.
INSTANT = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")
ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "documents",
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_documents")),
    )
    op.create_table(
        "frames",
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("first_customer", ID),
        sa.Column("last_customer", ID),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("run", "kind", "part", name=op.f("pk_frames")),
    )
    op.create_table(
        "outcomes",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_outcomes")),
    )
    op.create_index(
        op.f("ix_outcomes_project_customer_id_happened_at"), "outcomes", ["project", "customer_id", "happened_at"]
    )
    op.create_table(
        "overrides",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("score_name", ID, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("band", sa.Text),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("begins", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT),
        sa.Column("withdrawn_by", sa.Text),
        sa.Column("withdrawn_because", sa.Text),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_overrides")),
    )
    op.create_index(op.f("ix_overrides_project_customer_id"), "overrides", ["project", "customer_id"])
    op.create_table(
        "period_fits",
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("scorecard", sa.Text, nullable=False),
        sa.Column("as_of", INSTANT, nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("project", "scorecard", "as_of", "settings", name=op.f("pk_period_fits")),
    )
    op.create_table(
        "pulses",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_pulses")),
    )
    op.create_index(op.f("ix_pulses_project_customer_id_given_at"), "pulses", ["project", "customer_id", "given_at"])
    op.create_table(
        "receipts",
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sink", sa.Text, nullable=False),
        sa.Column("location", sa.Text),
        sa.Column("count", sa.BigInteger()),
        sa.Column("what", sa.Text),
        sa.Column("failure", sa.Text),
        sa.PrimaryKeyConstraint("run", "position", name=op.f("pk_receipts")),
    )
    op.create_table(
        "runs",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("as_of", INSTANT, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("configuration", sa.Text, nullable=False),
        sa.Column("configuration_document", sa.Text, nullable=False),
        sa.Column("fit", sa.Text, nullable=False),
        sa.Column("versions", sa.Text, nullable=False),
        sa.Column("failed", sa.Text, nullable=False),
        sa.Column("stale", sa.Text, nullable=False),
        sa.Column("findings", sa.Text, nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.Column("pruned", sa.Text, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_runs")),
        sa.UniqueConstraint("project", "as_of", "run_id", name=op.f("uq_runs_project_as_of_run_id")),
    )
    op.create_table(
        "scores",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("score_name", ID, nullable=False),
        sa.Column("as_of", INSTANT, nullable=False),
        sa.Column("score", sa.Double()),
        sa.Column("band", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("segment", sa.Text),
        sa.Column("stage", sa.Text),
        sa.Column("coverage", sa.Double()),
        sa.Column("baseline", sa.Double()),
        sa.Column("scorecard", sa.Text),
        sa.Column("line", sa.Text),
        sa.Column("override", sa.Text),
        sa.Column("dimensions", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scores")),
    )
    op.create_index(op.f("ix_scores_customer_id_score_name_as_of"), "scores", ["customer_id", "score_name", "as_of"])
    op.create_table(
        "tombstones",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("removed", sa.Text, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_tombstones")),
    )
    op.create_table(
        "transitions",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("score_name", ID, nullable=False),
        sa.Column("as_of", INSTANT, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("from_band", sa.Text),
        sa.Column("to_band", sa.Text),
        sa.Column("from_score", sa.Double()),
        sa.Column("to_score", sa.Double()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transitions")),
    )
    op.create_index(
        op.f("ix_transitions_customer_id_score_name_as_of"), "transitions", ["customer_id", "score_name", "as_of"]
    )
    op.create_index(op.f("ix_transitions_project_as_of"), "transitions", ["project", "as_of"])
