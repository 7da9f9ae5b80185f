"""Photos on their way to the centre; those that earlier events name wait too."""

from __future__ import annotations

import json
import re

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, Text, text

revision = "0002"
down_revision = "0001"

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NAMING = text(
    "SELECT seq, facts FROM event WHERE instr(CAST(facts AS TEXT), '\"photos\":') > 0 ORDER BY seq"
)


def upgrade() -> None:
    """Makes the table and fills it from the events that are there."""
    table = op.create_table(
        "photo",
        Column("digest", Text, primary_key=True),
        Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
        Column("state", Text, nullable=False),
        Column("sent_ms", Integer),
        Column("gen", Integer),
        sqlite_with_rowid=False,
    )
    waits, sent = text("state IN ('waiting', 'missing', 'lost')"), text("state = 'sent'")
    op.create_index("photo_open", "photo", ["seq"], sqlite_where=waits)
    op.create_index("photo_sent", "photo", ["sent_ms"], sqlite_where=sent)
    first = dict[str, int]()
    for seq, facts in op.get_bind().execute(_NAMING):
        named = json.loads(facts).get("photos")
        for entry in named if isinstance(named, list) else [named]:
            if isinstance(entry, str) and _DIGEST.fullmatch(entry):
                first.setdefault(entry, seq)
    rows = [
        {"digest": digest, "seq": seq, "state": "waiting", "sent_ms": None, "gen": None}
        for digest, seq in first.items()
    ]
    if rows:
        op.bulk_insert(table, rows)
