"""The fold in the database is the fold of the domain."""

from __future__ import annotations

from sqlalchemy import select

from app.domain.laws import fold
from sync.central.store import moves
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.folding import FOLD
from sync.central.store.tables import account
from tests.sync.central.checks.busy import Busy


def test_every_account_has_what_its_moves_add_up_to(busy: Busy) -> None:
    rows = busy.shop.ask(lambda conn: conn.execute(moves.MOVES).all())
    numbers = busy.shop.ask(lambda conn: conn.execute(select(account.c.id, *ACCOUNT_COLUMNS)).all())
    names = {number: account_of(parts) for number, *parts in numbers}
    folded = {names[number]: int(qty) for number, qty in busy.shop.ask(lambda conn: conn.execute(FOLD).all())}
    assert folded.keys() == set(names.values())
    assert {held: qty for held, qty in folded.items() if qty} == fold(moves.move_of(row) for row in rows)
