"""Return merchandise authorizations, how far they are, and what they take back."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    false,
    text,
)

from sync.central.store.tables.base import Number, metadata, words

# `document` is `Rma.to_json()`; `state`: open, closed, cancelled; `finished` once a
# station finished it. `send_by` is the last day (UTC) to send the goods, none for no end.
rma = Table(
    "rma",
    metadata,
    Column("code", String(), primary_key=True),
    words("owner"),
    words("customer", null=True),
    words("state"),
    Column("finished", Boolean(), nullable=False, server_default=false()),
    Column("document", Text(), nullable=False),
    words("created_at"),
    words("send_by", null=True),
)
Index(
    "ix_rma_send_by",
    rma.c.send_by,
    sqlite_where=text("state = 'open' AND send_by IS NOT NULL"),
    postgresql_where=text("state = 'open' AND send_by IS NOT NULL"),
)
rma_line = Table(
    "rma_line",
    metadata,
    Column("rma", String(), ForeignKey("rma.code"), nullable=False),
    Column("line", Integer(), nullable=False),
    Column("sku", String(), nullable=False, index=True),
    Column("qty", BigInteger(), nullable=False),
    words("state"),
    Column("missing", BigInteger(), nullable=False, server_default="0"),
    PrimaryKeyConstraint("rma", "line"),
)
# What stations did under an RMA's code, whether or not the centre knew the code by then.
rma_event = Table(
    "rma_event",
    metadata,
    words("rma"),
    Column("event_id", String(), nullable=False, index=True),
    PrimaryKeyConstraint("rma", "event_id"),
)
# Units of an RMA line that a station has dispositioned, as the events that were not undone have it.
rma_done = Table(
    "rma_done",
    metadata,
    words("rma"),
    Column("line", Integer(), nullable=False),
    words("station"),
    Column("qty", BigInteger(), nullable=False),
    PrimaryKeyConstraint("rma", "line", "station"),
)
# Which sold units an RMA line takes back.
rma_match = Table(
    "rma_match",
    metadata,
    words("rma"),
    Column("line", Integer(), nullable=False),
    Column("order", Number, ForeignKey("customer_order.id"), nullable=False),
    Column("order_line", Integer(), nullable=False),
    Column("qty", BigInteger(), nullable=False),
    PrimaryKeyConstraint("rma", "line", "order", "order_line"),
)
# Sold units that an RMA, when it ended without them, gave back to their sale: they may come back another way.
# `serial` is empty for units without one; `event_id` is the centre's event that ended it.
rma_release = Table(
    "rma_release",
    metadata,
    words("rma"),
    Column("line", Integer(), nullable=False),
    Column("order", Number, ForeignKey("customer_order.id"), nullable=False),
    Column("order_line", Integer(), nullable=False),
    words("serial"),
    Column("qty", BigInteger(), nullable=False),
    words("event_id"),
    PrimaryKeyConstraint("rma", "line", "order", "order_line", "serial"),
)
# What was asked to come back and no sale was found for. `why` is a `sync.central.rules.claimed.Why`; `at` is
# when it was asked.
return_claim = Table(
    "return_claim",
    metadata,
    Column("id", Number, primary_key=True),
    words("owner"),
    words("customer", null=True),
    words("order", null=True),
    words("sku"),
    Column("qty", BigInteger(), nullable=False),
    words("why"),
    words("at"),
)
Index("ix_return_claim_item", return_claim.c.owner, return_claim.c.sku)
# Units that came back with no RMA, one row for each disposition of a bench, under the label they wait by.
# `state`: waiting, matched (`rma` and `line` say with what, `matched_by` is the centre's event), taken_back.
# `case_key` is the stored key of its exception; `claim` is the row of a claim for them, if any.
blind_unit = Table(
    "blind_unit",
    metadata,
    Column("id", Number, primary_key=True),
    Column("event_id", String(), nullable=False, unique=True),
    Column("label", String(), nullable=False, index=True),
    words("station"),
    words("owner"),
    words("sku"),
    Column("qty", BigInteger(), nullable=False),
    words("serial", null=True),
    words("lot", null=True),
    words("grade", null=True),
    words("came_at"),
    words("state"),
    words("case_key"),
    words("rma", null=True),
    Column("line", Integer()),
    words("matched_by", null=True),
    Column("claim", Number, index=True),
)
Index(
    "ix_blind_unit_waiting",
    blind_unit.c.id,
    sqlite_where=text("state = 'waiting'"),
    postgresql_where=text("state = 'waiting'"),
)

# Photos by the events that name them, whether or not their bytes are here; the bytes are no part of the
# database. `state`: awaited, here (`bytes` says how many), lost (its station cannot send it any more).
photo = Table(
    "photo",
    metadata,
    words("digest"),
    Column("event_id", String(), nullable=False, index=True),
    words("station"),
    words("named_at"),
    words("state"),
    Column("bytes", BigInteger()),
    PrimaryKeyConstraint("digest", "event_id"),
)
Index(
    "ix_photo_awaited",
    photo.c.named_at,
    sqlite_where=text("state = 'awaited'"),
    postgresql_where=text("state = 'awaited'"),
)

# Things that nobody at a bench could name, one row for each that a bench kept, under its holding label.
# `state`: waiting, named (`named_by` is the centre's event), taken_back. `owner` is that of its RMA or bench.
unidentified = Table(
    "unidentified",
    metadata,
    Column("id", Number, primary_key=True),
    Column("event_id", String(), nullable=False, unique=True),
    Column("label", String(), nullable=False, index=True),
    words("station"),
    words("owner"),
    Column("qty", BigInteger(), nullable=False),
    words("place"),
    words("rma", null=True),
    words("came_at"),
    words("state"),
    words("case_key"),
    words("named_by", null=True),
)
