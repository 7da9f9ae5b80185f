"""Counts of bins by stations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Makes their table."""
    op.create_table(
        "bin_count",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("counted_at", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("adjusted_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.event_id"], name="fk_bin_count_event_id_event"),
        sa.PrimaryKeyConstraint("event_id", name="pk_bin_count"),
    )
    op.create_index("ix_bin_count_location", "bin_count", ["location", "owner", "counted_at"])
