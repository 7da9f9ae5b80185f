"""A station's sync put together: the thread, its client, and the centre it speaks to.

Loaded by the thread that begins to sync, and the HTTP library only when there is a centre to speak to: each
takes longer to load than a window.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.bootstrap.sync_port import LedgerPort, link_facts
from app.domain.clock import Clock
from app.domain.ids import Ids
from app.domain.late import LOADING
from app.domain.signing import Signer
from app.ledger.writer import Ledger
from app.station.bench import Bench
from app.station.runner import StationThread
from app.station.system import SystemClock
from sync.client.session import SyncClient
from sync.client.thread import SyncThread

if TYPE_CHECKING:
    from sync.client.transport import HttpCentre


@dataclass(frozen=True, slots=True)
class Joined:
    """The centre a station has joined: where it is, as which station, and the key that signs."""

    url: str
    station_id: str
    signer: Signer

    def reached(self, clock: Clock, ids: Ids) -> HttpCentre:
        """The centre over HTTP."""
        with LOADING:
            from sync.client.transport import HttpCentre  # noqa: PLC0415 - see the module

        return HttpCentre(self.url, self.station_id, self.signer, clock=clock, ids=ids)


class StationSync:
    """The sync of one station, from `start` to `stop`; `joined` is None before it has a centre.

    Raises:
        Refused: the centre's URL means nothing.
    """

    def __init__(
        self,
        thread: StationThread,
        ledger: Ledger,
        bench: Bench,
        joined: Joined | None,
        *,
        ids: Ids,
        poll_s: float,
    ) -> None:
        # Requests are signed in real time whatever clock the record lives by.
        clock = SystemClock()
        self._centre = joined.reached(clock, ids) if joined else None
        client = SyncClient(
            LedgerPort(thread, ledger, bench.refresh),
            self._centre,
            ids=ids,
            noise=random.Random(ids.secret(8)),  # noqa: S311 - jitter, not a secret
            on_state=lambda state: bench.link_changed(link_facts(state)),
            poll_s=poll_s,
        )
        self._thread = SyncThread(client, clock)

    def start(self) -> None:
        """Begins to sync; once."""
        self._thread.start()

    def wake(self) -> None:
        """Something waits to be sent."""
        self._thread.wake()

    def stop(self) -> None:
        """Ends after the exchange in hand."""
        # An exchange that hangs keeps its connection; it ends with the process.
        if self._thread.stop() and self._centre is not None:
            self._centre.close()
