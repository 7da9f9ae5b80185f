"""Claims by key, orders on their way, inbound supply, transfers, decisions."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# Constraints are named as the tables of this version name them.
_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
_KEY = ("document", "line", "item", "claim", "serial", "site", "lot", "grade", "supply", "fresh")
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds what orders ask for, gives claims their keys, and makes the tables of trade."""
    _order_columns()
    _look_ups()
    op.execute("CREATE TABLE reservation_kept AS SELECT * FROM reservation")
    op.drop_table("reservation")
    tables = sa.MetaData(naming_convention=_NAMES)
    # Only named by foreign keys.
    sa.Table("customer_order", tables, sa.Column("id", _NUMBER, primary_key=True))
    made = [
        _reservation(tables),
        *_records(tables),
        *_sending(tables),
        *_supplies(tables),
        *_transfers(tables),
        _decision(tables),
    ]
    tables.create_all(op.get_bind(), tables=made, checkfirst=False)
    op.execute(
        "INSERT INTO reservation "
        '(id, document, "order", line, owner, item, serial, channel, claim, qty, per, expires) '
        "SELECT kept.id, 'order:' || head.code, kept.\"order\", kept.line, kept.owner, kept.item, "
        "kept.serial, kept.channel, kept.claim, kept.qty, kept.per, kept.expires "
        'FROM reservation_kept AS kept JOIN customer_order AS head ON head.id = kept."order"'
    )
    op.drop_table("reservation_kept")
    counter = sa.table("counter", sa.column("name", sa.String), sa.column("value", sa.BigInteger))
    op.bulk_insert(counter, [{"name": name, "value": 0} for name in ("hold", "parcel", "wave", "transfer")])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('reservation', 'id'), "
            "(SELECT coalesce(max(id), 0) + 1 FROM reservation), false)"
        )


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=null)


def _texts(names: str, *, null: bool = False) -> list[sa.Column[str]]:
    return [_text(name, null=null) for name in names.split()]


def _empty(names: str) -> list[sa.Column[str]]:
    """Text columns that are empty for none, because they stand in a key."""
    return [sa.Column(name, sa.String(), nullable=False, server_default="") for name in names.split()]


def _units(names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False, server_default="0") for name in names.split()]


def _order_columns() -> None:
    head: list[sa.Column[Any]] = [
        sa.Column("claim", sa.String(), nullable=False, server_default="hard"),
        sa.Column("fill", sa.String(), nullable=False, server_default="partial"),
        *_texts("site region zone service_level wanted_by block", null=True),
        sa.Column("most_parcels", sa.Integer()),
        *_units("late_penalty_minor"),
        *(
            sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
            for name in ("substitutes", "wholesale", "ranked")
        ),
    ]
    for column in head:
        op.add_column("customer_order", column)
    line: list[sa.Column[Any]] = [*_empty("lot grade fresh"), _text("substitute_for", null=True)]
    for column in line:
        op.add_column("order_line", column)


def _look_ups() -> None:
    """Indexes by which a balance, a document or an item opens into what stands behind it."""
    # A station may name a document longer than a row of an index holds.
    short = sa.text("length(document) <= 200")
    op.create_index("ix_move_target", "move", ["target"])
    op.create_index("ix_move_document", "move", ["document"], sqlite_where=short, postgresql_where=short)
    op.create_index("ix_rma_line_sku", "rma_line", ["sku"])


def _reservation(tables: sa.MetaData) -> sa.Table:
    made = sa.Table(
        "reservation",
        tables,
        sa.Column("id", _NUMBER, primary_key=True),
        _text("document"),
        sa.Column("order", _NUMBER, sa.ForeignKey("customer_order.id"), index=True),
        sa.Column("line", sa.Integer(), nullable=False),
        *_texts("owner item"),
        *_empty("serial site lot grade supply fresh"),
        *_texts("channel claim"),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("per", sa.BigInteger(), nullable=False, server_default="1"),
        _text("expires", null=True),
        sa.UniqueConstraint(*_KEY, name="uq_reservation_document"),
        sa.CheckConstraint("qty >= 0", name="qty"),
    )
    sa.Index("ix_reservation_item", made.c.owner, made.c.item)
    return made


