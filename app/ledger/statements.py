"""The hot path's SQL, compiled once from the Core tables.

Building a Core statement anew for each execute costs more than SQLite needs to run it; compiled texts run
through `Connection.exec_driver_sql` with plain tuples, whose order is the order of columns named here.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ClauseElement, Table, bindparam, delete, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert

from app.ledger.tables import (
    ACCOUNT_KEY,
    account,
    balance,
    counter,
    draft,
    event,
    label,
    meta,
    move,
    outbox,
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


def compiled(statement: ClauseElement) -> str:
    """The SQLite text with question marks."""
    return str(statement.compile(dialect=sqlite.dialect(paramstyle="qmark")))


def row_of(table: Table, *without: str) -> dict[str, object]:
    """A parameter for every column of a table, in the table's order, but for those left out."""
    return {column.name: bindparam(column.name) for column in table.columns if column.name not in without}


def prepare() -> Statements:
    """Compiles every statement; a few milliseconds, once per ledger."""
    new_balance = insert(balance).values(row_of(balance))
    new_progress = insert(return_progress).values(row_of(return_progress))
    new_label = insert(label).values(row_of(label))
    new_draft = insert(draft).values(row_of(draft))
    new_value = insert(meta).values(row_of(meta))
    return Statements(
        event=compiled(insert(event).values(row_of(event))),
        subject=compiled(insert(subject).values(row_of(subject))),
        account=compiled(insert(account).values(row_of(account, "id")).on_conflict_do_nothing()),
        account_id=compiled(
            select(account.c.id).where(*(account.c[part] == bindparam(part) for part in ACCOUNT_KEY))
        ),
        move=compiled(insert(move).values(row_of(move))),
        balance=compiled(
            new_balance.on_conflict_do_update(
                index_elements=["account_id"], set_={"qty": balance.c.qty + new_balance.excluded.qty}
            )
        ),
        outbox=compiled(insert(outbox).values(row_of(outbox))),
        progress=compiled(
            new_progress.on_conflict_do_update(
                index_elements=["rma", "line"],
                set_={"qty": return_progress.c.qty + new_progress.excluded.qty},
            )
        ),
        label=compiled(
            new_label.on_conflict_do_update(
                index_elements=["code"],
                set_={name: new_label.excluded[name] for name in row_of(label, "code")},
            )
        ),
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
        draft=compiled(
            new_draft.on_conflict_do_update(
                index_elements=["job"], set_={name: new_draft.excluded[name] for name in row_of(draft, "job")}
            )
        ),
        draft_drop=compiled(delete(draft).where(draft.c.job == bindparam("job"))),
        counter_start=compiled(insert(counter).values(row_of(counter)).on_conflict_do_nothing()),
        counter_take=compiled(
            update(counter)
            .where(counter.c.series == bindparam("of"), counter.c.next == bindparam("taken"))
            .values(next=bindparam("next"))
        ),
        counter=compiled(select(counter.c.next).where(counter.c.series == bindparam("of"))),
        value=compiled(
            new_value.on_conflict_do_update(index_elements=["name"], set_={"value": new_value.excluded.value})
        ),
        value_drop=compiled(delete(meta).where(meta.c.name == bindparam("of"))),
    )
