"""The stock of the station's site as the centre knows it, and one undo for every event of any kind."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, Text, text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes the table, and lets the index over undos stand for counts and receipts too."""
    op.create_table(
        "stock",
        Column("location", Text, primary_key=True),
        Column("account_id", Integer, ForeignKey("account.id"), primary_key=True, autoincrement=False),
        Column("qty", Integer, nullable=False),
        Column("seq", Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.drop_index("event_undone_once", "event")
    op.create_index(
        "event_undone_once", "event", ["corrects"], unique=True, sqlite_where=text("corrects IS NOT NULL")
    )
