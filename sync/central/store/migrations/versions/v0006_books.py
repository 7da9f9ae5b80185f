"""The books of each owner, sales with their tax, and refunds; what is on hand is taken over at its value."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SALE = ("qty", "cost", "net", "tax", "back", "back_cost", "credited", "credited_net", "credited_tax")


def upgrade() -> None:
    """Makes the tables, and one opening entry an owner and currency for what is on hand."""
    for name in ("tax_minor", "taxed"):
        op.add_column("order_line", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    _worths()
    _journal()
    _refunds()
    for statement in _OPENING:
        op.execute(statement)


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=null)


def _units(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _worths() -> None:
    op.create_table(
        "owner_books",
        sa.Column("owner", sa.String(), nullable=False),
        _text("costing"),
        _text("locked_until", null=True),
        _text("changed_at"),
        _text("changed_by"),
        sa.PrimaryKeyConstraint("owner", name="pk_owner_books"),
    )
    op.create_table(
        "stock_worth",
        *(_text(name) for name in ("owner", "sku", "currency", "costing")),
        *_units("qty", "value"),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "sku", name="pk_stock_worth"),
    )
    op.create_table(
        "sale_worth",
        sa.Column("order", _NUMBER, sa.ForeignKey("customer_order.id"), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        _text("sku"),
        _text("currency"),
        *_units(*_SALE),
        sa.PrimaryKeyConstraint("order", "line", name="pk_sale_worth"),
    )


def _journal() -> None:
    op.create_table(
        "journal_entry",
        sa.Column("event", _NUMBER, sa.ForeignKey("event.id"), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        *(_text(name) for name in ("owner", "currency", "occurred_on", "posted_on")),
        _text("reverses", null=True),
        sa.PrimaryKeyConstraint("event", "n", name="pk_journal_entry"),
    )
    op.create_index("ix_journal_entry_owner", "journal_entry", ["owner", "event"])
    taken_back = sa.text("reverses IS NOT NULL")
    op.create_index(
        "ix_journal_entry_reverses",
        "journal_entry",
        ["reverses"],
        sqlite_where=taken_back,
        postgresql_where=taken_back,
    )
    op.create_table(
        "journal_line",
        sa.Column("event", _NUMBER, nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        _text("book"),
        *_units("minor"),
        _text("sku", null=True),
        sa.Column("qty", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("order", _NUMBER),
        sa.Column("line", sa.Integer()),
        sa.PrimaryKeyConstraint("event", "entry", "n", name="pk_journal_line"),
        sa.ForeignKeyConstraint(["event", "entry"], ["journal_entry.event", "journal_entry.n"]),
        sqlite_with_rowid=False,
    )


def _refunds() -> None:
    op.create_table(
        "refund",
        sa.Column("code", sa.String(), nullable=False),
        _text("owner"),
        _text("customer", null=True),
        _text("rma"),
        sa.Column("rma_line", sa.Integer(), nullable=False),
        sa.Column("order", _NUMBER, sa.ForeignKey("customer_order.id"), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        _text("sku"),
        _text("currency"),
        *_units("qty", "base_net", "base_tax", "net", "tax", "fee"),
        *(_text(name) for name in ("method", "state", "rule", "policy_ver", "cause", "made_at")),
        sa.PrimaryKeyConstraint("code", name="pk_refund"),
    )
    for name, column in (("rma", "rma"), ("order", "order"), ("cause", "cause")):
        op.create_index(f"ix_refund_{name}", "refund", [column])
    op.create_table(
        "refund_step",
        sa.Column("refund", sa.String(), sa.ForeignKey("refund.code"), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        *(_text(name) for name in ("state", "at", "by")),
        *(_text(name, null=True) for name in ("event", "note")),
        sa.PrimaryKeyConstraint("refund", "n", name="pk_refund_step"),
    )


# Units in and between sites, at what their items' records say; the entry hangs on the last event there is.
_OPENING = (
    """INSERT INTO stock_worth (owner, sku, currency, costing, qty, value, kept)
    SELECT balance.owner, balance.item, COALESCE(item.currency, 'GBP'), 'moving_average', SUM(balance.qty),
        SUM(balance.qty) * COALESCE(item.value_minor, 0), '{"last":[0,0]}'
    FROM balance JOIN account ON account.id = balance.account LEFT JOIN item ON item.sku = balance.item
    WHERE account.location NOT LIKE '@%' OR account.location LIKE '@transit:%'
    GROUP BY balance.owner, balance.item, item.currency, item.value_minor
    HAVING SUM(balance.qty) <> 0""",
    """INSERT INTO journal_entry (event, n, owner, currency, occurred_on, posted_on)
    SELECT (SELECT MAX(id) FROM event), ROW_NUMBER() OVER (ORDER BY owner, currency), owner, currency,
        day, day
    FROM (SELECT DISTINCT owner, currency,
        (SELECT SUBSTR(occurred_at, 1, 10) FROM event ORDER BY id DESC LIMIT 1) AS day
        FROM stock_worth) AS held""",
    """INSERT INTO journal_line (event, entry, n, book, minor, sku, qty)
    SELECT e.event, e.n, ROW_NUMBER() OVER (PARTITION BY e.event, e.n ORDER BY w.sku),
        'Assets:Inventory', w.value, w.sku, w.qty
    FROM stock_worth AS w JOIN journal_entry AS e ON e.owner = w.owner AND e.currency = w.currency""",
    """INSERT INTO journal_line (event, entry, n, book, minor)
    SELECT e.event, e.n, 0, 'Equity:Opening', -SUM(w.value)
    FROM stock_worth AS w JOIN journal_entry AS e ON e.owner = w.owner AND e.currency = w.currency
    GROUP BY e.event, e.n""",
    # What was sold before: what of it came back is taken as paid for already.
    """INSERT INTO sale_worth ("order", line, sku, currency, qty, cost, net, tax, back, back_cost, credited,
        credited_net, credited_tax)
    SELECT l."order", l.line, l.sku, COALESCE(l.currency, item.currency, 'GBP'), l.shipped,
        l.shipped * COALESCE(item.value_minor, 0), l.shipped * COALESCE(l.unit_minor, 0), 0, came.qty,
        came.qty * COALESCE(item.value_minor, 0), came.qty, came.qty * COALESCE(l.unit_minor, 0), 0
    FROM order_line AS l LEFT JOIN item ON item.sku = l.sku JOIN (
        SELECT o."order" AS number, o.line AS line, CASE WHEN COALESCE(SUM(CASE WHEN d.done IS NULL THEN 0
            WHEN d.done < m.qty THEN d.done ELSE m.qty END), 0) > o.shipped THEN o.shipped
            ELSE COALESCE(SUM(CASE WHEN d.done IS NULL THEN 0 WHEN d.done < m.qty THEN d.done
            ELSE m.qty END), 0) END AS qty
        FROM order_line AS o LEFT JOIN rma_match AS m ON m."order" = o."order" AND m.order_line = o.line
        LEFT JOIN (SELECT rma, line, SUM(qty) AS done FROM rma_done GROUP BY rma, line) AS d
            ON d.rma = m.rma AND d.line = m.line
        GROUP BY o."order", o.line, o.shipped
    ) AS came ON came.number = l."order" AND came.line = l.line
    WHERE l.shipped > 0 AND l.sku IS NOT NULL""",
)
