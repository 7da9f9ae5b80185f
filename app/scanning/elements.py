"""GS1 element strings: taken apart, then held against the rules that one symbol alone can prove.

The table of application identifiers (AIs), their formats and which need a separator comes from biip. Its
message parser is not used: it lets a lost separator, a repeated AI and a wrong check digit pass.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from app.domain.late import LOADING
from app.scanning.faults import AGAIN, Broken, Fault
from app.scanning.keys import check_ok, is_digits, wrong_check
from app.scanning.meaning import Element

if TYPE_CHECKING:
    from biip.gs1_application_identifiers import GS1ApplicationIdentifier

GS = "\x1d"
# Signs outside the GS1 character set that people and printers write for FNC1, so never data themselves.
_STAND_INS = re.compile(r"\^|~1|\u241d")
_AI_LONGEST = 4
_PLAIN_FORM = re.compile(r"(?P<kind>[NX])(?P<up_to>\.\.)?(?P<length>[0-9]+)")
_BRACKETED = re.compile(r"\(([0-9]{2,4})\)([^()]*)")

# How many leading digits carry a mod 10 check digit at their end; AIs of the GS1 keys.
_CHECKED = {
    "00": 18, "01": 14, "02": 14, "03": 14, "253": 13, "255": 13, "402": 17, "410": 13, "411": 13, "412": 13,
    "413": 13, "414": 13, "415": 13, "416": 13, "417": 13, "8003": 14, "8006": 14, "8017": 18, "8018": 18,
}  # fmt: skip
# Dates as YYMMDD: at which places of the value one begins.
_DATES = {
    "11": (0,), "12": (0,), "13": (0,), "15": (0,), "16": (0,), "17": (0,), "4324": (0,), "4325": (0,),
    "4326": (0,), "7003": (0,), "7006": (0,), "7007": (0, 6), "7011": (0,), "8008": (0,),
}  # fmt: skip
# Pairs that contradict each other on one physical thing.
_NEVER_TOGETHER = (
    ("01", "02"), ("01", "03"), ("02", "03"), ("01", "37"), ("01", "255"), ("01", "8006"), ("37", "8006"),
    ("21", "235"), ("420", "421"),
)  # fmt: skip
# AIs that name the thing itself; without identifier or separator, digits count as GS1 only with one of these.
KEYS = frozenset({"00", "01", "02", "8006"})

# GS1 lets the two-digit year slide with the current one. Fixed, so that a replay reads the same dates: the
# window of 2026 holds 1977 to 2076.
_OLDEST_YEAR = 1977


def date_of(yymmdd: str) -> dt.date | None:
    """A GS1 date; day 00 is the last of the month; None when there is no such day."""
    if len(yymmdd) != len("YYMMDD") or not is_digits(yymmdd):
        return None
    year, month, day = (int(yymmdd[at : at + 2]) for at in (0, 2, 4))
    year += 2000 if year + 2000 < _OLDEST_YEAR + 100 else 1900
    try:
        return dt.date(year, month, day or calendar.monthrange(year, month)[1])
    except ValueError:
        return None


def load_tables() -> None:
    """Loads the table of AIs, ahead of the first code that needs it."""
    _identifier("01")


@lru_cache(maxsize=1024)
def _identifier(head: str) -> GS1ApplicationIdentifier | None:
    # Imported late: the tables take longer to load than a window, which must not wait for them.
    with LOADING:
        from biip import ParseError  # noqa: PLC0415
        from biip.gs1_application_identifiers import GS1ApplicationIdentifier  # noqa: PLC0415

    try:
        return GS1ApplicationIdentifier.extract(head)
    except ParseError:
        return None


def _known(text: str) -> GS1ApplicationIdentifier:
    found = _identifier(text[:_AI_LONGEST])
    if found is None:
        raise Broken(Fault.AI_UNKNOWN, f"No GS1 field begins with {text[:_AI_LONGEST]!r}; data was lost.")
    return found


def with_separators(text: str) -> str:
    """`text` with the written stand-ins for FNC1 (`^`, `~1`) as group separators."""
    return _STAND_INS.sub(GS, text)


def split(text: str) -> tuple[Element, ...]:
    """Takes an element string apart by its separators and its fields of fixed length.

    Raises:
        Broken: an unknown AI, a value that does not fit its AI, or a missing separator.
    """
    found: list[Element] = []
    rest = text.lstrip(GS)
    while rest:
        identifier = _known(rest)
        field, _, tail = rest.partition(GS)
        if identifier.separator_required:
            value = field[len(identifier.ai) :]
            rest = tail.lstrip(GS)
        else:
            fits = re.match(identifier.pattern.removesuffix("$"), field)
            value = "".join(fits.groups()) if fits else field[len(identifier.ai) :]
            rest = rest[len(identifier.ai) + len(value) :].lstrip(GS)
        _check_value(identifier, value)
        found.append(Element(identifier.ai, value))
    return tuple(found)


def split_brackets(text: str) -> tuple[Element, ...]:
    """Takes the printed form `(01)...(10)...` apart; spaces between the digits are a person's.

    Raises:
        Broken: not that form, an unknown AI, or a value that does not fit.
    """
    squeezed = "".join(text.split())
    parts = _BRACKETED.findall(squeezed)
    if not parts or "".join(f"({ai}){value}" for ai, value in parts) != squeezed:
        raise Broken(
            Fault.AI_VALUE,
            "Each field is a number in brackets, then its value, such as (01)09506000134352(10)AB12.",
            "Type it as it is printed, or scan the code.",
        )
    return tuple(_element(ai, value) for ai, value in parts)


def _element(ai: str, value: str) -> Element:
    identifier = _known(ai)
    if identifier.ai != ai:
        raise Broken(Fault.AI_UNKNOWN, f"There is no GS1 field ({ai}).")
    _check_value(identifier, value)
    return Element(ai, value)


def elements_of(pairs: Iterable[tuple[str, str]]) -> tuple[Element, ...]:
    """Elements from (AI, value) pairs, each value held against its AI.

    Raises:
        Broken: an unknown AI or a value that does not fit it.
    """
    return tuple(_element(ai, value) for ai, value in pairs)


def _check_value(identifier: GS1ApplicationIdentifier, value: str) -> None:
    if value and value.isascii() and re.fullmatch(identifier.pattern, identifier.ai + value):
        return
    name = f"({identifier.ai}) {identifier.data_title}"
    form = identifier.format.partition("+")[2]
    plain = _PLAIN_FORM.fullmatch(form)
    if plain is None:
        raise Broken(Fault.AI_VALUE, f"{name} has the form {form}; a part is wrong or lost.")
    signs = "digits" if plain["kind"] == "N" else "letters or digits"
    if plain["up_to"] and len(value) > int(plain["length"]):
        raise Broken(
            Fault.SEPARATOR,
            f"{name} has at most {plain['length']} {signs}, here {len(value)}: a separator was lost.",
            "Run the scanner test on the Devices screen; meanwhile use another code on the box.",
        )
    upto = "1 to " if plain["up_to"] else ""
    raise Broken(Fault.AI_VALUE, f"{name} has {upto}{plain['length']} {signs}; a part is wrong or lost.")


def check(elements: Sequence[Element]) -> tuple[Element, ...]:
    """Holds elements against check digits, dates, repeats and contradictions; an equal repeat is dropped.

    What must come together is not checked: it may stand in a second symbol on the same pack.

    Raises:
        Broken: the first rule that is broken.
    """
    values: dict[str, str] = {}
    for element in elements:
        before = values.setdefault(element.ai, element.value)
        if before != element.value:
            raise Broken(
                Fault.AI_REPEATED,
                f"({element.ai}) stands twice, as {before} and as {element.value}; only one can be true.",
                "Use another code on the box.",
            )
        _check_digits_and_dates(element)
    for one, two in _NEVER_TOGETHER:
        if one in values and two in values:
            raise Broken(
                Fault.AI_PAIR,
                f"({one}) and ({two}) contradict each other in one code.",
                "Use another code on the box.",
            )
    return tuple(Element(ai, value) for ai, value in values.items())


def _check_digits_and_dates(element: Element) -> None:
    length = _CHECKED.get(element.ai)
    if length is not None:
        digits = element.value[:length]
        if not check_ok(digits):
            raise wrong_check(digits)
    for at in _DATES.get(element.ai, ()):
        date = element.value[at : at + 6]
        if date and date_of(date) is None:
            raise Broken(
                Fault.DATE, f"({element.ai}) holds {date}, which is no date (year, month, day).", AGAIN
            )


def hides_fields(elements: Sequence[Element]) -> bool:
    """True when a value of variable length ends in what reads as a dated field: a separator may be lost.

    Only a whole tail that begins with a date AI and a real date counts; anything weaker fits too many honest
    lot numbers.
    """
    return any(
        _dated(element.value[at:])
        for element in elements
        if _known(element.ai).separator_required
        for at in range(1, len(element.value) - 7)
    )


def _dated(tail: str) -> bool:
    if tail[:2] not in {"11", "13", "15", "16", "17"} or date_of(tail[2:8]) is None:
        return False
    try:
        check(split(tail))
    except Broken:
        return False
    return True
