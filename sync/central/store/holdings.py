"""What is on hand, claimed and expected of each owner's item, summed from rows and never stored.

Every number stands beside the path that opens it into the rows it was summed from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    case,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
    union,
    union_all,
)

from app.domain.account import Status
from app.domain.clock import to_text
from app.domain.reservation import Claim
from sync.central.rules.scope import Sites
from sync.central.store.balances import IN_LANE, SITE
from sync.central.store.cursors import pack, unpack
from sync.central.store.expected import AWAITED_LINE, OUTSTANDING
from sync.central.store.scope import among
from sync.central.store.tables import account, balance, location, reservation, rma, rma_line

Page = dict[str, object]
Key = tuple[str, ...]

# What stock can be told apart by, in this order, and where a claim says the same of itself. A claim that
# does not is counted in the row where that part is none.
DIVISIONS: Mapping[str, ColumnElement[str]] = {
    "site": SITE,
    "location": account.c.location,
    "lot": account.c.lot,
    "serial": account.c.serial,
    "grade": account.c.grade,
}
_CLAIMED: Mapping[str, ColumnElement[str]] = {"serial": reservation.c.serial}
_ON_HAND = (Status.SELLABLE, Status.RETURN_PENDING, Status.DAMAGED, Status.REFURBISH)
_RESERVED, _BASKETS, _RETURNS = "reserved", "baskets", "returns"
_NONE = literal("")


def stock(
    conn: Connection,
    *,
    owner: str | None,
    skus: Sequence[str],
    by: Iterable[str],
    cursor: str | None,
    limit: int,
    now: datetime,
    sites: Sites = None,
) -> Page:
    """Stock by owner and item, and by what else is asked for.

    Args:
        conn: one consistent look.
        owner: one owner only.
        skus: these items only; all when empty.
        by: keys of `DIVISIONS`.
        cursor: of an earlier page that was asked with the same `by`.
        limit: rows a page.
        now: baskets that ended before are no claims.
        sites: only what stands at these and claims there or bound to no site; what is expected back is bound
            to none and left out.

    Raises:
        Refused: no such page gave the cursor.
    """
    chosen = set(by)
    names = tuple(name for name in DIVISIONS if name in chosen)
    asked = _Asked(names, owner, tuple(skus), to_text(now), sites)
    after = unpack(cursor, 2 + len(names))
    rows, pairs = list[Page](), asked.pairs(conn, after[:2], limit + 1, beyond=False)
    last: Key = ()
    while pairs:
        with closing(asked.rows(conn, pairs[0], pairs[-1], after)) as found:
            for key, sums in found:
                if len(rows) == limit:
                    return {"stock": rows, "next": pack(last)}
                rows.append(_row(dict(zip(("owner", "sku", *names), key, strict=True)), sums))
                last = key
        pairs = asked.pairs(conn, pairs[-1], limit + 1, beyond=True)
    return {"stock": rows, "next": None}


class _Asked:
    """Three ways to hold or claim units, as rows of one shape: key, kind, reason or state, and units."""

    def __init__(
        self, names: Sequence[str], owner: str | None, skus: Sequence[str], now: str, sites: Sites
    ) -> None:
        divided = [DIVISIONS[name].label(name) for name in names]
        claimed = [_CLAIMED.get(name, _NONE).label(name) for name in names]
        unplaced = [_NONE.label(name) for name in names]
        kind = case((IN_LANE, literal(str(Status.IN_TRANSIT))), else_=balance.c.status)
        claim = case((reservation.c.claim == str(Claim.BASKET), literal(_BASKETS)), else_=literal(_RESERVED))
        held = (
            select(*_pair(balance), *divided, kind.label("kind"), account.c.reason, balance.c.qty)
            .join_from(balance, account, balance.c.account == account.c.id)
            .join(location, location.c.code == account.c.location, isouter=True)
            .where(
                balance.c.status != str(Status.DISPOSED),
                or_(not_(account.c.location.like("@%")), IN_LANE),
                among(sites, SITE, bound=True),
            )
        )
        claims = select(
            *_pair(reservation),
            *claimed,
            claim.label("kind"),
            _NONE.label("reason"),
            reservation.c.qty,
        ).where(
            or_(reservation.c.expires.is_(None), reservation.c.expires > now),
            among(sites, reservation.c.site),
        )
        awaited = (
            select(
                rma.c.owner,
                rma_line.c.sku.label("item"),
                *unplaced,
                literal(_RETURNS).label("kind"),
                rma_line.c.state.label("reason"),
                OUTSTANDING.label("qty"),
            )
            .join_from(rma_line, rma, rma.c.code == rma_line.c.rma)
            .where(AWAITED_LINE, true() if sites is None else false())
        )
        self._parts: tuple[tuple[Select[Any], Any, Any], ...] = tuple(
            (_narrowed(part, whose, what, owner, skus), whose, what)
            for part, whose, what in (
                (held, balance.c.owner, balance.c.item),
                (claims, reservation.c.owner, reservation.c.item),
                (awaited, rma.c.owner, rma_line.c.sku),
            )
        )
        self._names = ("owner", "item", *names)

    def pairs(self, conn: Connection, start: Sequence[str], most: int, *, beyond: bool) -> list[Key]:
        """The next owners and items, from `start` on or beyond it; some of them may have no row."""
        found = []
        for part, whose, what in self._parts:
            pair = tuple_(whose, what)
            following = part.with_only_columns(whose.label("owner"), what.label("item")).distinct()
            if start:
                edge = tuple_(*map(literal, start))
                following = following.where(pair > edge if beyond else pair >= edge)
            found.append(select(following.order_by(whose, what).limit(most).subquery()))
        every = union(*found).subquery()
        asked = select(every.c.owner, every.c.item).order_by(every.c.owner, every.c.item).limit(most)
        return [tuple(row) for row in conn.execute(asked)]

    def rows(
        self, conn: Connection, first: Key, last: Key, after: Key
    ) -> Generator[tuple[Key, Counter[Key]], None, None]:
        """Each key above `after` of these owners and items, with its units by kind and reason."""
        between = [
            part.where(
                tuple_(whose, what) >= tuple_(*map(literal, first)),
                tuple_(whose, what) <= tuple_(*map(literal, last)),
            )
            for part, whose, what in self._parts
        ]
        every = union_all(*between).subquery()
        key = [every.c[name] for name in self._names]
        asked = (
            select(*key, every.c.kind, every.c.reason, func.sum(every.c.qty))
            .group_by(*key, every.c.kind, every.c.reason)
            .order_by(*key)
        )
        if after:
            asked = asked.where(tuple_(*key) > tuple_(*map(literal, after)))
        size = len(key)
        with conn.execute(asked, execution_options={"yield_per": 500}) as found:
            for parts, group in groupby(found, lambda row: tuple(row[:size])):
                yield parts, Counter({(row[size], row[size + 1]): int(row[size + 2]) for row in group})


def _pair(table: Any) -> tuple[Any, Any]:
    return table.c.owner, table.c.item


def _narrowed(
    part: Select[Any], whose: Any, what: Any, owner: str | None, skus: Sequence[str]
) -> Select[Any]:
    if owner is not None:
        part = part.where(whose == owner)
    return part.where(what.in_(skus)) if skus else part


def _row(key: Mapping[str, str], sums: Counter[Key]) -> Page:
    by_kind = Counter[str]()
    for (kind, _), qty in sums.items():
        by_kind[kind] += qty
    reasons = {reason: qty for (kind, reason), qty in sorted(sums.items()) if kind == Status.QUARANTINED}
    states = {state: qty for (kind, state), qty in sorted(sums.items()) if kind == _RETURNS}
    claims = _path("reservations", {name: value for name, value in key.items() if name in _CLAIM_FILTERS})
    return {
        **{name: value or None for name, value in key.items()},
        **{str(status): _number(by_kind[status], _held(key, status)) for status in _ON_HAND},
        "quarantined": {
            **_number(by_kind[Status.QUARANTINED], _held(key, Status.QUARANTINED)),
            "reasons": {
                reason: _number(qty, _held(key, Status.QUARANTINED, reason=reason))
                for reason, qty in reasons.items()
            },
        },
        "in_transit": _number(by_kind[Status.IN_TRANSIT], _held(key, Status.IN_TRANSIT)),
        _RESERVED: _number(by_kind[_RESERVED], claims),
        _BASKETS: _number(by_kind[_BASKETS], claims),
        "expected_returns": {
            **_number(
                by_kind[_RETURNS],
                _path("stock/expected-returns", {name: key[name] for name in ("owner", "sku")}),
            ),
            "states": states,
        },
    }


def _number(qty: int, proof: str) -> Page:
    return {"qty": qty, "proof": proof}


def _held(key: Mapping[str, str], status: Status, **more: str) -> str:
    return _path("balances", {**key, "status": str(status), **more})


def _path(what: str, query: Mapping[str, str]) -> str:
    return f"/v1/{what}?{urlencode(query)}"


_CLAIM_FILTERS = frozenset({"owner", "sku"})
