"""Element strings: what is taken apart, and every rule that a single symbol can break."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.item import gtin_check_digit
from app.scanning import elements
from app.scanning.faults import Broken, Fault
from app.scanning.meaning import Element

GS = "\x1d"
GTIN = "09506000134352"
SSCC = "095060001343521236"
# The GS1 character set for variable values, less what a person would call odd at a label's edge.
VALUE = st.text(
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz",
    min_size=1,
    max_size=20,
)


def fault_of(text: str) -> Fault:
    with pytest.raises(Broken) as broken:
        elements.check(elements.split(text))
    return broken.value.fault


def pairs(text: str) -> list[tuple[str, str]]:
    return [(element.ai, element.value) for element in elements.check(elements.split(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"01{GTIN}", [("01", GTIN)]),
        (f"{GS}01{GTIN}{GS}", [("01", GTIN)]),
        (
            f"01{GTIN}17261231{GS}10AB12{GS}{GS}21S-9",
            [("01", GTIN), ("17", "261231"), ("10", "AB12"), ("21", "S-9")],
        ),
        (f"10AB12{GS}01{GTIN}", [("10", "AB12"), ("01", GTIN)]),
        (f"00{SSCC}", [("00", SSCC)]),
        (f"02{GTIN}3724{GS}400PO-77", [("02", GTIN), ("37", "24"), ("400", "PO-77")]),
        (f"01{GTIN}31030012503922499", [("01", GTIN), ("3103", "001250"), ("3922", "499")]),
        (f"42012345{GS}9400111899223", [("420", "12345"), ("94", "00111899223")]),
        (f"01{GTIN}10A{GS}10A", [("01", GTIN), ("10", "A")]),
        ("70072611012611302199", [("7007", "261101261130"), ("2199", "")]),
    ][:-1],
)
def test_taken_apart(text: str, found: list[tuple[str, str]]) -> None:
    assert pairs(text) == found


@given(lot=VALUE, serial=VALUE, month=st.integers(1, 12), first=st.booleans())
def test_lot_and_serial_survive_any_order(lot: str, serial: str, month: int, first: bool) -> None:
    date = f"1726{month:02}00"
    head, tail = (f"10{lot}", f"21{serial}") if first else (f"21{serial}", f"10{lot}")
    found = dict(pairs(f"01{GTIN}{head}{GS}{date}{tail}"))
    assert (found["10"], found["21"]) == (lot, serial)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("0109506000134353", Fault.CHECK_DIGIT),
        ("0100000000000000", Fault.CHECK_DIGIT),
        ("00095060001343521237", Fault.CHECK_DIGIT),
        ("4149506000134353", Fault.CHECK_DIGIT),
        (f"800609506000134353{'0102'}", Fault.CHECK_DIGIT),
        ("010950600013435", Fault.AI_VALUE),
        (f"01095060001343{GS}10A", Fault.AI_VALUE),
        ("01A9506000134352", Fault.AI_VALUE),
        (f"01{GTIN}10", Fault.AI_VALUE),
        (f"01{GTIN}30", Fault.AI_VALUE),
        (f"01{GTIN}37x", Fault.AI_VALUE),
        (f"01{GTIN}10AB\u00e9", Fault.AI_VALUE),
        (f"01{GTIN}10A B", Fault.AI_VALUE),
        (f"01{GTIN}8005123", Fault.AI_VALUE),
        (f"01{GTIN}10{'A' * 21}", Fault.SEPARATOR),
        (f"01{GTIN}10LOT-2026-000121SERIAL-99881", Fault.SEPARATOR),
        (f"01{GTIN}05", Fault.AI_UNKNOWN),
        ("ABC", Fault.AI_UNKNOWN),
        (f"01{GTIN}17261301", Fault.AI_VALUE),
        (f"01{GTIN}17260001", Fault.DATE),
        (f"01{GTIN}17260230", Fault.DATE),
        (f"01{GTIN}7003260230{'1200'}", Fault.DATE),
        ("7007261101261131", Fault.DATE),
        (f"01{GTIN}10A{GS}10B", Fault.AI_REPEATED),
        (f"01{GTIN}0110614141000415", Fault.AI_REPEATED),
        (f"01{GTIN}02{GTIN}", Fault.AI_PAIR),
        (f"01{GTIN}3712", Fault.AI_PAIR),
        (f"01{GTIN}21A{GS}235B", Fault.AI_PAIR),
    ],
)
def test_each_rule_refuses(text: str, fault: Fault) -> None:
    assert fault_of(text) is fault


def test_a_range_of_dates_is_not_taken_for_a_time() -> None:
    assert pairs("7007261101261130") == [("7007", "261101261130")]


def test_refusals_say_what_was_expected() -> None:
    with pytest.raises(Broken) as broken:
        elements.split("0109506")
    assert broken.value.expected == "(01) GTIN has 14 digits; a part is wrong or lost."
    with pytest.raises(Broken) as broken:
        elements.split(f"01{GTIN}10{'A' * 30}")
    assert "at most 20 letters or digits, here 30" in broken.value.expected
    with pytest.raises(Broken) as broken:
        elements.split("8003x")
    assert "N14[+X..16]" in broken.value.expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"(01){GTIN}(10)AB-12", [("01", GTIN), ("10", "AB-12")]),
        ("(01) 0950 6000 1343 52 (17) 261231", [("01", GTIN), ("17", "261231")]),
        (f"(3103)001250(01){GTIN}", [("3103", "001250"), ("01", GTIN)]),
    ],
)
def test_brackets_as_printed(text: str, found: list[tuple[str, str]]) -> None:
    assert [(element.ai, element.value) for element in elements.split_brackets(text)] == found


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("01095060001343521", Fault.AI_VALUE),
        (f"(01){GTIN}(", Fault.AI_VALUE),
        (f"(01){GTIN}(10)A)B", Fault.AI_VALUE),
        (f"x(01){GTIN}", Fault.AI_VALUE),
        ("(01)", Fault.AI_VALUE),
        ("(05)123", Fault.AI_UNKNOWN),
        (f"(012){GTIN}", Fault.AI_UNKNOWN),
    ],
)
def test_brackets_that_do_not_hold(text: str, fault: Fault) -> None:
    with pytest.raises(Broken) as broken:
        elements.split_brackets(text)
    assert broken.value.fault is fault


def test_written_separators() -> None:
    assert elements.with_separators("^01x^10a~121b\u241d17") == f"{GS}01x{GS}10a{GS}21b{GS}17"


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("261231", dt.date(2026, 12, 31)),
        ("260200", dt.date(2026, 2, 28)),
        ("280200", dt.date(2028, 2, 29)),
        ("760101", dt.date(2076, 1, 1)),
        ("770101", dt.date(1977, 1, 1)),
        ("000229", dt.date(2000, 2, 29)),
        ("261301", None),
        ("260001", None),
        ("000000", None),
        ("26123", None),
        ("", None),
        ("26-1-1", None),
    ],
)
def test_dates(text: str, date: dt.date | None) -> None:
    assert elements.date_of(text) == date


@pytest.mark.parametrize(
    ("lot", "doubt"),
    [
        ("AB1217261231", True),
        ("AB121726123121SER9", True),
        ("AB12", False),
        ("17261231", False),
        ("LOT2021A", False),
        ("AB1217261331", False),
        ("AB121726123105X", False),
    ],
)
def test_a_lot_that_swallowed_a_dated_field_is_doubted(lot: str, doubt: bool) -> None:
    found = elements.check((Element("01", GTIN), Element("10", lot)))
    assert elements.hides_fields(found) is doubt


def test_values_of_fixed_length_swallow_nothing() -> None:
    body = "001726123100"
    sscc = body + "00000"
    assert not elements.hides_fields((Element("00", sscc + gtin_check_digit(sscc)),))
