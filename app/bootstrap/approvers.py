"""Approvers of a station, for whoever sets them up: a key and a badge made here, how the tries stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.bootstrap.approving import open_approving
from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.domain.approvals.pin import locked
from app.domain.approvals.wrapping import BADGE_SIZE
from app.ledger import approvers
from app.scanning import badges
from app.station.approving import Approver
from app.station.system import SystemClock, SystemIds
from app.vault.keystore import AT_SETTING_UP_S, SystemKeyStores


@dataclass(frozen=True, slots=True)
class Made:
    """What the centre is asked with, the new badge's payload, and where the station keeps its pepper."""

    asked: Mapping[str, object]
    badge: str
    kept: str


def make_approver(folder: Folder, code: str, pin: str) -> Made:
    """A key and a badge for an approver of the station in a folder that no window uses now.

    Raises:
        Refused: there is no station, it is in use, or the PIN is not good.
        Unavailable: the key was not kept.
    """
    with open_record(folder, must_exist=True) as ledger:
        ids = SystemIds()
        approving, kept = open_approving(ledger, folder, SystemClock(), ids, SystemKeyStores(AT_SETTING_UP_S))
        badge = ids.secret(BADGE_SIZE)
        asked = approving.enrol(Approver(code, pin, badge))
        return Made(asked, badges.payload(badge), kept)


def listed(folder: Folder) -> list[dict[str, object]]:
    """Approvers whose key was made here: certified or not, wrong PINs in a row, locked or not."""
    with open_record(folder, must_exist=True) as ledger:
        return [
            {
                "approver": code,
                "certified": approvers.certified(ledger.connection, code) is not None,
                "wrong_pins": (failed := approvers.attempts(ledger.connection, code).failed),
                "locked": locked(failed),
            }
            for code in approvers.sealed_here(ledger.connection)
        ]
