"""What was said about exceptions, kept when they open again.

A person's word on one is an event from now on; what was said before stays readable, and has none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes the table, and keeps in it what is said about those that are resolved."""
    op.create_table(
        "exception_closing",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("exception", _NUMBER, nullable=False),
        sa.Column("event_id", sa.String(), nullable=True),
        sa.Column("closed_at", sa.String(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exception_closing"),
        sa.ForeignKeyConstraint(["exception"], ["exception.id"], name="fk_exception_closing_exception"),
    )
    op.create_index("ix_exception_closing_exception", "exception_closing", ["exception"])
    op.execute(
        sa.text(
            "INSERT INTO exception_closing (exception, closed_at, closed_by, note)"
            " SELECT id, resolved_at, resolved_by, coalesce(resolution, '') FROM exception"
            " WHERE state = 'resolved' AND resolved_at IS NOT NULL AND resolved_by IS NOT NULL ORDER BY id"
        )
    )
    op.execute(
        sa.text(
            "INSERT INTO meta (name, value) SELECT 'unsealed_closings',"
            " CAST(coalesce(max(id), 0) AS TEXT) FROM exception_closing"
        )
    )