def _records(tables: sa.MetaData) -> list[sa.Table]:
    return [
        sa.Table(
            "site_safety",
            tables,
            *_texts("sku site"),
            sa.Column("qty", sa.BigInteger(), nullable=False),
            sa.PrimaryKeyConstraint("sku", "site"),
        ),
        sa.Table("lot", tables, *_texts("sku lot good_until"), sa.PrimaryKeyConstraint("sku", "lot")),
    ]


def _sending(tables: sa.MetaData) -> list[sa.Table]:
    return [
        sa.Table(
            "basket",
            tables,
            sa.Column("code", sa.String(), primary_key=True),
            *_texts("owner channel"),
            sa.Column("expires", sa.String(), nullable=False, index=True),
            *_texts("state made_at made_by"),
        ),
        sa.Table(
            "wave",
            tables,
            sa.Column("code", sa.String(), primary_key=True),
            *_texts("owner released_at released_by"),
            _text("policy", null=True),
            sa.Column("document", sa.Text(), nullable=False),
        ),
        sa.Table(
            "parcel",
            tables,
            sa.Column("code", sa.String(), primary_key=True),
            sa.Column("order", _NUMBER, sa.ForeignKey("customer_order.id"), nullable=False, index=True),
            _text("site"),
            _text("wave", null=True),
            *_texts("state released_at"),
            *_texts("picked_at packed_at shipped_at tracking", null=True),
        ),
        sa.Table(
            "parcel_line",
            tables,
            sa.Column("parcel", sa.String(), sa.ForeignKey("parcel.code"), nullable=False),
            sa.Column("line", sa.Integer(), nullable=False),
            sa.Column("qty", sa.BigInteger(), nullable=False),
            *_units("picked"),
            sa.PrimaryKeyConstraint("parcel", "line"),
        ),
        sa.Table(
            "parcel_serial",
            tables,
            sa.Column("parcel", sa.String(), sa.ForeignKey("parcel.code"), nullable=False),
            sa.Column("line", sa.Integer(), nullable=False),
            sa.Column("serial", sa.String(), nullable=False, index=True),
            sa.PrimaryKeyConstraint("parcel", "line", "serial"),
        ),
    ]


def _supplies(tables: sa.MetaData) -> list[sa.Table]:
    lines = sa.Table(
        "supply_line",
        tables,
        sa.Column("supply", sa.String(), sa.ForeignKey("supply.code"), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        _text("sku"),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        *_units("received cancelled"),
        _text("due_at"),
        sa.PrimaryKeyConstraint("supply", "line"),
    )
    sa.Index("ix_supply_line_sku", lines.c.sku)
    head = sa.Table(
        "supply",
        tables,
        sa.Column("code", sa.String(), primary_key=True),
        *_texts("owner kind site"),
        _text("supplier", null=True),
        *_texts("state made_at made_by"),
    )
    return [head, lines]


def _transfers(tables: sa.MetaData) -> list[sa.Table]:
    return [
        sa.Table(
            "transfer",
            tables,
            sa.Column("code", sa.String(), primary_key=True),
            *_texts("owner source target state"),
            *_texts("due_at note", null=True),
        ),
        sa.Table(
            "transfer_line",
            tables,
            sa.Column("transfer", sa.String(), sa.ForeignKey("transfer.code"), nullable=False),
            sa.Column("line", sa.Integer(), nullable=False),
            _text("sku"),
            *_empty("lot"),
            sa.Column("qty", sa.BigInteger(), nullable=False),
            *_units("picked shipped received damaged short over"),
            sa.PrimaryKeyConstraint("transfer", "line"),
        ),
        sa.Table(
            "transfer_milestone",
            tables,
            sa.Column("transfer", sa.String(), sa.ForeignKey("transfer.code"), nullable=False),
            sa.Column("n", sa.Integer(), nullable=False),
            *_texts("milestone at by"),
            _text("event_id", null=True),
            sa.PrimaryKeyConstraint("transfer", "n"),
        ),
    ]


def _decision(tables: sa.MetaData) -> sa.Table:
    return sa.Table(
        "decision",
        tables,
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("subject", sa.String(), nullable=False, index=True),
        *_texts("kind at by"),
        _text("policy", null=True),
        sa.Column("document", sa.Text(), nullable=False),
    )
