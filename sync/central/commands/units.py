"""A supervisor's word on one unit: another disposition than a rule's, within what the policy allows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.item import Item
from app.domain.move import Move, MoveKind
from app.domain.policy import Outcome, Policy
from app.domain.policy.leaving import ASKED_ANEW
from app.domain.policy.reach import decidable
from app.domain.policy.scope import Case
from app.domain.refusal import Refused
from sync.central.commands import put_away
from sync.central.commands.accepting import Place, accept, place_on
from sync.central.commands.reversing import require_there
from sync.central.commands.units_asked import Word, WordBack
from sync.central.rules.discards import DISPOSES, word
from sync.central.rules.outcomes import Conflict, missing
from sync.central.store import blind_units, labelled, undoing
from sync.central.store.accounts import numbers
from sync.central.store.act import Act
from sync.central.store.consignments import require_unheld
from sync.central.store.exceptions import close_cases
from sync.central.store.posting import record
from sync.central.store.returns_policy import returns_policy
from sync.central.store.second_person import require_second
from sync.central.store.undoing import WORDS, Standing

Document = dict[str, object]

_WRITES_OFF = frozenset({EventKind.STOCK_WRITTEN_OFF})
_OPEN = frozenset({Status.QUARANTINED, Status.DAMAGED, Status.REFURBISH})


@dataclass(frozen=True, slots=True)
class Unit:
    """Units under one label, all in one account, what put them there, and the return they belong to."""

    label: str
    held: Account
    qty: int
    why: Standing
    rma: str | None


def redecide(act: Act, label: str, asked: Word) -> Document:
    """Moves a unit where a disposition leads, by a person's word; what the rule had said stays on record.

    With a line it is accepted onto that line of its return, and its case is closed.

    Raises:
        Missing: no unit stands under that label.
        Refused: the policy knows no such disposition or grade, or its place is none that the centre knows.
        Forbidden: its write-off waits, or was rejected, and this would be one person's word.
        Conflict: the unit is none that may be decided about anew, an open consignment holds it, its route is
            blocked, or the line has no room for it.
    """
    unit = _unit(act.conn, label)
    _require_open(act.conn, unit)
    number = numbers(act.conn, [unit.held])[unit.held]
    require_unheld(act.conn, number, unit.held)
    policy = _policy(act.conn)
    outcome = _outcome(policy, asked.disposition)
    grade = asked.grade or unit.held.grade
    its = put_away.record_of(act.conn, unit.held.item)
    _require_route(policy, (unit, its, grade), outcome)
    target = replace(
        unit.held, location=outcome.place, status=outcome.status, reason=outcome.reason, grade=grade
    )
    _require_place(act.conn, unit, target)
    if asked.disposition not in ASKED_ANEW:
        require_second(act.conn, act.operator, number, asked.disposition)
    onto = place_on(act.conn, (label, unit.held.serial, unit.qty), unit.why, asked) if asked.line else None
    body = _body(unit, asked, target) | (onto.body() if onto else {"return": unit.rma})
    kind = EventKind.RETURN_ACCEPTED if onto else EventKind.UNIT_REDECIDED
    code = onto.code if onto else unit.rma
    moved = (Move(unit.qty, unit.held, target, MoveKind.DISPOSE, "a supervisor's word", code),)
    event = replace(act.event(kind, _subjects(unit, code), moved, body), policy_ver=policy.version)
    record(act, event)
    done = f"Decided otherwise by {act.operator}: {outcome.disposition}."
    close_cases(act.conn, [put_away.key_of(label)], act.posted_at, done)
    if onto is not None:
        accept(act, onto)
    return _document(unit, outcome, event.event_id, onto)


def take_back(act: Act, label: str, asked: WordBack) -> Document:
    """Takes the last word on a unit back, or the name that a thing got, while nothing else used it.

    Raises:
        Missing: no unit stands under that label.
        Conflict: the last that happened to it was no such word, or the unit was moved since.
    """
    unit = _unit(act.conn, label)
    if unit.why.kind not in WORDS:
        raise Conflict(
            "unit.no_word",
            f"The last that happened to unit {label} was {unit.why.kind}.",
            "Expected a supervisor's word, or a name that a thing was given.",
            "Reverse what happened since first, or decide anew.",
        )
    require_there(act.conn, unit.why.moves)
    counter = undoing.counter(act, unit.why, asked.reason)
    record(act, counter)
    close_cases(act.conn, [put_away.key_of(label)], act.posted_at, "It was taken back.")
    return {"label": label, "reverses": unit.why.event_id, "event_id": counter.event_id}


def place_of(conn: Connection, label: str) -> str:
    """Where a unit stands.

    Raises:
        Missing: no unit stands under that label.
        Conflict: its units stand in several places.
    """
    return _unit(conn, label).held.location


# --- what may not be ---------------------------------------------------------------------------------------


def _unit(conn: Connection, label: str) -> Unit:
    found = labelled.standing(conn, label)
    if not found:
        raise missing("unit", label)
    held, qty = found[0]
    why = labelled.put_there(conn, held, DISPOSES)
    if len(found) == 1 and why is None and labelled.put_there(conn, held, _WRITES_OFF) is not None:
        raise Conflict(
            "unit.written_off",
            f"Unit {label} was written off and waits at {held.location} for its disposal.",
            "Expected a unit that nobody has written off.",
            "Have a consignment by scrap or recycle take it, with its papers.",
        )
    if len(found) > 1 or qty < 0 or why is None:
        where = ", ".join(f"{qty} at {held.location}" for held, qty in found)
        raise Conflict(
            "unit.apart",
            f"Under label {label} the record has {where}.",
            "Expected units in one place, put there by a disposition.",
            "Look at the unit's timeline, and correct what moved it.",
        )
    named = word(why.body, "rma") or word(why.body, "return")
    row = blind_units.find(conn, label)
    return Unit(label, held, qty, why, named or (row.rma if row is not None else None))


def _require_open(conn: Connection, unit: Unit) -> None:
    if unit.held.status not in _OPEN:
        raise Conflict(
            "unit.status",
            f"Unit {unit.label} is {unit.held.status} at {unit.held.location}.",
            f"Expected one that is {', '.join(sorted(_OPEN))}.",
            "Grade it again at a bench.",
        )
    row = blind_units.find(conn, unit.label)
    if row is not None and row.state == blind_units.WAITING:
        raise Conflict(
            "unit.blind",
            f"Unit {unit.label} came back with no return, and was not matched yet.",
            "Expected a unit whose return is known.",
            "Match it with its return or its sale first.",
        )


def _policy(conn: Connection) -> Policy:
    policy = returns_policy(conn)
    if policy is None:
        raise Conflict(
            "unit.no_policy", "Read no policy.", "Expected one in force.", "Publish a returns policy first."
        )
    return policy


def _outcome(policy: Policy, disposition: str) -> Outcome:
    outcome = policy.outcome(disposition)
    may = decidable(policy)
    if disposition not in may:
        raise Refused(
            "unit.hold",
            f"Read {disposition}, where a bench holds what it may not decide about.",
            f"Expected one of {', '.join(sorted(may))}.",
            "Decide what becomes of the unit.",
        )
    return outcome


def _require_route(policy: Policy, unit: tuple[Unit, Item | None, str | None], outcome: Outcome) -> None:
    """Refuses a route that the policy's limits make impossible, and a grade that it does not know."""
    found, its, grade = unit
    if grade is not None:
        policy.grade(grade)
    if its is None:
        raise Conflict(
            "unit.item",
            f"Unit {found.label} is {found.held.item}, which the centre does not know.",
            "Expected a known item.",
            "Send its record first.",
        )
    case = Case(policy.known(its.category), grade or "", its.hazardous)
    block = policy.routes.blocked(outcome.disposition, case)
    if block is not None:
        raise Conflict(
            "unit.blocked",
            f"Unit {found.label} cannot take the route {outcome.disposition}: {block.name}.",
            "Expected a route that the policy's limits leave open.",
            "Choose another disposition; no word makes this one possible.",
        )


