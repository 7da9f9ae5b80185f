"""When a token ends by itself, and who made it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Tokens that are here end as before, when somebody revokes them; who made them nobody kept."""
    for column in ("expires_at", "created_by"):
        op.add_column("token", sa.Column(column, sa.String(), nullable=True))
