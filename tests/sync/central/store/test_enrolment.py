from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.envelope import genesis
from app.domain.refusal import Refused
from app.domain.signing import Ed25519Signer
from sync.central.store.enrolment import find_station, take_nonce, withdraw_codes
from sync.central.store.tables import enrolment_code, request_nonce, security_note
from sync.wire.messages import Enrolled
from sync.wire.signatures import FRESH, Caller
from tests.app.domain.examples import SIGNER, STATION
from tests.sync.central.receiving import NOW, Bench, Store, store_in

OTHER = Bench(Ed25519Signer(bytes([2] * 32)), "b" * 32)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with store_in(tmp_path) as found:
        yield found


def refused(store: Store, bench: Bench, code: str) -> str:
    with pytest.raises(Refused) as no:
        store.enrol(bench, code)
    return no.value.code


def test_a_code_is_128_bits_in_letters_and_digits_and_not_stored(store: Store) -> None:
    code = store.code()
    assert re.fullmatch(r"(?:[A-Z2-7]{4}-){6}[A-Z2-7]{2}", code)
    with store.database.read() as conn:
        row = conn.execute(select(enrolment_code)).one()
    assert code not in str(row)
    assert code.replace("-", "") not in str(row)


def test_a_station_joins_under_the_administrators_name_with_the_next_bench(store: Store) -> None:
    assert store.enrol(Bench(), store.code("Bench 7")) == Enrolled(
        STATION, 1, "01", "WH1", "ACME", "Bench 7", store.centre_id, 1
    )
    assert store.enrol(OTHER, store.code("Bench 8")).bench == "02"
    station = store.station(Bench())
    assert station.head == genesis(STATION, 1, SIGNER.public_key)
    assert (station.public_key, station.fenced) == (SIGNER.public_key, False)


def test_who_joined_is_on_record_once(store: Store) -> None:
    bench, code = Bench(), store.code()
    store.enrol(bench, code)
    store.enrol(bench, code)
    with store.database.read() as conn:
        rows = conn.execute(select(security_note)).all()
    assert [(row.code, row.who, row.times) for row in rows] == [("station.enrolled", bench.station_id, 1)]


def test_a_code_may_be_typed_as_people_read_it(store: Store) -> None:
    code = store.code()
    typed = code.lower().replace("-", " ").replace("o", "0").replace("i", "1").replace("b", "8")
    assert store.enrol(Bench(), f" {typed} ").bench == "01"


def test_an_answer_that_got_lost_is_repeated_even_after_the_code_ended(store: Store) -> None:
    code = store.code()
    first = store.enrol(Bench(), code)
    store.clock.pass_by(3600)
    assert store.enrol(Bench(), code) == first


def test_a_code_is_good_once(store: Store) -> None:
    code = store.code()
    store.enrol(Bench(), code)
    assert refused(store, OTHER, code) == "enrol.code"
    other_key = Bench(OTHER.signer)
    assert refused(store, other_key, code) == "enrol.code"
    copied = Bench()
    copied.install_id = "a copy of the folder"
    assert refused(store, copied, code) == "enrol.code"


def test_another_used_code_does_not_repeat_the_answer(store: Store) -> None:
    store.enrol(Bench(), store.code())
    store.clock.pass_by(1)
    code = store.code()
    store.enrol(OTHER, code)
    assert refused(store, Bench(), code) == "enrol.code"


def test_a_code_ends(store: Store) -> None:
    code = store.code(minutes=15)
    store.clock.pass_by(15 * 60 + 1)
    assert refused(store, Bench(), code) == "enrol.code"


def test_a_code_that_is_withdrawn_lets_nobody_in_and_a_used_one_stays(store: Store) -> None:
    used, unused = store.code(), store.code()
    first = store.enrol(Bench(), used)
    with store.database.write() as conn:
        withdraw_codes(conn, store.clock.now())
    assert refused(store, OTHER, unused) == "enrol.code"
    assert store.enrol(Bench(), used) == first


@pytest.mark.parametrize("code", ["", "AAAA", "A" * 26])
def test_a_code_nobody_was_given_opens_nothing(store: Store, code: str) -> None:
    store.code()
    assert refused(store, Bench(), code or " ") == "enrol.code"


def test_a_station_that_is_here_does_not_join_again(store: Store) -> None:
    store.enrol(Bench())
    code = store.code()
    assert refused(store, Bench(), code) == "enrol.known"
    # The code was not used up by that.
    assert store.enrol(OTHER, code).bench == "02"


def test_the_centres_own_chain_is_nobody_who_asks(store: Store) -> None:
    with store.database.read() as conn:
        assert find_station(conn, store.centre_id) is None
        assert find_station(conn, "nobody") is None


def test_a_nonce_is_taken_once_for_each_station(store: Store) -> None:
    caller = Caller(STATION, NOW, "n-1")
    with store.database.write() as conn:
        take_nonce(conn, caller, NOW)
        take_nonce(conn, replace(caller, nonce="n-2"), NOW)
        take_nonce(conn, replace(caller, station_id="other"), NOW)
        with pytest.raises(Refused) as no:
            take_nonce(conn, caller, NOW + FRESH)
    assert no.value.code == "request.replayed"


def test_nonces_are_kept_while_their_signature_could_be_fresh_and_not_longer(store: Store) -> None:
    # Signed by a clock that was five minutes ahead, a request stays fresh for ten.
    with store.database.write() as conn:
        take_nonce(conn, Caller(STATION, NOW + FRESH, "n-1"), NOW)
        with pytest.raises(Refused):
            take_nonce(conn, Caller(STATION, NOW + FRESH, "n-1"), NOW + 2 * FRESH)
        take_nonce(conn, Caller(STATION, NOW, "n-2"), NOW + 2 * FRESH + timedelta(seconds=1))
        assert list(conn.execute(select(request_nonce.c.nonce)).scalars()) == ["n-2"]
