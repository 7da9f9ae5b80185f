"""What one scan means: the dispatcher over identifiers, forms and keys.

The order is by certainty: our own codes and commands, then what the scanner itself says through the AIM
identifier (ISO/IEC 15424), then forms that prove themselves (check digits, whole element strings), then text.
Nothing is guessed: digits that fit no check are text, never a near GTIN.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from app.domain import codes
from app.scanning import badges, commands, digital_link, elements, keys, layout
from app.scanning.faults import Broken, Fault
from app.scanning.meaning import (
    Badge,
    Command,
    Damaged,
    Element,
    Gs1,
    Gtin14,
    Meaning,
    OwnCode,
    Sscc,
    Text,
)

# The longest scan looked at (a Digital Link with every field is shorter), and the longest text looked up.
LONGEST_SCAN = 2048
LONGEST_TEXT = 256

_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GS1_SYMBOLS = frozenset({"]C1", "]d2", "]Q3", "]J1", "]e0", "]e1", "]e2"})
_ADD_ON_ALONE = frozenset({"]E1", "]E2"})
_ITF_CHECKED = "]I1"
_ITF_CHECK_DROPPED = "]I3"
_GTIN_14 = 14
_ISO_15434 = "[)>"
_SHORTEST_ELEMENTS = 16


@dataclass(frozen=True, slots=True)
class _Scan:
    """A scan under way: as it came, its identifier, and the text behind it."""

    raw: str
    symbology: str | None
    text: str

    def damaged(self, broken: Broken) -> Damaged:
        return Damaged(self.raw, self.text, self.symbology, broken.fault, broken.expected, broken.do)

    def as_text(self, otherwise: Broken | None = None) -> Text:
        refusal = self.damaged(otherwise) if otherwise else None
        return Text(self.raw, self.text, self.symbology, refusal)

    def gtin(self, gtin: str, other: str | None = None, add_on: str | None = None) -> Gtin14:
        return Gtin14(self.raw, self.text, self.symbology, gtin, other, add_on)


def read(raw: str, *, wedge: bool = False) -> Meaning:
    """The meaning of one scan; never raises, whatever the text.

    Args:
        raw: the scan without its terminator, identifier included when the scanner sends one.
        wedge: the text came through keyboard emulation, where a wrong layout damages it.
    """
    if len(raw) > LONGEST_SCAN:
        return _Scan(raw, None, "").damaged(_too_long(raw, LONGEST_SCAN))
    # Not a bare strip(): Python counts a group separator as white space.
    trimmed = raw.strip(" \t\r\n")
    found = _IDENTIFIER.match(trimmed)
    identifier = found[0] if found else None
    text = trimmed[len(identifier) :] if identifier else trimmed
    scan = _Scan(raw, identifier, unicodedata.normalize("NFC", text))
    try:
        _check_signs(scan.text)
        if wedge:
            layout.check(trimmed)
        return _of_symbol(scan)
    except Broken as broken:
        if broken.fault is Fault.BADGE:
            # A letter is wrong, the others are still the badge's.
            scan = _Scan("", identifier, "")
        return scan.damaged(broken)


def _too_long(text: str, longest: int) -> Broken:
    return Broken(
        Fault.TOO_LONG,
        f"A code here has at most {longest} signs, this one {len(text)}.",
        "Scan the short code on the box.",
    )


def _check_signs(text: str) -> None:
    if not text:
        raise Broken(Fault.EMPTY, "The code holds nothing.", "Scan it again.")
    if text.startswith(_ISO_15434):
        raise Broken(
            Fault.ENVELOPE,
            "This is a supplier's message (ISO 15434), which the bench does not read.",
            "Scan the item's own barcode or serial instead.",
        )
    for sign in text:
        kind = unicodedata.category(sign)
        if kind == "Cs" or sign == "\ufffd":
            raise Broken(Fault.UNREADABLE, "Some signs arrived broken.", "Scan it again.")
        if kind == "Cc" and sign != elements.GS:
            raise Broken(Fault.CONTROL, f"The control sign {ord(sign):#04x} has no place in a code.")


def _of_symbol(scan: _Scan) -> Meaning:
    """What the identifier says comes first; symbols that can hold anything are read as plain."""
    match scan.symbology:
        case "]E0" | "]E3" | "]E4":
            return _of_ean(scan)
        case symbol if symbol in _ADD_ON_ALONE:
            raise Broken(
                Fault.ADD_ON, "Only the small add-on beside the barcode was read.", "Scan the big barcode."
            )
        case symbol if symbol in _GS1_SYMBOLS:
            if digital_link.is_web(scan.text):
                return _of_web(scan)
            return _of_elements(scan, elements.split(scan.text))
        case symbol if symbol == _ITF_CHECKED and len(scan.text) == _GTIN_14:
            return _of_itf(scan)
        case symbol if symbol == _ITF_CHECK_DROPPED:
            return scan.as_text(
                Broken(
                    Fault.LENGTH, "The scanner drops the last digit.", "Set it to send the ITF check digit."
                )
            )
        case _:
            return _of_plain(scan)


def _of_ean(scan: _Scan) -> Meaning:
    if not keys.is_digits(scan.text):
        raise Broken(Fault.LENGTH, "An EAN or UPC holds digits only.")
    if scan.symbology == "]E4":
        return scan.gtin(keys.from_ean8_symbol(scan.text))
    main, add_on = keys.without_add_on(scan.text) if scan.symbology == "]E3" else (scan.text, None)
    gtin, other = keys.from_ean_symbol(main)
    return scan.gtin(gtin, other, add_on)


def _of_itf(scan: _Scan) -> Meaning:
    gtin = keys.gtin(scan.text) if keys.is_digits(scan.text) else None
    if gtin is None:
        raise (
            keys.wrong_check(scan.text)
            if keys.is_digits(scan.text)
            else Broken(Fault.LENGTH, "ITF holds digits.")
        )
    return scan.gtin(gtin)


def _of_plain(scan: _Scan) -> Meaning:
    """A symbol that can hold anything, or no identifier at all."""
    ours = _of_ours(scan)
    if ours is not None:
        return ours
    if digital_link.is_web(scan.text):
        return _of_web(scan)
    if re.match(r"\([0-9]{2,4}\)", scan.text):
        return _of_brackets(scan)
    if elements.GS in scan.text:
        return _of_elements(scan, elements.split(scan.text))
    if keys.is_digits(scan.text) and len(scan.text) <= keys.SSCC_LENGTH:
        found = _of_digits(scan)
        if found is not None:
            return found
    return _of_bare(scan)


def _of_ours(scan: _Scan) -> Meaning | None:
    """A command of the mat or a code of our labels; None for what has the shape of neither."""
    word = commands.parse(scan.text)
    if word is not None:
        return Command(scan.raw, scan.text, scan.symbology, word)
    secret = badges.parse(scan.text)
    if secret is not None:
        return Badge("", "", scan.symbology, secret)
    family = codes.family(scan.text) if scan.text.isascii() else None
    if family is None:
        return None
    if codes.check(scan.text):
        return OwnCode(scan.raw, scan.text, scan.symbology, scan.text.upper(), family)
    # Another system's number may have our shape, so this alone is no refusal.
    return scan.as_text(
        Broken(
            Fault.OWN_CODE, "As a code of ours its last sign does not fit the rest.", "Scan the label again."
        )
    )


def _of_web(scan: _Scan) -> Meaning:
    found = digital_link.split(scan.text)
    return _of_rest(scan) if found is None else _of_elements(scan, found)


def _of_brackets(scan: _Scan) -> Meaning:
    try:
        return _of_elements(scan, elements.split_brackets(scan.text))
    except Broken as broken:
        if scan.text[1:3] in elements.KEYS:
            raise
        return scan.as_text(broken)


def _of_digits(scan: _Scan) -> Meaning | None:
    """Up to 18 digits: a GTIN or SSCC that proves itself, text when only the length fits, None otherwise."""
    digits = scan.text
    if len(digits) == 8:  # noqa: PLR2004 - EAN-8 or UPC-E
        # A real EAN-8 never begins with 0; UPC-E nearly always does.
        both = keys.eight_digits(digits, first_upc=digits.startswith("0"))
        return scan.gtin(*both) if both else scan.as_text(keys.wrong_check(digits))
    if len(digits) in keys.GTIN_LENGTHS:
        gtin = keys.gtin(digits)
        return scan.gtin(gtin) if gtin else scan.as_text(keys.wrong_check(digits))
    if len(digits) == keys.SSCC_LENGTH and keys.check_ok(digits):
        return Sscc(scan.raw, scan.text, scan.symbology, digits)
    return None


def _of_bare(scan: _Scan) -> Meaning:
    """An element string without identifier or separators, if the whole text is one and names a key."""
    text = elements.with_separators(scan.text)
    if len(text) < _SHORTEST_ELEMENTS or not text.lstrip(elements.GS)[:2].isdigit():
        return _of_rest(scan)
    try:
        found = elements.split(text)
        if elements.KEYS.isdisjoint(element.ai for element in found):
            return _of_rest(scan)
        return _of_elements(scan, found)
    except Broken as broken:
        # Serial and tracking numbers begin with 01 too: look the text up first.
        likely = text[:2] in elements.KEYS and keys.is_digits(text[:_SHORTEST_ELEMENTS])
        return _of_rest(scan, broken if likely else None)


def _of_rest(scan: _Scan, otherwise: Broken | None = None) -> Text:
    if len(scan.text) > LONGEST_TEXT:
        raise _too_long(scan.text, LONGEST_TEXT)
    return scan.as_text(otherwise)


def _of_elements(scan: _Scan, found: tuple[Element, ...]) -> Meaning:
    checked = elements.check(found)
    values = {element.ai: element.value for element in checked}
    if not values:
        raise Broken(Fault.EMPTY, "The code holds no field.", "Scan it again.")
    if len(values) == 1 and "01" in values:
        return scan.gtin(values["01"])
    if len(values) == 1 and "00" in values:
        return Sscc(scan.raw, scan.text, scan.symbology, values["00"])
    expiry = values.get("17", values.get("7003", "")[:6])
    count = values.get("37", values.get("30"))
    return Gs1(
        scan.raw,
        scan.text,
        scan.symbology,
        checked,
        gtin=values.get("01"),
        content_gtin=values.get("02"),
        lot=values.get("10"),
        serial=values.get("21"),
        expiry=elements.date_of(expiry),
        best_before=elements.date_of(values.get("15", "")),
        sscc=values.get("00"),
        count=int(count) if count is not None else None,
        separator_doubt=elements.hides_fields(checked),
    )
