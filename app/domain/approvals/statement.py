"""The statement: one approver's word on one event, and on exactly what the screen showed of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain import canonical
from app.domain.approvals.needing import centres_unlock, losses
from app.domain.approvals.signed import Signed, code, hexadecimal, opened, sign
from app.domain.clock import Hlc
from app.domain.envelope import digest
from app.domain.event import Event, EventKind
from app.domain.move import MoveKind
from app.domain.signing import Signer

STATEMENT_TAG = b"backhaul/approval/statement/v1\n"
NONCE_SIZE = 16
_BODY_TAG = b"backhaul/approval/body/v1\n"
_DIGEST_SIZE = 32
_LONGEST_REASON = 500
_WHERE = "approver's statement"


OVERRIDES = frozenset({EventKind.RETURN_SERIAL_ACCEPTED, EventKind.UNIT_REDECIDED})
"""What a supervisor decides about a unit at its bench: another serial, another disposition."""


class Action(StrEnum):
    """What can be approved; a certificate may name actions that only other versions know."""

    WRITE_OFF = "write_off"
    ADJUST = "adjust"
    UNLOCK = "unlock"
    OVERRIDE = "override"


def action_of(event: Event) -> str | None:
    """Which action an event is, None for one that nobody has to approve.

    Goods that are lost are a write-off, whatever the event is called.
    """
    if event.kind == EventKind.APPROVAL_UNLOCKED:
        return Action.UNLOCK
    if event.kind == EventKind.STOCK_WRITTEN_OFF or any(m.kind is MoveKind.WRITE_OFF for m in event.moves):
        return Action.WRITE_OFF
    if event.kind == EventKind.STOCK_ADJUSTED:
        return Action.ADJUST
    if losses(event):
        return Action.WRITE_OFF
    return Action.OVERRIDE if event.kind in OVERRIDES else None


def needs_word(event: Event) -> bool:
    """Whether a station may record an event only with an approver's word, whatever stands in it.

    An approver whom the centre itself unlocked needs nobody else's.
    """
    return action_of(event) is not None and centres_unlock(event) is None


def decider_of(event: Event) -> str | None:
    """Who decided, as an override names them: nobody ("") when it names none, None for any other event."""
    if event.kind not in OVERRIDES:
        return None
    named = event.body.get("by" if event.kind == EventKind.RETURN_SERIAL_ACCEPTED else "decided_by")
    return named if isinstance(named, str) else ""


def workers_of(event: Event) -> tuple[str, ...]:
    """Whose work an event is: who recorded it, and who decided what it overrides."""
    overrides = event.body.get("overrides")
    before = overrides.get("by") if isinstance(overrides, Mapping) else None
    return (event.operator, before) if isinstance(before, str) and before else (event.operator,)


def body_shown(event: Event, facts_hash: str | None = None) -> bytes:
    """Exactly what an approver is shown and signs: all that never changes of an event but its approvals.

    Notes and references are not in it: they can be erased, and the approval outlives them. `facts_hash` is
    that of the stored facts where there are some, so that nobody encodes them anew.

    Raises:
        Refused: the event has facts that no record can hold.
    """
    return canonical.encode(
        {
            "corrects": event.corrects,
            "event_id": event.event_id,
            "facts_hash": facts_hash or digest(canonical.encode(event.facts())),
            "kind": str(event.kind),
            "kind_ver": event.kind_ver,
            "operator": event.operator,
            "policy_ver": event.policy_ver,
            "subject": list(event.subject),
        }
    )


def body_digest(event: Event, facts_hash: str | None = None) -> str:
    """Names exactly what was shown (hexadecimal SHA-256)."""
    return digest(_BODY_TAG, body_shown(event, facts_hash))


@dataclass(frozen=True, slots=True)
class Place:
    """A station in one of its epochs."""

    station: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One approver's word.

    `certificate` is the digest of the certificate it is given under, `asked_at` the station whose event it
    is about, `given_at` the one the approver stood at; `counter` grows by one with each statement of an
    approver at `given_at`. `value` is in whole minor units.
    """

    approver: str
    certificate: str
    event_id: str
    body: str
    action: str
    asked_at: Place
    given_at: Place
    counter: int
    nonce: str
    value: int
    currency: str
    reason: str
    hlc: str

    def signed(self, approver: Signer) -> Signed:
        """The statement, by the approver's key."""
        return sign(
            {
                "approver": self.approver,
                "certificate": self.certificate,
                "event_id": self.event_id,
                "body": self.body,
                "action": self.action,
                "requesting_station": self.asked_at.station,
                "epoch": self.asked_at.epoch,
                "approving_station": self.given_at.station,
                "approving_epoch": self.given_at.epoch,
                "counter": self.counter,
                "nonce": self.nonce,
                "value_minor": self.value,
                "currency": self.currency,
                "reason": self.reason,
                "hlc": self.hlc,
            },
            STATEMENT_TAG,
            approver,
        )

    @classmethod
    def read(cls, signed: Signed) -> Statement:
        """What a statement says; whether the approver said so is for the caller to ask.

        Raises:
            Refused: a field is missing or of another type.
        """
        f = opened(signed, _WHERE)
        return cls(
            approver=code(f, "approver"),
            certificate=hexadecimal(f, "certificate", _DIGEST_SIZE).hex(),
            event_id=code(f, "event_id", 100),
            body=hexadecimal(f, "body", _DIGEST_SIZE).hex(),
            action=code(f, "action"),
            asked_at=Place(code(f, "requesting_station"), f.whole("epoch", least=1)),
            given_at=Place(code(f, "approving_station"), f.whole("approving_epoch", least=1)),
            counter=f.whole("counter", least=1),
            nonce=hexadecimal(f, "nonce", NONCE_SIZE).hex(),
            value=f.whole("value_minor"),
            currency=code(f, "currency", 3),
            reason=code(f, "reason", _LONGEST_REASON),
            hlc=str(Hlc.parse(f.text("hlc"))),
        )
