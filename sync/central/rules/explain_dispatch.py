"""Decisions about orders on their way in plain sentences: blocks, changes, waves, parcels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sync.central.rules.reckoning import instant

BLOCKED = "blocked"
UNBLOCKED = "unblocked"
CHANGED = "changed"
REBALANCED = "rebalanced"
SOURCED = "sourced"
PICK_SHORT = "pick.short"
PARCEL_LOST = "parcel.lost"
PARCEL_CANCELLED = "parcel.cancelled"
WITHDRAWN = "withdrawn"
RERANKED = "reranked"
REPLACES = "replaces"

Document = Mapping[str, Any]


def _blocked(document: Document) -> list[str]:
    head = f"The order was blocked ({document['block']})"
    if document["keep"]:
        said = [f"{head}; it keeps what is reserved and gets nothing new."]
    else:
        said = [f"{head}; its reservations were given to orders that wait."]
        said += [f"Line {n['line']}: {n['qty']} of {n['sku']} were freed." for n in document["freed"]]
        said += [
            f"Line {n['line']}: {n['qty']} of {n['sku']} are in somebody's hands and stay claimed."
            for n in document["in_hand"]
        ]
    return [*said, f"Note: {document['note']}"] if document.get("note") else said


def _replaces(document: Document) -> list[str]:
    what = f"line {document['line']} of return {document['rma']}"
    said = f"The order replaces what comes back on {what}: {document['qty']} of {document['sku']}."
    until = str(document["back_by"])[:10]
    if document["kind"] == "exchange":
        how = f"It is blocked until the returned units pay for it, and keeps what is reserved until {until}."
    else:
        how = f"It may go ahead of the returned units, which are to be back by {until}."
    return [said, how]


def _unblocked(document: Document) -> list[str]:
    return [
        f"The block ({document['block']}) was taken off.",
        *(
            f"Line {n['line']}: {n['gained']} of {n['sku']} were reserved again; {n['open']} wait for stock."
            for n in document["lines"]
        ),
    ]


def _changed(document: Document) -> list[str]:
    said = [
        f"Line {n['line']}: from {n['from']} to {n['to']} of {n['sku']}, of which {n['reserved']} are "
        f"reserved and {n['open']} wait."
        for n in document["lines"]
    ]
    if "site" in document:
        before, after = (document["site"][end] or "any site" for end in ("from", "to"))
        said.insert(0, f"It is to be sent from {after}, no longer from {before}.")
    return said


def _rebalanced(document: Document) -> list[str]:
    said = [
        f"Line {n['line']}: {abs(n['after'] - n['before'])} of {n['sku']} were "
        f"{'gained' if n['after'] > n['before'] else 'lost'} when wave {document['wave']} granted claims "
        "that are soft anew, by priority and age."
        for n in document["lines"]
    ]
    said += [
        f"Of {n['sku']}, order {n['order']} (priority {n['priority']}, placed {instant(n['placed_at'])}) "
        f"{'gained' if n['units'] > 0 else 'lost'} {abs(n['units'])}."
        for n in document["others"]
    ]
    return [
        *said,
        f"This order has priority {document['priority']} and was placed {instant(document['placed_at'])}.",
    ]


def _sourced(document: Document) -> list[str]:
    said = [
        f"Parcel {n['parcel']} leaves from {n['site']} on {n['leaves']} with {_units(n['lines'])}."
        for n in document["parcels"]
    ]
    if not said:
        said = [f"Wave {document['wave']} sent nothing of the order."]
    said.append(f"Why: {document['why']}.")
    runner = document.get("runner_up")
    if runner:
        said.append(f"The runner-up was {' with '.join(runner['sites'])}, at a cost of {runner['cost']}.")
    said += [f"Not possible: {n['why']}." for n in document.get("refused", [])]
    said += [f"{n['qty']} of {n['sku']} (line {n['line']}): {n['why']}." for n in document.get("left", [])]
    return said


def _units(lines: Any) -> str:
    return ", ".join(f"{n['qty']} of {n['sku']} (line {n['line']})" for n in lines)


def _pick_short(document: Document) -> list[str]:
    return [
        f"Parcel {document['parcel']}: {n['missing']} of {n['qty']} of {n['sku']} (line {n['line']}) were "
        f"not found at {document['site']}; they left the parcel and wait for stock again."
        for n in document["lines"]
    ]


def _parcel_lost(document: Document) -> list[str]:
    what = f"{document['lost']} of {document['sku']} (line {document['line']})"
    where = f"parcel {document['parcel']} ({document['state']})"
    return [f"{what} left {where}: the stock at {document['site']} that they were claimed of is gone."]


def _parcel_cancelled(document: Document) -> list[str]:
    what = f"Parcel {document['parcel']} from {document['site']} was cancelled while {document['state']}"
    return [f"{what}; its units are reserved for the order as before."]


def _withdrawn(document: Document) -> list[str]:
    head = "The order is to be filled completely or not at all, and not all of it could be reserved any more."
    return [
        head,
        *(f"Line {n['line']}: {n['qty']} of {n['sku']} were given back." for n in document["lines"]),
    ]


def _reranked(document: Document) -> list[str]:
    parts = ", ".join(f"{what} {points:+d}" for what, points in document["parts"])
    change = f"from {document['from']} to {document['to']} (smaller is served first)"
    return [f"The order's priority went {change}: {parts}."]


DISPATCH: Mapping[str, Callable[[Document], list[str]]] = {
    BLOCKED: _blocked,
    REPLACES: _replaces,
    UNBLOCKED: _unblocked,
    CHANGED: _changed,
    REBALANCED: _rebalanced,
    SOURCED: _sourced,
    PICK_SHORT: _pick_short,
    PARCEL_LOST: _parcel_lost,
    PARCEL_CANCELLED: _parcel_cancelled,
    WITHDRAWN: _withdrawn,
    RERANKED: _reranked,
}
