"""A small world to approve in: a root, policy keys, approvers, three stations at two sites, one write-off."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from app.domain.account import Account, Status
from app.domain.approvals import (
    Action,
    Approval,
    Certificate,
    Judgement,
    Known,
    Limits,
    Place,
    PolicyKey,
    Presented,
    Proof,
    Signed,
    Statement,
    body_digest,
    judge,
)
from app.domain.clock import Hlc, to_ms
from app.domain.envelope import Envelope, Evidence, genesis, reopen, seal, verify
from app.domain.event import Event, EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.domain.signing import Ed25519Signer, Verifier

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WORTH = 5_000


def key(number: int) -> Ed25519Signer:
    """A key of its own for each number."""
    return Ed25519Signer(bytes([number]) * 32)


ROOT, POLICY, RUTH, OMAR, ROGUE = (key(number) for number in range(1, 6))
OTHER_ROOT, OTHER_POLICY, STRANGER = key(6), key(7), key(8)
BENCH, SECOND, AWAY = "bench-1", "bench-2", "bench-9"
STATION_KEYS = {BENCH: key(11), SECOND: key(12), AWAY: key(13)}
SITES = {BENCH: "WH1", SECOND: "WH1", AWAY: "WH2"}

POLICY_KEY = PolicyKey(1, POLICY.public_key, NOON - 30 * DAY, NOON + 300 * DAY)
GRANT = POLICY_KEY.signed(ROOT)
LIMITS = Limits("GBP", single=20_000, total=50_000, count=10, two_person_above=15_000)
RUTHS = Certificate(
    approver="RUTH",
    public_key=RUTH.public_key,
    actions=frozenset({Action.WRITE_OFF}),
    sites=frozenset({"WH1"}),
    limits=LIMITS,
    not_before=NOON - DAY,
    not_after=NOON + 6 * DAY,
    policy_ver="2026.11-2",
    rev_no=2,
)
OMARS = replace(RUTHS, approver="OMAR", public_key=OMAR.public_key)
# What the centre holds when nothing else was said: the event arrived an hour after it was made.
KNOWN = Known(root=ROOT.public_key, arrived=Proof(100, NOON + HOUR), sites=SITES)


def write_off(number: int = 1, operator: str = "sam", qty: int = 1) -> Event:
    """One write-off of some kettles, as a bench records it."""
    here = Account("ACME", "K-17", "HOLD-3", Status.QUARANTINED, reason="awaiting_write_off")
    gone = Account("ACME", "K-17", Virtual.SCRAP, Status.DISPOSED)
    return Event(
        event_id=f"0192e4c5-0000-7000-8000-{number:012d}",
        kind=EventKind.STOCK_WRITTEN_OFF,
        subject=("sku:K-17",),
        operator=operator,
        session="s-1",
        moves=(Move(qty, here, gone, MoveKind.WRITE_OFF, "broken"),),
        body={"sku": "K-17", "qty": qty, "reason": "broken"},
        private={"note": "cracked lid"},
        policy_ver="2026.11-2",
    )


def said(event: Event, certificate: Signed, **more: object) -> Statement:
    """Ruth's word on an event at the bench; `more` replaces parts of it."""
    parts: dict[str, object] = {
        "approver": "RUTH",
        "certificate": certificate.digest,
        "event_id": event.event_id,
        "body": body_digest(event),
        "action": Action.WRITE_OFF,
        "asked_at": Place(BENCH, 1),
        "given_at": Place(BENCH, 1),
        "counter": 1,
        "nonce": "00" * 15 + "01",
        "value": WORTH,
        "currency": "GBP",
        "reason": "broken",
        "hlc": str(Hlc(to_ms(NOON), 0)),
    }
    return Statement(**(parts | more))  # type: ignore[arg-type]  # parts are given by name


def ruths(
    event: Event, certificate: Certificate = RUTHS, signer: Ed25519Signer = RUTH, **more: object
) -> Approval:
    """Ruth's whole approval of an event."""
    certified = certificate.signed(POLICY)
    return Approval(GRANT, certified, said(event, certified, **more).signed(signer))


def omars(event: Event, **more: object) -> Approval:
    """Omar's whole approval of an event, at the second bench."""
    parts: dict[str, object] = {
        "approver": "OMAR",
        "given_at": Place(SECOND, 1),
        "nonce": "00" * 15 + "02",
    }
    return ruths(event, OMARS, OMAR, **(parts | more))


def sealed(
    event: Event,
    approvals: tuple[object, ...],
    at: Place = Place(BENCH, 1),  # noqa: B008 - a frozen value
    rev_no: int = 2,
) -> Envelope:
    """The event in its station's chain, with what stands in it as approvals."""
    signer = STATION_KEYS[at.station]
    evidence = Evidence(
        app_ver="0.1.0",
        hlc=str(Hlc(to_ms(NOON), 1)),
        wall="2026-11-22T12:00:00.000Z",
        mono_ms=71_004,
        boot_id="boot-1",
        tz="Europe/London",
        feed_gen=3,
        feed_pos=1204,
        rev_no=rev_no,
    )
    after = genesis(at.station, at.epoch, signer.public_key)
    return seal(replace(event, approvals=approvals), after, evidence, signer, bytes(16))


@dataclass(frozen=True, slots=True)
class Trial:
    """An event with approvals, where it was made, what its station knew, and what the centre knows."""

    event: Event
    approvals: tuple[object, ...]
    known: Known = KNOWN
    at: Place = field(default=Place(BENCH, 1))
    rev_no: int = 2
    worth: tuple[int, str] | None = (WORTH, "GBP")
    after: datetime | None = None
    told: int | None = None
    unpriced: bool = False

    def judged(self) -> Judgement:
        """Sent as bytes, held against the station's key, and judged as the centre does."""
        approvals = tuple(one.to_json() if isinstance(one, Approval) else one for one in self.approvals)
        made = sealed(self.event, approvals, self.at, self.rev_no)
        arrived = reopen(made.header, made.facts, made.private, made.salt, made.sig)
        verify(arrived, Verifier(STATION_KEYS[self.at.station].public_key))
        shown = Presented.of(arrived, SITES[self.at.station], self.worth, self.after)
        shown = replace(shown, told=self.told, unpriced=self.unpriced)
        return judge(shown, approvals, self.known)
