"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# Constraints are named as the tables of this version name them.
_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes every table of the first version and the rows that always exist."""
    tables = sa.MetaData(naming_convention=_NAMES)
    for group in (
        _stations_1,
        _stations_2,
        _records_1,
        _records_2,
        _ledger_1,
        _ledger_2,
        _orders_1,
        _orders_2,
        _returns,
        _service_1,
        _service_2,
    ):
        group(tables)
    tables.create_all(op.get_bind(), checkfirst=False)
    op.bulk_insert(
        tables.tables["counter"], [{"name": name, "value": 0} for name in ("feed", "rma", "write_off")]
    )
    op.bulk_insert(tables.tables["meta"], [{"name": "feed_gen", "value": "1"}])


def _texts(names: str, *, null: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=null) for name in names.split()]


def _index(of: sa.Table, name: str, columns: str, where: str | None = None, *, unique: bool = False) -> None:
    part = sa.text(where) if where is not None else None
    keys = [of.c[column] for column in columns.split()]
    sa.Index(name, *keys, unique=unique, sqlite_where=part, postgresql_where=part)


def _stations_1(tables: sa.MetaData) -> None:
    sa.Table(
        "station",
        tables,
        sa.Column("station_id", sa.String(), primary_key=True),
        *_texts("name"),
        sa.Column("bench", sa.Integer(), nullable=False),
        *_texts("public_key install_id site owner"),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("head_seq", sa.BigInteger(), nullable=False),
        *_texts("head_hash enrolled_at"),
        sa.Column("fenced", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.UniqueConstraint("bench"),
    )
    sa.Table(
        "enrolment_code",
        tables,
        sa.Column("code_hash", sa.String(), primary_key=True),
        *_texts("name site owner expires_at"),
        *_texts("used_at", null=True),
    )
    request_nonce = sa.Table(
        "request_nonce",
        tables,
        *_texts("station_id nonce seen_at"),
        sa.PrimaryKeyConstraint("station_id", "nonce"),
        sqlite_with_rowid=False,
    )
    _index(request_nonce, "ix_request_nonce_seen", "seen_at")


def _stations_2(tables: sa.MetaData) -> None:
    receipt = sa.Table(
        "receipt",
        tables,
        sa.Column("id", _NUMBER, primary_key=True),
        *_texts("station_id"),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        *_texts("event_id hash"),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("private", sa.LargeBinary()),
        *_texts("salt", null=True),
        *_texts("sig received_at state"),
    )
    _index(receipt, "ix_receipt_event_id", "event_id")
    _index(receipt, "ix_receipt_waiting", "station_id epoch seq", "state IN ('unposted', 'parked')")
    _index(receipt, "ux_receipt_place", "station_id epoch seq", "state <> 'evidence'", unique=True)


def _records_1(tables: sa.MetaData) -> None:
    sa.Table(
        "item",
        tables,
        sa.Column("sku", sa.String(), primary_key=True),
        sa.Column("document", sa.Text(), nullable=False),
        *_texts("tracking"),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        *_texts("currency"),
        sa.Column("is_kit", sa.Boolean(), nullable=False),
        sa.Column("safety", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("least", sa.BigInteger()),
    )
    gtin = sa.Table(
        "gtin",
        tables,
        sa.Column("gtin", sa.String(), primary_key=True),
        sa.Column("sku", sa.String(), sa.ForeignKey("item.sku"), nullable=False),
    )
    _index(gtin, "ix_gtin_sku", "sku")
    kit_component = sa.Table(
        "kit_component",
        tables,
        *_texts("kit component"),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kit", "component"),
    )
    _index(kit_component, "ix_kit_component_component", "component")
    sa.Table(
        "location",
        tables,
        sa.Column("code", sa.String(), primary_key=True),
        *_texts("site"),
        sa.Column("document", sa.Text(), nullable=False),
    )


def _records_2(tables: sa.MetaData) -> None:
    sa.Table(
        "policy",
        tables,
        sa.Column("id", _NUMBER, primary_key=True),
        *_texts("version"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("as_new", sa.Text(), nullable=False),
        *_texts("published_at published_by"),
        sa.UniqueConstraint("version"),
    )


def _ledger_1(tables: sa.MetaData) -> None:
    event = sa.Table(
        "event",
        tables,
        sa.Column("id", _NUMBER, primary_key=True),
        *_texts("event_id kind origin occurred_at posted_at operator"),
        *_texts("policy_ver corrects", null=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.UniqueConstraint("event_id"),
    )
    _index(event, "ix_event_corrects", "corrects")
    _index(event, "ix_event_origin", "origin")
    account = sa.Table(
        "account",
        tables,
        sa.Column("id", _NUMBER, primary_key=True),
        *_texts("key owner item location status reason lot serial label grade"),
        sa.UniqueConstraint("key"),
    )
    _index(account, "ix_account_item", "item owner")
    _index(account, "ix_account_serial", "item serial", "serial <> ''")


def _ledger_2(tables: sa.MetaData) -> None:
    move = sa.Table(
        "move",
        tables,
        sa.Column("event", _NUMBER, sa.ForeignKey("event.id"), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("source", _NUMBER, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("target", _NUMBER, sa.ForeignKey("account.id"), nullable=False),
        *_texts("kind"),
        *_texts("reason document", null=True),
        sa.PrimaryKeyConstraint("event", "n"),
        sqlite_with_rowid=False,
    )
    _index(move, "ix_move_source", "source")
    balance = sa.Table(
        "balance",
        tables,
        sa.Column("account", _NUMBER, sa.ForeignKey("account.id"), primary_key=True, autoincrement=False),
        *_texts("owner item status"),
        sa.Column("qty", sa.BigInteger(), nullable=False),
    )
    _index(balance, "ix_balance_item", "owner item status")


def _orders_1(tables: sa.MetaData) -> None:
    customer_order = sa.Table(
        "customer_order",
        tables,
        sa.Column("id", _NUMBER, primary_key=True),
        *_texts("code owner channel"),
        sa.Column("priority", sa.Integer(), nullable=False),
        *_texts("placed_at"),
        *_texts("customer", null=True),
        *_texts("ship state"),
        sa.UniqueConstraint("code"),
    )
    _index(customer_order, "ix_order_open", "id", "state = 'open'")
    order_line = sa.Table(
        "order_line",
        tables,
        sa.Column("order", _NUMBER, sa.ForeignKey("customer_order.id"), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        *_texts("owner"),
        *_texts("customer", null=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        *_texts("placed_at"),
        *_texts("sku description", null=True),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("shipped", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("cancelled", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("returned", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("unit_minor", sa.BigInteger()),
        *_texts("currency", null=True),
        sa.Column("serials", sa.Text()),
        *_texts("shipped_at", null=True),
        sa.PrimaryKeyConstraint("order", "line"),
        sqlite_with_rowid=False,
    )
    _index(
        order_line,
        "ix_order_line_short",
        "owner sku priority placed_at",
        "sku IS NOT NULL AND qty > reserved + shipped + cancelled",
    )
    _index(order_line, "ix_order_line_sold", "customer sku", "customer IS NOT NULL AND shipped > returned")


def _orders_2(tables: sa.MetaData) -> None:
    reservation = sa.Table(
        "reservation",
        tables,
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("order", _NUMBER, sa.ForeignKey("customer_order.id")),
        sa.Column("line", sa.Integer()),
        *_texts("owner item"),
        sa.Column("serial", sa.String(), nullable=False, server_default=""),
        *_texts("channel claim"),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("per", sa.BigInteger(), nullable=False, server_default="1"),
        *_texts("expires", null=True),
        sa.UniqueConstraint("order", "line", "item", "serial"),
        sa.CheckConstraint("qty >= 0", name="qty"),
    )
    _index(reservation, "ix_reservation_item", "owner item")
    _index(reservation, "ix_reservation_order", "order")
    sa.Table(
        "sold_serial",
        tables,
        *_texts("sku serial"),
        sa.Column("order", _NUMBER, sa.ForeignKey("customer_order.id"), nullable=False),
        *_texts("event"),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("sku", "serial", "order", "event"),
        sqlite_with_rowid=False,
    )


def _returns(tables: sa.MetaData) -> None:
    sa.Table(
        "rma",
        tables,
        sa.Column("code", sa.String(), primary_key=True),
        *_texts("owner"),
        *_texts("customer", null=True),
        *_texts("state"),
        sa.Column("finished", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("document", sa.Text(), nullable=False),
        *_texts("created_at"),
    )
    sa.Table(
        "rma_line",
        tables,
        sa.Column("rma", sa.String(), sa.ForeignKey("rma.code"), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        *_texts("sku"),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        *_texts("state"),
        sa.Column("missing", sa.BigInteger(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("rma", "line"),
    )
    rma_event = sa.Table(
        "rma_event",
        tables,
        *_texts("rma event_id"),
        sa.PrimaryKeyConstraint("rma", "event_id"),
    )
    _index(rma_event, "ix_rma_event_event_id", "event_id")
    sa.Table(
        "rma_done",
        tables,
        *_texts("rma"),
        sa.Column("line", sa.Integer(), nullable=False),
        *_texts("station"),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("rma", "line", "station"),
    )
    sa.Table(
        "rma_match",
        tables,
        *_texts("rma"),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("order", _NUMBER, sa.ForeignKey("customer_order.id"), nullable=False),
        sa.Column("order_line", sa.Integer(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("rma", "line", "order", "order_line"),
    )


def _service_1(tables: sa.MetaData) -> None:
    sa.Table(
        "write_off",
        tables,
        sa.Column("code", sa.String(), primary_key=True),
        *_texts("owner sku"),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        *_texts("location", null=True),
        *_texts("reason"),
        *_texts("note", null=True),
        *_texts("state requested_by requested_at"),
        *_texts("decided_by decided_at decision_reason event_id", null=True),
    )
    sa.Table(
        "exception",
        tables,
        sa.Column("id", _NUMBER, primary_key=True),
        *_texts("key type subject"),
        sa.Column("money_minor", sa.BigInteger()),
        *_texts("currency", null=True),
        *_texts("owner_role opened_at state"),
        sa.Column("fix", sa.Text(), nullable=False),
        *_texts("resolved_at resolved_by resolution", null=True),
        sa.UniqueConstraint("key"),
    )
    sa.Table(
        "idempotency",
        tables,
        *_texts("principal key digest"),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("response", sa.LargeBinary(), nullable=False),
        *_texts("created_at"),
        sa.PrimaryKeyConstraint("principal", "key"),
    )


def _service_2(tables: sa.MetaData) -> None:
    sa.Table(
        "token",
        tables,
        sa.Column("hash", sa.String(), primary_key=True),
        *_texts("role name created_at"),
        *_texts("revoked_at", null=True),
        sa.UniqueConstraint("name"),
    )
    sa.Table(
        "feed",
        tables,
        sa.Column("pos", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("gen", sa.Integer(), nullable=False),
        *_texts("kind key"),
        sa.Column("document", sa.Text(), nullable=False),
        *_texts("event_id", null=True),
        sa.Column("ends_commit", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    sa.Table(
        "counter",
        tables,
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("value", sa.BigInteger(), nullable=False),
    )
    sa.Table(
        "meta",
        tables,
        sa.Column("name", sa.String(), primary_key=True),
        *_texts("value"),
    )
