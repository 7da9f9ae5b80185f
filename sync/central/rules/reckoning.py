"""The figures of one item in a sentence that adds up: what there was, who had it, and what that left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.clock import from_text
from app.domain.refusal import Refused

_SCOPE = {
    "site": "from site",
    "lot": "of lot",
    "serial": "with serial",
    "grade": "of grade",
    "supply": "out of supply",
    "fresh": "good at least until",
}
# Units in the building that nobody is promised though they are sellable.
LEFT_OUT = {
    "expired": "past its date",
    "too_close": "too close to its date",
    "barred": "its serial is claimed by name and here more than once",
}


def within(scope: Mapping[str, str]) -> str:
    """Which units will do, in brackets; empty when any will."""
    said = [f"{_SCOPE[part]} {value}" for part, value in scope.items()]
    return f" ({', '.join(said)})" if said else ""


def instant(text: str) -> str:
    """A point in time for a person, to the minute, with its zone."""
    try:
        return f"{from_text(text):%Y-%m-%d %H:%M} UTC"
    except Refused:
        return text


def kept_for(pool: Mapping[str, Any]) -> Mapping[str, int]:
    """Units that other channels keep of what is left, by channel: nobody keeps what is claimed already."""
    left = max(0, pool["sellable"] - pool["reserved"] - pool["basket"] - pool["safety"])
    found = dict[str, int]()
    for channel, units in pool["kept_for"].items():
        if least := min(units, left):
            found[channel], left = least, left - least
    return found


def reckoned(sku: str, pool: Mapping[str, Any], scope: Mapping[str, str], *, now: bool = False) -> str:
    """What there was of an item (or is, `now`), less every claim, and what that left for whoever asked.

    `pool` holds the figures of units as new that are here, and may hold `before` (what earlier lines of the
    same order took), `room` (what could be had within the scope) and what was left out.
    """
    were, could = ("are", "can") if now else ("were", "could")
    room = pool.get("room")
    if "grade" in scope or "supply" in scope:
        # The figures are of units as new that are here: they say nothing of these.
        return f"Of {sku}{within(scope)} {room or 0} {were} free."
    left, claims = pool["sellable"], list[str]()
    for most, words in _claims(pool):
        units = max(0, min(most, left))
        left -= units
        claims += [f"{units} {words}"] if units else []
    of_which = f", of which {', '.join(claims)}, leaving {left or 'none'}" if claims else ""
    if room is not None and room != left:
        of_which += f"; {room or 'none'} of them {could} be had{within(scope)}"
    out = [f" {pool[name]} more {were} left out: {why}." for name, why in LEFT_OUT.items() if pool.get(name)]
    return f"Of {sku} there {were} {pool['sellable'] or 'none'} sellable{of_which}.{''.join(out)}"


def _claims(pool: Mapping[str, Any]) -> list[tuple[int, str]]:
    names = (("reserved", "reserved"), ("basket", "in baskets"), ("safety", "kept as safety stock"))
    return [
        *((pool.get(name, 0), words) for name, words in names),
        *((units, f"kept for {channel}") for channel, units in pool.get("kept_for", {}).items()),
        (pool.get("before", 0), "taken by earlier lines of the order"),
    ]
