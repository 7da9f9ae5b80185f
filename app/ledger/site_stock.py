"""The stock of the station's own site: what the centre holds of it, and the own events not yet in that.

Every row of the mirror knows up to which of the station's own events the centre had counted it, so that each
event is counted once: by the centre, or from the station's own moves.
"""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache

from sqlalchemy import Connection, bindparam, delete, func, or_, select

from app.domain.account import KEY_PARTS, Account
from app.domain.feed import StockPage
from app.ledger import epochs, meta
from app.ledger.database import Transaction
from app.ledger.posting import AccountIds
from app.ledger.reading import fetched
from app.ledger.statements import Statements, compiled, prepare, upsert
from app.ledger.tables import account, move, outbox, stock
from app.ledger.writer import Ledger

_NEXT = "stock_next"
_SEQ = "stock_seq"


def asks_from(ledger: Ledger) -> str:
    """With what the next page of stock is asked for; empty for the first."""
    return meta.maybe(ledger.connection, _NEXT) or ""


def counted(connection: Connection, page: StockPage, epoch: int) -> int | None:
    """The last own event that a page counts in, by `seq`; None for one that cannot be used yet.

    A page of another epoch counts another chain, and one that counts only some of what was sealed anew would
    count events here that lie between them. Where a copy of this station began a later epoch, and the centre
    confirmed all that is recorded here, a page counts all of it.
    """
    if page.epoch > epoch and _confirmed(connection):
        return epochs.recorded(connection)
    if page.epoch not in {0, epoch}:
        return None
    of = epochs.current(connection, epoch)
    return page.seq + of.shift if page.seq >= of.resent else None


def _confirmed(connection: Connection) -> bool:
    """True when nothing waits, and the centre is still the one that confirmed it."""
    waits = connection.execute(select(outbox.c.seq).limit(1)).first()
    return waits is None and meta.maybe(connection, meta.RENEWAL) is None


def apply(tx: Transaction, page: StockPage, seq: int) -> None:
    """Takes a page over, inside the transaction that applies the feed's page; `seq` is what it counts in."""
    accounts = AccountIds(_sql())
    rows = [(held.account.location, accounts.id_of(tx, held.account), held.qty, seq) for held in page.held]
    tx.run_many(_put(), rows)
    meta.put(tx, _sql(), _NEXT, page.next)
    if not page.more:
        # Only a mirror that is whole answers for accounts that it has no row of.
        meta.put(tx, _sql(), _SEQ, str(seq))


def clear(tx: Transaction) -> None:
    """Forgets all of it: the centre's ledger was put back, and its events are other ones."""
    tx.connection.execute(delete(stock))
    meta.put(tx, _sql(), _NEXT, None)
    meta.put(tx, _sql(), _SEQ, None)


def at(connection: Connection, location: str) -> dict[Account, int]:
    """What this station knows to be at a place, account by account; those at zero are left out."""
    whole = int(meta.maybe(connection, _SEQ) or 0)
    found: defaultdict[int, int] = defaultdict(int)
    upto: dict[int, int] = {}
    for number, qty, seq in fetched(connection, _mirrored(), (location,)):
        found[number], upto[number] = qty, seq
    for seq, qty, source, target in fetched(connection, _own(), (whole, location, location)):
        for number, change in ((source, -qty), (target, qty)):
            if seq > upto.get(number, whole):
                found[number] += change
    accounts = _accounts(connection, [number for number, qty in found.items() if qty])
    return {held: found[number] for number, held in accounts.items() if held.location == location}


def of(connection: Connection, held: Account) -> int:
    """What this station knows to be in one account; the same as `at` says of its place."""
    found = fetched(connection, _number(), held.key)
    if not found:
        return 0
    number = found[0][0]
    told = fetched(connection, _told(), (held.location, number))
    qty, upto = told[0] if told else (0, 0)
    after = max(int(meta.maybe(connection, _SEQ) or 0), upto)
    for units, source, target in fetched(connection, _moved(), (after, number, number)):
        qty += units * ((target == number) - (source == number))
    return int(qty)


def _accounts(connection: Connection, numbers: list[int]) -> dict[int, Account]:
    if not numbers:
        return {}
    rows = fetched(connection, _named(), (json.dumps(numbers),))
    return {row[0]: Account.from_key(dict(zip(KEY_PARTS, row[1:], strict=True))) for row in rows}


@cache
def _named() -> str:
    parts = [account.c[name] for name in KEY_PARTS]
    asked = select(func.json_each(bindparam("numbers")).table_valued("value").c.value)
    return compiled(select(account.c.id, *parts).where(account.c.id.in_(asked)).order_by(account.c.id))


@cache
def _number() -> str:
    parts = (account.c[name] == bindparam(name) for name in KEY_PARTS)
    return compiled(select(account.c.id).where(*parts))


@cache
def _told() -> str:
    here = (stock.c.location == bindparam("place")) & (stock.c.account_id == bindparam("number"))
    return compiled(select(stock.c.qty, stock.c.seq).where(here))


@cache
def _moved() -> str:
    ends = or_(move.c.source == bindparam("left"), move.c.target == bindparam("came"))
    asked = select(move.c.qty, move.c.source, move.c.target)
    return compiled(asked.where(move.c.seq > bindparam("after"), ends))


@cache
def _put() -> str:
    return compiled(upsert(stock, "location", "account_id"))


@cache
def _sql() -> Statements:
    return prepare()


@cache
def _mirrored() -> str:
    return compiled(
        select(stock.c.account_id, stock.c.qty, stock.c.seq).where(stock.c.location == bindparam("place"))
    )


@cache
def _own() -> str:
    source, target = account.alias("s"), account.alias("t")
    return compiled(
        select(move.c.seq, move.c.qty, move.c.source, move.c.target)
        .join(source, source.c.id == move.c.source)
        .join(target, target.c.id == move.c.target)
        .where(
            move.c.seq > bindparam("after"),
            or_(source.c.location == bindparam("left"), target.c.location == bindparam("came")),
        )
    )
