"""A real bench at a red stop, with supervisors whose keys were made at it and whose certificates allow it."""

from __future__ import annotations

from typing import Any

from app.domain.approvals import Action
from app.station.approving import Approver
from tests.app.station.bench_world import RMA
from tests.app.station.review_world import ReviewWorld

# Whoever works at the bench, when she approves there, too.
ANA = Approver("ANA", "161803", b"badge of ANA....")
SOLD, CAME = "SN-994471", "SN-994417"
# The kettle of the RMA, with a serial that was not sold on it.
OTHER_KETTLE = f"]C1010950600013435221{CAME}"
MAY = frozenset({Action.WRITE_OFF, Action.UNLOCK, Action.OVERRIDE})


class OverrideWorld(ReviewWorld):
    """See the module."""

    def enrol(self, who: Approver, **more: Any) -> bytes:
        """A key here, and a certificate that lets its holder override."""
        return super().enrol(who, **({"actions": MAY} | more))

    def stop(self) -> None:
        """A unit with another serial stops the bench."""
        self.scan(RMA.code, OTHER_KETTLE)

    @property
    def phase(self) -> str:
        """What the bench waits for."""
        return self.thread.ask(lambda: self.bench._engine.bench.state.phase.value)

    def said(self) -> str:
        """The code of the message over the question, empty when there is none."""
        notice = self.thread.ask(lambda: self.bench._engine.notice)
        return notice.code if notice else ""
