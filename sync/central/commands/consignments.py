"""Consignments that are put together: drafted, filled, packed, or given up; nothing has left yet."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, insert, select

from app.domain.account import Account
from app.domain.clock import to_text
from app.domain.codes import CodeFamily
from app.domain.item import Item
from app.domain.refusal import Refused
from sync.central.commands.catalogue import require_items, require_site
from sync.central.commands.consignments_asked import (
    ConsignedUnit,
    ConsignmentStep,
    FewerUnits,
    MoreUnits,
    NewConsignment,
)
from sync.central.commands.numbers import given_or_next
from sync.central.rules.consignment import (
    State,
    named,
    needed_papers,
    regulation,
    require_fit,
    require_state,
    require_step,
)
from sync.central.rules.outcomes import Conflict, missing
from sync.central.store import consignments
from sync.central.store.act import Act
from sync.central.store.consignment_units import Found, Way, currency_of, of_pile, of_unit
from sync.central.store.item_rules import item_records
from sync.central.store.returns_policy import returns_policy
from sync.central.store.second_person import require_second
from sync.central.store.tables import balance, consignment, location


def draft(act: Act, asked: NewConsignment) -> dict[str, object]:
    """A new consignment, with the units that are named.

    Raises:
        Refused: the site is unknown, or a unit may not leave by that route.
        Forbidden: its write-off waits, or was rejected, and this would be one person's word.
        Missing: a unit is not here.
        Conflict: the code is taken, or another consignment holds a unit.
    """
    require_site(act.conn, asked.site)
    code = given_or_next(act.conn, CodeFamily.CONSIGNMENT, asked.consignment, consignment.c.code)
    act.conn.execute(
        insert(consignment),
        {
            "code": code,
            "owner": asked.owner,
            "site": asked.site,
            "route": asked.route.value,
            "counterpart": asked.counterpart,
            "reference": asked.reference,
            "note": asked.note,
            "state": State.DRAFTED.value,
            "made_at": to_text(act.posted_at),
        },
    )
    consignments.note(act, code, State.DRAFTED)
    if asked.units:
        _take(act, code, asked.units)
    return consignments.document(act.conn, code)


def add(act: Act, code: str, asked: MoreUnits) -> dict[str, object]:
    """Adds units to a drafted consignment; all that are named or none.

    Raises:
        Missing: no such consignment, or a unit is not here.
        Refused: a unit may not leave by its route, stands at another site, or is counted in another currency.
        Conflict: it is packed, or an open consignment holds a unit.
    """
    row = consignments.find(act.conn, code)
    require_state(code, row.state, State.DRAFTED)
    _take(act, code, asked.units)
    return consignments.document(act.conn, code)


def remove(act: Act, code: str, asked: FewerUnits) -> dict[str, object]:
    """Takes lines out of a drafted consignment; their units are free again.

    Raises:
        Missing: no such consignment or line.
        Conflict: it is packed.
    """
    row = consignments.find(act.conn, code)
    require_state(code, row.state, State.DRAFTED)
    known = {held.line for held in consignments.lines_of(act.conn, code)}
    for line in asked.lines:
        if line not in known:
            raise missing("consignment.line", f"{code} line {line}")
    consignments.remove(act.conn, code, asked.lines)
    return consignments.document(act.conn, code)


def pack(act: Act, code: str, asked: ConsignmentStep) -> dict[str, object]:
    """Closes it: each unit is looked at once more, by the policy in force now.

    Raises:
        Missing: no such consignment.
        Refused: a unit may not leave by its route any more.
        Conflict: it is not drafted, is empty, or a unit is not where it was.
    """
    row = consignments.find(act.conn, code)
    require_step(code, row.state, State.PACKED)
    lines = consignments.lines_of(act.conn, code)
    if not lines:
        raise Conflict(
            "consignment.empty", f"Consignment {code} holds nothing.", "Expected units.", "Add some first."
        )
    policy = returns_policy(act.conn)
    items = item_records(act.conn, [held.account.item for held in lines])
    for held in lines:
        require_fit(policy, row.route, held.account, items[held.account.item])
        there = int(act.conn.scalar(_there, {"account": held.number}) or 0)
        if there < held.qty:
            raise Conflict(
                "consignment.moved",
                f"Of {held.qty} {named(held.account)} at {held.account.location}, {max(there, 0)} are there.",
                "Expected all of them.",
                f"Take line {held.line} out, and look at the unit's timeline.",
            )
    consignments.change(act.conn, code, state=State.PACKED.value, policy=policy.version if policy else None)
    consignments.note(act, code, State.PACKED, said=asked.note)
    return consignments.document(act.conn, code)


def cancel(act: Act, code: str, asked: ConsignmentStep) -> dict[str, object]:
    """Gives it up before it left; its units are free again.

    Raises:
        Missing: no such consignment.
        Conflict: it left, or was given up.
    """
    row = consignments.find(act.conn, code)
    require_step(code, row.state, State.CANCELLED)
    consignments.change(act.conn, code, state=State.CANCELLED.value)
    consignments.note(act, code, State.CANCELLED, said=asked.note)
    return consignments.document(act.conn, code)


# --- units -------------------------------------------------------------------------------------------------


def _take(act: Act, code: str, units: Sequence[ConsignedUnit]) -> None:
    row = consignments.find(act.conn, code)
    way = Way(row.owner, row.route, returns_policy(act.conn))
    currency: str | None = row.currency
    for unit in units:
        found = _found(act.conn, way, unit)
        its = item_records(act.conn, [held.item for _, held, _ in found])
        for number, held, _ in found:
            require_fit(way.policy, way.route, held, its[held.item])
            require_second(act.conn, act.operator, number, way.route)
            _require_here(act.conn, held, row.site)
            currency = _one_currency(act.conn, held, its[held.item], currency)
        consignments.add(act.conn, code, [_line(way, entry, its[entry[1].item]) for entry in found])
    consignments.change(act.conn, code, currency=currency)


def _found(conn: Connection, way: Way, unit: ConsignedUnit) -> list[Found]:
    pile = unit.qty is not None and unit.location is not None and unit.sku is not None
    if [unit.label is not None, unit.serial is not None, pile].count(True) != 1 or (
        not pile and (unit.qty is not None or unit.location is not None)
    ):
        raise Refused(
            "consignment.unit",
            f"Read {unit.model_dump(exclude_none=True)}.",
            "Expected a label, or a serial, or sku with qty and location.",
            "Name each unit one way.",
        )
    if unit.sku is not None:
        require_items(conn, [unit.sku])
    if unit.label is not None or unit.serial is not None:
        column = "label" if unit.label is not None else "serial"
        found = of_unit(conn, way, column, unit.label or unit.serial or "", unit.sku)
        require_items(conn, [found[1].item])
        return [found]
    its = item_records(conn, [unit.sku or ""])[unit.sku or ""]
    return of_pile(conn, way, its, unit.location or "", unit.qty or 0)


def _line(way: Way, found: Found, its: Item) -> tuple[int, Account, int, str | None, str | None]:
    number, held, qty = found
    rule = regulation(way.policy, its)
    papers = ",".join(needed_papers(way.route, rule)) or None
    return number, held, qty, rule.name if rule else None, papers


def _require_here(conn: Connection, held: Account, site: str) -> None:
    stands = conn.scalar(_site, {"code": held.location})
    if stands != site:
        raise Refused(
            "consignment.other_site",
            f"{named(held)} stands at {held.location}, which is at {stands or 'no site that is known here'}.",
            f"Expected a place of {site}.",
            "Transfer it first, or send the location to /v1/locations.",
        )


def _one_currency(conn: Connection, held: Account, its: Item, before: str | None) -> str:
    found = currency_of(conn, held.owner, its)
    if before not in {None, found}:
        raise Refused(
            "consignment.currency",
            f"{named(held)} is counted in {found}, the consignment in {before}.",
            "Expected one currency, as it is settled in one.",
            "Make another consignment for it.",
        )
    return found


_there = select(balance.c.qty).where(balance.c.account == bindparam("account"))
_site = select(location.c.site).where(location.c.code == bindparam("code"))
