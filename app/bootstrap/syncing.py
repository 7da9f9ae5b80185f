"""A station's sync put together: the threads, their clients, and the centre they speak to.

Loaded by the thread that begins to sync, and the HTTP library only when there is a centre to speak to: each
takes longer to load than a window.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.bootstrap.photo_shelf import KEEP_DAYS, LedgerShelf, photo_facts
from app.bootstrap.sync_port import LedgerPort, link_facts
from app.bootstrap.witnessing import LedgerWitness
from app.domain.clock import Clock
from app.domain.ids import Ids
from app.domain.late import LOADING
from app.domain.signing import Signer
from app.ledger.writer import Ledger
from app.station.bench import Bench
from app.station.photos import PhotoStore
from app.station.runner import StationThread
from app.station.system import SystemClock
from sync.client.photos import PhotoClient
from sync.client.session import SyncClient
from sync.client.thread import SyncThread, Ticking
from sync.client.wake import WakeClient
from sync.client.witness import WitnessClient

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


@dataclass(frozen=True, slots=True)
class Photos:
    """Where a station's photos are, and how many days they stay once the centre has them."""

    store: PhotoStore
    keep_days: int = KEEP_DAYS


class StationSync:
    """The sync of one station, from `start` to `stop`; `joined` is None before it has a centre.

    Events, photos and the watch over the centre's record go on threads and connections of their own, so that
    neither of the last two ever holds up a fact. `on_defect` is told of a defect of ours, in the thread that
    met it.

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
        photos: Photos,
        ids: Ids,
        poll_s: float,
        on_defect: Callable[[Exception], None],
    ) -> None:
        # Requests are signed in real time whatever clock the record lives by.
        clock = SystemClock()
        self._centres = [joined.reached(clock, ids) for _ in range(4)] if joined else []
        first, second, third, fourth = self._centres or (None, None, None, None)
        events = SyncClient(
            LedgerPort(thread, ledger, bench.refresh),
            first,
            ids=ids,
            noise=random.Random(ids.secret(8)),  # noqa: S311 - jitter, not a secret
            on_state=lambda state: bench.link_changed(link_facts(state)),
            poll_s=poll_s,
        )
        pictures = PhotoClient(
            LedgerShelf(thread, ledger, photos.store, photos.keep_days),
            second,
            noise=random.Random(ids.secret(8)),  # noqa: S311 - jitter, not a secret
            on_state=lambda state: bench.photos_changed(photo_facts(state)),
            poll_s=poll_s,
        )
        trail = WitnessClient(
            LedgerWitness(thread, ledger, ids),
            third,
            noise=random.Random(ids.secret(8)),  # noqa: S311 - jitter, not a secret
            on_state=bench.trail_changed,
        )

        def beside(client: Ticking, name: str) -> SyncThread:
            noise = random.Random(ids.secret(8))  # noqa: S311 - jitter, not a secret
            return SyncThread(client, clock, name, noise=noise, on_defect=on_defect)

        main = beside(events, "sync")
        wakes = WakeClient(
            fourth,
            noise=random.Random(ids.secret(8)),  # noqa: S311 - jitter, not a secret
            on_wake=main.wake,
        )
        # It hears nothing for minutes and has nothing to finish: nobody waits for its end.
        self._listening = beside(wakes, "wakes")
        self._threads = (main, beside(pictures, "photos"), beside(trail, "witness"))

    def start(self) -> None:
        """Begins to sync; once."""
        for thread in (*self._threads, self._listening):
            thread.start()

    def wake(self) -> None:
        """Something waits to be sent."""
        for thread in self._threads:
            thread.wake()

    def stop(self) -> None:
        """Ends after the exchanges in hand."""
        for thread in (*self._threads, self._listening):
            thread.stop(0.0)
        ended = [thread.stop() for thread in self._threads]
        # An exchange that hangs keeps its connection; it ends with the process.
        if all(ended):
            for centre in self._centres[:-1]:
                centre.close()
        # Nothing is under way on this one: to let it go is what ends the listening.
        for centre in self._centres[-1:]:
            centre.close()
