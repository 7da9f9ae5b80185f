"""Parcels that lose what they were to send: units that are claimed no more leave them."""

from __future__ import annotations

from sync.central.rules.explain_dispatch import PARCEL_LOST
from sync.central.rules.line_claims import named, of_line, units
from sync.central.store import orders, parcels
from sync.central.store.act import Act
from sync.central.store.decisions import Decision, note
from sync.central.store.exceptions import Case, open_case
from sync.central.store.order_claims import spread


def shrink(act: Act, order: int, line: int) -> None:
    """Takes units of a line out of the order's open parcels until each has a claim at its site.

    What was released last loses first, what is in hand last of all; one exception a parcel says so.
    """
    mine = spread(act.conn, order)
    for part in reversed(mine.parts):
        if part.line != line:
            continue
        left = of_line(mine.parcels[part.parcel], line)
        lost = part.qty - units(left)
        if lost > 0:
            gone = sorted(part.serials - {serial for _, serial in named(left)})
            parcels.lessen(act.conn, part.parcel, [(line, lost)], [(line, serial) for serial in gone])
            _tell(act, part, lost)


def _tell(act: Act, part: parcels.InParcel, lost: int) -> None:
    row = orders.find_by_row(act.conn, part.order)
    sku = next(entry.sku for entry in orders.lines_of(act.conn, part.order) if entry.line == part.line)
    case = Case(
        key=f"parcel.lost:{part.parcel}",
        type="parcel.lost",
        subject=f"parcel:{part.parcel}",
        owner_role="planner",
        fix=f"{lost} of {sku} in parcel {part.parcel} of order {row.code} are gone from {part.site} and left "
        f"the parcel, which was {part.state}. Count the item there, and tell whoever packs it.",
        sku=sku,
        qty=lost,
    )
    open_case(act.conn, case, act.posted_at)
    document = {
        "parcel": part.parcel,
        "site": part.site,
        "state": part.state,
        "line": part.line,
        "sku": sku,
        "lost": lost,
    }
    note(act, [Decision(f"order:{row.code}", PARCEL_LOST, document)])
