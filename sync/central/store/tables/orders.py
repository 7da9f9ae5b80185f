"""Customer orders and the claims on stock."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from sync.central.store.tables.base import Number, metadata, words

# `ship`: available or later. `state`: open, shipped, cancelled. `claim`: how strongly its units are claimed
# until a wave; `fill`: partial or complete; `site`: the only one it may be sent from; `region` and `zone` say
# where it goes; `wanted_by`: when it must leave; `block`: why it may not go on; `ranked`: its priority was
# scored by the policy.
customer_order = Table(
    "customer_order",
    metadata,
    Column("id", Number, primary_key=True),
    Column("code", String(), nullable=False, unique=True),
    words("owner"),
    words("channel"),
    Column("priority", Integer(), nullable=False),
    words("placed_at"),
    words("customer", null=True),
    words("ship"),
    words("state"),
    Column("claim", String(), nullable=False, server_default="hard"),
    Column("fill", String(), nullable=False, server_default="partial"),
    words("site", null=True),
    words("region", null=True),
    words("zone", null=True),
    words("service_level", null=True),
    words("wanted_by", null=True),
    words("block", null=True),
    Column("most_parcels", Integer()),
    Column("late_penalty_minor", BigInteger(), nullable=False, server_default="0"),
    Column("substitutes", Boolean(), nullable=False, server_default=false()),
    Column("wholesale", Boolean(), nullable=False, server_default=false()),
    Column("ranked", Boolean(), nullable=False, server_default=false()),
)
Index(
    "ix_order_open",
    customer_order.c.id,
    sqlite_where=text("state = 'open'"),
    postgresql_where=text("state = 'open'"),
)

# Owner, customer, priority and placed_at repeat the order's for the two partial indexes below. What is
# backordered is never stored: it is qty - reserved - shipped - cancelled. `returned` units are authorized on
# an RMA. A line without a sku is not stock. `lot`, `grade` and `fresh` (good until that date) narrow what the
# line may be met from, empty for none; `substitute_for` is the item that was asked for at first.
order_line = Table(
    "order_line",
    metadata,
    Column("order", Number, ForeignKey("customer_order.id"), nullable=False),
    Column("line", Integer(), nullable=False),
    words("owner"),
    words("customer", null=True),
    Column("priority", Integer(), nullable=False),
    words("placed_at"),
    words("sku", null=True),
    words("description", null=True),
    Column("qty", BigInteger(), nullable=False),
    Column("reserved", BigInteger(), nullable=False, server_default="0"),
    Column("shipped", BigInteger(), nullable=False, server_default="0"),
    Column("cancelled", BigInteger(), nullable=False, server_default="0"),
    Column("returned", BigInteger(), nullable=False, server_default="0"),
    Column("unit_minor", BigInteger()),
    Column("tax_minor", BigInteger(), nullable=False, server_default="0"),
    Column("taxed", BigInteger(), nullable=False, server_default="0"),
    words("currency", null=True),
    Column("serials", Text()),
    words("shipped_at", null=True),
    Column("lot", String(), nullable=False, server_default=""),
    Column("grade", String(), nullable=False, server_default=""),
    Column("fresh", String(), nullable=False, server_default=""),
    words("substitute_for", null=True),
    PrimaryKeyConstraint("order", "line"),
    sqlite_with_rowid=False,
)
Index(
    "ix_order_line_short",
    order_line.c.owner,
    order_line.c.sku,
    order_line.c.priority,
    order_line.c.placed_at,
    sqlite_where=text("sku IS NOT NULL AND qty > reserved + shipped + cancelled"),
    postgresql_where=text("sku IS NOT NULL AND qty > reserved + shipped + cancelled"),
)
Index(
    "ix_order_line_sold",
    order_line.c.customer,
    order_line.c.sku,
    sqlite_where=text("customer IS NOT NULL AND shipped > returned"),
    postgresql_where=text("customer IS NOT NULL AND shipped > returned"),
)
Index(
    "ix_order_line_back",
    order_line.c.owner,
    order_line.c.sku,
    order_line.c.shipped_at,
    sqlite_where=text("sku IS NOT NULL AND shipped > returned"),
    postgresql_where=text("sku IS NOT NULL AND shipped > returned"),
)

# A claim: `qty` units of `item` for a line of a document (`per` of them make one unit of the line, above 1
# only for the components of a kit). `document` is `order:CODE`, `hold:CODE` or `transfer:CODE`; `order` is
# set for orders alone. `site`, `lot`, `serial`, `grade`, `supply` and `fresh` narrow which units it may be
# met from, empty for any; soft and hard units of one line are rows apart. `expires` ends a basket claim.
reservation = Table(
    "reservation",
    metadata,
    Column("id", Number, primary_key=True),
    words("document"),
    Column("order", Number, ForeignKey("customer_order.id"), index=True),
    Column("line", Integer(), nullable=False),
    words("owner"),
    words("item"),
    Column("serial", String(), nullable=False, server_default=""),
    Column("site", String(), nullable=False, server_default=""),
    Column("lot", String(), nullable=False, server_default=""),
    Column("grade", String(), nullable=False, server_default=""),
    Column("supply", String(), nullable=False, server_default=""),
    Column("fresh", String(), nullable=False, server_default=""),
    words("channel"),
    words("claim"),
    Column("qty", BigInteger(), nullable=False),
    Column("per", BigInteger(), nullable=False, server_default="1"),
    words("expires", null=True),
    UniqueConstraint(
        "document",
        "line",
        "item",
        "claim",
        "serial",
        "site",
        "lot",
        "grade",
        "supply",
        "fresh",
        name="uq_reservation_document",
    ),
    CheckConstraint("qty >= 0", name="qty"),
)
Index("ix_reservation_item", reservation.c.owner, reservation.c.item)

# Which order line a serial was sold on, and by which shipment: a unit that came back can leave on the same
# order again. `returned` once an RMA names it.
sold_serial = Table(
    "sold_serial",
    metadata,
    words("sku"),
    words("serial"),
    Column("order", Number, ForeignKey("customer_order.id"), nullable=False),
    words("event"),
    Column("line", Integer(), nullable=False),
    Column("returned", Boolean(), nullable=False, server_default=false()),
    PrimaryKeyConstraint("sku", "serial", "order", "event"),
    sqlite_with_rowid=False,
)
