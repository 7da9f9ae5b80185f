"""A station with an enrolled approver or two, whose PINs are stretched at a price that tests can pay."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.domain.approvals import Action, Certificate, Limits, PolicyKey, Revocation, RevocationList
from app.domain.approvals.wrapping import PEPPER_SIZE
from app.domain.clock import to_ms
from app.domain.event import Event
from app.domain.feed import Change, Page
from app.ledger.identity import StationIdentity
from app.ledger.mirror import apply_page
from app.ledger.writer import Ledger
from app.station.approving import Approver, Approving, Means
from app.station.reviewing import Request
from app.vault.stretching import Argon2Stretch, Cost
from tests.app.ledger.station import HandClock, Station
from tests.approvals.world import DAY, POLICY, ROOT, write_off

BADGE = b"badge of RUTH...."[:16]
RUTH = Approver("RUTH", "271829", BADGE)
OMAR = Approver("OMAR", "314158", b"badge of OMAR...")
CHEAP = Argon2Stretch(Cost(memory_kib=8, passes=1))
PEPPER = b"p" * PEPPER_SIZE
LIMITS = Limits("GBP", single=20_000, total=30_000, count=40, two_person_above=15_000)


@dataclass
class LongClock:
    """The station's clock, whose milliseconds since boot do not begin anew after some hours."""

    clock: HandClock

    def now(self) -> datetime:
        return self.clock.now()

    def monotonic_ms(self) -> float:
        return to_ms(self.clock.now())


@dataclass
class ApproverDesk:
    """The station's ledger and its approvers."""

    station: Station
    ledger: Ledger
    pepper: bytes = PEPPER
    made: int = 0
    keys: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.approving = self.again()

    def again(self) -> Approving:
        """The program started anew."""
        clock = LongClock(self.station.clock)
        means = Means(CHEAP, self.pepper, frozenset({"123456"}), clock, self.station.ids)
        self.approving = Approving(self.ledger, means)
        return self.approving

    def tell(self, kind: str, key: str, document: dict[str, Any]) -> None:
        """One record of the centre's feed."""
        pos = self.ledger.cursor.pos + 1
        apply_page(self.ledger, Page(1, pos, (Change(pos, kind, key, document),)))

    def join(self) -> None:
        """The centre's root and the station's site."""
        head = self.ledger.head
        self.ledger.adopt(StationIdentity(head.station_id, 1, "07", "WH1", "ACME", "Bench 07"))
        self.tell("approval_root", "root", {"public_key": ROOT.public_key.hex()})

    def enrol(self, who: Approver) -> None:
        """A key of the approver here, and a certificate for it by the centre."""
        self.keys[who.code] = bytes.fromhex(str(self.approving.enrol(who)["public_key"]))
        self.certify(who.code)

    def certify(self, code: str, **more: Any) -> Certificate:
        now = self.station.clock.now()
        certificate = Certificate(
            approver=code,
            public_key=self.keys[code],
            actions=frozenset({Action.WRITE_OFF, Action.UNLOCK}),
            sites=frozenset({"WH1"}),
            limits=LIMITS,
            not_before=now,
            not_after=now + 14 * DAY,
            policy_ver="2026.11-2",
            rev_no=0,
        )
        certificate = replace(certificate, **more)
        document = {
            "certificate": certificate.signed(POLICY).to_json(),
            "policy_key": self.grant().to_json(),
            "sites": ["WH1"],
        }
        self.tell("approver_certificate", code, document)
        return certificate

    def grant(self) -> Any:
        start = self.station.clock.now() - DAY
        return PolicyKey(1, POLICY.public_key, start, start + 300 * DAY).signed(ROOT)

    def revoke(self, code: str) -> None:
        found = RevocationList((Revocation(code, self.keys[code], "badge lost"),))
        document = {"list": found.signed(POLICY).to_json(), "policy_key": self.grant().to_json()}
        self.tell("revocation_list", "list", document)

    def request(self, **more: Any) -> Request:
        self.made += 1
        parts: dict[str, Any] = {
            "event": write_off(self.made),
            "action": Action.WRITE_OFF,
            "value": 1_000,
            "currency": "GBP",
            "reason": "broken",
        }
        return Request(**(parts | more))

    def kinds(self) -> list[str]:
        """The kinds of all events, in chain order."""
        rows = self.ledger.connection.exec_driver_sql("SELECT kind FROM event ORDER BY seq").all()
        return [row[0] for row in rows]

    def record(self, event: Event, *approvals: Any) -> Any:
        told = tuple(approval.to_json() for approval in approvals)
        return self.ledger.record(replace(event, approvals=told))
