"""Work orders with their steps; units that are in refurbish stock already get a case each, and no order."""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LIVE = sa.text("state IN ('open', 'started')")
_LONGEST_KEY = 300
_PARTS = ("owner", "item", "location", "status", "reason", "lot", "serial", "label", "grade")
_STANDING = sa.text(
    f"SELECT b.qty, {', '.join(f'a.{part}' for part in _PARTS)}, i.value_minor, i.currency,"  # noqa: S608
    " (SELECT MAX(e.posted_at) FROM event e) AS now"
    " FROM balance b JOIN account a ON a.id = b.account LEFT JOIN item i ON i.sku = a.item"
    " WHERE b.status = 'refurbish' AND b.qty > 0 AND a.location NOT LIKE '@%' ORDER BY a.id"
)
_FIX = (
    "These units stand in refurbish stock and have no work order: publish a policy that has work for them, "
    "and open one (POST /v1/work-orders), or grade them again."
)


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=null)


def upgrade() -> None:
    """Makes both tables, and a case for each account in refurbish stock."""
    _orders()
    _steps()
    counter = sa.table("counter", sa.column("name", sa.String), sa.column("value", sa.BigInteger))
    op.bulk_insert(counter, [{"name": "work", "value": 0}])
    for row in op.get_bind().execute(_STANDING).all():
        _case(row)


def _orders() -> None:
    op.create_table(
        "work_order",
        _text("code"),
        sa.Column("account", _NUMBER, nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        _text("site", null=True),
        *(_text(name) for name in ("came_by", "policy_ver")),
        _text("rule", null=True),
        *(_text(name) for name in ("work", "best", "otherwise", "currency", "state")),
        sa.Column("turn", sa.Integer(), nullable=False),
        *(_text(name) for name in ("turn_owner", "entered_at", "due_at")),
        _text("late_at", null=True),
        _text("opened_at"),
        *(_text(name, null=True) for name in ("started_at", "started_by", "ended_at", "ended_by")),
        *(_text(name, null=True) for name in ("grade", "disposition", "write_off")),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_work_order_account_account"),
        sa.PrimaryKeyConstraint("code", name="pk_work_order"),
    )
    op.create_index("ix_work_order_account", "work_order", ["account"])
    op.create_index(
        "uq_work_order_live",
        "work_order",
        ["account"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.create_index(
        "ix_work_order_due",
        "work_order",
        ["due_at", "code"],
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )


def _steps() -> None:
    op.create_table(
        "work_step",
        _text("code"),
        sa.Column("n", sa.Integer(), nullable=False),
        *(_text(name) for name in ("id", "kind", "caption", "owner")),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("planned_minor", sa.BigInteger(), nullable=True),
        _text("skipped", null=True),
        _text("state"),
        sa.Column("minutes", sa.BigInteger(), nullable=True),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("parts", sa.Text(), nullable=False, server_default="[]"),
        *(_text(name, null=True) for name in ("reason", "note", "done_by", "done_at", "event_id")),
        sa.ForeignKeyConstraint(["code"], ["work_order.code"], name="fk_work_step_code_work_order"),
        sa.PrimaryKeyConstraint("code", "n", name="pk_work_step"),
    )


def _case(row: sa.Row[tuple[object, ...]]) -> None:
    found = row._mapping  # noqa: SLF001 - the documented way to a row's names
    key = f"work.none:{json.dumps([found[part] for part in _PARTS])}"
    if len(key) > _LONGEST_KEY or not key.isprintable():
        key = f"sha256:{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"
    value = found["value_minor"]
    op.get_bind().execute(
        sa.text(
            "INSERT INTO exception"
            " (key, type, subject, money_minor, currency, owner_role, opened_at, state, fix)"
            " VALUES (:key, 'work.none', :subject, :money, :currency, 'supervisor', :at, 'open', :fix)"
        ),
        {
            "key": key,
            "subject": f"label:{found['label']}" if found["label"] else f"sku:{found['item']}",
            "money": None if value is None else value * found["qty"],
            "currency": found["currency"],
            "at": found["now"],
            "fix": _FIX,
        },
    )
