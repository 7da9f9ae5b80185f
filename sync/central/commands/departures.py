"""Consignments on their way out: handed over, departed, come back, settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, func, insert, select

from app.domain.account import Account, Status
from app.domain.clock import to_text
from app.domain.counted import counted
from app.domain.event import Event, EventKind
from app.domain.move import Move, MoveKind
from app.domain.policy.leaving import CERTIFICATE, CUSTODY, WITNESS
from app.domain.refusal import Refused
from sync.central.commands.consignments_asked import (
    MOST_HANDOVERS,
    Certified,
    ComeBack,
    Departure,
    HandedOver,
    RejectedLine,
    Settlement,
)
from sync.central.rules.consignment import REVERSED, Route, State, end_of, require_state, require_step
from sync.central.rules.consignment_money import cost_of, require_paid
from sync.central.rules.outcomes import Conflict, missing
from sync.central.store import consignments, disposals
from sync.central.store.act import Act
from sync.central.store.consignments import Held
from sync.central.store.posting import record
from sync.central.store.tables import certificate, handover


def hand_over(act: Act, code: str, asked: HandedOver) -> dict[str, object]:
    """Notes who gave the goods to whom; a fact, which is taken late as well, unless it was given up.

    Raises:
        Missing: no such consignment.
        Conflict: it is cancelled, or has more handovers than one truck has.
    """
    row = consignments.find(act.conn, code)
    require_state(code, row.state, State.DRAFTED, State.PACKED, State.DEPARTED, State.SETTLED)
    so_far = int(act.conn.scalar(select(func.count()).where(handover.c.consignment == code)) or 0)
    if so_far >= MOST_HANDOVERS:
        raise Conflict(
            "consignment.handovers",
            f"Consignment {code} has {so_far} handovers.",
            f"Expected no more than {MOST_HANDOVERS}.",
            "Look at them: one is probably sent again and again.",
        )
    act.conn.execute(
        insert(handover).values(
            consignment=code,
            n=so_far + 1,
            at=to_text(asked.at),
            given_by=asked.given_by,
            taken_by=asked.taken_by,
            place=asked.place,
            seal=asked.seal,
            noted_by=act.operator,
            noted_at=to_text(act.posted_at),
        )
    )
    return consignments.document(act.conn, code)


def depart(act: Act, code: str, asked: Departure) -> dict[str, object]:
    """It left: every unit goes to its route's end and is booked, in one event.

    A fact: units that were moved elsewhere since it was packed leave what the record says below zero, with
    its case.

    Raises:
        Missing: no such consignment.
        Conflict: it is not packed.
    """
    row = consignments.find(act.conn, code)
    require_step(code, row.state, State.DEPARTED)
    lines = consignments.lines_of(act.conn, code)
    event = act.event(
        EventKind.CONSIGNMENT_DEPARTED,
        (f"consignment:{code}",),
        tuple(_leave(row, held) for held in lines),
        {
            "consignment": code,
            "owner": row.owner,
            "site": row.site,
            "route": row.route,
            "counterpart": row.counterpart,
            "carrier": asked.carrier,
            "seal": asked.seal,
            "lines": [{"line": held.line, "sku": held.account.item, "qty": held.qty} for held in lines],
        },
    )
    record(act, replace(event, policy_ver=row.policy))
    consignments.change(act.conn, code, state=State.DEPARTED.value, departed_event=event.event_id)
    consignments.note(act, code, State.DEPARTED, event.event_id, asked.note)
    disposals.left(act, row.owner, {held.account.item for held in lines})
    return consignments.document(act.conn, code)


def _leave(row: Row[Any], held: Held) -> Move:
    here = held.account
    # With label and grade: what a vendor rejects is still told apart.
    there = Account(
        here.owner,
        here.item,
        end_of(row.route),
        Status.DISPOSED,
        lot=here.lot,
        serial=here.serial,
        label=here.label,
        grade=here.grade,
    )
    return Move(held.qty, here, there, MoveKind.DEPART, row.route, row.code)


def come_back(act: Act, code: str, asked: ComeBack) -> dict[str, object]:
    """The goods came back: a counter-event puts each unit where it was; it is packed again.

    Raises:
        Missing: no such consignment.
        Conflict: it is not departed, or is settled.
    """
    row = consignments.find(act.conn, code)
    require_state(code, row.state, State.DEPARTED)
    lines = consignments.lines_of(act.conn, code)
    event = Event(
        event_id=act.chain.event_id(),
        kind=EventKind.CONSIGNMENT_REVERSED,
        subject=(f"consignment:{code}", f"event:{row.departed_event}"),
        operator=act.operator,
        session=act.session,
        moves=tuple(_leave(row, held).reversed(asked.reason) for held in reversed(lines)),
        body={"consignment": code, "owner": row.owner, "route": row.route, "reason": asked.reason},
        corrects=row.departed_event,
        policy_ver=row.policy,
    )
    record(act, event)
    consignments.change(act.conn, code, state=State.PACKED.value, departed_event=None)
    consignments.note(act, code, REVERSED, event.event_id, asked.reason)
    disposals.back(act, row.owner, {held.account.item for held in lines})
    return consignments.document(act.conn, code)


def settle(act: Act, code: str, asked: Settlement) -> dict[str, object]:
    """It ended: its money is booked, and its papers are kept.

    Raises:
        Missing: no such consignment or line.
        Refused: regulated goods lack a paper, money comes where none can, or what is rejected cannot be.
        Conflict: it is not departed.
    """
    row = consignments.find(act.conn, code)
    require_step(code, row.state, State.SETTLED)
    lines = consignments.lines_of(act.conn, code)
    require_paid(row.route, asked.net_minor, asked.tax_minor)
    rejected = _rejected(row, lines, asked.rejected)
    _require_papers(act, row, lines, asked.certificate)
    parts = consignments.booked_parts(act.conn, row.departed_event, row.currency)
    event = act.event(
        EventKind.CONSIGNMENT_SETTLED,
        (f"consignment:{code}", f"event:{row.departed_event}"),
        (),
        {
            "consignment": code,
            "owner": row.owner,
            "route": row.route,
            "counterpart": row.counterpart,
            "currency": row.currency,
            "cost_minor": sum(cost for _, cost in parts.values()),
            "rejected_minor": cost_of(parts, rejected),
            "net_minor": asked.net_minor,
            "tax_minor": asked.tax_minor,
            "fee_minor": asked.fee_minor,
            "reference": asked.reference,
            "rejected": [{"line": one.line, "qty": one.qty} for one in asked.rejected],
            # Who witnessed it is a person, and stands with the certificate alone.
            "certificate": asked.certificate.model_dump(exclude={"witness"}) if asked.certificate else None,
        },
    )
    record(act, event)
    for one in asked.rejected:
        consignments.reject(act.conn, code, one.line, one.qty, one.reason)
    if asked.certificate is not None:
        act.conn.execute(insert(certificate).values(consignment=code, **asked.certificate.model_dump()))
    consignments.change(act.conn, code, state=State.SETTLED.value, settled_event=event.event_id)
    consignments.note(act, code, State.SETTLED, event.event_id, asked.note)
    return consignments.document(act.conn, code)


def _rejected(row: Row[Any], lines: Sequence[Held], asked: Sequence[RejectedLine]) -> Counter[str]:
    """Units by item that the vendor gives no credit for."""
    if asked and row.route != Route.VENDOR_RETURN:
        raise Refused(
            "consignment.rejected",
            f"Read rejected units for a consignment by {row.route}.",
            "Expected a vendor's word on a vendor return.",
            "Leave them out.",
        )
    by_line, units = {held.line: held for held in lines}, Counter[str]()
    for one in asked:
        held = by_line.pop(one.line, None)
        if held is None:
            raise missing("consignment.line", f"{row.code} line {one.line}")
        if one.qty > held.qty:
            raise Refused(
                "consignment.rejected",
                f"Line {one.line}: read {one.qty} rejected units.",
                f"Expected no more than the {held.qty} that left.",
                "Correct the number.",
            )
        units[held.account.item] += one.qty
    return units


def _require_papers(act: Act, row: Row[Any], lines: Sequence[Held], paper: Certified | None) -> None:
    needed = consignments.papers_needed(row, lines)
    lacking = list[str]()
    if CERTIFICATE in needed and paper is None:
        lacking.append("certificate")
    if WITNESS in needed and (paper is None or paper.witness is None):
        lacking.append("certificate.witness")
    if CUSTODY in needed and not consignments.handovers_of(act.conn, row.code):
        lacking.append("handover")
    if paper is not None and paper.weight_g is None and paper.units is None:
        lacking.append("certificate.weight_g or certificate.units")
    if lacking:
        goods = sorted({held.regulated for held in lines if held.regulated})
        raise Refused(
            "consignment.papers",
            f"Consignment {row.code} ({', '.join(goods) or 'unregulated'}) lacks {', '.join(lacking)}.",
            f"Expected {', '.join(needed) or 'a whole certificate'}.",
            "Note the handover, and send what the processor certified.",
        )
    left = sum(held.qty for held in lines)
    if paper is not None and paper.units not in {None, left}:
        raise Refused(
            "consignment.certified",
            f"The certificate {paper.number} is about {counted(paper.units, 'unit')}; {left} left "
            f"by {row.code}.",
            "Expected a certificate of what left.",
            "Correct the count, or ask the processor for a certificate of these units.",
        )
