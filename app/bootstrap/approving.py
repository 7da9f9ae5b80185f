"""Approvers at a station, with the usual price of a guess, the banned PINs and the station's own pepper."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from app.bootstrap.resources import banned_pins
from app.domain.clock import Clock
from app.domain.ids import Ids
from app.ledger import approvers
from app.ledger.writer import Ledger
from app.station.approving import Approving, Means
from app.vault.pepper import KeyStore, load_pepper
from app.vault.stretching import Argon2Stretch

_PEPPER = "station.pepper"


def open_approving(
    ledger: Ledger, folder: Path, clock: Clock, ids: Ids, store: KeyStore | None = None
) -> tuple[Approving, str]:
    """What approves at a station, and in words where its pepper is kept, for whoever sets it up.

    Args:
        ledger: the station's record, owned by the thread that will approve.
        folder: where the pepper's file is when there is no key store.
        clock: time.
        ids: fresh keys and nonces.
        store: the key store of the system, where there is one.

    Raises:
        Refused: the pepper that keys were sealed with is gone.
        Unavailable: the key store or the disk does not answer.
    """
    new = not approvers.any_sealed(ledger.connection)
    pepper = load_pepper(ledger.head.station_id, store, folder / _PEPPER, ids, make=new)
    means = Means(Argon2Stretch(), pepper.secret, banned_pins(), clock, ids)
    return Approving(ledger, means), pepper.kept


def approving_at(ledger: Ledger, folder: Path, clock: Clock, ids: Ids) -> Callable[[], Approving | None]:
    """Opens what approves at a station when the first badge is read; None where nobody's key was made."""

    @cache
    def opened() -> Approving | None:
        if not approvers.any_sealed(ledger.connection):
            return None
        return open_approving(ledger, folder, clock, ids)[0]

    return opened
