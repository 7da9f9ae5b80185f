"""What is wrong with a cell of an imported table, or only questionable; pure judging, one finding for each.

A row with a finding that rejects is not taken. A warning is about a row that is taken as it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.gtin import gtin_check_digit

LONGEST_CODE = 80
LONGEST_TEXT = 2_000
MOST = 10**9
"""The largest number in any field."""

_SHOWN = 80
_FORMULA = ("=", "+", "-", "@")
_SPREADSHEET = re.compile(r"\d+([.,]\d+)?[eE]\+\d+")
_WHOLE = re.compile(r"[+-]?\d{1,30}", re.ASCII)
_GTIN_LENGTHS = frozenset({8, 12, 13, 14})
# Restricted circulation (GS1 General Specifications): another shop gives the same number to another thing.
_IN_STORE = re.compile(r"0(0{5}[02]|02|04|2)")
_FLAGS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "yes", "y", "1"), True),
    **dict.fromkeys(("false", "no", "n", "0"), False),
}


class Severity(StrEnum):
    """What follows from a finding."""

    REJECTED = "rejected"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one cell of a table: by which rule, what was read, and why that is (perhaps) wrong.

    `row` counts as a spreadsheet does: the header is row 1. `key` is the row's SKU or code as far as known.
    """

    row: int
    key: str
    field: str
    rule: str
    severity: Severity
    read: str
    why: str

    def to_json(self) -> dict[str, object]:
        """The finding as it is shown."""
        return {
            "row": self.row,
            "key": self.key,
            "field": self.field,
            "rule": self.rule,
            "severity": str(self.severity),
            "read": self.read,
            "why": self.why,
        }

    def cells(self) -> tuple[str, ...]:
        """The finding as a row of a report that a spreadsheet may open: no cell of it is a formula."""
        texts = (self.key, self.field, self.rule, str(self.severity), self.read, self.why)
        return (str(self.row), *map(harmless, texts))


