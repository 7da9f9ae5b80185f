"""Another system's stock held against the ledger; nothing follows from it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, PrimaryKeyConstraint, Table

from sync.central.store.tables.base import Number, metadata, words

# `compared` keys were looked at, of which `differing` have a row below.
reconciliation = Table(
    "reconciliation",
    metadata,
    Column("id", Number, primary_key=True),
    words("owner"),
    words("system"),
    words("compared_at"),
    words("compared_by"),
    Column("compared", Integer(), nullable=False),
    Column("differing", Integer(), nullable=False),
)
# One difference. `location`, `site` and `status` are empty where the other system does not tell them apart;
# `ours` or `theirs` is null where that side does not know the key. `why`: quantity, unknown_here,
# unknown_there.
reconciliation_line = Table(
    "reconciliation_line",
    metadata,
    Column("reconciliation", Number, ForeignKey("reconciliation.id"), nullable=False),
    Column("n", Integer(), nullable=False),
    words("sku"),
    words("site"),
    words("location"),
    words("status"),
    Column("ours", BigInteger()),
    Column("theirs", BigInteger()),
    words("why"),
    PrimaryKeyConstraint("reconciliation", "n"),
)
