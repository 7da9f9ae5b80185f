"""Basket claims: a shopper's units, kept until a time; taken over by an order, changed, released, expired."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from app.domain.clock import from_text, to_text
from app.domain.codes import CodeFamily
from app.domain.refusal import Refused
from app.domain.reservation import Claim, Reservation, Scope
from sync.central.commands.baskets_asked import Basket, BasketChange, BasketLine
from sync.central.commands.catalogue import refuse_unknown, require_site
from sync.central.commands.numbers import given_or_next
from sync.central.commands.shapes import require_numbered
from sync.central.rules.outcomes import Conflict, Declined, missing
from sync.central.rules.promise import Grant, Want, grant_all
from sync.central.rules.regrant import dates_of
from sync.central.store import claims
from sync.central.store.act import Act
from sync.central.store.backorders import settle
from sync.central.store.declining import declined
from sync.central.store.stock import Stock, look
from sync.central.store.tables import basket


@dataclass(frozen=True, slots=True)
class Head:
    """What a basket's claims need of it."""

    code: str
    owner: str
    channel: str
    expires: str


Dates = tuple[tuple[str, str | None], ...]
"""Items that were held, each with the date until which its units must be good."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What an order takes over of a basket: what it held, and when it was made, None when it held nothing."""

    held: Dates = ()
    made_at: datetime | None = None

    @property
    def items(self) -> frozenset[str]:
        """The items whose units are free by it."""
        return frozenset(item for item, _ in self.held)


OPEN, TAKEN, RELEASED, EXPIRED = "open", "taken", "released", "expired"


def place(act: Act, asked: Basket) -> dict[str, object] | Declined:
    """Claims units for a basket until it expires; all of them, or what there is when `partial` is asked for.

    Raises:
        Conflict: the code is taken.
        Refused: a line's number stands twice, or its item is unknown.
    """
    code = given_or_next(act.conn, CodeFamily.BASKET, asked.hold, basket.c.code)
    end_due(act)
    stock, grants = _granted(act, _Asking(asked.owner, asked.channel, act.posted_at), asked.lines)
    if not asked.partial and any(grant.qty < grant.want.qty for grant in grants):
        return declined(act, f"hold:{code}", "hold.not_available", stock, grants)
    minutes = asked.minutes or stock.policy.basket.life_minutes
    expires = to_text(act.posted_at + timedelta(minutes=minutes))
    act.conn.execute(
        insert(basket).values(
            code=code,
            owner=asked.owner,
            channel=asked.channel,
            expires=expires,
            state=OPEN,
            made_at=to_text(act.posted_at),
            made_by=act.operator,
        )
    )
    _claim(act.conn, Head(code, asked.owner, asked.channel, expires), grants)
    return document(act.conn, code)


def change(act: Act, code: str, asked: BasketChange) -> dict[str, object] | Declined:
    """Gives a basket other lines or a later end; its own claim never stands in its way.

    Raises:
        Missing: no such hold.
        Conflict: it is not open any more.
        Refused: a line's number stands twice, or its item is unknown.
    """
    row = _open(act, code)
    expires = to_text(act.posted_at + timedelta(minutes=asked.minutes)) if asked.minutes else row.expires
    if asked.lines is None:
        act.conn.execute(_extend, {"which": code, "until": expires})
        claims.extend(act.conn, f"hold:{code}", expires)
        return document(act.conn, code)
    with act.conn.begin_nested() as attempt:
        had = _drop(act.conn, code)
        asking = _Asking(row.owner, row.channel, from_text(row.made_at), had)
        stock, grants = _granted(act, asking, asked.lines)
        short = not asked.partial and any(grant.qty < grant.want.qty for grant in grants)
        if short:
            attempt.rollback()
    if short:
        return declined(act, f"hold:{code}", "hold.not_available", stock, grants)
    _claim(act.conn, Head(code, row.owner, row.channel, expires), grants)
    act.conn.execute(_extend, {"which": code, "until": expires})
    settle(act, row.owner, {item for item, _ in had})
    return document(act.conn, code)


def release(act: Act, code: str) -> dict[str, object]:
    """Gives a basket's units back; orders that wait get them at once.

    Raises:
        Missing: no such hold.
        Conflict: it is not open any more.
    """
    row = _open(act, code)
    _end(act, row, RELEASED)
    return document(act.conn, code)


def take_over(act: Act, code: str, owner: str) -> TakenOver:
    """Ends a basket in favour of the order that is being captured; what it held.

    One that has expired meanwhile gives nothing, and the order gets what is there.

    Raises:
        Missing: no such hold of that owner.
        Conflict: an order took it already, or it was released.
    """
    row = act.conn.execute(_by_code, {"which": code}).one_or_none()
    if row is None or row.owner != owner:
        raise missing("hold", code)
    if row.state in {TAKEN, RELEASED}:
        raise _ended(row)
    held = _drop(act.conn, code)
    act.conn.execute(_state, {"which": code, "to": TAKEN})
    return TakenOver(held, from_text(row.made_at) if held else None)


