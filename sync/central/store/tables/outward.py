"""Consignments of goods that leave for good: heads, lines, steps, handovers and certificates."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table

from sync.central.store.tables.base import Number, metadata, words

# `state`: drafted, packed, departed, settled, cancelled; one whose departure was reversed is packed again.
# `policy` is the version it was packed by, `departed_event` and `settled_event` ids of the centre's events.
consignment = Table(
    "consignment",
    metadata,
    Column("code", String(), primary_key=True),
    words("owner"),
    words("site"),
    words("route"),
    words("counterpart"),
    words("reference", null=True),
    words("note", null=True),
    words("currency", null=True),
    words("state"),
    words("made_at"),
    words("policy", null=True),
    words("departed_event", null=True),
    words("settled_event", null=True),
)
Index("ix_consignment_made_at", consignment.c.made_at, consignment.c.code)
# `qty` units of an account. `regulated` is the name of the policy's entry and `papers` what it asks for,
# as they were when the units were added. `rejected` are those that the vendor gave no credit for, and `why`.
consignment_line = Table(
    "consignment_line",
    metadata,
    Column("consignment", String(), ForeignKey("consignment.code"), nullable=False),
    Column("line", Integer(), nullable=False),
    Column("account", Number, ForeignKey("account.id"), nullable=False, index=True),
    words("sku"),
    Column("qty", BigInteger(), nullable=False),
    words("regulated", null=True),
    words("papers", null=True),
    Column("rejected", BigInteger(), nullable=False, server_default="0"),
    words("why", null=True),
    PrimaryKeyConstraint("consignment", "line"),
)
consignment_step = Table(
    "consignment_step",
    metadata,
    Column("consignment", String(), ForeignKey("consignment.code"), nullable=False),
    Column("n", Integer(), nullable=False),
    words("step"),
    words("at"),
    words("by"),
    words("event_id", null=True),
    words("note", null=True),
    PrimaryKeyConstraint("consignment", "n"),
)
# Who gave the goods to whom, where and under which seal; in the order they were told. Never changed.
handover = Table(
    "handover",
    metadata,
    Column("consignment", String(), ForeignKey("consignment.code"), nullable=False),
    Column("n", Integer(), nullable=False),
    words("at"),
    words("given_by"),
    words("taken_by"),
    words("place"),
    words("seal", null=True),
    words("noted_by"),
    words("noted_at"),
    PrimaryKeyConstraint("consignment", "n"),
)
# What a processor says of goods that it destroyed or recycled: their weight in grams, their number, or both.
certificate = Table(
    "certificate",
    metadata,
    Column("consignment", String(), ForeignKey("consignment.code"), primary_key=True),
    words("number"),
    words("processor"),
    words("issued_on"),
    Column("weight_g", BigInteger()),
    Column("units", BigInteger()),
    words("witness", null=True),
)
