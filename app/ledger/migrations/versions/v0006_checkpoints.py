"""Checkpoints of the centre's audit trail, as this station was told them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, Text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Makes their table; the first checkpoint comes with the next sync."""
    op.create_table(
        "checkpoint",
        Column("digest", Text, primary_key=True),
        Column("number", Integer, nullable=False),
        Column("feed_gen", Integer, nullable=False),
        Column("daily", Integer, nullable=False),
        Column("document", Text, nullable=False),
        Column("sig", Text, nullable=False),
        Column("policy_key", Text, nullable=False),
        Column("seen_at", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("why", Text, nullable=False),
        Column("event_id", Text),
        sqlite_with_rowid=False,
    )
    op.create_index("checkpoint_newest", "checkpoint", ["feed_gen", "number"])
