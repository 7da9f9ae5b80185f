"""Items, locations and policies: the records that the centre owns and publishes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, PrimaryKeyConstraint, String, Table, Text

from sync.central.store.tables.base import Number, metadata, words

# `document` is the record as it travels, unknown fields kept; `safety` units are never promised; `folded` is
# the SKU as `sync.central.rules.spelling.look_alike` reads it.
item = Table(
    "item",
    metadata,
    Column("sku", String(), primary_key=True),
    Column("document", Text(), nullable=False),
    words("tracking"),
    Column("value_minor", BigInteger(), nullable=False),
    words("currency"),
    Column("is_kit", Boolean(), nullable=False),
    Column("safety", BigInteger(), nullable=False, server_default="0"),
    Column("least", BigInteger()),
    Column("folded", String(), nullable=False, server_default="", index=True),
)
gtin = Table(
    "gtin",
    metadata,
    Column("gtin", String(), primary_key=True),
    Column("sku", String(), ForeignKey("item.sku"), nullable=False, index=True),
)
kit_component = Table(
    "kit_component",
    metadata,
    words("kit"),
    Column("component", String(), nullable=False, index=True),
    Column("qty", BigInteger(), nullable=False),
    PrimaryKeyConstraint("kit", "component"),
)
location = Table(
    "location",
    metadata,
    Column("code", String(), primary_key=True),
    words("site"),
    Column("document", Text(), nullable=False),
)
# The policy in force is the one published last; `as_new` lists its grades sold as new, as JSON.
policy = Table(
    "policy",
    metadata,
    Column("id", Number, primary_key=True),
    Column("version", String(), nullable=False, unique=True),
    Column("source", Text(), nullable=False),
    Column("as_new", Text(), nullable=False),
    words("published_at"),
    words("published_by"),
)

# Units of an item that are never promised from one site, beside the item's own `safety`.
site_safety = Table(
    "site_safety",
    metadata,
    words("sku"),
    words("site"),
    Column("qty", BigInteger(), nullable=False),
    PrimaryKeyConstraint("sku", "site"),
)
# Until when a lot is good (a date), as its receipts said.
lot = Table(
    "lot",
    metadata,
    words("sku"),
    words("lot"),
    words("good_until"),
    PrimaryKeyConstraint("sku", "lot"),
)
