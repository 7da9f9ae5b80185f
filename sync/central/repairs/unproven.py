"""Which stock follows from facts that can no longer be proven: its balances are not made anew from them.

Balances are the fold of moves. Where the moves are not what was sealed, a new fold would only write down what
somebody did to the moves; the old balance is then better evidence than the new one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, or_, select

from app.domain.laws import Violation
from sync.central.checks.events import read_facts
from sync.central.store.settling import EVIDENCE, POSTED
from sync.central.store.tables import account, event, move, receipt

_LAWS = frozenset({"account", "chain", "facts", "event"})
_EVENT = re.compile(r"event (\S+)")
_NUMBER = re.compile(r"event number (\d+) of station (\S+)")
_UNSEALED = "posted events"
_PART = 500


@dataclass(frozen=True, slots=True)
class Unproven:
    """Owners and items whose moves are in doubt; `everything` when it cannot be told whose are."""

    everything: bool
    items: frozenset[tuple[str, str]]

    def holds(self, owner: str, item: str) -> bool:
        """Whether this stock is among them."""
        return self.everything or (owner, item) in self.items


def unproven(conn: Connection, violations: Iterable[Violation]) -> Unproven:
    """What the findings of an audit put in doubt."""
    ids, everything = set[str](), False
    for found in violations:
        if found.law not in _LAWS:
            continue
        named = _named(conn, found)
        everything = everything or not named
        ids |= named
    return Unproven(everything, _items(conn, ids))


def _named(conn: Connection, found: Violation) -> set[str]:
    """The events that a finding is about; none when it is not about events."""
    if found.law == "account":
        return set()
    if (match := _NUMBER.fullmatch(found.subject)) is not None:
        asked = {"seq": int(match[1]), "station": match[2]}
        return set(conn.scalars(_at_place, asked))
    if found.subject == _UNSEALED:
        return set(conn.scalars(_unsealed))
    if (match := _EVENT.fullmatch(found.subject)) is not None:
        return {match[1]}
    return set()


def _items(conn: Connection, ids: Collection[str]) -> frozenset[tuple[str, str]]:
    """What these events moved, by the tables or by what was sealed."""
    found, asked = set[tuple[str, str]](), sorted(ids)
    for start in range(0, len(asked), _PART):
        some = {"ids": asked[start : start + _PART]}
        found |= {(row.owner, row.item) for row in conn.execute(_moved, some)}
        for facts in conn.scalars(_sealed, some):
            found |= set(_ends((read_facts(facts) or {}).get("moves")))
    return frozenset(found)


def _ends(moves: Any) -> Iterable[tuple[str, str]]:
    for entry in moves if isinstance(moves, list) else ():
        for name in ("from", "to"):
            end = entry.get(name) if isinstance(entry, dict) else None
            if isinstance(end, dict):
                yield str(end.get("owner")), str(end.get("item"))


_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_at_place = select(receipt.c.event_id).where(
    receipt.c.station_id == bindparam("station"),
    receipt.c.seq == bindparam("seq"),
    receipt.c.state != EVIDENCE,
)
_unsealed = select(event.c.event_id).where(
    ~select(receipt.c.id).where(receipt.c.event_id == event.c.event_id, receipt.c.state == POSTED).exists()
)
_moved = (
    select(account.c.owner, account.c.item)
    .join_from(event, move, move.c.event == event.c.id)
    .join(account, or_(account.c.id == move.c.source, account.c.id == move.c.target))
    .where(event.c.event_id.in_(_ids))
    .distinct()
)
_sealed = select(receipt.c.facts).where(receipt.c.event_id.in_(_ids), receipt.c.state != EVIDENCE)
