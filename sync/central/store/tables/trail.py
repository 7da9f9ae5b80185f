"""The audit trail: trees over the feed and over what was received, and the signed checkpoints of them.

And the record of security matters.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from sync.central.store.tables.base import Number, metadata, words

# 256 hashes of one level of a tree, side by side; `upto` is the feed's position, or the receipt, of the last
# entry under it. Only full ones are kept, so that none ever changes.
audit_tile = Table(
    "audit_tile",
    metadata,
    words("tree"),
    Column("level", Integer(), nullable=False),
    Column("number", BigInteger(), nullable=False),
    Column("hashes", LargeBinary(), nullable=False),
    Column("upto", BigInteger(), nullable=False),
    PrimaryKeyConstraint("tree", "level", "number"),
)

Index("ix_audit_tile_upto", audit_tile.c.tree, audit_tile.c.level, audit_tile.c.upto)

# `policy_key` numbers the key that signed; `feed_upto` and `receipt_upto` are the last position and the last
# receipt under it.
audit_checkpoint = Table(
    "audit_checkpoint",
    metadata,
    Column("number", BigInteger(), primary_key=True, autoincrement=False),
    Column("digest", String(), nullable=False, unique=True),
    words("at"),
    Column("daily", Boolean(), nullable=False),
    Column("policy_key", Integer(), nullable=False),
    Column("feed_gen", Integer(), nullable=False),
    Column("feed_upto", BigInteger(), nullable=False),
    Column("receipt_upto", BigInteger(), nullable=False),
    Column("document", Text(), nullable=False),
    words("sig"),
)

# Calls that were refused, in one row a process for what one source met with in one minute: `code` is the
# refusal's, `route` where it was met last, `who` the token or station where it is proven, `source` a digest
# of the address that nobody turns back. And what was done: a token made or ended, a station enrolled.
security_note = Table(
    "security_note",
    metadata,
    Column("id", Number, primary_key=True),
    words("minute"),
    words("code"),
    words("route"),
    words("who"),
    words("source"),
    Column("times", BigInteger(), nullable=False),
)
Index("ix_security_note_minute", security_note.c.minute)
