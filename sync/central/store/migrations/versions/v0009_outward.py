"""Goods that leave for good, and write-offs of regulated goods, which wait for their disposal."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITS = sa.text("dispose_by IS NOT NULL")


def upgrade() -> None:
    """Makes the tables and their counter; no write-off of before was regulated."""
    op.create_table(
        "consignment",
        *(_text(name) for name in ("code", "owner", "site", "route", "counterpart")),
        *(_text(name, null=True) for name in ("reference", "note", "currency")),
        *(_text(name) for name in ("state", "made_at")),
        *(_text(name, null=True) for name in ("policy", "departed_event", "settled_event")),
        sa.PrimaryKeyConstraint("code", name="pk_consignment"),
    )
    op.create_index("ix_consignment_made_at", "consignment", ["made_at", "code"])
    op.create_table(
        "consignment_line",
        *_of_consignment("consignment_line", "line"),
        sa.Column("account", _NUMBER, sa.ForeignKey("account.id"), nullable=False),
        _text("sku"),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        *(_text(name, null=True) for name in ("regulated", "papers")),
        sa.Column("rejected", sa.BigInteger(), nullable=False, server_default="0"),
        _text("why", null=True),
    )
    op.create_index("ix_consignment_line_account", "consignment_line", ["account"])
    op.create_table(
        "consignment_step",
        *_of_consignment("consignment_step", "n"),
        *(_text(name) for name in ("step", "at", "by")),
        *(_text(name, null=True) for name in ("event_id", "note")),
    )
    op.create_table(
        "handover",
        *_of_consignment("handover", "n"),
        *(_text(name) for name in ("at", "given_by", "taken_by", "place")),
        _text("seal", null=True),
        *(_text(name) for name in ("noted_by", "noted_at")),
    )
    op.create_table(
        "certificate",
        sa.Column("consignment", sa.String(), sa.ForeignKey("consignment.code"), nullable=False),
        *(_text(name) for name in ("number", "processor", "issued_on")),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in ("weight_g", "units")),
        _text("witness", null=True),
        sa.PrimaryKeyConstraint("consignment", name="pk_certificate"),
    )
    for name in ("regulated", "dispose_by"):
        op.add_column("write_off", _text(name, null=True))
    op.create_index(
        "ix_write_off_dispose_by",
        "write_off",
        ["dispose_by"],
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )
    counter = sa.table("counter", sa.column("name", sa.String), sa.column("value", sa.BigInteger))
    op.bulk_insert(counter, [{"name": "consignment", "value": 0}])


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=null)


def _of_consignment(table: str, number: str) -> list[Any]:
    return [
        sa.Column("consignment", sa.String(), sa.ForeignKey("consignment.code"), nullable=False),
        sa.Column(number, sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("consignment", number, name=f"pk_{table}"),
    ]
