"""Tokens with a scope of sites."""

from __future__ import annotations

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Changes nothing yet."""