def _require_place(conn: Connection, unit: Unit, target: Account) -> None:
    if target == unit.held:
        raise Conflict(
            "unit.same",
            f"Unit {unit.label} is there already: {target.status} at {target.location}.",
            "Expected another disposition.",
            "Leave it as it is.",
        )
    here, there = (put_away.site_of(conn, place) for place in (unit.held.location, target.location))
    if there is None or here not in {None, there}:
        raise Refused(
            "unit.place",
            f"The place {target.location} is {f'at {there}' if there else 'unknown'}; the unit is at {here}.",
            "Expected a known place of the same site.",
            "Send the place's record, or correct the policy.",
        )


# --- what follows ------------------------------------------------------------------------------------------


def _body(unit: Unit, asked: Word, target: Account) -> Document:
    """Who and why stand in the event; so does what is overridden, for whoever asks later."""
    was = unit.why
    return {
        "label": unit.label,
        "sku": unit.held.item,
        "qty": unit.qty,
        "serial": unit.held.serial,
        "lot": unit.held.lot,
        "grade": target.grade,
        "disposition": asked.disposition,
        "place": target.location,
        "reason": asked.reason,
        "overrides": {
            "event": was.event_id,
            "rule": was.body.get("rule"),
            "disposition": was.body.get("disposition"),
            "grade": unit.held.grade,
            "policy_ver": was.policy_ver,
        },
    }


def _subjects(unit: Unit, code: str | None) -> tuple[str, ...]:
    named = [f"rma:{code}"] if code else []
    named += [f"label:{unit.label}", f"sku:{unit.held.item}", f"event:{unit.why.event_id}"]
    return (*named, f"serial:{unit.held.serial}") if unit.held.serial else tuple(named)


def _document(unit: Unit, outcome: Outcome, event_id: str, onto: Place | None) -> Document:
    return {
        "label": unit.label,
        "disposition": outcome.disposition,
        "status": str(outcome.status),
        "place": outcome.place,
        "rma": onto.code if onto else unit.rma,
        "line": onto.line if onto else None,
        "overrides": {
            "event": unit.why.event_id,
            "rule": unit.why.body.get("rule"),
            "disposition": unit.why.body.get("disposition"),
        },
        "event_id": event_id,
    }
