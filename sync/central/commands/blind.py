"""Units that nobody announced: what each could be, and matching one with its RMA or its sale in one step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row

from app.domain.account import Account, Status
from app.domain.clock import from_text
from app.domain.counted import counted
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.policy import Decision
from app.domain.refusal import Refused
from sync.central.commands import put_away, returns
from sync.central.commands.blind_asked import BlindMatch
from sync.central.commands.put_away import Standing
from sync.central.commands.requests import Return, ReturnLine
from sync.central.commands.return_windows import offers_of
from sync.central.rules.candidates import Came, Candidate, Option, misfit, rank
from sync.central.rules.matching import Match
from sync.central.rules.outcomes import Conflict, missing
from sync.central.store import blind_units, return_options
from sync.central.store.accounts import numbers
from sync.central.store.act import Act
from sync.central.store.consignments import require_unheld
from sync.central.store.exceptions import close_cases, open_case
from sync.central.store.posting import record

Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class Hints:
    """What somebody knows beside the unit, for the ranking."""

    customer: str | None
    price_minor: int | None
    window_days: int
    sku: str | None = None


def candidates(conn: Connection, label: str, hints: Hints) -> Document:
    """What the unit under a label could be: open RMA lines, then sales.

    Raises:
        Missing: no unit came back blind under that label.
    """
    unit = found(conn, label)
    sku = hints.sku or unit.sku
    came = _came(unit, sku, hints)
    rmas, sales = rank(came, return_options.options(conn, unit.owner, sku), hints.window_days)
    return {
        "label": unit.label,
        "sku": sku,
        "qty": int(unit.qty),
        "state": unit.state,
        "candidates": [_shown(candidate) for candidate in (*rmas, *sales)],
    }


def found(conn: Connection, label: str) -> Row[Any]:
    """The newest unit under a label.

    Raises:
        Missing: there never was one.
    """
    unit = blind_units.find(conn, label)
    if unit is None:
        raise missing("blind", label)
    return unit


def match(act: Act, label: str, asked: BlindMatch) -> Document:
    """Matches a unit with a line, authorizing a sale's return; the unit goes where its grade's rule says.

    Raises:
        Missing: no such unit, RMA line or order line.
        Refused: neither an order nor an RMA is named or both are, or the line is of another item or owner.
        Conflict: the unit is matched already, undone, or moved since; or the line has no units left for it.
    """
    unit = _waiting(act.conn, label)
    sku = _named(unit, asked)
    held = _held(act.conn, unit)
    row, option = _line(act.conn, asked)
    _require_fit(unit, sku, row, option)
    if option.rma:
        code, line = option.code, option.line
    else:
        code, line = _authorized(act, unit, (sku, row, option), asked), 1
    decision = _decision(act.conn, unit, sku)
    place = decision.outcome.place if decision and put_away.stands(act.conn, decision, unit.site) else None
    event = act.event(
        EventKind.RETURN_MATCHED,
        _subjects(unit, sku, code),
        _moves(unit, sku, held, decision if place else None, code),
        _body(unit, sku, (code, line), decision, place) | {"authorized": not option.rma},
    )
    record(act, replace(event, policy_ver=decision.policy_ver if decision else None))
    blind_units.match(act.conn, unit.event_id, code, line, event.event_id)
    close_cases(act.conn, [unit.case_key], act.posted_at, f"Matched with {code} line {line}.")
    if place is None:
        case = put_away.to_do(Standing(unit.label, sku, int(unit.qty)), code, decision)
        open_case(act.conn, case, act.posted_at)
    return {"label": label, "rma": code, "line": line, "event_id": event.event_id, "place": place}


# --- what may not be ---------------------------------------------------------------------------------------


def _waiting(conn: Connection, label: str) -> Row[Any]:
    unit = found(conn, label)
    if unit.state == blind_units.MATCHED:
        raise Conflict(
            "blind.matched",
            f"Unit {label} is matched with {unit.rma} line {unit.line}.",
            "Expected one that waits.",
            "Reverse that match first, if it was wrong.",
        )
    if unit.state == blind_units.TAKEN_BACK:
        raise Conflict(
            "blind.taken_back",
            f"The bench undid what it recorded of unit {label}.",
            "Expected one that waits.",
            "Look at the unit; if it is there, record it again.",
        )
    return unit


def _named(unit: Row[Any], asked: BlindMatch) -> str:
    """The item that the unit is; what was asked names it again, or not at all."""
    if asked.sku in {None, unit.sku}:
        return str(unit.sku)
    raise Refused(
        "blind.item",
        f"Read the item {asked.sku!r} for unit {unit.label}, which the bench recorded as {unit.sku}.",
        "Expected that item, or none.",
        "Correct the unit at the bench.",
    )


def _held(conn: Connection, unit: Row[Any]) -> Account:
    """The account that the unit waits in.

    Raises:
        Conflict: it does not stand there whole any more, or an open consignment holds it.
    """
    standing = blind_units.standing(conn, unit, unit.label)
    if [(held.status, qty) for held, qty in standing] == [(Status.QUARANTINED, unit.qty)]:
        here = standing[0][0]
        require_unheld(conn, numbers(conn, [here])[here], here)
        return here
    where = ", ".join(f"{qty} at {held.location}" for held, qty in standing) or "none"
    raise Conflict(
        "blind.moved",
        f"Of unit {unit.label} the record has {where}.",
        f"Expected {unit.qty} in quarantine.",
        "Look at the unit and its timeline, and correct what moved it.",
    )


def _line(conn: Connection, asked: BlindMatch) -> tuple[Row[Any], Option]:
    if (asked.order is None) == (asked.rma is None):
        raise Refused(
            "blind.match",
            f"Read the order {asked.order!r} and the RMA {asked.rma!r}.",
            "Expected one of the two.",
            "Choose one candidate.",
        )
    if asked.rma is not None:
        line = return_options.of_rma(conn, asked.rma, asked.line)
    else:
        line = return_options.of_sale(conn, asked.order or "", asked.line)
    if line is None:
        raise missing("line", f"{asked.rma or asked.order} line {asked.line}")
    return line


def _require_fit(unit: Row[Any], sku: str, row: Row[Any], option: Option) -> None:
    where = f"{option.code} line {option.line}"
    if (row.sku, row.owner) != (sku, unit.owner):
        raise Refused(
            "blind.other_item",
            f"{where} is {row.sku} of {row.owner}; the unit is {sku} of {unit.owner}.",
            "Expected a line of the same item and owner.",
            "Choose another candidate.",
        )
    if option.rma and row.state != "open":
        raise Conflict(
            "blind.rma_closed",
            f"RMA {option.code} is {row.state}.",
            "Expected an open one.",
            "Choose a sale.",
        )
    against = misfit(_came(unit, sku, None), option)
    if against is not None:
        sold = f"{row.returned} of its {counted(row.shipped, 'unit')} came back before or are announced"
        taken = sold if not option.rma else "all that it announces came"
        code = "blind.no_units_left" if option.left < unit.qty else "blind.serial"
        raise Conflict(
            code,
            f"{where}: {against}{f'; {taken}' if code == 'blind.no_units_left' else ''}.",
            "Expected a line that this unit can still come back on.",
            "Choose another candidate, or send the goods back.",
        )


# --- what follows ------------------------------------------------------------------------------------------


def _authorized(act: Act, unit: Row[Any], sale: tuple[str, Row[Any], Option], asked: BlindMatch) -> str:
    """The RMA that takes the unit back on its sale, so that no later return finds it."""
    sku, row, option = sale
    serials = (unit.serial,) if unit.serial else ()
    # Made of what is stored already, so that nothing is checked again.
    line = ReturnLine.model_construct(
        line=1, sku=sku, qty=int(unit.qty), reason=asked.reason, serials=serials
    )
    wanted = Return.model_construct(
        owner=unit.owner,
        customer=row.customer,
        order=row.code,
        at=asked.at,
        site=unit.site,
        match="order",
        lines=(line,),
    )
    # Where serials of the sale were not recorded it is matched by count, and no serial is named.
    named = serials if unit.serial in option.serials else ()
    taken = Match(row.order, row.code, row.line, int(unit.qty), named)
    offers = offers_of(act.conn, [taken], asked.at)
    code, _ = returns.save(act, wanted, [(line, (taken,))], {line.line: asked.reason}, offers)
    return code


def _decision(conn: Connection, unit: Row[Any], sku: str) -> Decision | None:
    """What the policy in force says of the unit; None when it cannot tell, or asks for a person's word."""
    said = blind_units.given(conn, unit.event_id)
    answers = said.texts("answers") if "answers" in said.names() else ()
    return put_away.decided(conn, sku, unit.grade, answers)


