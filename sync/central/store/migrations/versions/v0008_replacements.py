"""Replacements of what comes back, and what of a refund pays for one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_AMOUNTS = ("qty", "unit_minor", "tax_minor", "charged", "waived", "decided_minor", "waived_minor")


def upgrade() -> None:
    """Makes both tables; refunds of earlier days pay for no replacement."""
    op.create_table(
        "replacement",
        sa.Column("rma", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("order_code", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _AMOUNTS),
        sa.Column("ship", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("back_by", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["rma"], ["rma.code"], name="fk_replacement_rma"),
        sa.PrimaryKeyConstraint("rma", "line", name="pk_replacement"),
        sa.UniqueConstraint("order_code", name="uq_replacement_order_code"),
    )
    waiting = sa.text("state IN ('advanced', 'held')")
    op.create_index(
        "ix_replacement_waiting",
        "replacement",
        ["back_by"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "replacement_step",
        sa.Column("rma", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["rma", "line"], ["replacement.rma", "replacement.line"], name="fk_replacement_step_rma"
        ),
        sa.PrimaryKeyConstraint("rma", "line", "n", name="pk_replacement_step"),
    )
    op.add_column("refund", sa.Column("replaced", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("refund", sa.Column("settles", sa.String(), nullable=True))
    op.add_column(
        "refund", sa.Column("without_goods", sa.Boolean(), nullable=False, server_default=sa.false())
    )
