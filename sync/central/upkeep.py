"""The thread that settles what only the passing of time makes due, while a centre serves."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from types import TracebackType
from typing import Self

from app.domain.refusal import Unavailable
from sync.central.centre import Centre
from sync.central.commands.upkeep import is_due, upkeep
from sync.central.store import checkpoints, security_notes
from sync.central.store.act import Act
from sync.central.store.approval_keys import issuer_of

_log = logging.getLogger(__name__)
EVERY_S = 5.0
_BY = "centre"


def tick(centre: Centre) -> bool:
    """Looks once whether anything is due and does it; several processes may do so at once.

    Checkpoints of the audit trail are made here too, as long as there is a policy key that is good, and what
    was refused is put on record; whether anything else was done is the answer.

    Raises:
        Unavailable: the database does not answer.
    """
    now = centre.clock.now()
    try:
        return _chores(centre, now)
    finally:
        # What the chores did is in the checkpoint; what keeps them from being done keeps back no checkpoint.
        try:
            _vouch(centre, now)
        finally:
            _keep_refusals(centre, now)


def _keep_refusals(centre: Centre, before: datetime | None) -> None:
    """Puts on record what was refused in minutes that are over; with None, whatever there is."""
    met = centre.refusals.take(before)
    if not met:
        return
    try:
        with centre.database.write() as conn:
            security_notes.keep(conn, met)
    except BaseException:
        centre.refusals.give_back(met)
        raise


def _chores(centre: Centre, now: datetime) -> bool:
    with centre.database.read() as conn:
        due = is_due(conn, now)
    if due:
        with centre.database.write() as conn:
            upkeep(Act(conn, centre.chain, _BY, "upkeep", now, now))
    return due


def _vouch(centre: Centre, now: datetime) -> None:
    """Makes the checkpoint that is due, in a commit of its own: hashing much takes a moment."""
    with centre.database.read() as conn:
        issuer = issuer_of(conn, centre.policy_key)
        if issuer is None or now >= issuer.key.not_after or not checkpoints.due(conn, now):
            return
    with centre.database.write() as conn:
        # Another process may have made it meanwhile.
        if checkpoints.due(conn, now):
            checkpoints.make(conn, issuer, now)


class Upkeep:
    """Ticks until it is stopped; a context that stops it on leaving."""

    def __init__(self, centre: Centre, every_s: float = EVERY_S) -> None:
        self._centre = centre
        self._every_s = every_s
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        """Begins to tick."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the tick that is under way."""
        self._stopped.set()
        self._thread.join()
        try:
            _keep_refusals(self._centre, None)
        except Unavailable as away:
            _log.warning("what was refused last is not on record: %s", away)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        while not self._stopped.wait(self._every_s):
            try:
                tick(self._centre)
            except Unavailable as away:
                _log.info("upkeep waits: %s", away)
            except Exception:  # noqa: BLE001 - said below
                # What is due stays due; a defect here must not end the centre's other work.
                _log.exception("upkeep failed and will be tried again")