def expire_due(act: Act) -> int:
    """Ends every basket whose time is over and gives its units to orders that wait; how many ended."""
    due = act.conn.execute(_due, {"now": to_text(act.posted_at)}).all()
    freed: defaultdict[str, set[str]] = defaultdict(set)
    for row in due:
        freed[row.owner] |= {item for item, _ in _drop(act.conn, row.code)}
        act.conn.execute(_state, {"which": row.code, "to": EXPIRED})
    for owner, items in freed.items():
        settle(act, owner, items)
    return len(due)


def end_due(act: Act) -> None:
    """Ends what is due before anybody asks for stock: who waits for it comes before who comes now."""
    if any_due(act.conn, to_text(act.posted_at)):
        expire_due(act)


def any_due(conn: Connection, now: str) -> bool:
    """Whether a basket's time is over and it has not been ended yet."""
    return conn.execute(_due.limit(1), {"now": now}).first() is not None


def document(conn: Connection, code: str) -> dict[str, object]:
    """The hold as it is answered.

    Raises:
        Missing: no such hold.
    """
    row = conn.execute(_by_code, {"which": code}).one_or_none()
    if row is None:
        raise missing("hold", code)
    return {
        "hold": row.code,
        "state": row.state,
        "owner": row.owner,
        "channel": row.channel,
        "expires": row.expires,
        "made_at": row.made_at,
        "lines": [
            {
                "line": claim.line,
                "sku": claim.item,
                "qty": claim.qty,
                **({"per": claim.per} if claim.per > 1 else {}),
                **claims.scope_of(claim).to_json(),
            }
            for claim in claims.of_document(conn, f"hold:{code}")
        ],
    }


def _open(act: Act, code: str) -> Row[Any]:
    row = act.conn.execute(_by_code, {"which": code}).one_or_none()
    if row is None:
        raise missing("hold", code)
    if row.state != OPEN or row.expires <= to_text(act.posted_at):
        raise _ended(row)
    return row


def _ended(row: Row[Any]) -> Conflict:
    state = EXPIRED if row.state == OPEN else row.state
    return Conflict(
        "hold.ended", f"Hold {row.code} is {state}.", "Expected one that is open.", "Place a new hold."
    )


@dataclass(frozen=True, slots=True)
class _Asking:
    """Whose basket asks, since when, and what it had."""

    owner: str
    channel: str
    since: datetime
    had: Dates = ()


def _granted(act: Act, asking: _Asking, lines: Sequence[BasketLine]) -> tuple[Stock, tuple[Grant, ...]]:
    require_numbered([line.line for line in lines], "hold.lines")
    for site in {line.site for line in lines if line.site is not None}:
        require_site(act.conn, site)
    stock = look(act.conn, asking.owner, (line.sku for line in lines), act.posted_at)
    refuse_unknown(stock.unknown)
    stock = stock.for_channel(asking.channel, asking.since)
    stock = stock.under(dates_of(asking.had, stock.kits))
    most, asked = stock.policy.basket.most_units, Counter[str]()
    for line in lines:
        asked[line.sku] += line.qty
    for sku, qty in asked.items():
        if qty > most:
            raise Refused(
                "hold.too_many",
                f"Read a basket of {qty} of {sku}.",
                f"Expected at most {most} of one item: policy {stock.policy.version} says so.",
                "Ask for less, or capture an order.",
            )
    wants = [
        Want(
            line.line,
            line.sku,
            line.qty,
            stock.kit(line.sku),
            (),
            Scope(line.site, line.lot, None, line.grade),
            asking.channel,
        )
        for line in lines
    ]
    return stock, grant_all(wants, stock.offer)


def _claim(conn: Connection, head: Head, grants: Sequence[Grant]) -> None:
    claims.claim(
        conn,
        [
            Reservation(
                head.owner,
                claimed.item,
                head.channel,
                f"hold:{head.code}",
                grant.want.line,
                claimed.qty,
                Claim.BASKET,
                claimed.scope,
                claimed.per,
                head.expires,
            )
            for grant in grants
            for claimed in grant.claims()
        ],
    )


def _drop(conn: Connection, code: str) -> Dates:
    """Takes all claims of a hold back; (item, until when good) of each."""
    rows = claims.of_document(conn, f"hold:{code}")
    claims.unclaim(conn, [{"id": row.id, "qty": row.qty} for row in rows])
    return tuple((row.item, claims.scope_of(row).fresh) for row in rows)


def _end(act: Act, row: Row[Any], state: str) -> None:
    held = _drop(act.conn, row.code)
    act.conn.execute(_state, {"which": row.code, "to": state})
    if held:
        settle(act, row.owner, {item for item, _ in held})


_by_code = select(basket).where(basket.c.code == bindparam("which"))
_due = (
    select(basket)
    .where(basket.c.state == OPEN, basket.c.expires <= bindparam("now"))
    .order_by(basket.c.expires, basket.c.code)
)
_state = update(basket).where(basket.c.code == bindparam("which")).values(state=bindparam("to"))
_extend = update(basket).where(basket.c.code == bindparam("which")).values(expires=bindparam("until"))
