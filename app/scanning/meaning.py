"""The eight meanings a scan can have, as one sum type.

Every meaning keeps `raw`, the scan exactly as it came (identifier and spaces included), beside `text`, what
was understood: without the symbology identifier, trimmed, Unicode NFC. `symbology` is the AIM identifier the
scanner sent (`]E0`, `]d2`), None when it sends none or the code was typed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TypeAlias

from app.domain.codes import CodeFamily
from app.domain.refusal import Refused
from app.scanning.commands import Word
from app.scanning.faults import Fault

_SHOWN = 60


def shown(raw: str) -> str:
    """A scan as a person may see it: group separators as `<GS>`, other odd signs escaped, cut to 60 signs."""
    visible = raw.replace("\x1d", "<GS>")
    safe = "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in visible)
    return safe if len(safe) <= _SHOWN else f"{safe[: _SHOWN - 3]}..."


@dataclass(frozen=True, slots=True)
class Scanned:
    """What all meanings share; see the module."""

    raw: str
    text: str
    symbology: str | None


@dataclass(frozen=True, slots=True)
class Element:
    """One GS1 element: application identifier and value, as printed."""

    ai: str
    value: str


@dataclass(frozen=True, slots=True)
class Gtin14(Scanned):
    """An item number alone.

    `gtin` has 14 digits and a right check digit. `other` is the second reading of an 8-digit number that is
    both an EAN-8 and a UPC-E; whoever looks up asks when both are known. A plain number (no `]E` or `]I`
    identifier) may be a tracking number that fits by accident: when the GTIN is unknown, look up `text`.
    """

    gtin: str
    other: str | None = None
    add_on: str | None = None


@dataclass(frozen=True, slots=True)
class Gs1(Scanned):
    """GS1 data beyond a bare key: element string, Digital Link or typed brackets, all checks passed.

    `content_gtin` is what is inside a logistic unit (AI 02), `count` how many (AI 37) or the variable count
    (AI 30). `expiry` is AI 17 or the day of 7003, `best_before` AI 15; a day of 00 is the month's last.
    `elements` holds everything, in order. `separator_doubt` is True when a variable-length value ends in what
    reads as further fields, so that the scanner may have lost a separator: confirm lot and serial.
    """

    elements: tuple[Element, ...]
    gtin: str | None = None
    content_gtin: str | None = None
    lot: str | None = None
    serial: str | None = None
    expiry: dt.date | None = None
    best_before: dt.date | None = None
    sscc: str | None = None
    count: int | None = None
    separator_doubt: bool = False

    def value(self, ai: str) -> str | None:
        """The value of one application identifier, None when it is absent."""
        return next((element.value for element in self.elements if element.ai == ai), None)


@dataclass(frozen=True, slots=True)
class Sscc(Scanned):
    """A logistic unit's number alone: 18 digits with a right check digit."""

    sscc: str


@dataclass(frozen=True, slots=True)
class Command(Scanned):
    """A code of the bench mat. Never an item, whatever the screen."""

    word: Word


@dataclass(frozen=True, slots=True)
class Badge(Scanned):
    """Somebody's badge. `raw` and `text` are empty: what it holds is written down nowhere."""

    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OwnCode(Scanned):
    """A code we printed: `code` in capitals, its check character right."""

    code: str
    family: CodeFamily


@dataclass(frozen=True, slots=True)
class Damaged(Scanned):
    """Recognisably a code of some kind, and wrong: refused with what was expected and what to do."""

    fault: Fault
    expected: str
    do: str

    @property
    def read(self) -> str:
        """What was read, as a sentence."""
        return f"Read {shown(self.raw)}." if self.raw else "Read nothing."

    def refusal(self) -> Refused:
        """The same as a refusal to raise or to log."""
        return Refused(self.fault, self.read, self.expected, self.do)


@dataclass(frozen=True, slots=True)
class Text(Scanned):
    """Anything else plausible: a tracking number, SKU, serial, location, or another system's code.

    Look `text` up exactly. `otherwise` is the refusal to show when nothing is found under it: set when the
    text has the shape of a checked code but fails the check, which alone proves nothing.
    """

    otherwise: Damaged | None = None


Meaning: TypeAlias = Gtin14 | Gs1 | Sscc | Command | Badge | OwnCode | Text | Damaged
