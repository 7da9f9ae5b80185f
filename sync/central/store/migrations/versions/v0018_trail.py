"""The audit trail: tiles of the trees over feed and receipts, and the signed checkpoints of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Makes its tables; the trees grow over what is there with the first ticks of the centre's upkeep."""
    op.create_table(
        "audit_tile",
        sa.Column("tree", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tree", "level", "number", name="pk_audit_tile"),
    )
    op.create_index("ix_audit_tile_upto", "audit_tile", ["tree", "level", "upto"])
    op.create_table(
        "audit_checkpoint",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("daily", sa.Boolean(), nullable=False),
        sa.Column("policy_key", sa.Integer(), nullable=False),
        sa.Column("feed_gen", sa.Integer(), nullable=False),
        sa.Column("feed_upto", sa.BigInteger(), nullable=False),
        sa.Column("receipt_upto", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sig", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_checkpoint"),
        sa.UniqueConstraint("digest", name="uq_audit_checkpoint_digest"),
    )
