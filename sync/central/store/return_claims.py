"""What was asked to come back and no sale was found for; its goods are known by it when they come.

A bench does not hear who sends a box that no return was authorized for. Units of an item that come within
some weeks of a claim for it are taken for those of the claim.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, func, select

from app.domain.clock import from_text, to_text
from sync.central.rules.claimed import History, Waiting, Why, why_unclaimed
from sync.central.store.prepared import asking, inserting
from sync.central.store.tables import (
    blind_unit,
    order_line,
    reservation,
    return_claim,
    rma,
    rma_done,
    rma_line,
    rma_match,
)

FRESH = timedelta(days=60)
"""How long after a claim its goods are looked for."""


@dataclass(frozen=True, slots=True)
class Came:
    """Units of an item that came with no return: by which event, whose, when."""

    event_id: str
    owner: str
    sku: str
    qty: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why units are nobody's, and the claim that says so."""

    why: Why
    claim: int | None = None


@dataclass(slots=True)
class _Open:
    id: int
    why: Why
    at: datetime
    left: int


@dataclass(frozen=True, slots=True)
class Claim:
    """Units of an item that somebody asked to bring back at an instant, and why no sale of them was found."""

    owner: str
    customer: str | None
    order: str | None
    sku: str
    qty: int
    why: Why
    at: datetime


def note(conn: Connection, claims: Sequence[Claim]) -> None:
    """Keeps claims for when their goods come."""
    _new.run(conn, [asdict(claim) | {"why": str(claim.why), "at": to_text(claim.at)} for claim in claims])


def verdicts(conn: Connection, came: Sequence[Came]) -> dict[str, Verdict]:
    """Why each of these is nobody's, by its event; their moves are posted already."""
    if not came:
        return {}
    owners, skus = sorted({c.owner for c in came}), sorted({c.sku for c in came})
    claims = defaultdict[tuple[str, str], list[_Open]](list)
    for row in _claims.rows(conn, owners=owners, skus=skus):
        opened = _Open(int(row.id), Why(row.why), from_text(row.at), int(row.qty) - int(row.used))
        claims[row.owner, row.sku].append(opened)
    asked = {"owners": owners, "skus": skus}
    out = {(row.owner, row.sku) for row in (*_out.rows(conn, **asked), *_awaited.rows(conn, **asked))}
    inside = sorted({c.sku for c in came if (c.owner, c.sku) not in out})
    rows = _sent.rows(conn, owners=owners, skus=inside) if inside else ()
    sent = {(row.owner, row.sku) for row in rows}
    found = dict[str, Verdict]()
    for unit in came:
        stock = (unit.owner, unit.sku)
        claim = _taken(unit, claims[stock])
        if claim is not None:
            claim.left -= unit.qty
            found[unit.event_id] = Verdict(claim.why, claim.id)
        else:
            found[unit.event_id] = Verdict(why_unclaimed(out=stock in out, sent=stock in sent))
    return found


def why_of(conn: Connection, claim: int | None, came: Came) -> Why:
    """Why a unit is nobody's that was noted before, by its claim or by what was sold by now."""
    row = _by_id.first(conn, which=claim) if claim is not None else None
    return Why(row.why) if row is not None else verdicts(conn, [came])[came.event_id].why


def _taken(unit: Came, claims: Sequence[_Open]) -> _Open | None:
    fresh = [c for c in claims if c.left > 0 and c.at <= unit.at <= c.at + FRESH]
    return min(fresh, key=lambda claim: (claim.left != unit.qty, claim.at, claim.id), default=None)


def histories(
    conn: Connection, owner: str, customer: str | None, order: int | None, skus: Sequence[str]
) -> dict[str, History]:
    """What of these items was sent and ordered: on one order, or by a customer."""
    sent, waiting = set[str](), defaultdict[str, list[Waiting]](list)
    if order is not None:
        rows = _of_order.rows(conn, order=order, skus=list(skus))
        sent = {row.sku for row in rows if row.shipped}
    else:
        asked = {"owner": owner, "customer": customer, "skus": list(skus)}
        sent = {row.sku for row in (*_sent_to.rows(conn, **asked), *_back_from.rows(conn, **asked))}
        rows = [*_short.rows(conn, **asked), *_reserved.rows(conn, **asked)]
    for row in {(row.order, row.line): row for row in rows}.values():
        left = int(row.qty) - int(row.shipped) - int(row.cancelled)
        if left > 0:
            waiting[row.sku].append(Waiting(left, from_text(row.placed_at)))
    return {sku: History(sku in sent, tuple(waiting[sku])) for sku in skus}


