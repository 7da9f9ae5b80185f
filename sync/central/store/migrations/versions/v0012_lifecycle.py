"""Write-offs that dispositions ask for, the day a return's goods must be sent by, and things without a name.

What waits to be written off when this step is taken gets its request, from the event that put it there.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.domain.codes import CodeFamily, HumanCode

revision = "0012"
down_revision = "0011"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LONGEST_KEY, _LONGEST = 300, 200
_PARTS = ("cause", "label", "serial", "lot", "grade", "rma", "rule", "policy_ver")
_HELD = sa.text("account IS NOT NULL")
_OPEN = sa.text("state = 'open' AND send_by IS NOT NULL")
_WAITING = sa.text(
    "SELECT a.id, a.owner, a.item, a.location, a.lot, a.serial, a.label, a.grade, b.qty"
    " FROM balance b JOIN account a ON a.id = b.account"
    " WHERE a.status = 'quarantined' AND a.reason = 'awaiting_write_off' AND b.qty > 0"
    " AND a.location NOT LIKE '@%' ORDER BY a.id"
)
_CAME = sa.text(
    "SELECT m.target, m.qty, e.event_id, e.operator, e.occurred_at, e.policy_ver, e.body"
    " FROM move m JOIN event e ON e.id = m.event WHERE m.target = :account ORDER BY e.id DESC"
)
_UNNAMED = sa.text(
    "SELECT e.event_id, e.origin, e.occurred_at, e.body, s.owner, r.owner AS of_return,"
    " EXISTS (SELECT 1 FROM event u WHERE u.corrects = e.event_id AND u.kind = 'return.undone') AS undone"
    " FROM event e LEFT JOIN station s ON s.station_id = e.origin"
    " LEFT JOIN rma_event n ON n.event_id = e.event_id LEFT JOIN rma r ON r.code = n.rma"
    " WHERE e.kind = 'return.unidentified' ORDER BY e.id"
)


def upgrade() -> None:
    """Makes columns, indexes and a table, and fills them from what happened before."""
    for name in _PARTS:
        op.add_column("write_off", sa.Column(name, sa.String(), nullable=True))
    op.add_column("write_off", sa.Column("account", _NUMBER, nullable=True))
    op.add_column("write_off", sa.Column("photos", sa.Text(), nullable=True))
    op.create_index(
        "ix_write_off_account", "write_off", ["account"], sqlite_where=_HELD, postgresql_where=_HELD
    )
    op.create_index("ix_write_off_requested_at", "write_off", ["requested_at", "code"])
    op.add_column("rma", sa.Column("send_by", sa.String(), nullable=True))
    op.create_index("ix_rma_send_by", "rma", ["send_by"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    _ask_for_waiting()
    _note_unnamed()


def _ask_for_waiting() -> None:
    conn, rows = op.get_bind(), list[dict[str, object]]()
    wanted = defaultdict[int, list[Any]](list)
    waiting = conn.execute(_WAITING).all()
    for held in waiting:
        left = int(held.qty)
        for came in conn.execute(_CAME, {"account": held.id}):
            qty = min(left, int(came.qty))
            if qty > 0:
                wanted[held.id].append((came, qty))
                left -= qty
    taken = set(conn.scalars(sa.text("SELECT code FROM write_off")))
    number = int(conn.scalar(sa.text("SELECT value FROM counter WHERE name = 'write_off'")) or 0)
    for held in waiting:
        for came, qty in reversed(wanted[held.id]):
            number, code = _next(number, taken)
            rows.append(_request(code, held, came, qty))
    if rows:
        op.bulk_insert(_table("write_off", rows[0]), rows)
        conn.execute(sa.text("UPDATE counter SET value = :n WHERE name = 'write_off'"), {"n": number})


def _next(number: int, taken: set[str]) -> tuple[int, str]:
    while True:
        number += 1
        code = str(HumanCode(CodeFamily.WRITE_OFF, "", number))
        if code not in taken:
            return number, code


def _request(code: str, held: Any, came: Any, qty: int) -> dict[str, object]:
    body = json.loads(came.body)
    rule, photos = _part(body, "rule"), body.get("photos")
    return {
        "code": code,
        "owner": held.owner,
        "sku": held.item,
        "qty": qty,
        "location": held.location,
        "reason": f"rule {rule}" if rule else "disposition",
        "state": "requested",
        "requested_by": came.operator,
        "requested_at": came.occurred_at,
        "cause": came.event_id,
        "account": held.id,
        **{name: getattr(held, name) or None for name in ("label", "serial", "lot", "grade")},
        "rma": _part(body, "rma") or _part(body, "return"),
        "rule": rule,
        "policy_ver": came.policy_ver,
        "photos": json.dumps(photos) if isinstance(photos, list) else "[]",
    }


def _note_unnamed() -> None:
    table = op.create_table(
        "unidentified",
        sa.Column("id", _NUMBER, nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=name in {"rma", "named_by"})
            for name in ("event_id", "label", "station", "owner", "place", "rma", "came_at", "state")
        ),
        sa.Column("case_key", sa.String(), nullable=False),
        sa.Column("named_by", sa.String(), nullable=True),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unidentified"),
        sa.UniqueConstraint("event_id", name="uq_unidentified_event_id"),
    )
    op.create_index("ix_unidentified_label", "unidentified", ["label"])
    rows = [_thing(came) for came in op.get_bind().execute(_UNNAMED).all()]
    if rows:
        op.bulk_insert(table, rows)


def _thing(came: Any) -> dict[str, object]:
    body = json.loads(came.body)
    label, qty = _part(body, "label") or came.event_id, body.get("qty")
    return {
        "event_id": came.event_id,
        "label": label[:_LONGEST],
        "station": came.origin,
        "owner": came.of_return or came.owner or "",
        "qty": qty if type(qty) is int and qty > 0 else 1,
        "place": _part(body, "place") or "",
        "rma": _part(body, "rma"),
        "came_at": came.occurred_at,
        "state": "taken_back" if came.undone else "waiting",
        "case_key": _stored_key(f"return.unidentified:{label}"),
        "named_by": None,
    }


def _table(name: str, row: dict[str, object]) -> sa.TableClause:
    return sa.table(name, *(sa.column(column) for column in row))


def _part(body: dict[str, Any], name: str) -> str | None:
    found = body.get(name)
    return found.replace("\x00", "\ufffd") if isinstance(found, str) and found else None


def _stored_key(key: str) -> str:
    """As cases were keyed when this step was written."""
    if len(key) <= _LONGEST_KEY and key.isprintable():
        return key
    return f"sha256:{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"
