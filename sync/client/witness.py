"""Asking the centre for its newest checkpoint now and then, and saying what became of it.

It runs beside the sync of events, on a connection of its own: nothing that happens here holds up a fact.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from app.domain.refusal import Refused, Unavailable
from sync.client.backoff import Backoff, Rest
from sync.client.session import HALTED_S, POLL_S
from sync.client.state import FOR_PEOPLE
from sync.wire.trail import Holding, Shown

WITNESS_S = 120.0
DIFFERS = (
    "The centre's signed record contradicts what it told this station before ({why}); recording goes on, and "
    "whoever audits has to look."
)
DEFECT = "A fault of this program stopped the watch over the centre's record; it tries again by itself."
# What an older centre says to a path it does not know.
_NO_SUCH_ROUTE = frozenset({"http.404", "http.405"})


class WitnessStation(Protocol):
    """What is needed of a station; each call may raise `Unavailable`."""

    def held(self) -> Holding:
        """The last checkpoint that was held; nothing before the first."""

    def take(self, shown: Shown, now: datetime) -> str:
        """Keeps what was shown; why it contradicts what was told before, empty when it does not."""


class WitnessCentre(Protocol):
    """What is needed of the centre; raises as `CentrePort` does."""

    def checkpoint(self, held: Holding) -> Shown:
        """The newest checkpoint, with proofs from what is held on."""


class WitnessClient:
    """Watches one centre for one station; `centre` is None until it has joined one.

    `on_state` is called, in the thread that ticks, with a sentence when the centre contradicts itself, and
    with an empty one when a defect of ours is over and no such sentence is due.
    """

    def __init__(
        self,
        station: WitnessStation,
        centre: WitnessCentre | None,
        *,
        noise: random.Random,
        on_state: Callable[[str], None],
        every_s: float = WITNESS_S,
    ) -> None:
        self._station = station
        self._centre = centre
        self._backoff = Backoff(noise)
        self._on_state = on_state
        self._every_s = every_s
        self._asked: Rest | None = None
        self._rest: Rest | None = None
        self._stopping = False
        self._found = ""
        self._broken = False

    def stop(self) -> None:
        """Makes the next tick do nothing."""
        self._stopping = True

    def broke(self, now: datetime) -> None:
        """Says that a tick ended by a defect of ours, until one holds again."""
        del now
        if not self._broken:
            self._broken = True
            self._on_state(DEFECT)

    def tick(self, now: datetime) -> float:
        """Asks when it is time to, and answers in how many seconds to call again.

        Woken earlier, it only says how long there is left: what wakes the others is none of its business.
        """
        if self._stopping or self._centre is None:
            return POLL_S
        for rest in (self._rest, self._asked):
            if rest is not None and (left := rest.left(now)) > 0:
                return left
        self._rest = None
        try:
            shown = self._centre.checkpoint(self._station.held())
            why = self._station.take(shown, now) if shown.checkpoint is not None else ""
        except (Refused, Unavailable) as away:
            return self._failed(away, now)
        self._backoff.succeeded()
        self._found = DIFFERS.format(why=why) if why else self._found
        if why or self._broken:
            self._broken = False
            self._on_state(self._found)
        self._asked = Rest(now, self._every_s)
        return self._every_s

    def _failed(self, why: Refused | Unavailable, now: datetime) -> float:
        code = why.code if isinstance(why, Refused) else ""
        patient = code in _NO_SUCH_ROUTE or code in FOR_PEOPLE
        length_s = HALTED_S if patient else self._backoff.failed(getattr(why, "after_s", 0.0))
        self._rest = Rest(now, length_s)
        return length_s
