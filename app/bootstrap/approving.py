"""Approvers at a station, with the usual price of a guess, the banned PINs and the station's own pepper."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from app.bootstrap.folder import Folder
from app.bootstrap.resources import banned_pins
from app.domain.clock import Clock
from app.domain.ids import Ids
from app.domain.refusal import Unavailable
from app.ledger import approvers
from app.ledger.writer import Ledger
from app.station.approving import Approving, Means
from app.vault.keystore import SystemKeyStores
from app.vault.pepper import KeyStores, load_pepper
from app.vault.stretching import Argon2Stretch

_LET_BE_MS = 60_000


def open_approving(
    ledger: Ledger, folder: Folder, clock: Clock, ids: Ids, stores: KeyStores
) -> tuple[Approving, str]:
    """What approves at a station, and in words where its pepper is kept, for whoever sets it up.

    Args:
        ledger: the station's record, owned by the thread that will approve.
        folder: of the station; the pepper's file is in it when there is no key store.
        clock: time.
        ids: fresh keys and nonces.
        stores: the key stores of the system.

    Raises:
        Refused: the pepper that keys were sealed with is gone.
        Unavailable: the key store or the disk does not answer.
    """
    new = not approvers.any_sealed(ledger.connection)
    pepper = load_pepper(ledger.head.station_id, stores, folder.pepper, ids, make=new)
    means = Means(Argon2Stretch(), pepper.secret, banned_pins(), clock, ids)
    return Approving(ledger, means), pepper.kept


def approving_at(
    ledger: Ledger, folder: Folder, clock: Clock, ids: Ids, stores: KeyStores | None = None
) -> Callable[[], Approving | None]:
    """Opens what approves at a station when the first badge is read; None where nobody's key was made.

    A key store that did not answer is let be for a minute: each badge would hold up the bench as long again.
    """
    failed: tuple[float, Unavailable] | None = None

    @cache
    def opened() -> Approving | None:
        if not approvers.any_sealed(ledger.connection):
            return None
        return open_approving(ledger, folder, clock, ids, stores or SystemKeyStores())[0]

    def opened_or_known_shut() -> Approving | None:
        nonlocal failed
        if failed is not None and clock.monotonic_ms() < failed[0] + _LET_BE_MS:
            raise failed[1]
        try:
            return opened()
        except Unavailable as why:
            failed = clock.monotonic_ms(), why
            raise

    return opened_or_known_shut
