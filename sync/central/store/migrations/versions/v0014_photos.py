"""Photos by the events that name them, those of earlier days too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0007"

_AWAITED = sa.text("state = 'awaited'")
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NAMING = sa.text(
    "SELECT event_id, origin, posted_at, body FROM event WHERE body LIKE '%\"photos\":%' ORDER BY id"
)


def upgrade() -> None:
    """Makes the table and awaits every photo that an event names."""
    table = op.create_table(
        "photo",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("named_at", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("digest", "event_id", name="pk_photo"),
    )
    op.create_index("ix_photo_event_id", "photo", ["event_id"])
    op.create_index(
        "ix_photo_awaited", "photo", ["named_at"], sqlite_where=_AWAITED, postgresql_where=_AWAITED
    )
    rows = [row for named in op.get_bind().execute(_NAMING) for row in _rows(named)]
    if rows:
        op.bulk_insert(table, rows)


def _rows(named: Any) -> Iterator[dict[str, object]]:
    found = json.loads(named.body).get("photos")
    entries = found if isinstance(found, list) else [found]
    for digest in dict.fromkeys(entry for entry in entries if isinstance(entry, str)):
        if _DIGEST.fullmatch(digest):
            yield {
                "digest": digest,
                "event_id": named.event_id,
                "station": named.origin,
                "named_at": named.posted_at,
                "state": "awaited",
                "bytes": None,
            }
