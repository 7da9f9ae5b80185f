"""Where a review stands between two scans; its marks are saved with every one of them, a PIN never is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.account import Account
from app.domain.item import Item
from app.workflows.notice import Notice

WORK = "approvals"
"""What the draft of a review is marked with, and its name: a station has one."""
MOST = 20
"""How many requests one PIN decides about."""


class Phase(StrEnum):
    """What the review waits for."""

    LIST = "list"
    REASON = "reason"
    QUESTION = "question"
    SIGN = "sign"
    LOCKED = "locked"
    UNLOCK = "unlock"


class Mark(StrEnum):
    """What the supervisor means to say about a request; nothing is said before the PIN."""

    APPROVE = "approve"
    REJECT = "reject"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Pending:
    """A request that waits: units that a bench discarded, where they stand, who asked and why.

    `cause` is the event that asked and names the request here; `value` is in whole minor units, for all of
    them. `by` did the work (an id) and is shown as `by_name`. `since` is RFC 3339, `photo` a content address
    for the window, `story` what happened to the unit before as (time, what) in words. `asked_again` is what
    a supervisor asked about it, in words; `signed_by` the first of two approvers.
    """

    cause: str
    label: str
    item: Item
    qty: int
    account: Account
    by: str
    by_name: str
    session: str
    since: str
    value: int
    currency: str
    grade: str = ""
    why: str = ""
    rule: str = ""
    rma: str = ""
    policy_ver: str = ""
    photo: str = ""
    story: tuple[tuple[str, str], ...] = ()
    asked_again: str = ""
    signed_by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Half:
    """A write-off that one of two approvers signed: the event as it was shown, and the first word on it."""

    cause: str
    by: str
    event: Mapping[str, object]
    approval: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark on a request; `why` is the id of a reason or a question."""

    cause: str
    mark: Mark
    why: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose badge was read."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What the last PIN decided, for the band that says so."""

    name: str
    approved: int = 0
    rejected: int = 0
    asked: int = 0
    half: int = 0
    at: str = ""


@dataclass(frozen=True, slots=True)
class ReviewState:
    """`at` is the request in the hand; `holder` signs, `locked` is who cannot."""

    phase: Phase = Phase.LIST
    at: str = ""
    marks: tuple[Marked, ...] = ()
    halves: tuple[Half, ...] = ()
    holder: Holder | None = None
    locked: Holder | None = None
    decided: Decided | None = None
    notice: Notice | None = None

    def mark_of(self, cause: str) -> Marked | None:
        """The mark on a request."""
        return next((mark for mark in self.marks if mark.cause == cause), None)

    @property
    def wants_pin(self) -> bool:
        """True while digits are a PIN's, which nothing here ever keeps."""
        return self.phase in {Phase.SIGN, Phase.UNLOCK}
