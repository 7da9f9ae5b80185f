"""Approvals given away from the centre: keys, approvers, certificates, revocations, verdicts, notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_USED = sa.text("used")


def upgrade() -> None:
    """Makes their tables; no centre had any of it before."""
    _people()
    _certificates()
    _verdicts()


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _people() -> None:
    op.create_table(
        "policy_key",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *_words("public_key", "root_key"),
        sa.Column("document", sa.Text(), nullable=False),
        *_words("sig", "not_before", "not_after"),
        sa.PrimaryKeyConstraint("number", name="pk_policy_key"),
    )
    op.create_table(
        "approver",
        *_words("code", "public_key"),
        sa.Column("actions", sa.Text(), nullable=False),
        sa.Column("sites", sa.Text(), nullable=False),
        *_words("currency"),
        sa.Column("single_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("most_count", sa.BigInteger(), nullable=False),
        sa.Column("two_person_above_minor", sa.BigInteger(), nullable=False),
        *_words("state", "enrolled_at", "enrolled_by", "digest", "certified_at"),
        sa.PrimaryKeyConstraint("code", name="pk_approver"),
        sa.UniqueConstraint("public_key", name="uq_approver_public_key"),
    )
    op.create_table(
        "approver_unlock",
        *_words("approver", "station"),
        sa.Column("number", sa.Integer(), nullable=False),
        *_words("given_at", "given_by"),
        sa.PrimaryKeyConstraint("approver", "station", name="pk_approver_unlock"),
    )


def _certificates() -> None:
    op.create_table(
        "approver_certificate",
        *_words("digest", "approver", "public_key"),
        sa.Column("document", sa.Text(), nullable=False),
        *_words("sig", "issued_at", "not_after"),
        sa.Column("feed_gen", sa.Integer(), nullable=False),
        sa.Column("feed_pos", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_approver_certificate"),
    )
    op.create_index("ix_approver_certificate_feed", "approver_certificate", ["feed_gen", "feed_pos"])
    op.create_table(
        "approver_revocation",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *_words("approver", "public_key", "reason", "revoked_at", "revoked_by"),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("feed_gen", sa.Integer(), nullable=False),
        sa.Column("feed_pos", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_approver_revocation"),
        sa.UniqueConstraint("public_key", name="uq_approver_revocation_public_key"),
    )


def _verdicts() -> None:
    op.create_table(
        "event_approval",
        sa.Column("id", _NUMBER, nullable=False),
        *_words("event_id", "station"),
        sa.Column("action", sa.String(), nullable=True),
        *_words("operator", "verdict"),
        sa.Column("reasons", sa.Text(), nullable=False),
        *_words("authorization"),
        sa.Column("money_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        *_words("judged_at"),
        sa.PrimaryKeyConstraint("id", name="pk_event_approval"),
        sa.UniqueConstraint("event_id", name="uq_event_approval_event_id"),
    )
    op.create_table(
        "approval",
        *_words("event_id"),
        sa.Column("n", sa.Integer(), nullable=False),
        *_words("verdict"),
        sa.Column("reasons", sa.Text(), nullable=False),
        *_words("approver", "public_key", "certificate", "statement", "station"),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        *_words("nonce"),
        sa.Column("worth_minor", sa.BigInteger(), nullable=False),
        *_words("currency", "reason", "judged_at"),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "n", name="pk_approval"),
    )
    for name, columns in (
        ("ux_approval_nonce", ["nonce"]),
        ("ux_approval_counter", ["approver", "station", "epoch", "counter"]),
    ):
        op.create_index(name, "approval", columns, unique=True, sqlite_where=_USED, postgresql_where=_USED)
    op.create_index("ix_approval_certificate", "approval", ["certificate"])
    op.create_index("ix_approval_approver", "approval", ["approver", "judged_at"])
    op.create_table(
        "approval_note",
        sa.Column("id", _NUMBER, nullable=False),
        *_words("event_id", "kind", "approver", "station", "occurred_at", "received_at"),
        sa.Column("place", sa.BigInteger(), nullable=False),
        *_words("statement", "about"),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_approval_note"),
    )
    op.create_index("ix_approval_note_statement", "approval_note", ["statement"])
    op.create_index("ix_approval_note_approver", "approval_note", ["approver", "received_at"])
