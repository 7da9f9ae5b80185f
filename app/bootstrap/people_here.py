"""People of a station, for whoever sets them up: a badge made here, who may sign in, how their PINs stand."""

from __future__ import annotations

from dataclasses import dataclass

from app.bootstrap import person
from app.bootstrap.approving import open_approving
from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.domain.approvals.badge import badge_digest
from app.domain.approvals.pin import locked
from app.domain.approvals.wrapping import BADGE_SIZE
from app.domain.clock import Clock, to_text
from app.domain.refusal import Refused
from app.ledger import approvers
from app.ledger.also import PinAttempt
from app.ledger.writer import Ledger
from app.scanning import badges
from app.station.approving import Approver
from app.station.people import Known, keeping, people
from app.station.system import SystemClock, SystemIds
from app.vault.keystore import AT_SETTING_UP_S, SystemKeyStores


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who is made known: the id of events, the name as it is shown, the role."""

    code: str
    name: str
    role: str


def make_person(folder: Folder, who: Somebody, pin: str | None, clock: Clock | None = None) -> str | None:
    """Makes somebody known at the station in a folder that no window uses now; replaces who had that code.

    Args:
        folder: of the station.
        who: the person.
        pin: theirs; None for one that is known by the badge alone.
        clock: when they were made known, now when left out.

    Returns:
        The new badge's payload; None for an approver of this station, whose badge and PIN stay.

    Raises:
        Refused: there is no station, it is in use, the name or the PIN is not good, or a supervisor has none.
        Unavailable: nothing was kept.
    """
    name = person.checked(who.name, who.code)
    clock = clock or SystemClock()
    with open_record(folder, must_exist=True) as ledger:
        approver = _approves(ledger, who.code)
        if who.role == "supervisor" and pin is None and not approver:
            raise Refused(
                "person.pin", "Read no PIN.", "Expected one of a supervisor.", "Say --pin, or --pin-file."
            )
        secret, digest = b"", ""
        if not approver:
            secret = SystemIds().secret(BADGE_SIZE)
            if pin is None:
                digest = badge_digest(secret)
            else:
                stores = SystemKeyStores(AT_SETTING_UP_S)
                approving, _ = open_approving(ledger, folder, clock, SystemIds(), stores)
                approving.enrol(Approver(who.code, pin, secret))
                unlocked = approvers.attempts(ledger.connection, who.code).unlocked
                ledger.save([PinAttempt(who.code, 0, False, unlocked)])
        has_pin = approver or pin is not None
        known = Known(who.code, name, who.role, digest, has_pin, to_text(clock.now()))
        ledger.save([keeping(people(ledger), known)])
        return badges.payload(secret) if secret else None


def listed(folder: Folder) -> list[dict[str, object]]:
    """Who may sign in: name, role, with a PIN or not, when they were here last, wrong PINs in a row."""
    with open_record(folder, must_exist=True) as ledger:
        return [
            {
                "person": known.code,
                "name": known.name,
                "role": known.role,
                "pin": known.pin,
                "seen": known.seen,
                "wrong_pins": (failed := approvers.attempts(ledger.connection, known.code).failed),
                "locked": locked(failed),
            }
            for known in people(ledger)
        ]


def _approves(ledger: Ledger, code: str) -> bool:
    """True for somebody whose key was made here to approve, and whom nobody made known for signing in."""
    mine = any(known.code == code and known.pin for known in people(ledger))
    certified = approvers.certified(ledger.connection, code) is not None
    sealed = approvers.sealed_key(ledger.connection, code) is not None
    return sealed and (certified or not mine)
