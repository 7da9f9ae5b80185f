"""What is sent in place of what comes back."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    text,
)

from sync.central.store.tables.base import metadata, words

# The replacement of the units of a return line: order `order_code`, of one line. `kind` and `state` are words
# of `sync.central.rules.replacements`. `qty` units at `unit_minor` without tax, `tax_minor` for all of them.
# `ship` is how its order leaves once it may; `back_by` is the instant it is held, or was sent ahead, until.
# `charged` and `waived` units finance decided about, last by `decision`; they had `decided_minor` of the
# price, those waived `waived_minor` of that. Of what it is dearer or was charged `paid_minor` were paid.
replacement = Table(
    "replacement",
    metadata,
    Column("rma", String(), ForeignKey("rma.code"), nullable=False),
    Column("line", Integer(), nullable=False),
    words("kind"),
    Column("order_code", String(), nullable=False, unique=True),
    words("owner"),
    words("sku"),
    words("currency"),
    *(
        Column(name, BigInteger(), nullable=False)
        for name in ("qty", "unit_minor", "tax_minor", "charged", "waived", "decided_minor", "waived_minor")
    ),
    words("ship"),
    words("state"),
    words("back_by"),
    words("decision", null=True),
    words("made_at"),
    Column("paid_minor", BigInteger(), nullable=False, server_default="0"),
    PrimaryKeyConstraint("rma", "line"),
)
Index(
    "ix_replacement_waiting",
    replacement.c.back_by,
    sqlite_where=text("state IN ('advanced', 'held')"),
    postgresql_where=text("state IN ('advanced', 'held')"),
)

# How a replacement came to its state; `event` is the id of the centre's event.
replacement_step = Table(
    "replacement_step",
    metadata,
    words("rma"),
    Column("line", Integer(), nullable=False),
    Column("n", Integer(), nullable=False),
    words("state"),
    words("at"),
    words("by"),
    words("event"),
    words("note", null=True),
    PrimaryKeyConstraint("rma", "line", "n"),
    ForeignKeyConstraint(["rma", "line"], ["replacement.rma", "replacement.line"]),
)
