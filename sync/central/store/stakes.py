"""What is at stake in an event that somebody has to approve: its units at the items' records.

A station signs the value it knew. So the price counts that stood in the feed it had read, beside the one of
now: a lower one that it honestly knew is no understatement, one below that is.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from app.domain.approvals import Action, Certificate, action_of
from app.domain.approvals.needing import LOSSES
from app.domain.event import Event
from app.domain.move import Move, MoveKind
from app.domain.place import is_virtual
from sync.central.store.known_certificates import Heard
from sync.central.store.prepared import asking
from sync.central.store.tables import approver_certificate, feed, item

_SEVERAL = "???"
"""The currency of goods that are worth something in more than one."""


@dataclass(frozen=True, slots=True)
class Stake:
    """The worth of the units by the records now, and by those that their station had read (None: of none).

    `unpriced` when the centre has no record of some of them.
    """

    now: tuple[int, str] | None = None
    told: int | None = None
    unpriced: bool = False


def stake_of(conn: Connection, happened: Event, heard: Heard) -> Stake:
    """What is at stake by the items' records; goods in several currencies have one that no limit is in.

    That is the units that leave or enter the building, that are written off where they stand, that are lost
    from wherever they were, or those that a supervisor decides about at a bench.

    Args:
        conn: inside the one writer's transaction.
        happened: what the station recorded.
        heard: how far it had read the feed.
    """
    units = _units(happened)
    rows = {row.sku: row for row in _values.rows(conn, skus=sorted(units))} if units else {}
    if not rows:
        return Stake(unpriced=bool(units))
    currencies = {row.currency for row in rows.values()}
    worth = sum(int(row.value_minor) * units[sku] for sku, row in rows.items())
    currency = currencies.pop() if len(currencies) == 1 else _SEVERAL
    return Stake((worth, currency), _told(conn, units, currency, heard), rows.keys() != units.keys())


def proved(conn: Connection, heard: Heard, certificates: tuple[tuple[str, Certificate], ...]) -> Heard:
    """How far a station must have read that says it had read so far, and used these certificates."""
    gen, pos = heard.gen, heard.pos
    for digest, _ in certificates:
        row = _issued.first(conn, digest=digest)
        if row is not None:
            gen, pos = max(gen, int(row.feed_gen)), max(pos, int(row.feed_pos))
    return Heard(heard.site, gen, pos)


def _units(happened: Event) -> Mapping[str, int]:
    units: defaultdict[str, int] = defaultdict(int)
    decided = action_of(happened) == Action.OVERRIDE
    for move in happened.moves:
        if decided or _at_stake(move):
            units[move.source.item] += move.qty
    sku, qty = happened.body.get("sku"), happened.body.get("qty")
    if decided and not happened.moves and isinstance(sku, str) and type(qty) is int:
        units[sku] = qty
    return units


def _at_stake(move: Move) -> bool:
    start, end = move.source.location, move.target.location
    return move.kind is MoveKind.WRITE_OFF or end in LOSSES or is_virtual(start) != is_virtual(end)


def _told(conn: Connection, units: Mapping[str, int], currency: str, heard: Heard) -> int | None:
    """What the units were worth by the records that the station had read; None when it had read none."""
    worths = [qty * price for sku, qty in units.items() for price in _price(conn, sku, currency, heard)]
    return sum(worths) if worths else None


def _price(conn: Connection, sku: str, currency: str, heard: Heard) -> Iterator[int]:
    row = _newest.first(conn, sku=sku, gen=heard.gen, pos=heard.pos)
    record: Any = json.loads(row.document) if row is not None else None
    if isinstance(record, dict) and record.get("currency") == currency:
        price = record.get("value_minor")
        if type(price) is int:
            yield price


_values = asking(
    lambda among: select(item.c.sku, item.c.value_minor, item.c.currency).where(among(item.c.sku, "skus"))
)
_issued = asking(
    lambda _: select(approver_certificate.c.feed_gen, approver_certificate.c.feed_pos).where(
        approver_certificate.c.digest == bindparam("digest")
    )
)
# The partial index is only used for a condition written out.
_newest = asking(
    lambda _: (
        select(feed.c.document)
        .where(
            text("feed.kind = 'item'"),
            feed.c.key == bindparam("sku"),
            feed.c.gen <= bindparam("gen"),
            feed.c.pos <= bindparam("pos"),
        )
        .order_by(feed.c.pos.desc())
        .limit(1)
    )
)
