"""Master data: who owns which record, proposals, external identities, reconciliations."""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PAGE = 1000
_LOOKS = str.maketrans("oil", "011")


def upgrade() -> None:
    """Makes the tables, and gives items that are here the key by which look-alike codes are found."""
    tables = sa.MetaData(naming_convention=_NAMES)
    _ownership(tables)
    _reconciliation(tables)
    tables.create_all(op.get_bind(), checkfirst=False)
    op.add_column("item", sa.Column("folded", sa.String(), nullable=False, server_default=""))
    _fold_items(op.get_bind())
    op.create_index("ix_item_folded", "item", ["folded"])


def _fold_items(conn: sa.Connection) -> None:
    item = sa.table("item", sa.column("sku", sa.String()), sa.column("folded", sa.String()))
    asked = sa.select(item.c.sku).where(item.c.sku > sa.bindparam("after")).order_by(item.c.sku).limit(_PAGE)
    fold = sa.update(item).where(item.c.sku == sa.bindparam("which")).values(folded=sa.bindparam("key"))
    after = ""
    while skus := list(conn.scalars(asked, {"after": after})):
        conn.execute(fold, [{"which": sku, "key": _folded(sku)} for sku in skus])
        after = skus[-1]


def _folded(sku: str) -> str:
    """What `sync.central.rules.spelling.look_alike` was when this step was written."""
    plain = sku if sku.isascii() else unicodedata.normalize("NFKC", sku)
    return "".join(plain.casefold().split()).translate(_LOOKS)


def _texts(names: str, *, null: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=null) for name in names.split()]


def _ownership(tables: sa.MetaData) -> None:
    sa.Table(
        "owner",
        tables,
        sa.Column("code", sa.String(), primary_key=True),
        *_texts("kind name currency"),
        *_texts("parent", null=True),
        *_texts("changed_at changed_by"),
    )
    sa.Table(
        "record_owner",
        tables,
        *_texts("kind entity owner set_at set_by"),
        sa.PrimaryKeyConstraint("kind", "entity"),
    )
    proposal = sa.Table(
        "proposal",
        tables,
        sa.Column("id", _NUMBER, primary_key=True),
        *_texts("kind key"),
        sa.Column("document", sa.Text(), nullable=False),
        *_texts("against state proposed_by proposed_at"),
        *_texts("decided_by decided_at reason", null=True),
    )
    waits = sa.text("state = 'open'")
    sa.Index(
        "ux_proposal_open",
        proposal.c.kind,
        proposal.c.key,
        proposal.c.proposed_by,
        unique=True,
        sqlite_where=waits,
        postgresql_where=waits,
    )
    external_id = sa.Table(
        "external_id",
        tables,
        *_texts("kind system external key"),
        sa.PrimaryKeyConstraint("kind", "external", "system"),
    )
    sa.Index("ix_external_id_key", external_id.c.kind, external_id.c.key)


def _reconciliation(tables: sa.MetaData) -> None:
    sa.Table(
        "reconciliation",
        tables,
        sa.Column("id", _NUMBER, primary_key=True),
        *_texts("owner system compared_at compared_by"),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("differing", sa.Integer(), nullable=False),
    )
    sa.Table(
        "reconciliation_line",
        tables,
        sa.Column("reconciliation", _NUMBER, sa.ForeignKey("reconciliation.id"), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        *_texts("sku site location status"),
        sa.Column("ours", sa.BigInteger()),
        sa.Column("theirs", sa.BigInteger()),
        *_texts("why"),
        sa.PrimaryKeyConstraint("reconciliation", "n"),
    )
