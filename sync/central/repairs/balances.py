"""Balances that are not the fold of moves, or do not repeat their account."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select

from app.domain.account import Account, Status
from sync.central.repairs.correction import Correction
from sync.central.repairs.unproven import Unproven
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.act import Act
from sync.central.store.folding import FOLD
from sync.central.store.tables import account, balance


def wrong_balances(conn: Connection, doubt: Unproven) -> Iterator[Correction]:
    """Every balance to be made anew; accounts at zero have none."""
    for row in conn.execute(_wrong).all():
        number, kept, folded, owner, item, status, *parts = row
        held = account_of(parts)
        if doubt.holds(held.owner, held.item):
            continue
        subject = " ".join(part for part in held.key if part)
        repeats = kept is None or (owner, item, status) == (held.owner, held.item, held.key[3])
        stored = "none" if kept is None else str(kept)
        yield Correction(
            "balances",
            subject,
            stored if repeats else f"{stored} as {item} of {owner}, {status or 'no status'}",
            str(folded) if folded else "none",
            partial(_write, number=number, held=held, qty=int(folded)),
            answers=(
                ("balances", subject),
                ("balances", f"account {number}"),
                ("conservation", f"{held.item} of {held.owner}"),
                ("books", f"{held.item} of {held.owner}"),
                ("promised once", f"{held.item} of {held.owner}"),
                ("promised once", f"{held.item} serial {held.serial}"),
            ),
            sellable=(held.owner, held.item) if held.status is Status.SELLABLE else None,
        )


def _write(act: Act, number: int, held: Account, qty: int) -> None:
    act.conn.execute(delete(balance).where(balance.c.account == number))
    if qty:
        row: dict[str, Any] = {"owner": held.owner, "item": held.item, "status": held.key[3]}
        act.conn.execute(insert(balance).values(account=number, qty=qty, **row))


_fold = FOLD.subquery()
_qty: ColumnElement[Any] = func.coalesce(_fold.c.qty, 0)
_wrong = (
    select(
        account.c.id,
        balance.c.qty.label("kept"),
        _qty.label("folded"),
        balance.c.owner.label("kept_owner"),
        balance.c.item.label("kept_item"),
        balance.c.status.label("kept_status"),
        *ACCOUNT_COLUMNS,
    )
    .select_from(account)
    .join(_fold, _fold.c.account == account.c.id, isouter=True)
    .join(balance, balance.c.account == account.c.id, isouter=True)
    .where(
        or_(
            func.coalesce(balance.c.qty, 0) != _qty,
            and_(
                balance.c.account.is_not(None),
                or_(
                    balance.c.qty == 0,
                    balance.c.owner != account.c.owner,
                    balance.c.item != account.c.item,
                    balance.c.status != account.c.status,
                ),
            ),
        )
    )
    .order_by(account.c.id)
)
