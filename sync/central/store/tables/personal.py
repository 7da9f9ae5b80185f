"""Names, addresses and the like, apart from every fact: sealed under a key for each RMA, for some days."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, LargeBinary, String, Table, Text, text

from sync.central.store.tables.base import metadata, words

# The key of an RMA's values, itself sealed with one that follows from the centre's key file. Without its row
# the values are gone, in every copy of the other table too.
personal_key = Table(
    "personal_key",
    metadata,
    Column("rma", String(), primary_key=True),
    Column("nonce", LargeBinary(), nullable=False),
    Column("sealed", LargeBinary(), nullable=False),
    words("made_at"),
)

# `ref` is what events name; `kinds` a JSON list of what is inside (name, address, ...).
personal_data = Table(
    "personal_data",
    metadata,
    Column("ref", String(), primary_key=True),
    words("rma"),
    words("customer", null=True),
    Column("kinds", Text(), nullable=False),
    Column("nonce", LargeBinary(), nullable=False),
    Column("sealed", LargeBinary(), nullable=False),
    words("kept_at"),
    words("keep_until"),
)
# Events whose private part the centre erased; `by_event` says so, empty until it is on record (after a
# restore). `quiet` are those that an older program found gone: stations are told once a person says so.
private_erasure = Table(
    "private_erasure",
    metadata,
    Column("event_id", String(), primary_key=True),
    words("by_event"),
    words("erased_at"),
    Column("quiet", Boolean(), nullable=False),
)
# Returns and customers (`rma:`, `customer:`) that were erased: what comes about them loses its private part.
standing_erasure = Table(
    "standing_erasure",
    metadata,
    Column("subject", String(), primary_key=True),
    words("by_event"),
    words("erased_at"),
)
Index(
    "ix_private_erasure_unsaid",
    private_erasure.c.event_id,
    sqlite_where=text("by_event = ''"),
    postgresql_where=text("by_event = ''"),
)
Index("ix_personal_data_rma", personal_data.c.rma)
Index("ix_personal_data_customer", personal_data.c.customer)
Index("ix_personal_data_keep_until", personal_data.c.keep_until)
