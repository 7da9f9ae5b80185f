"""What can reach the bench: scans already looked up in the local record, and spoken words (mat codes).

The station engine resolves a scan before the workflow sees it, so that the workflow stays pure: no look-up,
no clock, no disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.event import Event
from app.domain.item import Item
from app.domain.returns import Rma
from app.workflows.approvals.context import (
    DigitsScanned as DigitsScanned,  # noqa: PLC0414 - callers know it from here
)
from app.workflows.approvals.context import PinRefused as PinRefused  # noqa: PLC0414
from app.workflows.bench.known_unit import KnownUnit
from app.workflows.bench.override import Holder
from app.workflows.bench.state import BenchState


@dataclass(frozen=True, slots=True)
class FoundReturn:
    """An RMA, by its own code or by a parcel's tracking number `parcel`.

    `done` counts units already dispositioned per line, anywhere; `arrived` says whether this bench already
    recorded the arrival of this parcel; `draft` is the parked job, if there is one. `closed_with` holds the
    units per line that were recorded as missing when the box was finished, while nothing was recorded since.
    """

    raw: str
    rma: Rma
    items: Mapping[str, Item]
    done: Mapping[int, int]
    arrived: bool
    parcel: str | None = None
    draft: BenchState | None = None
    cancelled: bool = False
    closed_with: Mapping[int, int] | None = None


@dataclass(frozen=True, slots=True)
class SeenUnit:
    """Where a unit with this serial was saved at this bench before: its return, its label and when.

    `unit` is set while it is still where it was put.
    """

    rma: str | None
    label: str
    time: str
    unit: KnownUnit | None = None


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An item of the catalogue; serial and lot where the code carried them and the item is tracked by them.

    `same_pack` says that this is the other code of the pack in the hand, which only adds to what is known.
    `parts` are the names of a kit's parts, in their order.
    """

    raw: str
    item: Item
    serial: str | None = None
    lot: str | None = None
    seen: SeenUnit | None = None
    same_pack: bool = False
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundLabel:
    """One of our own unit labels; `unit` is set while what it was printed for is where it was put."""

    raw: str
    code: str
    headline: str
    unit: KnownUnit | None = None


@dataclass(frozen=True, slots=True)
class NotFound:
    """A readable code that nothing here knows: perhaps a serial, perhaps a parcel of another shop.

    `word` of the mat leads to the kind of job that does know it.
    """

    raw: str
    digits: bool
    word: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A damaged code: what was expected of it and what to do."""

    raw: str
    expected: str
    do: str


@dataclass(frozen=True, slots=True)
class Said:
    """A mat code, key or touch: the word of section "command codes", such as `GRI`, `DONE`, `UNDO`."""

    word: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Photographed:
    """The camera's answer to PHOTO or RETAKE: the address of what it took, or `missing`, why it took none."""

    word: str
    raw: str
    photo: str | None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Parked:
    """A parked job chosen from the list."""

    raw: str
    draft: BenchState


@dataclass(frozen=True, slots=True)
class Entered:
    """A number typed at the keyboard."""

    raw: str
    number: int


@dataclass(frozen=True, slots=True)
class SupervisorRead:
    """A badge where a supervisor may decide; `holder` is None when nobody here has it.

    `refusal` says why that person may not decide this here. `sold` is the serial that the unit at a stop
    stands for, of those that did not come yet.
    """

    holder: Holder | None
    refusal: PinRefused | None = None
    sold: str = ""


@dataclass(frozen=True, slots=True)
class Otherwise:
    """REJECT at a saved unit: the unit as it is now, None when this station cannot decide about it."""

    unit: KnownUnit | None


@dataclass(frozen=True, slots=True)
class OverrideSigned:
    """The supervisor's PIN was right: the event with the signed word in it; `reason` is in words."""

    event: Event
    reason: str


Overriding = Otherwise | SupervisorRead | DigitsScanned | PinRefused | OverrideSigned
Input = (
    Parked
    | Entered
    | FoundReturn
    | FoundItem
    | FoundLabel
    | NotFound
    | Unreadable
    | Said
    | Photographed
    | Overriding
)
