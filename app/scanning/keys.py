"""GS1 keys as bare digits: GTINs of every length scanners send made 14 digits, UPC-E expanded, SSCCs."""

from __future__ import annotations

from app.domain.item import gtin_check_digit
from app.domain.late import LOADING
from app.scanning.faults import Broken, Fault

GTIN_LENGTHS = frozenset({8, 12, 13, 14})
SSCC_LENGTH = 18

_EAN_8 = 8
_UPC_E_NO_SYSTEM = 6
_UPC_E_SEVEN = 7
_UPC_A = 12
_EAN_13 = 13
_DO_UPC_E = "Set the scanner to send UPC-E with number system and check digit, or as UPC-A."


def is_digits(text: str) -> bool:
    """True for one or more of the ten ASCII digits; other scripts' digits are not on any pack."""
    return text.isascii() and text.isdigit()


def check_ok(digits: str) -> bool:
    """True when the last digit is the GS1 mod 10 check of those before it; all zeros is nobody's number."""
    return digits.strip("0") != "" and gtin_check_digit(digits[:-1]) == digits[-1]


def wrong_check(digits: str) -> Broken:
    """The refusal of digits whose check digit does not fit."""
    if digits.strip("0") == "":
        return Broken(Fault.CHECK_DIGIT, "A number of zeros only names nothing.")
    return Broken(
        Fault.CHECK_DIGIT,
        f"The check digit should be {gtin_check_digit(digits[:-1])}, not {digits[-1]}: a digit was misread.",
    )


def gtin(digits: str) -> str | None:
    """8, 12, 13 or 14 digits as 14; None when the length or the check digit is wrong."""
    return digits.zfill(14) if len(digits) in GTIN_LENGTHS and check_ok(digits) else None


def upc_e(digits: str) -> str | None:
    """UPC-E as GTIN-14: 8 digits, 7 without check digit, or 6 without number system (then 0) too."""
    # Imported late, as in `elements`.
    with LOADING:
        from biip import ParseError  # noqa: PLC0415
        from biip.upc import Upc  # noqa: PLC0415

    try:
        return Upc.parse(digits).as_upc_a().zfill(14)
    except ParseError:
        return None


def eight_digits(digits: str, *, first_upc: bool) -> tuple[str, str | None] | None:
    """The reading of 8 digits, and the other one when both fit; None when neither does."""
    readings = [upc_e(digits), gtin(digits)]
    if not first_upc:
        readings.reverse()
    found = [reading for reading in readings if reading is not None and reading.strip("0")]
    if not found:
        return None
    return found[0], found[1] if len(found) > 1 else None


def from_ean_symbol(digits: str) -> tuple[str, str | None]:
    """The digits of an EAN-13, UPC-A or UPC-E symbol (`]E0`) as GTIN-14, and the other reading if any.

    The standard says 13 digits; scanners send 12, 8, 7 or 6 by set-up.

    Raises:
        Broken: wrong length or check digit, or a 7-digit UPC-E that can be read two ways.
    """
    if len(digits) in {_UPC_A, _EAN_13, 14}:
        if not check_ok(digits):
            raise wrong_check(digits)
        return digits.zfill(14), None
    if len(digits) == _EAN_8:
        readings = eight_digits(digits, first_upc=True)
        if readings is None:
            raise wrong_check(digits)
        return readings
    if len(digits) in {_UPC_E_NO_SYSTEM, _UPC_E_SEVEN}:
        return _short_upc_e(digits), None
    raise Broken(
        Fault.LENGTH,
        f"An EAN or UPC has 13, 12 or 8 digits, not {len(digits)}.",
        "Scan it again; a part was lost on the way.",
    )


def _short_upc_e(digits: str) -> str:
    """Seven digits are number system + 6, or 6 + check digit; only one of them may fit."""
    found = [upc_e(digits)]
    if len(digits) == _UPC_E_SEVEN:
        found.append(upc_e(f"0{digits}"))
    known = [reading for reading in found if reading is not None and reading.strip("0")]
    if not known:
        raise Broken(Fault.UPC_E, "These digits are no UPC-E.", _DO_UPC_E)
    if len(known) > 1:
        raise Broken(Fault.UPC_E, "Seven digits of this UPC-E can be read two ways.", _DO_UPC_E)
    return known[0]


def from_ean8_symbol(digits: str) -> str:
    """The digits of an EAN-8 symbol (`]E4`) as GTIN-14.

    Raises:
        Broken: not 8 digits, or a wrong check digit.
    """
    if len(digits) != _EAN_8:
        raise Broken(Fault.LENGTH, f"An EAN-8 has 8 digits, not {len(digits)}.")
    if not check_ok(digits):
        raise wrong_check(digits)
    return digits.zfill(14)


def without_add_on(digits: str) -> tuple[str, str]:
    """Splits the digits of a symbol with add-on (`]E3`) into the number and its 2 or 5 further digits.

    Raises:
        Broken: no number of 13, 12 or 8 digits is left before an add-on.
    """
    for main in (_EAN_13, _UPC_A, _EAN_8):
        if len(digits) - main in {2, 5}:
            return digits[:main], digits[main:]
    raise Broken(
        Fault.LENGTH,
        f"A number with its add-on has 15, 18, 14 or 17 digits, not {len(digits)}.",
        "Scan it again, both parts in one go.",
    )
