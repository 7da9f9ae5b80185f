"""The dispatcher: every identifier, every form, and the laws that hold for any text at all."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.codes import CodeFamily, HumanCode
from app.domain.item import gtin_check_digit
from app.scanning.faults import Fault
from app.scanning.meaning import Badge, Command, Damaged, Gs1, Gtin14, Meaning, OwnCode, Scanned, Sscc, Text
from app.scanning.read import LONGEST_SCAN, LONGEST_TEXT, read

GS = "\x1d"
GTIN = "09506000134352"
EAN = "4006381333931"
SSCC = "095060001343521236"


def gtin_of(raw: str) -> str:
    meaning = read(raw)
    assert isinstance(meaning, Gtin14), meaning
    return meaning.gtin


def damaged(raw: str, *, wedge: bool = False) -> Damaged:
    meaning = read(raw, wedge=wedge)
    assert isinstance(meaning, Damaged), meaning
    return meaning


def text(raw: str) -> Text:
    meaning = read(raw)
    assert isinstance(meaning, Text), meaning
    return meaning


@pytest.mark.parametrize(
    ("raw", "gtin"),
    [
        (EAN, f"0{EAN}"),
        (f"]E0{EAN}", f"0{EAN}"),
        (f" {EAN}\r\n", f"0{EAN}"),
        ("036000291452", "00036000291452"),
        ("]E0036000291452", "00036000291452"),
        ("]E0425261", "00042100005264"),
        ("04252614", "00042100005264"),
        ("96385074", "00000096385074"),
        ("]E496385074", "00000096385074"),
        ("]I110614141000415", "10614141000415"),
        ("]I010614141000415", "10614141000415"),
        ("10614141000415", "10614141000415"),
        (f"]C0{EAN}", f"0{EAN}"),
        (f"]C101{GTIN}", GTIN),
        (f"]e001{GTIN}", GTIN),
        (f"01{GTIN}", GTIN),
        (f"(01){GTIN}", GTIN),
    ],
)
def test_gtins(raw: str, gtin: str) -> None:
    assert gtin_of(raw) == gtin


def test_both_readings_of_eight_digits_are_kept() -> None:
    assert read("01234565") == Gtin14("01234565", "01234565", None, "00012345000065", other="00000001234565")


def test_an_add_on_is_kept_beside_the_number() -> None:
    meaning = read("]E3978316148410051299")
    assert meaning == Gtin14(
        "]E3978316148410051299", "978316148410051299", "]E3", "09783161484100", add_on="51299"
    )


@pytest.mark.parametrize(
    "identifier", ["]C1", "]d2", "]Q3", "]J1", "]e0", f"]C1{GS}", "", "]C0", "]Q1", "]d1"]
)
def test_an_element_string_behind_every_identifier(identifier: str) -> None:
    meaning = read(f"{identifier}01{GTIN}17261200{GS}10AB-12{GS}21SN77")
    assert isinstance(meaning, Gs1)
    assert (meaning.gtin, meaning.lot, meaning.serial) == (GTIN, "AB-12", "SN77")
    assert meaning.expiry == dt.date(2026, 12, 31)
    assert not meaning.separator_doubt


def test_every_fact_of_a_logistic_label() -> None:
    meaning = read(f"]C100{SSCC}02{GTIN}1526113010L{GS}3724")
    assert isinstance(meaning, Gs1)
    assert (meaning.sscc, meaning.content_gtin, meaning.count) == (SSCC, GTIN, 24)
    assert (meaning.gtin, meaning.best_before, meaning.lot) == (None, dt.date(2026, 11, 30), "L")
    assert (meaning.value("37"), meaning.value("21")) == ("24", None)


def test_expiry_may_come_with_a_time_and_a_count_as_variable() -> None:
    meaning = read(f"]d201{GTIN}70032611301200{GS}3012")
    assert isinstance(meaning, Gs1)
    assert (meaning.expiry, meaning.count) == (dt.date(2026, 11, 30), 12)


@pytest.mark.parametrize("raw", [f"]C100{SSCC}", f"00{SSCC}", SSCC, f"(00){SSCC}", f"]C0{SSCC}"])
def test_a_logistic_unit_alone(raw: str) -> None:
    meaning = read(raw)
    assert isinstance(meaning, Sscc)
    assert meaning.sscc == SSCC


def test_a_lost_separator_that_leaves_a_date_behind_is_doubted() -> None:
    meaning = read(f"01{GTIN}10AB1217261231")
    assert isinstance(meaning, Gs1)
    assert meaning.separator_doubt


@pytest.mark.parametrize("raw", [f"01{GTIN}10A^21B", f"^01{GTIN}10A~121B", f"01{GTIN}10A\u241d21B"])
def test_written_separators_are_read_in_a_whole_element_string(raw: str) -> None:
    meaning = read(raw)
    assert isinstance(meaning, Gs1)
    assert (meaning.lot, meaning.serial, meaning.raw) == ("A", "B", raw)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("", Fault.EMPTY),
        ("  \r\n", Fault.EMPTY),
        ("]E0", Fault.EMPTY),
        (f"]C1{GS}", Fault.EMPTY),
        ("]E04006381333932", Fault.CHECK_DIGIT),
        ("]E496385075", Fault.CHECK_DIGIT),
        ("]I110614141000416", Fault.CHECK_DIGIT),
        ("]I11061414100041A", Fault.LENGTH),
        ("]E0123", Fault.LENGTH),
        ("]E01234ABC890123", Fault.LENGTH),
        ("]E3400638133393205", Fault.CHECK_DIGIT),
        ("]E105", Fault.ADD_ON),
        ("]E251299", Fault.ADD_ON),
        ("]C1HELLO", Fault.AI_UNKNOWN),
        ("]d20109506000134353", Fault.CHECK_DIGIT),
        (f"01{GTIN}10A{GS}10B", Fault.AI_REPEATED),
        (f"01{GTIN}{GS}ZZ", Fault.AI_UNKNOWN),
        ("(01)09506000134353", Fault.CHECK_DIGIT),
        (f"(01){GTIN}(10)", Fault.AI_VALUE),
        ("https://example.com/01/09506000134353", Fault.CHECK_DIGIT),
        ("4006\x0081333931", Fault.CONTROL),
        ("AB\x1bC", Fault.CONTROL),
        ("[)>\x1e06\x1dP123\x1e", Fault.ENVELOPE),
        ("AB\udcffC", Fault.UNREADABLE),
        ("AB\ufffd", Fault.UNREADABLE),
        ("A" * (LONGEST_TEXT + 1), Fault.TOO_LONG),
        ("1" * (LONGEST_TEXT + 1), Fault.TOO_LONG),
        ("https://example.com/" + "a" * LONGEST_TEXT, Fault.TOO_LONG),
        ("A" * (LONGEST_SCAN + 1), Fault.TOO_LONG),
        ("XKUNDOH", Fault.COMMAND),
    ],
)
def test_refusals(raw: str, fault: Fault) -> None:
    meaning = damaged(raw)
    assert meaning.fault is fault
    assert meaning.raw == raw
    assert meaning.expected
    assert meaning.do


@pytest.mark.parametrize(
    "raw",
    [
        "1Z999AA10123456784",
        "SKU-0815",
        "K-17-ST",
        "356938035643809",  # an IMEI has 15 digits
        "978316148410051299",  # 18 digits, as an add-on would make them, and no SSCC
        "425261",
        "0425261",
        "A-04-2",
        "R-10422",
        "]C",
        "](A1)",
        "]C0A-04-2",
        "]A0A-04-2",
        "Größe 42",
        "15210527xx",
        "1726123110AB1217",
        "(12 pieces)",
    ],
)
def test_anything_else_is_text_to_look_up(raw: str) -> None:
    meaning = text(raw)
    assert meaning.otherwise is None
    assert meaning.text == re.sub(r"^\][CA]0", "", raw)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("4006381333932", Fault.CHECK_DIGIT),
        ("036000291453", Fault.CHECK_DIGIT),
        ("96385075", Fault.CHECK_DIGIT),
        ("0109506000134353", Fault.CHECK_DIGIT),
        (f"01{GTIN}99", Fault.AI_VALUE),
        (f"01{GTIN}10{'A' * 21}", Fault.SEPARATOR),
        ("]I34006381333931", Fault.LENGTH),
        ("]I010614141000416", Fault.CHECK_DIGIT),
        ("R-10422-0", Fault.OWN_CODE),
        ("(12)3", Fault.AI_VALUE),
    ],
)
def test_a_shape_that_fails_its_check_is_text_with_the_refusal_beside_it(raw: str, fault: Fault) -> None:
    meaning = text(raw)
    assert meaning.otherwise is not None
    assert meaning.otherwise.fault is fault
    assert meaning.otherwise.raw == raw


def test_an_empty_last_field_is_no_element_string() -> None:
    assert text(f"01{GTIN}10").otherwise is not None


@given(
    family=st.sampled_from(CodeFamily),
    bench=st.sampled_from(["", "07", "12345"]),
    number=st.integers(1, 10**12 - 1),
)
def test_our_own_codes_come_back_in_any_case(family: CodeFamily, bench: str, number: int) -> None:
    code = str(HumanCode(family, bench, number))
    for raw in (code, code.lower(), f"]C0{code}"):
        meaning = read(raw)
        assert isinstance(meaning, OwnCode)
        assert (meaning.code, meaning.family) == (code, family)


def test_the_text_is_nfc_and_the_raw_scan_is_kept() -> None:
    meaning = text("]Q1Gro\u0308sse")
    assert (meaning.raw, meaning.text, meaning.symbology) == ("]Q1Gro\u0308sse", "Gr\u00f6sse", "]Q1")


def test_a_refusal_shows_the_scan_and_can_be_raised() -> None:
    meaning = damaged(f"]d201{GTIN}17261301{GS}10\u200b")
    assert meaning.read == f"Read ]d201{GTIN}17261301<GS>10\\u200b."
    refusal = meaning.refusal()
    assert (refusal.code, refusal.read, refusal.do) == (meaning.fault, meaning.read, meaning.do)
    assert damaged("").read == "Read nothing."
    assert len(damaged("A" * 1000).read) < 80


@pytest.mark.parametrize(
    "raw",
    [
        "httpsÖ--id.gs1.org-01-09506000134352",
        "httpsM!!id:gs1:org!àé!à'",
        "+E04006381333931",
        f"+d201{GTIN}10A",
        "à'àà-\"_&",
    ],
)
def test_another_keyboard_layout_is_named_in_wedge_scans_only(raw: str) -> None:
    assert damaged(raw, wedge=True).fault is Fault.LAYOUT
    assert isinstance(read(raw), Text)


@pytest.mark.parametrize(
    "raw", ["+A123BJC5D6E71", EAN, f"]d201{GTIN}", "https://example.com/a--b", "XKUNDOG"]
)
def test_a_sound_wedge_scan_reads_the_same(raw: str) -> None:
    assert read(raw, wedge=True) == read(raw)


def right(key: str) -> bool:
    """A number of 14 or 18 digits, not all zeros, with its check digit."""
    shape = re.fullmatch("[0-9]{14}|[0-9]{18}", key)
    return shape is not None and gtin_check_digit(key[:-1]) == key[-1] and int(key) > 0


def sound(meaning: Meaning) -> bool:
    """The laws of each meaning, whatever was scanned."""
    match meaning:
        case Gtin14(gtin=gtin, other=other):
            return right(gtin) and (other is None or right(other))
        case Gs1(elements=elements):
            named = (meaning.gtin, meaning.content_gtin, meaning.sscc)
            return len(elements) > 0 and all(right(key) for key in named if key is not None)
        case Sscc(sscc=sscc):
            return right(sscc)
        case Damaged():
            return bool(meaning.expected and meaning.do and meaning.read)
        case Text():
            return 0 < len(meaning.text) <= LONGEST_TEXT
        case Badge():
            return meaning.text == ""
        case Command() | OwnCode():
            return meaning.text.isascii()


anything = st.text(st.characters(categories=None, exclude_categories=()), max_size=400)
near_gs1 = st.lists(
    st.one_of(
        st.sampled_from(
            ["]C1", "]E0", "]E4", "]d2", "]Q1", "]I1", "]", "(01)", "01", "10", "21", "17", "00", GS]
        ),
        st.sampled_from(
            [GTIN, EAN, SSCC, "261231", "https://a/01/", "/10/", "?17=", "XK", "UNDOG", "^", "~1"]
        ),
        st.text("0123456789", max_size=14),
        st.text(max_size=3),
    ),
    max_size=8,
).map("".join)


@given(raw=st.one_of(anything, near_gs1), wedge=st.booleans())
@example(raw="\ud800", wedge=False)
@example(raw="\x00" * 4096, wedge=True)
@example(raw="]" * 4096, wedge=True)
@example(raw="(01)" * 512, wedge=False)
@example(raw="\u0663" * 13, wedge=False)
@example(raw="L\u0663-1-K", wedge=False)
@example(raw="https://[::1/01/", wedge=False)
def test_no_text_is_too_odd(raw: str, wedge: bool) -> None:
    meaning = read(raw, wedge=wedge)
    assert isinstance(meaning, Scanned)
    assert meaning.raw == raw
    assert sound(meaning)
    assert read(raw, wedge=wedge) == meaning


@given(
    sign=st.sampled_from(["\x00", "\x1d", "\udc80", "é", "1", "9", "A", "(", "/"]),
    length=st.integers(2000, 4096),
)
def test_long_scans_are_refused_in_peace(sign: str, length: int) -> None:
    assert damaged(sign * length).fault in set(Fault)


@given(
    body=st.text("0123456789", min_size=7, max_size=13),
    prefix=st.sampled_from(["", "]E0", "]C1", "]I1", "01"]),
)
def test_digits_with_a_wrong_check_digit_are_never_a_gtin(body: str, prefix: str) -> None:
    wrong = (int(gtin_check_digit(body)) + 1) % 10
    meaning = read(f"{prefix}{body}{wrong}")
    if isinstance(meaning, Gtin14):  # then it was read as UPC-E, whose check is over the digits it stands for
        assert sound(meaning)
        assert len(body) == 7 or prefix == "]E0"
