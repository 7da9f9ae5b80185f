"""Units are found by their label without looking through all accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Makes the index; most accounts of a large ledger have no label, and are not in it."""
    labelled = sa.text("label <> ''")
    op.create_index(
        "ix_account_label", "account", ["label"], sqlite_where=labelled, postgresql_where=labelled
    )
