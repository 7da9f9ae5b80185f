"""By when exceptions are to be answered; and what was said about them, kept when they open again.

A person's word on one is an event from now on; what was said before stays readable, and has none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.domain.clock import from_text, to_text
from sync.central.rules.deadlines import deadlines

revision = "0020"
down_revision = "0019"

_OPEN = sa.text("SELECT id, type, opened_at FROM exception WHERE state = 'open'")
_DUE = sa.text("UPDATE exception SET due_at = :due_at WHERE id = :number")
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Keeps what is said about those that are resolved; those that are open are due from when they opened."""
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
    _add_due()


def _add_due() -> None:
    op.add_column("exception", sa.Column("due_at", sa.String(), nullable=True))
    of_open = sa.text("state = 'open'")
    op.create_index(
        "ix_exception_due_at", "exception", ["due_at"], sqlite_where=of_open, postgresql_where=of_open
    )
    conn = op.get_bind()
    rows = [
        {"number": row.id, "due_at": to_text(deadlines().due(row.type, from_text(row.opened_at)))}
        for row in conn.execute(_OPEN)
    ]
    if rows:
        conn.execute(_DUE, rows)
