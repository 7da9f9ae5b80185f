"""Which events had their private part erased, and who was erased; by which event that is on record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Makes the tables; what is gone since before is put on record with the next upkeep.

    Whoever took it away, and why, nobody knows: stations are not told to erase it too until a person says so.
    """
    op.create_table(
        "private_erasure",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("by_event", sa.String(), nullable=False),
        sa.Column("erased_at", sa.String(), nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_private_erasure"),
    )
    op.create_index(
        "ix_private_erasure_unsaid",
        "private_erasure",
        ["event_id"],
        sqlite_where=sa.text("by_event = ''"),
        postgresql_where=sa.text("by_event = ''"),
    )
    op.create_table(
        "standing_erasure",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("by_event", sa.String(), nullable=False),
        sa.Column("erased_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_standing_erasure"),
    )
    large = op.get_bind().dialect.name == "postgresql"
    # Evidence may be no text at all.
    header = "encode(header, 'escape')" if large else "CAST(header AS TEXT)"
    receipt = sa.table("receipt", *map(sa.column, ("event_id", "received_at", "private", "state", "header")))
    gone = (
        sa.select(receipt.c.event_id, sa.literal(""), sa.func.max(receipt.c.received_at), sa.true())
        .where(receipt.c.private.is_(None), receipt.c.state != "evidence")
        .where(sa.literal_column(header, sa.String()).like('%"private_hash":"%'))
        .group_by(receipt.c.event_id)
    )
    erasure = sa.table("private_erasure", *map(sa.column, ("event_id", "by_event", "erased_at", "quiet")))
    op.execute(sa.insert(erasure).from_select(["event_id", "by_event", "erased_at", "quiet"], gone))
