"""Envelopes: fixed to the byte by vectors, and every changed byte is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from app.domain.canonical import decode, encode
from app.domain.envelope import (
    ENVELOPE_VERSION,
    MAX_SIZE,
    PRIVATE_MISSING,
    SALT_SIZE,
    ChainHead,
    Envelope,
    Evidence,
    event_of,
    genesis,
    reopen,
    require_whole,
    seal,
    verify,
    wall_of,
)
from app.domain.event import Event
from app.domain.move import Move
from app.domain.refusal import Refused
from app.domain.signing import Ed25519Signer, Verifier
from tests.app.domain.examples import (
    EVIDENCE,
    SALT,
    SIGNER,
    START,
    VERIFIER,
    event,
    json_values,
    keys,
    moves,
    sealed,
)

VECTORS = Path(__file__).parent / "vectors"


def vectors() -> list[Any]:
    return [
        pytest.param(vector, id=f"{path.stem}-{number}")
        for path in sorted(VECTORS.glob("envelope-*.json"))
        for number, vector in enumerate(json.loads(path.read_text(encoding="utf-8"))["envelopes"], 1)
    ]


def event_from(record: Mapping[str, Any]) -> Event:
    parts = dict(record)
    parts["subject"] = tuple(parts["subject"])
    parts["moves"] = tuple(Move.from_json(move) for move in parts["moves"])
    return Event(**parts)


@pytest.mark.parametrize("vector", vectors())
def test_the_format_is_that_of_the_vectors(vector: dict[str, Any]) -> None:
    given_, expected = vector["given"], vector["expected"]
    signer = Ed25519Signer(bytes.fromhex(given_["key_seed"]))
    after = ChainHead(**given_["after"])
    made = seal(
        event_from(given_["event"]),
        after,
        Evidence(**given_["evidence"]),
        signer,
        bytes.fromhex(given_["salt"]),
    )
    assert made.header.decode() == expected["header"]
    assert made.facts.decode() == expected["facts"]
    assert (made.private.decode() if made.private is not None else None) == expected["private"]
    assert made.hash == expected["hash"]
    assert made.sig.hex() == expected["signature"]
    assert signer.public_key.hex() == expected["public_key"]


@pytest.mark.parametrize("vector", vectors())
def test_the_vectors_hold_without_our_code(vector: dict[str, Any]) -> None:
    expected = vector["expected"]
    header = json.loads(expected["header"])
    assert rfc8785.dumps(header).decode() == expected["header"]
    assert hashlib.sha256(expected["header"].encode()).hexdigest() == expected["hash"]
    assert hashlib.sha256(expected["facts"].encode()).hexdigest() == header["facts_hash"]
    if expected["private"] is None:
        assert header["private_hash"] is None
    else:
        salted = bytes.fromhex(vector["given"]["salt"]) + expected["private"].encode()
        assert hashlib.sha256(salted).hexdigest() == header["private_hash"]
    assert header["prev"] == vector["given"]["after"]["hash"]


@pytest.mark.parametrize("vector", vectors())
def test_every_stored_version_is_read_for_ever(vector: dict[str, Any]) -> None:
    expected = vector["expected"]
    private = expected["private"].encode() if expected["private"] is not None else None
    salt = bytes.fromhex(vector["given"]["salt"]) if private is not None else None
    stored = reopen(
        expected["header"].encode(),
        expected["facts"].encode(),
        private,
        salt,
        bytes.fromhex(expected["signature"]),
    )
    verify(stored, Verifier(bytes.fromhex(expected["public_key"])))
    assert event_of(stored) == event_from(vector["given"]["event"])
    assert wall_of(stored) == vector["given"]["evidence"]["wall"]


def test_the_start_of_a_chain_is_fixed() -> None:
    vector = json.loads((VECTORS / "genesis.json").read_text(encoding="utf-8"))
    start = genesis(vector["station_id"], vector["epoch"], bytes.fromhex(vector["public_key"]))
    assert asdict(start) == {
        "station_id": vector["station_id"],
        "epoch": vector["epoch"],
        "seq": 0,
        "hash": vector["hash"],
    }


@pytest.mark.parametrize(
    "other", [("ff", 1, SIGNER.public_key), ("aa", 2, SIGNER.public_key), ("aa", 1, bytes(32))]
)
def test_another_station_epoch_or_key_starts_another_chain(other: tuple[str, int, bytes]) -> None:
    assert genesis(*other).hash != genesis("aa", 1, SIGNER.public_key).hash


events = st.builds(
    Event,
    event_id=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=100),
    kind=st.text(min_size=1),
    subject=st.lists(st.text()).map(tuple),
    operator=st.text(min_size=1),
    session=st.text(min_size=1),
    moves=st.lists(moves(), max_size=3).map(tuple),
    body=st.dictionaries(keys.filter(lambda key: key != "moves"), json_values, max_size=3),
    private=st.none() | st.dictionaries(keys, json_values, max_size=3),
    corrects=st.none() | st.text(min_size=1),
    policy_ver=st.none() | st.text(min_size=1),
    kind_ver=st.integers(1, 9),
)


@given(events)
def test_an_event_comes_out_of_its_envelope_as_it_went_in(one: Event) -> None:
    made = seal(one, START, EVIDENCE, SIGNER, SALT)
    verify(made, VERIFIER)
    again = reopen(made.header, made.facts, made.private, made.salt, made.sig)
    assert again == made
    assert event_of(again) == one
    assert made.size == len(made.header) + len(made.facts) + len(made.private or b"")


def test_an_envelope_is_the_next_head_of_its_chain() -> None:
    first = sealed(1)
    second = sealed(2, first.head)
    assert first.head == ChainHead(START.station_id, START.epoch, 1, first.hash)
    assert (second.seq, second.prev) == (2, first.hash)
    assert wall_of(second) == EVIDENCE.wall


PARTS = ("header", "facts", "private", "salt", "sig")
CODES = {
    "facts": "envelope.facts",
    "private": "envelope.private",
    "salt": "envelope.private",
    "sig": "envelope.signature",
}


def refused(envelope: Envelope) -> Refused:
    with pytest.raises(Refused) as no:
        verify(envelope, VERIFIER)
    return no.value


@pytest.mark.parametrize("part", CODES)
def test_every_changed_byte_beside_the_header_is_refused(part: str) -> None:
    made = sealed()
    right: bytes = getattr(made, part)
    for place in range(len(right)):
        wrong = right[:place] + bytes([right[place] ^ 1]) + right[place + 1 :]
        no = refused(replace(made, **{part: wrong}))  # type: ignore[arg-type]  # parts by name
        assert no.code == CODES[part]
        assert "number 1 of station" in no.read


def test_every_changed_byte_of_the_header_is_refused() -> None:
    made = sealed()
    for place in range(len(made.header)):
        wrong = made.header[:place] + bytes([made.header[place] ^ 1]) + made.header[place + 1 :]
        refused(replace(made, header=wrong))
        try:
            received = reopen(wrong, made.facts, made.private, made.salt, made.sig)
        except Refused:
            continue
        refused(received)


@given(st.sampled_from(PARTS), st.data())
def test_bytes_added_or_taken_are_refused(part: str, data: st.DataObject) -> None:
    made = sealed()
    right: bytes = getattr(made, part)
    start = data.draw(st.integers(0, len(right)))
    end = data.draw(st.integers(start, len(right)))
    wrong = right[:start] + data.draw(st.binary(max_size=4)) + right[end:]
    if wrong != right:
        refused(replace(made, **{part: wrong}))  # type: ignore[arg-type]  # parts by name


def test_a_byte_cannot_wander_between_salt_and_private_part() -> None:
    salt = SALT[:-1] + b" "  # the last byte would be white space before the private part
    made = seal(event(), START, EVIDENCE, SIGNER, salt)
    assert made.private is not None
    assert refused(replace(made, salt=salt[:-1], private=b" " + made.private)).code == "envelope.private"


def test_an_erased_private_part_leaves_the_rest_proven() -> None:
    made = sealed()
    for erased in (replace(made, private=None, salt=None), replace(made, private=None)):
        verify(erased, VERIFIER)
        assert event_of(erased) == event(private=None)


def test_where_no_erasure_is_on_record_a_private_part_that_was_sealed_must_be_there() -> None:
    made = sealed()
    require_whole(made)
    require_whole(sealed(private=None))
    for robbed in (replace(made, private=None, salt=None), replace(made, private=None)):
        with pytest.raises(Refused, match="without its private part") as no:
            require_whole(robbed)
        assert no.value.code == PRIVATE_MISSING


def test_a_private_part_that_nobody_signed_is_refused() -> None:
    made = sealed(private=None)
    assert made.salt is None
    assert refused(replace(made, private=b"{}", salt=SALT)).code == "envelope.private"
    assert refused(replace(sealed(), salt=None)).code == "envelope.private"


@pytest.mark.parametrize(
    "column",
    [
        {"station_id": "other"},
        {"epoch": 2},
        {"seq": 2},
        {"prev": "00"},
        {"event_id": "other"},
        {"kind": "order.shipped"},
        {"hash": "00"},
    ],
)
def test_a_column_that_is_not_the_headers_is_refused(column: dict[str, Any]) -> None:
    assert refused(replace(sealed(), **column)).code == "envelope.fields"


def with_header(change: Callable[[dict[str, Any]], object]) -> bytes:
    header = decode(sealed().header)
    assert isinstance(header, dict)
    change(header)
    return encode(header)


def test_a_newer_version_is_refused_until_the_reader_is_upgraded() -> None:
    made = sealed()
    header = with_header(lambda found: found.update(v=ENVELOPE_VERSION + 1))
    with pytest.raises(Refused, match=r"version 2.*up to 1.*Upgrade the centre") as no:
        reopen(header, made.facts, None, None, made.sig)
    assert no.value.code == "envelope.too_new"


def test_an_unknown_field_is_kept() -> None:
    header = with_header(lambda found: found.update(weather="rain"))
    made = sealed()
    newer = reopen(header, made.facts, made.private, made.salt, SIGNER.sign(b"backhaul/event/v1\n", header))
    verify(newer, VERIFIER)
    assert newer.header == header


@pytest.mark.parametrize("field", ["v", "station_id", "epoch", "seq", "prev", "event_id", "kind"])
def test_a_header_without_its_place_is_refused(field: str) -> None:
    with pytest.raises(Refused, match=f"envelope header: field '{field}' holds nothing"):
        reopen(with_header(lambda found: found.pop(field)), b"{}", None, None, b"")


@pytest.mark.parametrize("event_id", ["a\0", "\x1f", "\u00e4", "x" * 101])
def test_an_identity_that_not_every_database_can_keep_is_refused(event_id: str) -> None:
    with pytest.raises(Refused, match="plain signs"):
        reopen(with_header(lambda found: found.update(event_id=event_id)), b"{}", None, None, b"")


@pytest.mark.parametrize("header", [b"", b"[]", b"{", b"null"])
def test_a_header_that_is_no_object_is_refused(header: bytes) -> None:
    with pytest.raises(Refused):
        reopen(header, b"{}", None, None, b"")


def test_an_event_too_large_for_the_centre_is_refused_by_both() -> None:
    made = sealed()
    with pytest.raises(Refused, match="smaller parts") as no:
        sealed(body={"note": "x" * MAX_SIZE})
    assert no.value.code == "envelope.size"
    with pytest.raises(Refused) as no:
        reopen(made.header, made.facts, b"x" * MAX_SIZE, made.salt, made.sig)
    assert no.value.code == "envelope.size"
    room = MAX_SIZE - sealed(body={"note": ""}).size
    assert sealed(body={"note": "x" * room}).size == MAX_SIZE


@pytest.mark.parametrize("size", [0, SALT_SIZE - 1, SALT_SIZE + 1])
def test_a_salt_of_another_size_is_a_defect(size: int) -> None:
    with pytest.raises(ValueError, match=f"a salt of {size} bytes"):
        seal(event(), START, EVIDENCE, SIGNER, bytes(size))
    assert seal(event(private=None), START, EVIDENCE, SIGNER, bytes(size)).salt is None


@pytest.mark.parametrize(
    ("stands", "read"),
    [(None, ()), ([], ()), ([{"a": 1}, 7], ({"a": 1}, 7)), ("text", ("text",)), ({"a": 1}, ({"a": 1},))],
)
def test_approvals_are_read_whatever_they_are(stands: object, read: tuple[object, ...]) -> None:
    made = sealed()
    header = canonical_with(made.header, approvals=stands)
    again = reopen(header, made.facts, made.private, made.salt, made.sig)
    assert event_of(again).approvals == read


def test_approvals_are_sealed_with_their_event() -> None:
    made = sealed(approvals=({"statement": "yes"},))
    assert event_of(made).approvals == ({"statement": "yes"},)
    altered = canonical_with(made.header, approvals=[])
    with pytest.raises(Refused, match="signature"):
        verify(reopen(altered, made.facts, made.private, made.salt, made.sig), VERIFIER)


def canonical_with(header: bytes, **fields: object) -> bytes:
    said = decode(header)
    assert isinstance(said, dict)
    return encode(said | fields)
