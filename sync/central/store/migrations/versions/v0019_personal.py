"""Personal values, sealed with a key for each RMA, and those keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Makes their tables; no centre had any of it before."""
    op.create_table(
        "personal_key",
        sa.Column("rma", sa.String(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("rma", name="pk_personal_key"),
    )
    op.create_table(
        "personal_data",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("rma", sa.String(), nullable=False),
        sa.Column("customer", sa.String(), nullable=True),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.String(), nullable=False),
        sa.Column("keep_until", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name="pk_personal_data"),
    )
    for column in ("rma", "customer", "keep_until"):
        op.create_index(f"ix_personal_data_{column}", "personal_data", [column])
