"""What the papers of a consignment say, read from the record in one look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from app.domain.item import Item
from sync.central.rules.books import share
from sync.central.rules.consignment import Route
from sync.central.rules.paper_said import Certificate, Goods, Handover, Said
from sync.central.store import consignments
from sync.central.store.consignment_units import worth_now
from sync.central.store.consignments import Held
from sync.central.store.evidence import story_of
from sync.central.store.item_rules import item_records


def said_of(conn: Connection, code: str) -> Said:
    """All that its papers say; evidence of each unit only where a vendor is to be convinced.

    What it cost is what was booked when it left; before that, what such units are worth now.

    Raises:
        Missing: no such consignment.
    """
    row = consignments.find(conn, code)
    lines = consignments.lines_of(conn, code)
    items = item_records(conn, [held.account.item for held in lines])
    paper = consignments.certificate_of(conn, code)
    return Said(
        row.code,
        row.owner,
        row.site,
        row.route,
        row.counterpart,
        row.reference,
        row.state,
        row.currency or "GBP",
        row.policy,
        consignments.departed_at(conn, code) if row.departed_event else None,
        tuple(_goods(conn, row, lines, items)),
        tuple(
            Handover(entry.at, entry.given_by, entry.taken_by, entry.place, entry.seal)
            for entry in consignments.handovers_of(conn, code)
        ),
        Certificate(
            paper.number, paper.processor, paper.issued_on, paper.weight_g, paper.units, paper.witness
        )
        if paper
        else None,
        consignments.settlement_of(conn, row),
    )


def _goods(conn: Connection, row: Row[Any], lines: Sequence[Held], items: Mapping[str, Item]) -> list[Goods]:
    costs = _costs(conn, row, lines, items)
    told = row.route == Route.VENDOR_RETURN
    found = list[Goods]()
    for held in lines:
        its = items[held.account.item]
        made = Goods(
            held.line,
            its.name,
            held.account,
            held.qty,
            costs[held.line],
            its.value_minor,
            held.regulated,
            held.rejected,
            held.why,
            *([story_of(conn, held.account)] if told else []),
        )
        found.append(made)
    return found


def _costs(
    conn: Connection, row: Row[Any], lines: Sequence[Held], items: Mapping[str, Item]
) -> dict[int, int]:
    """What the units of each line cost, by line: the parts of an item add up to all of it."""
    if row.departed_event:
        parts = consignments.booked_parts(conn, row.departed_event, row.currency)
    else:
        parts = worth_now(conn, row.owner, items.values())
    found, before = dict[int, int](), Counter[str]()
    for held in lines:
        sku = held.account.item
        units, cost = parts.get(sku, (0, 0))
        start, end = before[sku], before[sku] + held.qty
        # More than the books have of it: what one of them is worth, so many times.
        found[held.line] = (
            share(cost, units, start, end) if end <= units else (cost * held.qty) // units if units else 0
        )
        before[sku] = end
    return found
