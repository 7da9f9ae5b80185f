from __future__ import annotations

import pytest

from app.domain import canonical
from app.domain.envelope import MAX_SIZE, event_of, genesis, header_fields, reopen, verify
from app.domain.laws import chain
from app.domain.refusal import Refused
from app.domain.resealing import Origin, content_digest, origin_of, reseal
from app.domain.signing import Ed25519Signer
from tests.app.domain.examples import SIGNER, STATION, VERIFIER, chain_of, sealed

PLACE = {"epoch", "origin", "prev", "seq"}


def test_an_event_sealed_anew_is_the_same_event_in_another_place() -> None:
    first = chain_of(3)[2]
    start = genesis(STATION, 2, SIGNER.public_key)
    again = reseal(first, start, SIGNER)
    verify(again, VERIFIER)
    assert (again.epoch, again.seq, again.prev, again.event_id) == (2, 1, start.hash, first.event_id)
    assert event_of(again) == event_of(first)
    before, after = header_fields(first.header).raw(), header_fields(again.header).raw()
    assert {name for name in before if before[name] != after[name]} == PLACE
    assert origin_of(first.header) is None
    assert origin_of(again.header) == Origin(1, 3, first.hash)


def test_a_second_renewal_still_names_where_it_stood_first() -> None:
    first = sealed()
    second = reseal(first, genesis(STATION, 2, SIGNER.public_key), SIGNER)
    third = reseal(second, genesis(STATION, 5, SIGNER.public_key), SIGNER)
    assert origin_of(third.header) == Origin(1, 1, first.hash)
    assert (third.epoch, third.seq) == (5, 1)


def test_a_chain_sealed_anew_is_a_chain() -> None:
    head = start = genesis(STATION, 7, SIGNER.public_key)
    again = []
    for envelope in chain_of(4)[1:]:
        again.append(reseal(envelope, head, SIGNER))
        head = again[-1].head
    assert chain(again, start, VERIFIER) == ()


def test_only_the_stations_key_seals_anew() -> None:
    forged = reseal(sealed(), genesis(STATION, 2, SIGNER.public_key), Ed25519Signer(bytes(32)))
    with pytest.raises(Refused):
        verify(forged, VERIFIER)


def test_what_an_event_says_is_the_same_in_every_place_and_for_no_other_event() -> None:
    first, other = chain_of(2)
    again = reseal(first, genesis(STATION, 2, SIGNER.public_key), SIGNER)
    assert content_digest(again.header) == content_digest(first.header)
    assert content_digest(other.header) != content_digest(first.header)


def test_the_largest_event_fits_when_it_is_sealed_anew() -> None:
    room = MAX_SIZE - sealed(body={"note": ""}).size
    again = reseal(sealed(body={"note": "x" * room}), genesis(STATION, 2**32 - 1, SIGNER.public_key), SIGNER)
    assert again.size > MAX_SIZE
    assert reopen(again.header, again.facts, again.private, again.salt, again.sig) == again


def test_an_origin_that_cannot_be_read_is_refused() -> None:
    header = canonical.encode({"origin": {"epoch": 0, "seq": 1, "hash": "ab"}})
    with pytest.raises(Refused, match="epoch"):
        origin_of(header)
