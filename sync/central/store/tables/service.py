"""Write-offs, exceptions, the change feed, and what the service itself remembers."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    false,
    text,
)

from sync.central.store.tables.base import Number, metadata, words

# `state`: requested, approved, rejected, withdrawn. `note` may hold personal data and is erasable. What a
# disposition asks for has its `cause`: that event, with its rule, the unit's parts and the addresses of its
# photos (a JSON list). `account` is where its units wait, none once they are gone. `regulated` is the name of
# the policy's entry whose goods wait for their disposal, `dispose_by` when somebody is reminded of them, null
# once they left.
write_off = Table(
    "write_off",
    metadata,
    Column("code", String(), primary_key=True),
    words("owner"),
    words("sku"),
    Column("qty", BigInteger(), nullable=False),
    words("location", null=True),
    words("reason"),
    words("note", null=True),
    words("state"),
    words("requested_by"),
    words("requested_at"),
    words("decided_by", null=True),
    words("decided_at", null=True),
    words("decision_reason", null=True),
    words("event_id", null=True),
    words("regulated", null=True),
    words("dispose_by", null=True),
    words("cause", null=True),
    Column("account", Number),
    words("label", null=True),
    words("serial", null=True),
    words("lot", null=True),
    words("grade", null=True),
    words("rma", null=True),
    words("rule", null=True),
    words("policy_ver", null=True),
    Column("photos", Text()),
)
Index(
    "ix_write_off_dispose_by",
    write_off.c.dispose_by,
    sqlite_where=text("dispose_by IS NOT NULL"),
    postgresql_where=text("dispose_by IS NOT NULL"),
)
Index(
    "ix_write_off_account",
    write_off.c.account,
    sqlite_where=text("account IS NOT NULL"),
    postgresql_where=text("account IS NOT NULL"),
)
Index(
    "ix_write_off_event_id",
    write_off.c.event_id,
    sqlite_where=text("event_id IS NOT NULL"),
    postgresql_where=text("event_id IS NOT NULL"),
)
Index("ix_write_off_requested_at", write_off.c.requested_at, write_off.c.code)

# `state`: open, resolved. `key` makes one case of what is found again and again. `money_of`: cost, item_value
# or price, none of cases that were opened before it was kept. `due_at`: by when it is to be answered, counted
# from when it opened or opened again; none of those that were over before it was kept. `site`: where its
# subject is, none of what is of the whole business; `far_site`: the other end of a transfer, which reads it.
exception = Table(
    "exception",
    metadata,
    Column("id", Number, primary_key=True),
    Column("key", String(), nullable=False, unique=True),
    words("type"),
    words("subject"),
    Column("money_minor", BigInteger()),
    words("currency", null=True),
    words("owner_role"),
    words("opened_at"),
    words("state"),
    Column("fix", Text(), nullable=False),
    words("resolved_at", null=True),
    words("resolved_by", null=True),
    words("resolution", null=True),
    words("money_of", null=True),
    words("due_at", null=True),
    words("site", null=True),
    words("far_site", null=True),
)
Index("ix_exception_site", exception.c.site, exception.c.state, exception.c.id)
Index("ix_exception_far_site", exception.c.far_site, exception.c.state, exception.c.id)
Index(
    "ix_exception_due_at",
    exception.c.due_at,
    sqlite_where=text("state = 'open'"),
    postgresql_where=text("state = 'open'"),
)

# What was ever said about an exception, the first first; the last one stands beside it too while it is
# resolved. `event_id` is by which a person said it, or what ended it; none of what was said before there were
# such events.
exception_closing = Table(
    "exception_closing",
    metadata,
    Column("id", Number, primary_key=True),
    Column("exception", Number, ForeignKey("exception.id"), nullable=False, index=True),
    words("event_id", null=True),
    words("closed_at"),
    words("closed_by"),
    Column("note", Text(), nullable=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    words("principal"),
    words("key"),
    words("digest"),
    Column("status", Integer(), nullable=False),
    Column("response", LargeBinary(), nullable=False),
    words("created_at"),
    PrimaryKeyConstraint("principal", "key"),
)

# `hash` is the hexadecimal SHA-256 of the token; `sites` is a JSON list, null for all sites.
# A name that ended is given anew to the same `person` only.
token = Table(
    "token",
    metadata,
    Column("hash", String(), primary_key=True),
    words("role"),
    words("name"),
    words("created_at"),
    words("revoked_at", null=True),
    Column("sites", Text()),
    words("person"),
    words("expires_at", null=True),
    words("created_by", null=True),
)
Index(
    "ux_token_name",
    token.c.name,
    unique=True,
    sqlite_where=text("revoked_at IS NULL"),
    postgresql_where=text("revoked_at IS NULL"),
)

# Positions are taken from the counter `feed` while its row is locked, so they are in commit order. The last
# position of each commit is marked: stations are given whole commits only.
feed = Table(
    "feed",
    metadata,
    Column("pos", BigInteger(), primary_key=True, autoincrement=False),
    Column("gen", Integer(), nullable=False),
    words("kind"),
    words("key"),
    Column("document", Text(), nullable=False),
    words("event_id", null=True),
    Column("ends_commit", Boolean(), nullable=False, server_default=false()),
)
_ITEM = text("kind = 'item'")
Index("ix_feed_item", feed.c.key, feed.c.pos, sqlite_where=_ITEM, postgresql_where=_ITEM)
counter = Table(
    "counter",
    metadata,
    Column("name", String(), primary_key=True),
    Column("value", BigInteger(), nullable=False),
)
# `feed_gen` (a number as text) and `centre_id` live here, as `unsealed_closings` the last row of
# `exception_closing` that was written before a person's word on an exception was an event, and as
# `judged_after` the last receipt that came before events without an approval were judged.
meta = Table(
    "meta",
    metadata,
    Column("name", String(), primary_key=True),
    words("value"),
)
