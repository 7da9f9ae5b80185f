"""Tokens with a scope of sites."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """A token is for all sites, as those made before, or for some."""
    op.add_column("token", sa.Column("sites", sa.Text(), nullable=True))
