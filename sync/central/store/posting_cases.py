"""Cases for what does not fit once events are posted, and the keys they are found by."""

from __future__ import annotations

import json
from dataclasses import replace

from app.domain.account import Account
from app.domain.event import Event
from sync.central.store.exceptions import Case


def negative_key(short: Account) -> str:
    """The key of the exception that answers for an account below zero."""
    return f"stock.negative:{json.dumps(short.key)}"


def twice_key(owner: str, sku: str, serial: str) -> str:
    """The key of the exception that answers for a serial that is inside more than once."""
    return f"serial.twice:{json.dumps((owner, sku, serial))}"


def makers_key(origin: str, kind: str) -> str:
    """The key of the exception that answers for a station that made what the centre alone makes."""
    return f"event.not_a_stations:{origin}:{kind}"


def unbooked_key(event_id: str) -> str:
    """The key of the exception that answers for an event which was not booked."""
    return f"books.failed:{event_id}"


def unfollowed_key(event_id: str) -> str:
    """The key of the exception that answers for an event after which the centre did not do its part."""
    return f"event.not_followed:{event_id}"


def unallocated_key(session: str, owner: str, sku: str) -> str:
    """The key of the exception that answers for claims which were not brought in line with stock."""
    return f"allocation.failed:{session}:{owner}:{sku}"


def negative_case(short: Account, qty: int) -> Case:
    """More left a place than was there; `qty` is the balance, below zero."""
    return Case(
        key=negative_key(short),
        type="stock.negative",
        subject=f"sku:{short.item}",
        owner_role="planner",
        fix=f"More left {short.location} than was recorded there: count {short.item} at {short.location}.",
        sku=short.item,
        qty=-qty,
        at=f"bin:{short.location}",
    )


def taken_back(case: Case, short: Account, way: str) -> Case:
    """The case of an account below zero because a bench took back a unit that had left it for good."""
    fix = (
        f"The record of unit {short.label} ({short.item}) was taken back after it had left {short.location} "
        f"by {way}, which stays: record the unit again at a bench, or, where it never left, reverse {way}."
    )
    return replace(case, subject=f"label:{short.label}", fix=fix)


def not_booked(event: Event) -> Case:
    """What happened has no entry in the books."""
    return Case(
        key=unbooked_key(event.event_id),
        type="books.failed",
        subject=f"event:{event.event_id}",
        owner_role="finance",
        fix=f"What happened ({event.kind}) is posted, but the centre's program failed to book it: run "
        "backhaul central repair, which books what is missing.",
    )


def not_followed(event: Event) -> Case:
    """What happened is posted, and what the centre does because of it is not done."""
    return Case(
        key=unfollowed_key(event.event_id),
        type="event.not_followed",
        subject=f"event:{event.event_id}",
        owner_role="admin",
        fix=f"What happened ({event.kind}) is posted, but the centre's program failed to do what follows "
        "from it: look at what the event tells of, count the goods where they stand, correct by a count.",
    )


def not_allocated(session: str, owner: str, sku: str) -> Case:
    """Stock changed, and nobody who waits was given any; `session` is what was done when it failed."""
    return Case(
        key=unallocated_key(session, owner, sku),
        type="allocation.failed",
        subject=session,
        owner_role="admin",
        fix=f"What happened is posted, but the centre's program failed to give {sku} to waiting orders. "
        "The next change of the item's stock tries again; compare what its orders claim with a count.",
        sku=sku,
    )


def not_a_stations(event: Event, origin: str) -> Case:
    """A station made what the centre alone makes."""
    return Case(
        key=makers_key(origin, event.kind),
        type="event.not_a_stations",
        subject=f"station:{origin}",
        owner_role="admin",
        fix=f"This station recorded {event.kind} (event {event.event_id}), which the centre alone makes; its "
        "moves are posted. Look at that station's program and count what it moved.",
    )


def inconsistent(event: Event, moved: int) -> Case:
    """An event tells of other units than it moves."""
    return Case(
        key=f"event.inconsistent:{event.event_id}",
        type="event.inconsistent",
        subject=f"event:{event.event_id}",
        owner_role="admin",
        fix=f"The event tells of {event.body.get('qty')} of {event.body.get('sku')} and moves {moved}; "
        "its moves are posted. Count the item and look at that station's program.",
    )


def unknown_item(sku: str) -> Case:
    """Stock moved of an item that has no record."""
    return Case(
        key=f"item.unknown:{sku}",
        type="item.unknown",
        subject=f"sku:{sku}",
        owner_role="planner",
        fix="Stock moved for an item the centre does not know: add the item.",
    )


def twice_case(unit: Account) -> Case:
    """A unit that is inside more than once."""
    return Case(
        key=twice_key(unit.owner, unit.item, unit.serial or ""),
        type="serial.twice",
        subject=f"unit:{unit.serial}",
        owner_role="planner",
        fix=f"Serial {unit.serial} of {unit.item} is recorded in two places: look at both units.",
        sku=unit.item,
        qty=1,
    )
