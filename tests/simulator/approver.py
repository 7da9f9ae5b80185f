"""Approvers of a simulated world: one at each station, with a key that was made there."""

from __future__ import annotations

from dataclasses import replace

from app.domain.account import Account, Status
from app.domain.approvals import Action
from app.domain.clock import to_ms
from app.domain.event import Event, EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.scanning import badges
from app.station.approving import Approver, Approving
from app.station.reviewing import Request
from tests.simulator.bench import Bench

PIN, WRONG_PIN = "271829", "000001"
BADGE = b"badge of RUTH..."
BADGE_CODE = badges.payload(BADGE)
LIMITS = {
    "actions": ["write_off", "override", "unlock"],
    "sites": ["WH1", "WH2"],
    "currency": "GBP",
    "single_minor": 20_000,
    "total_minor": 60_000,
    "count": 20,
    "two_person_above_minor": 15_000,
}


def name_of(station: int) -> str:
    """Who approves at a station."""
    return f"RUTH-{station}"


def approver(station: int, pin: str = PIN) -> Approver:
    """Who stands there, with badge and PIN."""
    return Approver(name_of(station), pin, BADGE)


def approving(bench: Bench) -> Approving:
    """Approving at a station, in its present life."""
    return bench.approving


def write_off(bench: Bench, sku: str, qty: int) -> Event:
    """Units that wait for their write-off are gone."""
    identity = bench.ledger.identity
    owner = identity.owner if identity else ""
    here = Account(owner, sku, "HOLD-3", Status.QUARANTINED, reason="awaiting_write_off")
    return written_off_from(bench, here, qty)


def written_off_from(bench: Bench, here: Account, qty: int) -> Event:
    """Units of one account are gone."""
    sku = here.item
    gone = replace(here, location=Virtual.SCRAP, status=Status.DISPOSED, reason=None)
    return Event(
        event_id=bench.ids.event_id(to_ms(bench.watch.now())),
        kind=EventKind.STOCK_WRITTEN_OFF,
        subject=(f"sku:{sku}",),
        operator=bench.who,
        session=f"s-{bench.number}",
        moves=(Move(qty, here, gone, MoveKind.WRITE_OFF, "broken"),),
        body={"sku": sku, "qty": qty, "reason": "broken"},
    )


def record_approved(bench: Bench, event: Event, value: int) -> str:
    """Has it approved by who is there, and records it.

    Raises:
        Refused: the approver may not, or the key does not open.
    """
    request = Request(event, Action.WRITE_OFF, value, "GBP", "broken")
    (approval,) = approving(bench).approve(approver(bench.number), [request])
    bench.ledger.record(replace(event, approvals=(approval.to_json(),)))
    return event.event_id
