"""Units that a disposition leaves waiting to be written off, and what it says of why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.account import Account, Status
from app.domain.event import Event, EventKind
from app.domain.place import is_virtual

AWAITING = "awaiting_write_off"
"""Why such units stand in quarantine."""
DISPOSES = frozenset(
    {
        EventKind.RETURN_DISPOSITIONED,
        EventKind.RETURN_REGRADED,
        EventKind.RETURN_MATCHED,
        EventKind.RETURN_ACCEPTED,
        EventKind.RETURN_NAMED,
        EventKind.UNIT_REDECIDED,
        EventKind.UNIT_REFURBISHED,
        EventKind.UNIT_GIVEN_UP,
    }
)
"""Events that decide what becomes of a unit."""

MOST_WORDS = 10
"""Answers and photos that are kept of one event at most."""
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be written off because an event said so: units of one account, and why.

    `photos` are the addresses of pictures; a rule, return or policy that nobody named is none.
    """

    held: Account
    qty: int
    reason: str
    rule: str | None
    rma: str | None
    photos: tuple[str, ...]


def awaits(held: Account) -> bool:
    """Whether units of an account wait to be written off."""
    return held.status is Status.QUARANTINED and held.reason == AWAITING and not is_virtual(held.location)


def wishes(happened: Event) -> list[Wish]:
    """What an event leaves waiting, by account in the order of its moves; nothing when it decides nothing."""
    if happened.kind not in DISPOSES:
        return []
    net = Counter[Account]()
    for move in happened.moves:
        net[move.target] += move.qty
        net[move.source] -= move.qty
    body = happened.body
    rule, rma = word(body, "rule"), word(body, "rma") or word(body, "return")
    return [
        Wish(held, qty, why(body), rule, rma, words(body, "photos"))
        for held, qty in net.items()
        if qty > 0 and awaits(held)
    ]


def why(body: Mapping[str, object]) -> str:
    """Why, in few words: a person's reason, or the rule and what was answered."""
    said = word(body, "reason") if "overrides" in body or "work" in body else None
    if said:
        return said
    rule = word(body, "rule")
    answers = ", ".join(words(body, "answers"))
    return ": ".join(filter(None, (f"rule {rule}" if rule else "disposition", answers)))


def word(body: Mapping[str, object], name: str) -> str | None:
    """A text of a body; none for anything else that a station may say there."""
    found = body.get(name)
    return found[:_LONGEST] if isinstance(found, str) and found else None


def words(body: Mapping[str, object], name: str) -> tuple[str, ...]:
    """The first texts of a list of a body."""
    found = body.get(name)
    listed = found if isinstance(found, list | tuple) else ()
    return tuple(entry[:_LONGEST] for entry in listed if isinstance(entry, str))[:MOST_WORDS]
