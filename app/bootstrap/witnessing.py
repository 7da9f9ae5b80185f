"""The station's checkpoints as their thread sees them, asked on the station's own thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.domain.checkpoint import Found, Proofs
from app.domain.clock import to_ms, to_text
from app.domain.ids import Ids
from app.domain.refusal import Unavailable
from app.ledger import witness
from app.ledger.writer import Ledger
from app.station.runner import StationThread, T
from sync.wire.trail import Holding, Shown

_ANEW = "it was put back from a backup, or tells its history anew: {why}"


def taken(ledger: Ledger, shown: Shown, now: datetime, ids: Ids) -> str:
    """Keeps what was shown; why it contradicts what was told before, empty when it does not."""
    if shown.checkpoint is None or shown.grant is None:
        return ""
    at = (to_text(now), ids.event_id(to_ms(now)))
    found = witness.take(ledger, shown.checkpoint, shown.grant, Proofs(shown.feed, shown.receipts), at)
    if found is not None and found[0] is Found.RESTARTED:
        return _ANEW.format(why=found[1])
    if found is None or found[0] is not Found.DIFFERS:
        return ""
    return found[1] or "see backhaul audit"


def held_by(ledger: Ledger) -> Holding:
    """What a station says of the last checkpoint that it holds."""
    known = witness.newest(ledger.connection)
    return (
        Holding(known.feed, known.receipts, known.feed_gen, known.number) if known is not None else Holding()
    )


class LedgerWitness:
    """See the module."""

    def __init__(self, thread: StationThread, ledger: Ledger, ids: Ids) -> None:
        self._thread = thread
        self._ledger = ledger
        self._ids = ids

    def held(self) -> Holding:
        """The last checkpoint that was held."""
        return self._ask(lambda: held_by(self._ledger))

    def take(self, shown: Shown, now: datetime) -> str:
        """Keeps what was shown."""
        return self._ask(lambda: taken(self._ledger, shown, now, self._ids))

    def _ask(self, question: Callable[[], T]) -> T:
        try:
            return self._thread.ask(question)
        except RuntimeError as stopping:
            raise Unavailable("The station is closing.") from stopping
