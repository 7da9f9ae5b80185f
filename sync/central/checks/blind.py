"""Units that came back with no RMA: one row for each that a bench recorded, as its events have it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, and_, bindparam, func, or_, select

from app.domain.event import EventKind
from app.domain.laws import Violation
from sync.central.checks.events import read_facts
from sync.central.store.blind_units import MATCHED, TAKEN_BACK, WAITING
from sync.central.store.chain import CENTRE
from sync.central.store.tables import blind_unit, event, exception, return_claim

_PAGE = 500


def check_noted(conn: Connection, posted: Sequence[Any]) -> Iterator[Violation]:
    """Of some posted receipts, dispositions with no RMA are noted as blind units and no others are."""
    came = dict[str, bool]()
    for row in posted:
        header, facts = read_facts(row.header) or {}, read_facts(row.facts) or {}
        blind = header.get("kind") == EventKind.RETURN_DISPOSITIONED and not facts.get("rma")
        # What gets its name at the centre is held against its own rows.
        if header.get("kind") != EventKind.RETURN_NAMED:
            came[row.event_id] = blind
    noted = set(conn.scalars(_noted, {"ids": list(came)}))
    for event_id, blind in came.items():
        if (event_id in noted) != blind:
            words = ("no blind unit", "one") if blind else ("a blind unit", "none")
            yield Violation("return", f"event {event_id}", *words)


def check_blind(conn: Connection) -> Iterator[Violation]:
    """Each row says what its event says; what waits has its case, what is matched its event of the centre."""
    after = 0
    while rows := conn.execute(_rows, {"after": after}).all():
        cases = set(conn.scalars(_cases, {"keys": [row.case_key for row in rows]}))
        for row in rows:
            yield from _wrong(row)
            if row.state == WAITING and row.case_key not in cases:
                yield Violation("answered", f"blind unit {row.label}", "no exception", "one")
        after = rows[-1].id
    for row in conn.execute(_claimed):
        yield Violation(
            "return",
            f"blind unit {row.label}",
            f"of claim {row.claim}",
            "one of the same item and owner" if row.sku is None else f"no more than {row.asked} of {row.sku}",
        )
    for event_id in conn.scalars(_unmatched):
        yield Violation("return", f"event {event_id}", "matches no blind unit", "the unit that it matched")


def _wrong(row: Any) -> Iterator[Violation]:
    where = f"blind unit {row.label}"
    facts = read_facts(row.body.encode()) if row.body is not None else None
    if facts is None:
        yield Violation("return", where, f"event {row.event_id}", "an event that is here")
        return
    serial = facts.get("serial")
    known = serial if isinstance(serial, str) and serial else None
    # What the centre named waits at the bench that kept it.
    origin = facts.get("station") if row.origin == CENTRE else row.origin
    said = (facts.get("sku") or "", facts.get("qty"), known, origin)
    if said != (row.sku, row.qty, row.serial, row.station):
        yield Violation(
            "return", where, f"{row.qty} of {row.sku}", f"{said[1]} of {said[0]}, as its bench said"
        )
    matched = json.loads(row.match_body) if row.match_body is not None and not row.match_undone else None
    if matched is not None:
        expected = f"{MATCHED} with {matched.get('rma')} line {matched.get('line')}"
    else:
        expected = TAKEN_BACK if row.undone else WAITING
    stands = f"{row.state} with {row.rma} line {row.line}" if row.state == MATCHED else row.state
    if stands != expected:
        yield Violation("return", where, stands, expected)


def _among(name: str) -> BindParameter[Any]:
    return bindparam(name, expanding=True)


_undo, _undo_match, _match = event.alias("undo"), event.alias("undo_match"), event.alias("match")
_undone = (
    select(_undo.c.id)
    .where(_undo.c.corrects == blind_unit.c.event_id, _undo.c.kind == str(EventKind.RETURN_UNDONE))
    .correlate(blind_unit)
    .exists()
)
_match_undone = (
    select(_undo_match.c.id)
    .where(
        _undo_match.c.corrects == blind_unit.c.matched_by,
        _undo_match.c.kind == str(EventKind.RETURN_UNDONE),
    )
    .correlate(blind_unit)
    .exists()
)
_rows = (
    select(
        blind_unit,
        event.c.body,
        event.c.origin,
        _match.c.body.label("match_body"),
        _undone.label("undone"),
        _match_undone.label("match_undone"),
    )
    .join_from(blind_unit, event, event.c.event_id == blind_unit.c.event_id, isouter=True)
    .join(_match, _match.c.event_id == blind_unit.c.matched_by, isouter=True)
    .where(blind_unit.c.id > bindparam("after"))
    .order_by(blind_unit.c.id)
    .limit(_PAGE)
)
_noted = select(blind_unit.c.event_id).where(blind_unit.c.event_id.in_(_among("ids")))
_cases = select(exception.c.key).where(exception.c.key.in_(_among("keys")))
# More units may come by one event than were asked for; by a second event none do.
_of_claim = blind_unit.alias("of_claim")
_before = (
    select(func.coalesce(func.sum(_of_claim.c.qty), 0))
    .where(
        _of_claim.c.claim == blind_unit.c.claim,
        _of_claim.c.id < blind_unit.c.id,
        _of_claim.c.state != TAKEN_BACK,
    )
    .correlate(blind_unit)
    .scalar_subquery()
)
_claimed = (
    select(blind_unit.c.label, blind_unit.c.claim, return_claim.c.sku, return_claim.c.qty.label("asked"))
    .join_from(
        blind_unit,
        return_claim,
        and_(
            return_claim.c.id == blind_unit.c.claim,
            return_claim.c.sku == blind_unit.c.sku,
            return_claim.c.owner == blind_unit.c.owner,
        ),
        isouter=True,
    )
    .where(
        blind_unit.c.claim.is_not(None),
        blind_unit.c.state != TAKEN_BACK,
        or_(return_claim.c.id.is_(None), _before >= return_claim.c.qty),
    )
    .order_by(blind_unit.c.id)
)
_unmatched = (
    select(event.c.event_id)
    .where(
        event.c.kind == str(EventKind.RETURN_MATCHED),
        # A station that says so matched nothing; its own case answers for that.
        event.c.origin == CENTRE,
        ~select(blind_unit.c.id).where(blind_unit.c.matched_by == event.c.event_id).exists(),
        ~select(_undo.c.id)
        .where(_undo.c.corrects == event.c.event_id, _undo.c.kind == str(EventKind.RETURN_UNDONE))
        .exists(),
    )
    .order_by(event.c.event_id)
)
