"""Units that came back with no RMA, those of earlier days too, and sold units that an RMA gave back."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LONGEST_KEY, _LONGEST = 300, 200
_SOLD = sa.text("sku IS NOT NULL AND shipped > returned")
_WAITING = sa.text("state = 'waiting'")
_CAME = sa.text(
    "SELECT e.event_id, e.origin, e.occurred_at, e.body,"
    " (SELECT a.owner FROM move m JOIN account a ON a.id = m.target WHERE m.event = e.id"
    " ORDER BY m.n LIMIT 1) AS owner,"
    " EXISTS (SELECT 1 FROM event u WHERE u.corrects = e.event_id AND u.kind = 'return.undone') AS undone"
    " FROM event e WHERE e.kind = 'return.dispositioned' ORDER BY e.id"
)


def upgrade() -> None:
    """Makes both tables and fills it from events; a unit whose disposition was undone waits no more."""
    table = op.create_table(
        "blind_unit",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("serial", sa.String(), nullable=True),
        sa.Column("lot", sa.String(), nullable=True),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("came_at", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("case_key", sa.String(), nullable=False),
        sa.Column("rma", sa.String(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("matched_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_blind_unit"),
        sa.UniqueConstraint("event_id", name="uq_blind_unit_event_id"),
    )
    op.create_index("ix_blind_unit_label", "blind_unit", ["label"])
    op.create_index(
        "ix_blind_unit_waiting", "blind_unit", ["id"], sqlite_where=_WAITING, postgresql_where=_WAITING
    )
    op.create_index(
        "ix_order_line_back",
        "order_line",
        ["owner", "sku", "shipped_at"],
        sqlite_where=_SOLD,
        postgresql_where=_SOLD,
    )
    op.create_table(
        "rma_release",
        sa.Column("rma", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("order", _NUMBER, nullable=False),
        sa.Column("order_line", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["order"], ["customer_order.id"], name="fk_rma_release_order_customer_order"),
        sa.PrimaryKeyConstraint("rma", "line", "order", "order_line", "serial", name="pk_rma_release"),
    )
    rows = [_row(came) for came in op.get_bind().execute(_CAME) if not json.loads(came.body).get("rma")]
    if rows:
        op.bulk_insert(table, rows)


def _row(came: Any) -> dict[str, object]:
    body = json.loads(came.body)
    label = body.get("label") or came.event_id
    return {
        "event_id": came.event_id,
        "label": label.replace("\x00", "\ufffd")[:_LONGEST],
        "station": came.origin,
        "owner": came.owner or "",
        "sku": body["sku"],
        "qty": body["qty"],
        "serial": _part(body, "serial"),
        "lot": _part(body, "lot"),
        "grade": _part(body, "grade"),
        "came_at": came.occurred_at,
        "state": "taken_back" if came.undone else "waiting",
        "case_key": _stored_key(f"return.blind:{label}"),
    }


def _part(body: dict[str, Any], name: str) -> str | None:
    found = body.get(name)
    return found.replace("\x00", "\ufffd") if isinstance(found, str) and found else None


def _stored_key(key: str) -> str:
    """As cases were keyed when this step was written."""
    if len(key) <= _LONGEST_KEY and key.isprintable():
        return key
    return f"sha256:{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"
