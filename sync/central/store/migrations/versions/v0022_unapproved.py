"""From where on events without an approval are judged, and where the feed tells of items."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Notes the last receipt before the rule: what came up to there was never held against it."""
    op.create_index(
        "ix_feed_item",
        "feed",
        ["key", "pos"],
        sqlite_where=sa.text("kind = 'item'"),
        postgresql_where=sa.text("kind = 'item'"),
    )
    op.execute(
        "INSERT INTO meta (name, value) "
        "SELECT 'judged_after', CAST(COALESCE(MAX(id), 0) AS VARCHAR) FROM receipt"
    )