def _moves(unit: Row[Any], sku: str, held: Account, decision: Decision | None, code: str) -> tuple[Move, ...]:
    target = replace(held, item=sku)
    if decision is not None:
        outcome = decision.outcome
        target = replace(target, location=outcome.place, status=outcome.status, reason=outcome.reason)
    qty = int(unit.qty)
    return (Move(qty, held, target, MoveKind.DISPOSE, _rule(decision), code),) if target != held else ()


def _rule(decision: Decision | None) -> str:
    return f"rule {decision.rule}" if decision else "named"


def _subjects(unit: Row[Any], sku: str, code: str) -> tuple[str, ...]:
    found_ = [f"rma:{code}", f"label:{unit.label}", f"sku:{sku}"]
    return (*found_, f"serial:{unit.serial}") if unit.serial else tuple(found_)


def _body(
    unit: Row[Any], sku: str, to: tuple[str, int], decision: Decision | None, place: str | None
) -> dict[str, object]:
    return {
        "blind": unit.event_id,
        "disposition": decision.outcome.disposition if decision and place else None,
        "grade": unit.grade,
        "label": unit.label,
        "line": to[1],
        "lot": unit.lot,
        "place": place,
        "qty": int(unit.qty),
        "rma": to[0],
        "rule": decision.rule if decision else None,
        "serial": unit.serial,
        "sku": sku,
    }


def _came(unit: Row[Any], sku: str, hints: Hints | None) -> Came:
    return Came(
        sku,
        int(unit.qty),
        from_text(unit.came_at),
        unit.serial,
        hints.customer if hints else None,
        hints.price_minor if hints else None,
    )


def _shown(candidate: Candidate) -> Document:
    option = candidate.option
    return {
        "rma" if option.rma else "order": option.code,
        "line": option.line,
        "left": option.left,
        "customer": option.customer,
        "fits": candidate.fits,
        "points": candidate.points,
        "reasons": list(candidate.reasons),
    }
