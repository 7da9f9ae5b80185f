"""Stations, enrolment codes and received envelopes; the centre's own chain is one of them (bench 0)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    false,
    text,
)

from sync.central.store.tables.base import Number, metadata, words

station = Table(
    "station",
    metadata,
    Column("station_id", String(), primary_key=True),
    words("name"),
    Column("bench", Integer(), nullable=False, unique=True),
    words("public_key"),
    words("install_id"),
    words("site"),
    words("owner"),
    Column("epoch", Integer(), nullable=False),
    Column("head_seq", BigInteger(), nullable=False),
    words("head_hash"),
    words("enrolled_at"),
    Column("fenced", Boolean(), nullable=False, server_default=false()),
)

# `code_hash` is the hexadecimal SHA-256 of the code as its maker normalizes it.
enrolment_code = Table(
    "enrolment_code",
    metadata,
    Column("code_hash", String(), primary_key=True),
    words("name"),
    words("site"),
    words("owner"),
    words("expires_at"),
    words("used_at", null=True),
)

# Each epoch of a station but its first: the chain it goes on from as the station's disk had it (`head_seq` in
# `from_epoch`), up to where the centre had seen that (`seen`), and which computer goes on after which.
renewal = Table(
    "renewal",
    metadata,
    words("station_id"),
    Column("epoch", Integer(), nullable=False),
    Column("from_epoch", Integer(), nullable=False),
    words("token"),
    words("cause"),
    words("install_id"),
    words("replaced"),
    Column("head_seq", BigInteger(), nullable=False),
    Column("confirmed", BigInteger(), nullable=False),
    Column("seen", BigInteger(), nullable=False),
    words("renewed_at"),
    PrimaryKeyConstraint("station_id", "epoch"),
)
Index("ux_renewal_token", renewal.c.station_id, renewal.c.token, unique=True)

# Closed chains: an epoch that was renewed since, and what the centre holds of it.
past_chain = Table(
    "past_chain",
    metadata,
    words("station_id"),
    Column("epoch", Integer(), nullable=False),
    Column("head_seq", BigInteger(), nullable=False),
    words("head_hash"),
    PrimaryKeyConstraint("station_id", "epoch"),
)

# The nonces of signed requests, for as long as their signatures are fresh; no request is taken twice.
request_nonce = Table(
    "request_nonce",
    metadata,
    words("station_id"),
    words("nonce"),
    words("seen_at"),
    PrimaryKeyConstraint("station_id", "nonce"),
    sqlite_with_rowid=False,
)
Index("ix_request_nonce_seen", request_nonce.c.seen_at)

# `state`: posted, unposted (posting failed, or a kind not known here), parked (behind an unposted one),
# duplicate (re-sent in a later epoch), quarantined (an event id used again for something else), evidence (not
# part of a chain).
receipt = Table(
    "receipt",
    metadata,
    Column("id", Number, primary_key=True),
    words("station_id"),
    Column("epoch", Integer(), nullable=False),
    Column("seq", BigInteger(), nullable=False),
    words("event_id"),
    words("hash"),
    Column("header", LargeBinary(), nullable=False),
    Column("facts", LargeBinary(), nullable=False),
    Column("private", LargeBinary()),
    words("salt", null=True),
    words("sig"),
    words("received_at"),
    words("state"),
)
Index(
    "ux_receipt_place",
    receipt.c.station_id,
    receipt.c.epoch,
    receipt.c.seq,
    unique=True,
    sqlite_where=text("state <> 'evidence'"),
    postgresql_where=text("state <> 'evidence'"),
)
Index("ix_receipt_event_id", receipt.c.event_id)
Index(
    "ix_receipt_waiting",
    receipt.c.station_id,
    receipt.c.epoch,
    receipt.c.seq,
    sqlite_where=text("state IN ('unposted', 'parked')"),
    postgresql_where=text("state IN ('unposted', 'parked')"),
)
