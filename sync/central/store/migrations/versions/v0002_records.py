"""Master data: who owns which record, proposals, external identities, reconciliations."""

from __future__ import annotations

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Changes nothing yet."""