REPORT_HEADER = ("row", "key", "field", "rule", "severity", "read", "why")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula, on one line."""
    line = text.replace("\r", " ").replace("\n", " ").replace("\t", " ")
    return f"'{line}" if line.lstrip().startswith(_FORMULA) else line


class RowFindings:
    """What is found in one row, gathered field by field."""

    __slots__ = ("found", "key", "row")

    def __init__(self, row: int, key: str) -> None:
        self.row = row
        self.key = _short(key)
        self.found: list[Finding] = []

    @property
    def rejected(self) -> bool:
        """True when anything found means that the row is not taken."""
        return any(finding.severity is Severity.REJECTED for finding in self.found)

    def reject(self, field: str, rule: str, read: str, why: str) -> None:
        """The row cannot be taken."""
        self._add(field, rule, Severity.REJECTED, read, why)

    def warn(self, field: str, rule: str, read: str, why: str) -> None:
        """The row is taken; somebody should look at it."""
        self._add(field, rule, Severity.WARNING, read, why)

    def _add(self, field: str, rule: str, severity: Severity, read: str, why: str) -> None:
        # A field may be named by the table's own header.
        self.found.append(Finding(self.row, self.key, _short(field), rule, severity, _short(read), why))


def _short(text: str) -> str:
    """A text of the table as it can be shown, stored and printed, whatever it holds."""
    cut = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    if cut.isprintable():
        return cut
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in cut)


def judge_code(found: RowFindings, field: str, code: str) -> None:
    """A SKU or the code of a place: what people scan, type and read out must be one clear text."""
    if not code:
        found.reject(field, "code.missing", code, "There is no code; without it the row is about nothing.")
    elif not code.isprintable():
        found.reject(field, "code.control", code, "It holds a sign that cannot be seen, typed or stored.")
    elif code != code.strip():
        found.reject(field, "code.spaces", code, "It begins or ends with a space, which nobody sees.")
    elif len(code) > LONGEST_CODE:
        found.reject(field, "code.long", code, f"It has more than {LONGEST_CODE} signs.")
    elif code.startswith(_FORMULA):
        found.reject(field, "code.formula", code, "It begins like a spreadsheet formula.")
    elif _SPREADSHEET.fullmatch(code):
        found.reject(field, "code.number", code, "A spreadsheet has made a rounded number of the code.")
    else:
        _question_code(found, field, code)


def _question_code(found: RowFindings, field: str, code: str) -> None:
    if "  " in code:
        found.warn(field, "code.spaces_inside", code, "It holds several spaces in a row.")
    if code.isascii():
        return
    if unicodedata.normalize("NFC", code) != code:
        found.warn(
            field, "code.composed", code, "Its accents are written apart; it may not match when typed."
        )
    if any(sign.isalpha() and not sign.isascii() for sign in code):
        found.warn(field, "code.letters", code, "It holds letters beyond A to Z, which may look like those.")


def judge_text(found: RowFindings, field: str, text: str, *, needed: bool = False) -> None:
    """A name or another text for people."""
    if needed and not text.strip():
        found.reject(field, "text.missing", text, "There is nothing to read.")
    elif not text.isprintable():
        found.reject(field, "text.control", text, "It holds a sign that cannot be seen or stored.")
    elif len(text) > LONGEST_TEXT:
        found.reject(field, "text.long", text, f"It has more than {LONGEST_TEXT} signs.")
    else:
        if text != text.strip():
            found.warn(field, "text.spaces", text, "It begins or ends with a space.")
        if text.startswith(_FORMULA) and text[1:2] not in {"", " "}:
            found.warn(
                field, "text.formula", text, "It begins like a spreadsheet formula; it is kept as text."
            )


def whole(found: RowFindings, field: str, text: str, most: int = MOST, least: int = 0) -> int | None:
    """A whole number; None, and a finding, when it is none or out of bounds."""
    if not _WHOLE.fullmatch(text):
        why = "It is no whole number, written with digits alone."
        found.reject(field, "number.unreadable", text, why)
        return None
    number = int(text)
    if number < 0:
        found.reject(field, "number.negative", text, "It is less than nothing.")
    elif number < least:
        found.reject(field, "number.small", text, f"It is less than {least}.")
    elif number > most:
        found.reject(field, "number.huge", text, f"It is more than {most}.")
    else:
        return number
    return None


def flag(found: RowFindings, field: str, text: str) -> bool | None:
    """Yes or no; None, and a finding, for anything else."""
    value = _FLAGS.get(text.casefold())
    if value is None:
        found.reject(field, "flag.unreadable", text, "It is neither true nor false.")
    return value


def gtin(found: RowFindings, field: str, text: str) -> str | None:
    """A GTIN as 14 digits; None, and a finding, when it is none."""
    if _SPREADSHEET.fullmatch(text):
        found.reject(field, "gtin.number", text, "A spreadsheet has made a rounded number of the digits.")
    elif not (text.isascii() and text.isdigit()):
        found.reject(field, "gtin.unreadable", text, "It holds something else than digits.")
    elif len(text) not in _GTIN_LENGTHS:
        longer = text.zfill(min((n for n in _GTIN_LENGTHS if n > len(text)), default=0))
        right = gtin_check_digit(longer[:-1]) == longer[-1]
        hint = f" With the zeros a spreadsheet drops it would be {longer}." if right else ""
        found.reject(field, "gtin.length", text, f"It has {len(text)} digits, not 8, 12, 13 or 14.{hint}")
    elif not text.strip("0"):
        found.reject(field, "gtin.zero", text, "It is all zeros.")
    elif gtin_check_digit(text[:-1]) != text[-1]:
        right_digit = gtin_check_digit(text[:-1])
        found.reject(field, "gtin.check_digit", text, f"Its check digit should be {right_digit}.")
    else:
        code = text.zfill(14)
        if _IN_STORE.match(code):
            found.warn(
                field, "gtin.in_store", text, "Shops give out such numbers themselves; it is not unique."
            )
        return code
    return None


def pairs(
    found: RowFindings, field: str, text: str, read: Callable[[str, str], object | None]
) -> list[object] | None:
    """Entries such as `A=2;B=1`, each read from its two sides; None when any cannot be."""
    entries = list[object]()
    for part in filter(None, (part.strip() for part in text.split(";"))):
        code, equals, value = part.rpartition("=")
        entry = read(code.strip(), value.strip()) if equals and code.strip() else None
        if entry is None:
            found.reject(field, "list.unreadable", part, "Expected entries such as A=2, with ; between them.")
            return None
        entries.append(entry)
    return entries
