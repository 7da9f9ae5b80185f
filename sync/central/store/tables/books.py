"""The books of each owner: what stock is worth, what sales cost, and the journal."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
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

# How an owner's books are kept: `costing` is a `sync.central.rules.books.Method`; `locked_until` is the last
# day of the last closed period. An owner without a row is counted by moving average, with every day open.
owner_books = Table(
    "owner_books",
    metadata,
    Column("owner", String(), primary_key=True),
    words("costing"),
    words("locked_until", null=True),
    words("changed_at"),
    words("changed_by"),
)

# What one owner's units of an item are worth, a cache of the journal: `value` in minor units of `currency`,
# `kept` what the method `costing` needs beside that, as JSON.
stock_worth = Table(
    "stock_worth",
    metadata,
    words("owner"),
    words("sku"),
    words("currency"),
    words("costing"),
    Column("qty", BigInteger(), nullable=False),
    Column("value", BigInteger(), nullable=False),
    Column("kept", Text(), nullable=False),
    PrimaryKeyConstraint("owner", "sku"),
)

# What an order line brought and cost, as its units left and came back: `sync.central.rules.books.sale`. For
# `credited` of its units a refund was opened; they have `credited_net` and `credited_tax` of the price.
sale_worth = Table(
    "sale_worth",
    metadata,
    Column("order", Number, ForeignKey("customer_order.id"), nullable=False),
    Column("line", Integer(), nullable=False),
    words("sku"),
    words("currency"),
    *(
        Column(name, BigInteger(), nullable=False)
        for name in (
            "qty",
            "cost",
            "net",
            "tax",
            "back",
            "back_cost",
            "credited",
            "credited_net",
            "credited_tax",
        )
    ),
    PrimaryKeyConstraint("order", "line"),
)

# An entry: all that an event does to one owner's books in one currency; its event has several in few cases.
# Days are dates. `reverses` is the id of the event whose entry it takes back.
journal_entry = Table(
    "journal_entry",
    metadata,
    Column("event", Number, ForeignKey("event.id"), nullable=False),
    Column("n", Integer(), nullable=False),
    words("owner"),
    words("currency"),
    words("occurred_on"),
    words("posted_on"),
    words("reverses", null=True),
    PrimaryKeyConstraint("event", "n"),
)
Index("ix_journal_entry_owner", journal_entry.c.owner, journal_entry.c.event)
Index(
    "ix_journal_entry_reverses",
    journal_entry.c.reverses,
    sqlite_where=text("reverses IS NOT NULL"),
    postgresql_where=text("reverses IS NOT NULL"),
)

# `minor` above zero is a debit. `sku` and `qty` say which units it is the worth of, `order` and `line` how
# they were sold.
journal_line = Table(
    "journal_line",
    metadata,
    Column("event", Number, nullable=False),
    Column("entry", Integer(), nullable=False),
    Column("n", Integer(), nullable=False),
    words("book"),
    Column("minor", BigInteger(), nullable=False),
    words("sku", null=True),
    Column("qty", BigInteger(), nullable=False, server_default="0"),
    Column("order", Number),
    Column("line", Integer()),
    PrimaryKeyConstraint("event", "entry", "n"),
    ForeignKeyConstraint(["event", "entry"], ["journal_entry.event", "journal_entry.n"]),
    sqlite_with_rowid=False,
)

# Money for units of a return line, in a state of `sync.central.rules.refunds`. The units have `base_net` and
# `base_tax` of their price, of which `net` and `tax` are refunded, less `fee`. `cause` is the event that
# opened it; `rule` and `policy_ver` decided the amount. It pays `replaced` of the price of a
# replacement, for units that `settles` names; `without_goods`: what it was for was taken back, and its money
# is with the customer.
refund = Table(
    "refund",
    metadata,
    Column("code", String(), primary_key=True),
    words("owner"),
    words("customer", null=True),
    Column("rma", String(), nullable=False, index=True),
    Column("rma_line", Integer(), nullable=False),
    Column("order", Number, ForeignKey("customer_order.id"), nullable=False, index=True),
    Column("line", Integer(), nullable=False),
    words("sku"),
    words("currency"),
    *(
        Column(name, BigInteger(), nullable=False)
        for name in ("qty", "base_net", "base_tax", "net", "tax", "fee")
    ),
    words("method"),
    words("state"),
    words("rule"),
    words("policy_ver"),
    words("cause"),
    words("made_at"),
    Column("replaced", BigInteger(), nullable=False, server_default="0"),
    words("settles", null=True),
    Column("without_goods", Boolean(), nullable=False, server_default=false()),
)
Index("ix_refund_cause", refund.c.cause)

# How a refund came to its state: `event` is the id of the centre's event, none while no money was booked.
refund_step = Table(
    "refund_step",
    metadata,
    Column("refund", String(), ForeignKey("refund.code"), nullable=False),
    Column("n", Integer(), nullable=False),
    words("state"),
    words("at"),
    words("by"),
    words("event", null=True),
    words("note", null=True),
    PrimaryKeyConstraint("refund", "n"),
)
