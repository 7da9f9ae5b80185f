"""The first tables."""

from __future__ import annotations

from alembic import op

from sync.central.store.tables import counter, meta, metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes every table of the first version and the rows that always exist."""
    metadata.create_all(op.get_bind())
    op.bulk_insert(counter, [{"name": name, "value": 0} for name in ("feed", "rma", "write_off")])
    op.bulk_insert(meta, [{"name": "feed_gen", "value": "1"}])
