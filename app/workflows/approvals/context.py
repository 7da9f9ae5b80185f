"""What can reach a review, and what a step of it may know beside its state."""

from __future__ import annotations

from dataclasses import dataclass

from app.workflows.approvals.state import Decided, Half, Holder, Pending
from app.workflows.scanned import NotFound, Other, Said, Unreadable


@dataclass(frozen=True, slots=True)
class Picked:
    """A request's own label, or its row touched."""

    cause: str


@dataclass(frozen=True, slots=True)
class BadgeRead:
    """A badge; `holder` is None when nobody here has it, `locked` when wrong PINs locked that person."""

    holder: Holder | None
    locked: bool = False


@dataclass(frozen=True, slots=True)
class DigitsScanned:
    """Digits from a scanner while a PIN is asked for: never taken for one, never repeated anywhere."""


@dataclass(frozen=True, slots=True)
class PinRefused:
    """The PIN, or what it should have signed, was refused: why, and what to put into the words."""

    code: str
    seconds: int = 0
    left: int = 0
    detail: str = ""
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Signed:
    """The list is decided and on record; `halves` still wait for a second approver."""

    decided: Decided
    halves: tuple[Half, ...]


@dataclass(frozen=True, slots=True)
class Unlocked:
    """Another approver let a locked one try again."""

    holder: Holder


Input = (
    Picked | BadgeRead | DigitsScanned | PinRefused | Signed | Unlocked | Said | NotFound | Other | Unreadable
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One step's worth of the world: the requests that wait, the one that waits longest first."""

    waiting: tuple[Pending, ...]

    def of(self, cause: str) -> Pending | None:
        """The request of that name, while it waits."""
        return next((pending for pending in self.waiting if pending.cause == cause), None)
