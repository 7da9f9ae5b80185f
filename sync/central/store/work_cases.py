"""What of work orders does not fit, as the cases that people answer."""

from __future__ import annotations

import json
from typing import Any

from app.domain.account import Account
from app.domain.money import amount_text
from sync.central.store.exceptions import Case


def none_key(held: Account) -> str:
    """The key of the case of units in refurbish stock that have no work order."""
    return f"work.none:{json.dumps(held.key)}"


def failed_key(held: Account) -> str:
    """The key of the case of units whose work order the program failed to keep."""
    return f"work.failed:{json.dumps(held.key)}"


def late_key(code: str) -> str:
    """The key of the case of an order whose step is over its time."""
    return f"work.overdue:{code}"


def spent_key(code: str) -> str:
    """The key of the case of an order that ended without its event, after something was spent on it."""
    return f"work.spent:{code}"


def none(held: Account, qty: int, why: str) -> Case:
    """Units that came into refurbish stock, for which no policy says what is to be done."""
    return _about(
        held,
        qty,
        key=none_key(held),
        fix=f"Units stand in refurbish stock at {held.location} and {why}: publish a policy that has work "
        "for them and open a work order, or grade them again.",
    )


def failed(held: Account, qty: int) -> Case:
    """The centre's program could not follow what happened to units in refurbish stock."""
    return _about(
        held,
        qty,
        key=failed_key(held),
        role="admin",
        fix=f"What happened to units in refurbish stock at {held.location} is posted, but the centre's "
        "program failed to open or end their work order: look at what it logged, then open one or grade them "
        "again.",
    )


def gone(held: Account, qty: int, event_id: str) -> Case:
    """Units were put into refurbish stock by an event that came after another one had moved them on."""
    return _about(
        held,
        qty,
        key=f"work.gone:{event_id}",
        fix=f"An event put units into refurbish stock at {held.location}, and they were gone from there "
        "already; no work order was opened. Look at the unit and its timeline.",
    )


def late(row: Any, held: Account) -> Case:
    """A step that is over its time, with what its units are worth."""
    return _about(
        held,
        int(row.qty),
        key=late_key(row.code),
        fix=f"Work order {row.code} waits for {row.turn_owner} since {row.entered_at} and was due by "
        f"{row.due_at}: do its step, leave it out with a reason, or give the unit up.",
    )


def unbooked(row: Any, held: Account, minor: int, parts: int) -> Case:
    """Work that was paid for, on units that left refurbish stock another way than by its end."""
    used = f" and {parts} parts used" if parts else ""
    return Case(
        key=spent_key(row.code),
        type="work.spent",
        subject=f"work:{row.code}",
        owner_role="finance",
        fix=f"Work order {row.code} ended because its unit was moved on, after "
        f"{amount_text(minor, row.currency)} was spent{used}: neither is booked. Count the parts where they "
        "were taken, and book the work.",
        sku=held.item,
        qty=int(row.qty),
    )


def _about(held: Account, qty: int, key: str, fix: str, role: str = "supervisor") -> Case:
    unit = held.label or held.serial
    subject = f"label:{held.label}" if held.label else f"serial:{unit}" if unit else f"sku:{held.item}"
    at = f"bin:{held.location}"
    return Case(key, key.partition(":")[0], subject, role, fix, sku=held.item, qty=qty, at=at)
