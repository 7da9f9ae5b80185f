"""Renewed epochs, and the events that were sealed anew in them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Text, UniqueConstraint

revision = "0006"
down_revision = "0004"


def upgrade() -> None:
    """Makes their tables; no station had another epoch than its first before."""
    op.create_table(
        "epoch",
        Column("epoch", Integer, primary_key=True, autoincrement=False),
        Column("begun", Integer, nullable=False),
        Column("resent", Integer, nullable=False),
    )
    op.create_table(
        "resent",
        Column("epoch", Integer, ForeignKey("epoch.epoch"), primary_key=True, autoincrement=False),
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
        Column("hash", Text, nullable=False),
        Column("header", LargeBinary, nullable=False),
        Column("sig", LargeBinary, nullable=False),
        UniqueConstraint("epoch", "seq", name="resent_once"),
    )
