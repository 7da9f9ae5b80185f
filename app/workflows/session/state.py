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
    PIN = "pin"
    SWITCH = "switch"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose badge was read; `pin` where it needs one."""

    code: str
    name: str
    pin: bool


@dataclass(frozen=True, slots=True)
class SessionState:
    """`who` is to come in, from the phase `came`; a PIN itself is never here."""

    phase: Phase = Phase.OPEN
    notice: Notice | None = None
    who: Holder | None = None
    came: Phase = Phase.OPEN

    @property
    def closed(self) -> bool:
        """True while the session's screen stands before every job."""
        return self.phase is not Phase.OPEN

    @property
    def wants_pin(self) -> bool:
        """True while digits are a PIN's, which nothing here ever keeps."""
        return self.phase is Phase.PIN
