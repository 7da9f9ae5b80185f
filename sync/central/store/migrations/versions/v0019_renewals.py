"""Epochs that were renewed, and the chains that were closed by that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"


def upgrade() -> None:
    """Makes the tables; no epoch was ever renewed before."""
    op.create_table(
        "renewal",
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("from_epoch", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("install_id", sa.String(), nullable=False),
        sa.Column("replaced", sa.String(), nullable=False),
        sa.Column("head_seq", sa.BigInteger(), nullable=False),
        sa.Column("confirmed", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("renewed_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("station_id", "epoch", name="pk_renewal"),
    )
    op.create_index("ux_renewal_token", "renewal", ["station_id", "token"], unique=True)
    op.create_table(
        "past_chain",
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("head_seq", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("station_id", "epoch", name="pk_past_chain"),
    )
