"""What a scan on the floor is, once looked up in the local record: inputs that counts and receipts share."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.item import Item


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An item of the catalogue; serial and lot where the code carried them and the item is tracked by them.

    `same_pack` says that this is the other code of the pack in the hand, which counts no unit.
    """

    raw: str
    item: Item
    serial: str | None = None
    lot: str | None = None
    same_pack: bool = False


@dataclass(frozen=True, slots=True)
class NotFound:
    """A readable code that nothing here knows.

    `apart` says that it may be the serial or lot that is asked for; an item's, a parcel's or a document's
    code never is.
    """

    raw: str
    text: str
    digits: bool
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A damaged code: what was expected of it and what to do."""

    raw: str
    expected: str
    do: str


@dataclass(frozen=True, slots=True)
class Other:
    """A code of ours that belongs to another kind of job; `word` of the mat leads there."""

    raw: str
    word: str


@dataclass(frozen=True, slots=True)
class Said:
    """A mat code, key or touch: the word as the mat prints it, such as `DONE`, `NIL`, `DIII`."""

    word: str


@dataclass(frozen=True, slots=True)
class Entered:
    """A number typed at the keyboard."""

    raw: str
    number: int


@dataclass(frozen=True, slots=True)
class Stepped:
    """A touch on the keys that add or take away one."""

    by: int
