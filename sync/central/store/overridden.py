"""What a supervisor's word at a bench did that the centre's own would not have been let do: a case each.

The unit is where it was put. A bench may have heard of no consignment that waits for it, and of no limit or
item record that closes the route; what that means is for the centre's people.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection

from app.domain.event import Event, EventKind
from app.domain.move import Move
from app.domain.policy.scope import Case as Goods
from sync.central.rules.discards import word
from sync.central.store.accounts import numbers
from sync.central.store.chain import CENTRE
from sync.central.store.consignments import holder
from sync.central.store.exceptions import Case, close_cases, open_case
from sync.central.store.item_rules import item_records
from sync.central.store.journal import Fact
from sync.central.store.returns_policy import returns_policy
from sync.central.store.savepoint import tried

_log = logging.getLogger(__name__)


def follow(conn: Connection, facts: Sequence[Fact], at: datetime) -> None:
    """Opens the cases of words that benches recorded, and closes those of words that were taken back."""
    for fact in facts:
        event = fact.event
        if event.kind == EventKind.UNIT_REDECIDED and fact.origin != CENTRE:
            for case in _found(conn, event):
                open_case(conn, case, at)
    undone = [fact.event.corrects for fact in facts if fact.event.corrects]
    keys = [key(of) for of in undone for key in (held_key, blocked_key)]
    close_cases(conn, keys, at, "The word was taken back.")


def held_key(event_id: str) -> str:
    """The key of the case of a word that took a unit away from under an open consignment."""
    return f"unit.consigned:{event_id}"


def blocked_key(event_id: str) -> str:
    """The key of the case of a word that sent a unit where the policy's limits let none go."""
    return f"unit.blocked:{event_id}"


def _found(conn: Connection, happened: Event) -> Sequence[Case]:
    found = list[Case]()

    def look() -> None:
        found.extend(case for move in happened.moves for case in _unfit(conn, happened, move))

    looked = tried(conn, look, _log, "nothing was asked about the word %s", happened.event_id)
    return found if looked else ()


def _unfit(conn: Connection, happened: Event, move: Move) -> Iterator[Case]:
    held, by = move.source, holder(conn, numbers(conn, [move.source])[move.source])
    unit = held.label or held.item
    if by is not None:
        fix = (
            f"A supervisor at a bench sent unit {unit} to {move.target.location} while consignment {by} "
            f"waits for it at {held.location}: take it out of {by}, or take the word back."
        )
        yield _case(held_key(happened.event_id), "unit.consigned", happened, move, fix)
    name = _blocked(conn, happened, move)
    if name:
        fix = (
            f"A supervisor at a bench sent unit {unit} by {word(happened.body, 'disposition')}, which the "
            f"policy does not leave open for it: {name}. Decide about the unit anew."
        )
        yield _case(blocked_key(happened.event_id), "unit.blocked", happened, move, fix)


def _case(key: str, kind: str, happened: Event, move: Move, fix: str) -> Case:
    label = move.source.label
    about = f"label:{label}" if label else f"event:{happened.event_id}"
    at = f"bin:{move.source.location}"
    return Case(key, kind, about, "supervisor", fix, sku=move.source.item, qty=move.qty, at=at)


def _blocked(conn: Connection, happened: Event, move: Move) -> str | None:
    """The limit that closes the route by the policy in force and the item's record now."""
    policy, disposition = returns_policy(conn), word(happened.body, "disposition")
    its = item_records(conn, [move.source.item]).get(move.source.item)
    if policy is None or its is None or not disposition:
        return None
    goods = Goods(policy.known(its.category), move.target.grade or "", its.hazardous)
    block = policy.routes.blocked(disposition, goods)
    return block.name if block is not None else None
