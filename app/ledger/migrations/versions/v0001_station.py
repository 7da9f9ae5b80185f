"""The first schema of a station database."""

from __future__ import annotations

from alembic import op
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, LargeBinary, Text, UniqueConstraint, text

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes every table of the first schema."""
    _event_tables()
    _stock_tables()
    _bench_tables()
    _mirror_tables()
    # Says in the file's header whose file this is.
    op.execute("PRAGMA application_id = 1112044404")


def _event_tables() -> None:
    op.create_table(
        "event",
        Column("seq", Integer, primary_key=True, autoincrement=False),
        Column("epoch", Integer, nullable=False),
        Column("event_id", Text, nullable=False, unique=True),
        Column("kind", Text, nullable=False),
        Column("hash", Text, nullable=False),
        Column("hlc", Text, nullable=False),
        Column("wall_ms", Integer, nullable=False),
        Column("units", Integer, nullable=False),
        Column("corrects", Text),
        Column("header", LargeBinary, nullable=False),
        Column("facts", LargeBinary, nullable=False),
        Column("private", LargeBinary),
        Column("salt", LargeBinary),
        Column("sig", LargeBinary, nullable=False),
    )
    op.create_index("event_flow", "event", ["kind", "wall_ms", "units"])
    op.create_index(
        "event_undone_once",
        "event",
        ["corrects"],
        unique=True,
        sqlite_where=text("kind = 'return.undone'"),
    )
    op.create_table(
        "subject",
        Column("subject", Text, primary_key=True),
        Column("seq", Integer, ForeignKey("event.seq"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox",
        Column("seq", Integer, ForeignKey("event.seq"), primary_key=True, autoincrement=False),
    )


def _stock_tables() -> None:
    key = ("label", "serial", "item", "location", "owner", "status", "reason", "lot", "grade")
    op.create_table(
        "account",
        Column("id", Integer, primary_key=True),
        *(Column(part, Text, nullable=False) for part in key),
        UniqueConstraint(*key, name="account_key"),
    )
    op.create_table(
        "move",
        Column("seq", Integer, ForeignKey("event.seq"), primary_key=True),
        Column("line", Integer, primary_key=True),
        Column("qty", Integer, nullable=False),
        Column("source", Integer, ForeignKey("account.id"), nullable=False),
        Column("target", Integer, ForeignKey("account.id"), nullable=False),
        Column("kind", Text, nullable=False),
        Column("reason", Text),
        Column("document", Text),
        CheckConstraint("qty > 0", name="move_positive"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "balance",
        Column("account_id", Integer, ForeignKey("account.id"), primary_key=True, autoincrement=False),
        Column("qty", Integer, nullable=False),
    )


def _bench_tables() -> None:
    op.create_table(
        "meta",
        Column("name", Text, primary_key=True),
        Column("value", Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "return_progress",
        Column("rma", Text, primary_key=True),
        Column("line", Integer, primary_key=True, autoincrement=False),
        Column("qty", Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "draft",
        Column("job", Text, primary_key=True),
        Column("document", Text, nullable=False),
        Column("saved_wall", Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "label",
        Column("code", Text, primary_key=True),
        Column("document", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("event_seq", Integer),
        Column("wall", Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("label_queued", "label", ["wall"], sqlite_where=text("state = 'queued'"))
    op.create_table(
        "counter",
        Column("series", Text, primary_key=True),
        Column("next", Integer, nullable=False),
        sqlite_with_rowid=False,
    )


def _mirror_tables() -> None:
    op.create_table(
        "mirror",
        Column("kind", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("document", Text, nullable=False),
        Column("pos", Integer, nullable=False),
        Column("readable", Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("mirror_opaque", "mirror", ["kind"], sqlite_where=text("readable = 0"))
    op.create_table(
        "gtin",
        Column("gtin", Text, primary_key=True),
        Column("sku", Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tracking",
        Column("tracking", Text, primary_key=True),
        Column("rma", Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "serial",
        Column("serial", Text, primary_key=True),
        Column("rma", Text, primary_key=True),
        Column("line", Integer, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
