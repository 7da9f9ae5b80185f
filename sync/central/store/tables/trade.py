"""What orders, transfers and suppliers do on the way: holds, parcels, waves, inbound supply, transfers."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from sync.central.store.tables.base import Number, metadata, words

# A shopper's basket claim; its lines are rows of `reservation` under the document `hold:CODE`. `state`: open,
# taken (an order used it), released, expired.
basket = Table(
    "basket",
    metadata,
    Column("code", String(), primary_key=True),
    words("owner"),
    words("channel"),
    Column("expires", String(), nullable=False, index=True),
    words("state"),
    words("made_at"),
    words("made_by"),
)

# A wave released orders to their sites: `document` is what it decided, as JSON.
wave = Table(
    "wave",
    metadata,
    Column("code", String(), primary_key=True),
    words("owner"),
    words("released_at"),
    words("released_by"),
    words("policy", null=True),
    Column("document", Text(), nullable=False),
)

# What one site sends of one order. `state`: released, picked, packed, shipped, cancelled.
parcel = Table(
    "parcel",
    metadata,
    Column("code", String(), primary_key=True),
    Column("order", Number, ForeignKey("customer_order.id"), nullable=False, index=True),
    words("site"),
    words("wave", null=True),
    words("state"),
    words("released_at"),
    words("picked_at", null=True),
    words("packed_at", null=True),
    words("shipped_at", null=True),
    words("tracking", null=True),
)
# `qty` units of an order line; `picked` of them are in hand. Units not found leave the parcel.
parcel_line = Table(
    "parcel_line",
    metadata,
    Column("parcel", String(), ForeignKey("parcel.code"), nullable=False),
    Column("line", Integer(), nullable=False),
    Column("qty", BigInteger(), nullable=False),
    Column("picked", BigInteger(), nullable=False, server_default="0"),
    PrimaryKeyConstraint("parcel", "line"),
)
# Which units of a line that names its serials stand in a parcel.
parcel_serial = Table(
    "parcel_serial",
    metadata,
    Column("parcel", String(), ForeignKey("parcel.code"), nullable=False),
    Column("line", Integer(), nullable=False),
    Column("serial", String(), nullable=False, index=True),
    PrimaryKeyConstraint("parcel", "line", "serial"),
)

# Goods that a supplier is to send: a purchase order or a despatch advice. `state`: open, closed, cancelled.
supply = Table(
    "supply",
    metadata,
    Column("code", String(), primary_key=True),
    words("owner"),
    words("kind"),
    words("site"),
    words("supplier", null=True),
    words("state"),
    words("made_at"),
    words("made_by"),
)
supply_line = Table(
    "supply_line",
    metadata,
    Column("supply", String(), ForeignKey("supply.code"), nullable=False),
    Column("line", Integer(), nullable=False),
    words("sku"),
    Column("qty", BigInteger(), nullable=False),
    Column("received", BigInteger(), nullable=False, server_default="0"),
    Column("cancelled", BigInteger(), nullable=False, server_default="0"),
    words("due_at"),
    PrimaryKeyConstraint("supply", "line"),
)
Index("ix_supply_line_sku", supply_line.c.sku)

# `state` is the last milestone: drafted, approved, picked, shipped, in_transit, arrived, received, closed,
# cancelled.
transfer = Table(
    "transfer",
    metadata,
    Column("code", String(), primary_key=True),
    words("owner"),
    words("source"),
    words("target"),
    words("state"),
    words("due_at", null=True),
    words("note", null=True),
)
# Units asked for, and what became of them: each unit that was shipped is received, damaged, short or on its
# way. `lot` is empty for any.
transfer_line = Table(
    "transfer_line",
    metadata,
    Column("transfer", String(), ForeignKey("transfer.code"), nullable=False),
    Column("line", Integer(), nullable=False),
    words("sku"),
    Column("lot", String(), nullable=False, server_default=""),
    Column("qty", BigInteger(), nullable=False),
    Column("picked", BigInteger(), nullable=False, server_default="0"),
    Column("shipped", BigInteger(), nullable=False, server_default="0"),
    Column("received", BigInteger(), nullable=False, server_default="0"),
    Column("damaged", BigInteger(), nullable=False, server_default="0"),
    Column("short", BigInteger(), nullable=False, server_default="0"),
    Column("over", BigInteger(), nullable=False, server_default="0"),
    PrimaryKeyConstraint("transfer", "line"),
)
transfer_milestone = Table(
    "transfer_milestone",
    metadata,
    Column("transfer", String(), ForeignKey("transfer.code"), nullable=False),
    Column("n", Integer(), nullable=False),
    words("milestone"),
    words("at"),
    words("by"),
    words("event_id", null=True),
    PrimaryKeyConstraint("transfer", "n"),
)

# Why something was given, refused, sent from there or replaced: `document` has inputs, rule, outcome and
# runner-up as JSON. `subject` is `order:CODE`, `hold:CODE`, `wave:CODE` or `transfer:CODE`.
decision = Table(
    "decision",
    metadata,
    Column("id", Number, primary_key=True),
    Column("subject", String(), nullable=False, index=True),
    words("kind"),
    words("at"),
    words("by"),
    words("policy", null=True),
    Column("document", Text(), nullable=False),
)