_new = inserting(return_claim, "owner", "customer", "order", "sku", "qty", "why", "at")
_by_id = asking(lambda _: select(return_claim.c.why).where(return_claim.c.id == bindparam("which")))
_used = (
    select(func.coalesce(func.sum(blind_unit.c.qty), 0))
    .where(blind_unit.c.claim == return_claim.c.id, blind_unit.c.state != "taken_back")
    .correlate(return_claim)
    .scalar_subquery()
)
_claims = asking(
    lambda among: (
        select(return_claim, _used.label("used"))
        .where(among(return_claim.c.owner, "owners"), among(return_claim.c.sku, "skus"))
        .order_by(return_claim.c.id)
    )
)
_out = asking(
    lambda among: (
        select(order_line.c.owner, order_line.c.sku)
        .where(
            among(order_line.c.owner, "owners"),
            among(order_line.c.sku, "skus"),
            order_line.c.sku.is_not(None),
            order_line.c.shipped > order_line.c.returned,
        )
        .distinct()
    )
)
_done = (
    select(func.coalesce(func.sum(rma_done.c.qty), 0))
    .where(rma_done.c.rma == rma_line.c.rma, rma_done.c.line == rma_line.c.line)
    .correlate(rma_line)
    .scalar_subquery()
)
_awaited = asking(
    lambda among: (
        select(rma.c.owner, rma_line.c.sku)
        .join_from(rma_line, rma, rma.c.code == rma_line.c.rma)
        .where(
            among(rma.c.owner, "owners"),
            among(rma_line.c.sku, "skus"),
            rma.c.state == "open",
            rma_line.c.qty > _done,
        )
        .distinct()
    )
)
# Where nothing is out, what was ever sent has come back on a return.
_sent = asking(
    lambda among: (
        select(rma.c.owner, rma_line.c.sku)
        .join_from(rma_line, rma, rma.c.code == rma_line.c.rma)
        .where(among(rma.c.owner, "owners"), among(rma_line.c.sku, "skus"))
        .distinct()
    )
)
_line = (
    order_line.c.order,
    order_line.c.line,
    order_line.c.sku,
    order_line.c.qty,
    order_line.c.shipped,
    order_line.c.cancelled,
    order_line.c.placed_at,
)
_of_order = asking(
    lambda among: select(*_line).where(
        order_line.c.order == bindparam("order"), among(order_line.c.sku, "skus")
    )
)
_theirs = and_(order_line.c.owner == bindparam("owner"), order_line.c.customer == bindparam("customer"))
# The conditions on lines repeat those of the partial indexes on sold and on waiting ones.
_sent_to = asking(
    lambda among: select(order_line.c.sku).where(
        _theirs,
        order_line.c.customer.is_not(None),
        order_line.c.shipped > order_line.c.returned,
        among(order_line.c.sku, "skus"),
    )
)
_back_from = asking(
    lambda among: (
        select(rma_line.c.sku)
        .join_from(
            rma_line,
            rma_match,
            and_(rma_match.c.rma == rma_line.c.rma, rma_match.c.line == rma_line.c.line),
        )
        .join(
            order_line,
            and_(order_line.c.order == rma_match.c.order, order_line.c.line == rma_match.c.order_line),
        )
        .where(_theirs, among(rma_line.c.sku, "skus"))
    )
)
_short = asking(
    lambda among: select(*_line).where(
        _theirs,
        among(order_line.c.sku, "skus"),
        order_line.c.sku.is_not(None),
        order_line.c.qty > order_line.c.reserved + order_line.c.shipped + order_line.c.cancelled,
    )
)
_reserved = asking(
    lambda among: (
        select(*_line)
        .join_from(
            reservation,
            order_line,
            and_(reservation.c.order == order_line.c.order, reservation.c.line == order_line.c.line),
        )
        .where(
            _theirs,
            reservation.c.owner == bindparam("owner"),
            among(order_line.c.sku, "skus"),
        )
    )
)
