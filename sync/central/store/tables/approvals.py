"""Approvals given away from the centre: keys, approvers, certificates, revocations, and what was judged."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

from sync.central.store.tables.base import Number, metadata, words

# The grants of the policy keys, the newest number is the one in use; all by one root.
policy_key = Table(
    "policy_key",
    metadata,
    Column("number", Integer(), primary_key=True, autoincrement=False),
    words("public_key"),
    words("root_key"),
    Column("document", Text(), nullable=False),
    words("sig"),
    words("not_before"),
    words("not_after"),
)

# `state`: active, revoked. `actions` and `sites` are JSON lists; `digest` names the newest certificate.
approver = Table(
    "approver",
    metadata,
    Column("code", String(), primary_key=True),
    Column("public_key", String(), nullable=False, unique=True),
    Column("actions", Text(), nullable=False),
    Column("sites", Text(), nullable=False),
    words("currency"),
    Column("single_minor", BigInteger(), nullable=False),
    Column("total_minor", BigInteger(), nullable=False),
    Column("most_count", BigInteger(), nullable=False),
    Column("two_person_above_minor", BigInteger(), nullable=False),
    words("state"),
    words("enrolled_at"),
    words("enrolled_by"),
    words("digest"),
    words("certified_at"),
)

# Where in the feed each certificate stands: a station that read so far acted after it was issued.
approver_certificate = Table(
    "approver_certificate",
    metadata,
    Column("digest", String(), primary_key=True),
    words("approver"),
    words("public_key"),
    Column("document", Text(), nullable=False),
    words("sig"),
    words("issued_at"),
    words("not_after"),
    Column("feed_gen", Integer(), nullable=False),
    Column("feed_pos", BigInteger(), nullable=False),
)
Index("ix_approver_certificate_feed", approver_certificate.c.feed_gen, approver_certificate.c.feed_pos)

# `place` is the last receipt that was here when the key was revoked; numbers have no gaps.
approver_revocation = Table(
    "approver_revocation",
    metadata,
    Column("number", Integer(), primary_key=True, autoincrement=False),
    words("approver"),
    Column("public_key", String(), nullable=False, unique=True),
    words("reason"),
    words("revoked_at"),
    words("revoked_by"),
    Column("place", BigInteger(), nullable=False),
    Column("feed_gen", Integer(), nullable=False),
    Column("feed_pos", BigInteger(), nullable=False),
)

# Which unlocking of an approver at a station was signed last.
approver_unlock = Table(
    "approver_unlock",
    metadata,
    words("approver"),
    words("station"),
    Column("number", Integer(), nullable=False),
    words("given_at"),
    words("given_by"),
    PrimaryKeyConstraint("approver", "station"),
)

# One row for each event that came with approvals, or should have.
# `authorization`: approved, review, unapproved.
event_approval = Table(
    "event_approval",
    metadata,
    Column("id", Number, primary_key=True),
    Column("event_id", String(), nullable=False, unique=True),
    words("station"),
    words("action", null=True),
    words("operator"),
    words("verdict"),
    Column("reasons", Text(), nullable=False),
    words("authorization"),
    Column("money_minor", BigInteger()),
    words("currency", null=True),
    words("judged_at"),
)

# One row for each approval on such an event; names are empty where nobody vouches for them. `used`: its
# nonce and number are spent. `worth_minor` counts against the limits of `certificate` unless it is invalid:
# that is the newest of the approver that the station knew, whichever was used.
approval = Table(
    "approval",
    metadata,
    words("event_id"),
    Column("n", Integer(), nullable=False),
    words("verdict"),
    Column("reasons", Text(), nullable=False),
    words("approver"),
    words("public_key"),
    words("certificate"),
    words("statement"),
    words("station"),
    Column("epoch", Integer(), nullable=False),
    Column("counter", BigInteger(), nullable=False),
    words("nonce"),
    Column("worth_minor", BigInteger(), nullable=False),
    words("currency"),
    words("reason"),
    words("judged_at"),
    Column("used", Boolean(), nullable=False),
    PrimaryKeyConstraint("event_id", "n"),
)
_USED = text("used")
Index("ux_approval_nonce", approval.c.nonce, unique=True, sqlite_where=_USED, postgresql_where=_USED)
Index(
    "ux_approval_counter",
    approval.c.approver,
    approval.c.station,
    approval.c.epoch,
    approval.c.counter,
    unique=True,
    sqlite_where=_USED,
    postgresql_where=_USED,
)
Index("ix_approval_certificate", approval.c.certificate)
Index("ix_approval_approver", approval.c.approver, approval.c.judged_at)

# What stations noted of approvers: one row for each statement that was given, and for each failure with a
# PIN. `statement` is empty but for `given`; `place` is the receipt it came with.
approval_note = Table(
    "approval_note",
    metadata,
    Column("id", Number, primary_key=True),
    words("event_id"),
    words("kind"),
    words("approver"),
    words("station"),
    words("occurred_at"),
    words("received_at"),
    Column("place", BigInteger(), nullable=False),
    words("statement"),
    words("about"),
    Column("counter", BigInteger(), nullable=False),
)
Index("ix_approval_note_statement", approval_note.c.statement)
Index("ix_approval_note_approver", approval_note.c.approver, approval_note.c.received_at)
