"""The hot path's SQL, compiled once from the Core tables.

Building a Core statement anew for each execute costs more than SQLite needs to run it; compiled texts run
through `Connection.exec_driver_sql` with plain tuples, whose order is the order of columns named here.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ClauseElement, Table, bindparam, delete, null, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import Insert, insert

from app.ledger.tables import (
    ACCOUNT_KEY,
    account,
    approval_spent,
    balance,
    counter,
    draft,
    event,
    label,
    meta,
    move,
    outbox,
    photo,
    pin_attempt,
    return_progress,
    subject,
)


@dataclass(frozen=True, slots=True)
class Statements:
    """One text per write; inserts take every column in the table's order unless said."""

    event: str
    subject: str
    account: str
    account_id: str
    move: str
    balance: str
    outbox: str
    photo: str
    progress: str
    label: str
    label_printed: str
    label_void: str
    draft: str
    draft_drop: str
    counter_start: str
    counter_take: str
    counter: str
    value: str
    value_drop: str
    pin_attempt: str
    spent: str
    private_gone: str


def compiled(statement: ClauseElement) -> str:
    """The SQLite text with question marks."""
    return str(statement.compile(dialect=sqlite.dialect(paramstyle="qmark")))


def row_of(table: Table, *without: str) -> dict[str, object]:
    """A parameter for every column of a table, in the table's order, but for those left out."""
    return {column.name: bindparam(column.name) for column in table.columns if column.name not in without}


def upsert(table: Table, *key: str) -> Insert:
    """Puts a row in place of the one with the same key."""
    new = insert(table).values(row_of(table))
    return new.on_conflict_do_update(
        index_elements=key, set_={name: new.excluded[name] for name in row_of(table, *key)}
    )


def _adding(table: Table, *key: str) -> Insert:
    """Adds `qty` to that of the row with the same key, or begins one."""
    new = insert(table).values(row_of(table))
    return new.on_conflict_do_update(index_elements=key, set_={"qty": table.c.qty + new.excluded.qty})


def _spending() -> Insert:
    """Adds value and number to those of the row with the same certificate, or begins one."""
    new = insert(approval_spent).values(row_of(approval_spent))
    columns = (approval_spent.c.qty, approval_spent.c.times)
    sums = {column.name: column + new.excluded[column.name] for column in columns}
    return new.on_conflict_do_update(index_elements=("certificate",), set_=sums)


def prepare() -> Statements:
    """Compiles every statement; a few milliseconds, once per ledger."""
    return Statements(
        event=compiled(insert(event).values(row_of(event))),
        subject=compiled(insert(subject).values(row_of(subject))),
        account=compiled(insert(account).values(row_of(account, "id")).on_conflict_do_nothing()),
        account_id=compiled(
            select(account.c.id).where(*(account.c[part] == bindparam(part) for part in ACCOUNT_KEY))
        ),
        move=compiled(insert(move).values(row_of(move))),
        balance=compiled(_adding(balance, "account_id")),
        outbox=compiled(insert(outbox).values(row_of(outbox))),
        photo=compiled(insert(photo).values(row_of(photo)).on_conflict_do_nothing()),
        progress=compiled(_adding(return_progress, "rma", "line")),
        label=compiled(upsert(label, "code")),
        label_printed=compiled(
            update(label)
            .where(label.c.code == bindparam("printed"))
            .values(state=bindparam("state"), wall=bindparam("wall"))
        ),
        label_void=compiled(
            update(label)
            .where(label.c.code == bindparam("voided"), label.c.event_seq == bindparam("by"))
            .values(state=bindparam("state"))
        ),
        draft=compiled(upsert(draft, "job")),
        draft_drop=compiled(delete(draft).where(draft.c.job == bindparam("job"))),
        counter_start=compiled(insert(counter).values(row_of(counter)).on_conflict_do_nothing()),
        counter_take=compiled(
            update(counter)
            .where(counter.c.series == bindparam("of"), counter.c.next == bindparam("taken"))
            .values(next=bindparam("next"))
        ),
        counter=compiled(select(counter.c.next).where(counter.c.series == bindparam("of"))),
        value=compiled(upsert(meta, "name")),
        value_drop=compiled(delete(meta).where(meta.c.name == bindparam("of"))),
        pin_attempt=compiled(upsert(pin_attempt, "approver")),
        spent=compiled(_spending()),
        private_gone=compiled(
            update(event).where(event.c.event_id == bindparam("of")).values(private=null(), salt=null())
        ),
    )
