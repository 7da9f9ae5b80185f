"""Approvals given at the station: sealed keys, wrong PINs, certificates, revocations, what was spent."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, LargeBinary, Text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Makes their tables; no station had any of it before."""
    op.create_table(
        "approver_key",
        Column("approver", Text, primary_key=True),
        Column("station", Text, nullable=False),
        Column("public_key", LargeBinary, nullable=False),
        Column("salt", LargeBinary, nullable=False),
        Column("nonce", LargeBinary, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pin_attempt",
        Column("approver", Text, primary_key=True),
        Column("failed", Integer, nullable=False),
        Column("pending", Integer, nullable=False),
        Column("unlocked", Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "approver_certificate",
        Column("approver", Text, primary_key=True),
        Column("certificate", Text, nullable=False),
        Column("policy_key", Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "revocation_list",
        Column("name", Text, primary_key=True),
        Column("number", Integer, nullable=False),
        Column("list", Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "approval_spent",
        Column("certificate", Text, primary_key=True),
        Column("qty", Integer, nullable=False),
        Column("times", Integer, nullable=False),
        sqlite_with_rowid=False,
    )
