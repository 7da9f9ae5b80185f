"""Making anew what only repeats other rows, on the record, and naming what nobody may make anew.

Repaired are: balances (from the fold of moves), what stock is worth (from the journal), events that should
have a journal entry and have none (they are booked now), what order lines show as reserved (from their
claims) and as shipped (where shipments and their moves prove it), basket claims that have ended, exceptions
that should be open, and requests to write off what waits for that. Moves, events, receipts, journal entries
that stand, claims of orders and every other record are never touched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.domain.event import EventKind
from app.domain.laws import Violation
from app.domain.refusal import Refused
from sync.central.audit import AuditReport, audit_connection
from sync.central.repairs.balances import wrong_balances
from sync.central.repairs.cases import silent_cases
from sync.central.repairs.claims import ended_baskets, wrong_reserved
from sync.central.repairs.correction import Correction, Left, left
from sync.central.repairs.shipped import wrong_shipped
from sync.central.repairs.unbooked import unbooked_events
from sync.central.repairs.unproven import unproven
from sync.central.repairs.worths import wrong_worths
from sync.central.repairs.write_offs import wrong_requests
from sync.central.store.act import Act
from sync.central.store.chain import CentreChain
from sync.central.store.database import Database
from sync.central.store.posting import allocate

OPERATOR = "backhaul"
SESSION = "repair"
# An event's facts are at most a megabyte; a long repair is several events of one transaction.
_PER_EVENT = 500


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What differed and what was done about it.

    `after` and `event_ids` are empty when nothing was written; `left` is what repair may not touch.
    """

    before: AuditReport
    corrections: tuple[Correction, ...]
    left: tuple[Left, ...]
    after: AuditReport | None = None
    event_ids: tuple[str, ...] = ()


def rehearse(database: Database, now: datetime) -> RepairReport:
    """What a repair would find, in one consistent look; nothing is written and nobody waits."""
    with database.read() as conn:
        before = audit_connection(conn)
        corrections = _differences(conn, before, now)
    answered = {entry for correction in corrections for entry in correction.answers}
    rest = [found for found in before.violations if (found.law, found.subject) not in answered]
    return RepairReport(before, corrections, tuple(map(left, rest)))


def repair(database: Database, chain: CentreChain, now: datetime) -> RepairReport:
    """Corrects every difference in one transaction that audits before and after; nobody writes meanwhile.

    What was corrected stands in an event of the centre, in the order in which it was done. Claims that the
    corrected stock does not cover are taken back, and what it covers is given, as after any other change.

    Raises:
        Refused: a law that held before would be broken after; nothing was changed.
    """
    with database.write() as conn:
        before = audit_connection(conn)
        corrections = _differences(conn, before, now)
        if not corrections:
            return RepairReport(before, (), tuple(map(left, before.violations)))
        chain.establish(conn)
        act = Act(conn, chain, OPERATOR, SESSION, now, now)
        for correction in corrections:
            correction.change(act)
        event_ids = _recorded(act, corrections)
        _settle(act, corrections)
        after = audit_connection(conn)
        _no_worse(before, after)
    return RepairReport(before, corrections, tuple(map(left, after.violations)), after, event_ids)


def _differences(conn: Connection, before: AuditReport, now: datetime) -> tuple[Correction, ...]:
    if not before.whole:
        return ()
    doubt = unproven(conn, before.violations)
    return (
        *wrong_balances(conn, doubt),
        *wrong_worths(conn),
        # After what the stock is worth now: each is booked on top of that.
        *unbooked_events(conn, doubt),
        *wrong_reserved(conn),
        *wrong_shipped(conn, doubt),
        *ended_baskets(conn, now),
        *silent_cases(conn, doubt),
        *wrong_requests(conn, doubt),
    )


def _recorded(act: Act, corrections: Sequence[Correction]) -> tuple[str, ...]:
    """The repair as events without moves, in the centre's chain."""
    starts = range(0, len(corrections), _PER_EVENT)
    made = list[str]()
    for part, start in enumerate(starts, 1):
        some = corrections[start : start + _PER_EVENT]
        body = {
            "part": part,
            "parts": len(starts),
            "corrections": [correction.to_json() for correction in some],
        }
        event = act.event(EventKind.LEDGER_REPAIRED, ("ledger:caches",), (), body)
        act.record(event)
        made.append(event.event_id)
    return tuple(made)


def _settle(act: Act, corrections: Sequence[Correction]) -> None:
    changed = defaultdict[str, set[str]](set)
    for correction in corrections:
        if correction.sellable is not None:
            owner, item = correction.sellable
            changed[owner].add(item)
    for owner, items in sorted(changed.items()):
        allocate(act, owner, items)


def _no_worse(before: AuditReport, after: AuditReport) -> None:
    known = {(found.law, found.subject) for found in before.violations}
    fresh: list[Violation] = [found for found in after.violations if (found.law, found.subject) not in known]
    if fresh:
        raise Refused(
            "repair.worse",
            f"After the repair {len(fresh)} laws would be broken that hold now, the first: {fresh[0]}.",
            "Expected a repair that breaks nothing; nothing was changed.",
            "Look at that first, or restore the last back-up.",
        )
