from __future__ import annotations

import dataclasses

import pytest

from app.domain.envelope import verify
from app.domain.fields import Fields
from app.domain.refusal import Refused
from sync.wire import codec
from sync.wire.sealed import Sealed, fitting, read_hex, sealed
from tests.app.domain.examples import VERIFIER, chain_of
from tests.app.domain.examples import sealed as example


def over_the_wire(event: Sealed) -> Sealed:
    return Sealed.from_json(codec.decode(codec.encode(event.to_json()), "event"))


def test_an_event_arrives_byte_for_byte() -> None:
    for envelope in (*chain_of(3), example(private=None), example(private={})):
        arrived = over_the_wire(sealed(envelope))
        assert arrived == sealed(envelope)
        assert arrived.opened() == envelope
        verify(arrived.opened(), VERIFIER)


def test_a_private_part_may_have_been_erased() -> None:
    erased = dataclasses.replace(sealed(example()), private=None)
    assert over_the_wire(erased).private is None
    verify(over_the_wire(erased).opened(), VERIFIER)


@pytest.mark.parametrize("part", ["header", "facts", "private"])
def test_bytes_that_are_no_longer_text_are_not_sent(part: str) -> None:
    broken = dataclasses.replace(sealed(example()), **{part: b"{\xff}"})
    with pytest.raises(Refused) as no:
        broken.to_json()
    assert no.value.code == "sealed.broken"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("header", ""),
        ("header", "\ud800"),
        ("facts", None),
        ("facts", "\ud800"),
        ("private", 3),
        ("salt", "xyz"),
        ("sig", "0g"),
        ("sig", None),
    ],
)
def test_malformed_parts_are_refused(field: str, value: object) -> None:
    with pytest.raises(Refused, match=field):
        Sealed.from_json(Fields({**sealed(example()).to_json(), field: value}, "event 1"))


def test_size_counts_stored_bytes() -> None:
    envelope = example()
    assert sealed(envelope).size == envelope.size


def test_a_batch_is_the_longest_beginning_within_both_limits() -> None:
    chain = chain_of(6)
    three = sum(envelope.size for envelope in chain[:3])
    assert list(fitting(chain, 500, 1 << 20)) == chain
    assert list(fitting(chain, 2, 1 << 20)) == chain[:2]
    assert list(fitting(chain, 500, three)) == chain[:3]
    assert list(fitting(chain, 500, three - 1)) == chain[:2]
    assert list(fitting([], 500, 1)) == []


def test_one_event_always_goes_however_large() -> None:
    chain = chain_of(2)
    assert list(fitting(chain, 500, 1)) == chain[:1]
    assert list(fitting(chain, 1, 1)) == chain[:1]


def test_hexadecimal_fields_have_their_size() -> None:
    assert read_hex("00ff", "key", 2) == b"\0\xff"
    assert read_hex("", "key") == b""
    for text, size in (("00", 2), ("0", None), ("zz", None)):
        with pytest.raises(Refused, match="'key'"):
            read_hex(text, "key", size)
