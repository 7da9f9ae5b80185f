"""Claims by key, orders on their way, inbound supply, transfers, decisions."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Changes nothing yet."""
