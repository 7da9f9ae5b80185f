"""Short human codes with a check character: what stands on every label and is typed when a scan fails.

A code is family, bench number (labels only), a running number and a check character: `L07-5521-D`,
`R-10422-1`. The check is ISO 7064 MOD 37,36 over the letters and digits: it finds every single wrong one and
all but one in 180 swaps of two neighbouring digits. The dashes are outside it; one in another place names
another bench's label.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from app.domain.refusal import Refused

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BASE = 36
_SHAPE = re.compile(r"([LHRWTCBPVFG])(\d{0,5})-(\d{1,12})-([0-9A-Z])", re.ASCII)


class CodeFamily(StrEnum):
    """What a human code names."""

    UNIT_LABEL = "L"
    HOLDING_LABEL = "H"
    RMA = "R"
    WRITE_OFF = "W"
    TRANSFER = "T"
    COUNT = "C"
    BASKET = "B"
    PARCEL = "P"
    WAVE = "V"
    WORK_ORDER = "F"
    CONSIGNMENT = "G"


@dataclass(frozen=True, slots=True)
class HumanCode:
    """A code taken apart; `bench` is empty where the centre gave the number."""

    family: CodeFamily
    bench: str
    number: int

    def __str__(self) -> str:
        body = f"{self.family}{self.bench}-{self.number}"
        return f"{body}-{check_character(body)}"


def check_character(body: str) -> str:
    """The ISO 7064 MOD 37,36 check character over the letters and digits of `body`."""
    product = _BASE
    for sign in body:
        if sign == "-":
            continue
        total = (product + _ALPHABET.index(sign)) % _BASE or _BASE
        product = total * 2 % (_BASE + 1)
    return _ALPHABET[(_BASE + 1 - product) % _BASE]


def family(code: str) -> CodeFamily | None:
    """The family a text has the shape of, whether or not its check is right; None for anything else."""
    found = _SHAPE.fullmatch(code.strip().upper())
    return CodeFamily(found[1]) if found else None


def check(code: str) -> bool:
    """True when `code` has a known shape and its check character is right; case is folded."""
    text = code.strip().upper()
    found = _SHAPE.fullmatch(text)
    return bool(found) and check_character(text.rpartition("-")[0]) == text[-1]


def parse(code: str) -> HumanCode:
    """Takes a code apart.

    Raises:
        Refused: the shape or the check character is wrong.
    """
    text = code.strip().upper()
    found = _SHAPE.fullmatch(text)
    if not found:
        raise Refused(
            "code.shape",
            f"Read {code[:40]!r}.",
            "Expected a code such as L07-5521-D.",
            "Scan the label again.",
        )
    if not check(text):
        raise Refused(
            "code.check",
            f"Read {text}, whose last sign does not fit the rest.",
            f"Expected {check_character(text.rpartition('-')[0])} at the end.",
            "One sign was misread: scan the label again.",
        )
    return HumanCode(CodeFamily(found[1]), found[2], int(found[3]))
