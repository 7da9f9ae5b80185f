"""Events, accounts, moves, and balances as a cache of the fold of moves."""

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
    text,
)

from sync.central.store.tables.base import Number, metadata, words

# `origin` is a station id or the word `centre`; `body` is the facts without the moves, as JSON.
event = Table(
    "event",
    metadata,
    Column("id", Number, primary_key=True),
    Column("event_id", String(), nullable=False, unique=True),
    words("kind"),
    Column("origin", String(), nullable=False, index=True),
    words("occurred_at"),
    words("posted_at"),
    words("operator"),
    words("policy_ver", null=True),
    Column("corrects", String(), index=True),
    Column("body", Text(), nullable=False),
)

# The nine parts of `app.domain.account.Account`, empty for none; `key` is all nine, quoted, with commas.
account = Table(
    "account",
    metadata,
    Column("id", Number, primary_key=True),
    Column("key", String(), nullable=False, unique=True),
    words("owner"),
    words("item"),
    words("location"),
    words("status"),
    words("reason"),
    words("lot"),
    words("serial"),
    words("label"),
    words("grade"),
)
Index("ix_account_item", account.c.item, account.c.owner)
Index(
    "ix_account_serial",
    account.c.item,
    account.c.serial,
    sqlite_where=text("serial <> ''"),
    postgresql_where=text("serial <> ''"),
)
Index(
    "ix_account_label",
    account.c.label,
    sqlite_where=text("label <> ''"),
    postgresql_where=text("label <> ''"),
)

move = Table(
    "move",
    metadata,
    Column("event", Number, ForeignKey("event.id"), nullable=False),
    Column("n", Integer(), nullable=False),
    Column("qty", BigInteger(), nullable=False),
    Column("source", Number, ForeignKey("account.id"), nullable=False, index=True),
    Column("target", Number, ForeignKey("account.id"), nullable=False, index=True),
    words("kind"),
    words("reason", null=True),
    words("document", null=True),
    PrimaryKeyConstraint("event", "n"),
    sqlite_with_rowid=False,
)

# A station may name a document longer than a row of an index holds; the centre's own are far shorter.
INDEXED_DOCUMENT = text("length(document) <= 200")
"""What a search by document has to say besides, so that it goes by the index."""
Index(
    "ix_move_document",
    move.c.document,
    sqlite_where=INDEXED_DOCUMENT,
    postgresql_where=INDEXED_DOCUMENT,
)

# A cache of the fold of moves; accounts at zero have no row. Owner, item and status repeat the account's so
# that a promise reads one narrow range however many units customers hold.
balance = Table(
    "balance",
    metadata,
    Column("account", Number, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    words("owner"),
    words("item"),
    words("status"),
    Column("qty", BigInteger(), nullable=False),
)
Index("ix_balance_item", balance.c.owner, balance.c.item, balance.c.status)
