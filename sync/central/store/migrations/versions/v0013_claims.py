"""What was asked to come back and no sale was found for, and the units that came by such a claim."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes the table, empty: what was asked before stands on no record."""
    op.create_table(
        "return_claim",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("customer", sa.String(), nullable=True),
        sa.Column("order", sa.String(), nullable=True),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_return_claim"),
    )
    op.create_index("ix_return_claim_item", "return_claim", ["owner", "sku"])
    op.add_column("blind_unit", sa.Column("claim", _NUMBER, nullable=True))
    op.create_index("ix_blind_unit_claim", "blind_unit", ["claim"])
