"""Where a session stands. It is not part of any job: locking leaves every job and its draft as they are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.workflows.notice import Notice


class Phase(StrEnum):
    """What the screen of the session is for; with an open session it is not shown."""

    OPEN = "open"
    LOCKED = "locked"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class SessionState:
    """See the module."""

    phase: Phase = Phase.OPEN
    notice: Notice | None = None

    @property
    def closed(self) -> bool:
        """True while the session's screen stands before every job."""
        return self.phase is not Phase.OPEN
