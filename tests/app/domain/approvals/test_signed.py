from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.approvals.signed import Signed, code, hexadecimal, opened, sign
from app.domain.fields import Fields
from app.domain.refusal import Refused
from tests.approvals.world import ROGUE, ROOT

TAG, OTHER_TAG = b"one purpose\n", b"another purpose\n"
GOOD = sign({"name": "Zoë", "count": 3}, TAG, ROOT)


def test_it_holds_for_its_key_and_its_purpose_only() -> None:
    assert GOOD.holds(TAG, ROOT.public_key)
    assert not GOOD.holds(OTHER_TAG, ROOT.public_key)
    assert not GOOD.holds(TAG, ROGUE.public_key)


def test_bytes_that_are_no_key_vouch_for_nothing() -> None:
    assert not GOOD.holds(TAG, b"\xff" * 32)
    assert not GOOD.holds(TAG, b"short")


@given(place=st.integers(0, len(GOOD.document) - 1), change=st.integers(1, 255))
def test_one_changed_byte_breaks_it(place: int, change: int) -> None:
    changed = bytearray(GOOD.document)
    changed[place] ^= change
    assert not Signed(bytes(changed), GOOD.sig).holds(TAG, ROOT.public_key)


def test_it_travels_as_the_text_that_was_signed() -> None:
    assert Signed.from_json(GOOD.to_json(), "document") == GOOD


def test_a_field_of_a_later_version_stays_in_it() -> None:
    later = sign({"name": "Zoë", "colour": "red"}, TAG, ROOT)
    read = Signed.from_json(later.to_json(), "document")
    assert read.holds(TAG, ROOT.public_key)
    assert opened(read, "document").raw()["colour"] == "red"


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "text",
        {},
        {"document": "{}"},
        {"document": 7, "sig": GOOD.sig.hex()},
        {"document": "{}", "sig": GOOD.sig.hex().upper()},
        {"document": "{}", "sig": GOOD.sig.hex() + "00"},
        {"document": "\ud800", "sig": GOOD.sig.hex()},
        {"document": "x" * 131_073, "sig": GOOD.sig.hex()},
    ],
)
def test_what_cannot_be_read_is_refused_with_words(wrong: object) -> None:
    with pytest.raises(Refused) as no:
        Signed.from_json(wrong, "document")
    assert no.value.read
    assert no.value.expected


def test_something_beside_the_document_is_noticed() -> None:
    assert Signed.from_json(GOOD.to_json() | {"note": 1}, "document").strange
    assert not Signed.from_json(GOOD.to_json(), "document").strange


@pytest.mark.parametrize(
    ("document", "refused"),
    [
        (b"[]", "fields.not_an_object"),
        (b"{", "canonical.unfit"),
        (b'{"v": 1}', "approval.form"),
        (b'{"b":1,"a":2,"v":1}', "approval.form"),
        (b'{"v":2}', "approval.too_new"),
        (b'{"v":"1"}', "fields.wrong"),
        (b"{}", "fields.wrong"),
    ],
)
def test_only_canonical_documents_of_a_known_version_are_opened(document: bytes, refused: str) -> None:
    with pytest.raises(Refused) as no:
        opened(Signed(document, GOOD.sig), "document")
    assert no.value.code == refused


@pytest.mark.parametrize("text", ["AB", "ab ", " ab", "a", "zz", "abab"])
def test_bytes_are_written_in_one_way(text: str) -> None:
    assert hexadecimal(Fields({"x": "ab"}, "test"), "x", 1) == b"\xab"
    with pytest.raises(Refused):
        hexadecimal(Fields({"x": text}, "test"), "x", 1)


@pytest.mark.parametrize("text", ["a\nb", "a\x00", "x" * 81])
def test_codes_are_short_and_printed(text: str) -> None:
    assert code(Fields({"x": "RUTH"}, "test"), "x") == "RUTH"
    with pytest.raises(Refused):
        code(Fields({"x": text}, "test"), "x")
