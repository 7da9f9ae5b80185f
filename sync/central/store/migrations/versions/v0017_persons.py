"""The person that a token belongs to; a name that ended may be given to the same person again.

Write-offs are found by their event, too: what it was built upon may be taken back. What customers paid of
what a replacement is dearer is counted, none so far.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"

_LIVE = sa.text("revoked_at IS NULL")


def upgrade() -> None:
    """Each token that there is belongs to the person of its name, as the rule read it before."""
    if op.get_bind().dialect.name == "sqlite":
        # SQLite drops no constraint: the table is made anew. Elsewhere it keeps who has rights on it.
        _rebuilt()
    else:
        op.drop_constraint("uq_token_name", "token", type_="unique")
        op.add_column("token", sa.Column("person", sa.String(), nullable=True))
        op.execute(sa.text("UPDATE token SET person = name"))
        op.alter_column("token", "person", nullable=False)
    op.create_index(
        "ux_token_name", "token", ["name"], unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE
    )
    op.add_column("replacement", sa.Column("paid_minor", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("exception", sa.Column("money_of", sa.String(), nullable=True))
    has_event = sa.text("event_id IS NOT NULL")
    op.create_index(
        "ix_write_off_event_id",
        "write_off",
        ["event_id"],
        sqlite_where=has_event,
        postgresql_where=has_event,
    )


def _rebuilt() -> None:
    op.rename_table("token", "token_before")
    op.create_table(
        "token",
        sa.Column("hash", sa.String(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("role", "name", "created_at")),
        sa.Column("revoked_at", sa.String(), nullable=True),
        sa.Column("sites", sa.Text(), nullable=True),
        sa.Column("person", sa.String(), nullable=False),
    )
    op.execute(
        sa.text(
            "INSERT INTO token (hash, role, name, created_at, revoked_at, sites, person)"
            " SELECT hash, role, name, created_at, revoked_at, sites, name FROM token_before"
        )
    )
    op.drop_table("token_before")
