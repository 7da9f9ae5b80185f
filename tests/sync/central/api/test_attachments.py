"""The stations' routes for photos, asked over HTTP as a station, a stranger and a rogue would ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.domain.digests import digest_of
from app.domain.refusal import Refused
from app.domain.signing import Ed25519Signer
from sync.central.centre import Settings
from sync.central.service import Running, create_app
from sync.central.store.tables import photo, station
from sync.client.transport import HttpCentre
from sync.wire import codec
from sync.wire.attachments import Ask, Have, Place
from sync.wire.protocol import MAX_ATTACHMENT, MAX_CHUNK
from tests.sync.central.api.test_sync import OTHER, send, signed
from tests.sync.central.receiving import Bench, CountedIds, Store, store_in
from tests.sync.picturing import files_of, picture

DATA = picture(1, 5000)
NAME = digest_of(DATA)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with store_in(tmp_path) as found:
        yield found


@pytest.fixture
def url(store: Store, tmp_path: Path) -> Iterator[str]:
    settings = Settings("0.1.0", photos=tmp_path / "photos")
    app = create_app(
        store.database, settings, store.clock, CountedIds(1 << 50), Ed25519Signer(bytes([7] * 32))
    )
    with Running(app) as server:
        yield server.base_url


@pytest.fixture
def bench(store: Store) -> Bench:
    found = Bench()
    store.enrol(found)
    return found


@pytest.fixture
def centre(store: Store, url: str, bench: Bench) -> Iterator[HttpCentre]:
    found = HttpCentre(url, bench.station_id, bench.signer, clock=store.clock, ids=CountedIds(1 << 60))
    yield found
    found.close()


def named(store: Store, bench: Bench, *digests: str) -> None:
    body = {"rma": None, "line": None, "sku": "K-17", "qty": 1, "photos": list(digests)}
    store.push(bench, [bench.record(body=body)])


def test_a_photo_comes_whole_in_pieces(
    store: Store, centre: HttpCentre, bench: Bench, tmp_path: Path
) -> None:
    named(store, bench, NAME)
    assert centre.ask(Ask((NAME,))).have == {NAME: Have(Place.PART, 0)}
    assert centre.put(NAME, 0, len(DATA), DATA[:2000]) == Have(Place.PART, 2000)
    assert centre.ask(Ask((NAME,))).have == {NAME: Have(Place.PART, 2000)}
    assert centre.put(NAME, 0, len(DATA), DATA[:2000]) == Have(Place.PART, 2000), "again changes nothing"
    assert centre.put(NAME, 4000, len(DATA), DATA[4000:]) == Have(Place.PART, 2000), "nor does a later one"
    assert centre.put(NAME, 2000, len(DATA), DATA[2000:]) == Have(Place.HERE, len(DATA))
    assert centre.put(NAME, 2000, len(DATA), DATA[2000:]) == Have(Place.HERE, len(DATA))
    assert centre.ask(Ask((NAME,))).have == {NAME: Have(Place.HERE, len(DATA))}
    assert files_of(tmp_path / "photos") == [NAME]
    with store.database.read() as conn:
        assert tuple(conn.execute(select(photo.c.state, photo.c.bytes)).one()) == ("here", len(DATA))


def test_a_part_that_was_whole_when_the_centre_died_is_finished_by_nothing_more(
    store: Store, centre: HttpCentre, bench: Bench, tmp_path: Path
) -> None:
    named(store, bench, NAME)
    part = tmp_path / "photos" / "parts" / bench.station_id / NAME
    part.parent.mkdir(parents=True)
    part.write_bytes(DATA)
    assert centre.ask(Ask((NAME,))).have == {NAME: Have(Place.PART, len(DATA))}
    assert centre.put(NAME, len(DATA), len(DATA), b"") == Have(Place.HERE, len(DATA))


def test_what_the_folder_has_decides_not_what_was_noted(
    store: Store, centre: HttpCentre, bench: Bench, tmp_path: Path
) -> None:
    named(store, bench, NAME)
    centre.put(NAME, 0, len(DATA), DATA)
    place = tmp_path / "photos" / NAME[:2] / NAME[2:4] / NAME
    place.rename(tmp_path / "aside")
    assert centre.ask(Ask((NAME,))).have == {NAME: Have(Place.PART, 0)}
    (tmp_path / "aside").rename(place)
    assert centre.ask(Ask((NAME,))).have == {NAME: Have(Place.HERE, len(DATA))}


def test_nothing_is_taken_that_no_posted_event_of_the_station_names(
    store: Store, centre: HttpCentre, bench: Bench, tmp_path: Path
) -> None:
    assert centre.ask(Ask((NAME,))).have == {NAME: Have(Place.UNNAMED)}
    assert centre.put(NAME, 0, len(DATA), DATA) == Have(Place.UNNAMED)
    other = Bench(OTHER, "6e" * 16)
    store.enrol(other)
    named(store, other, NAME)
    assert centre.put(NAME, 0, len(DATA), DATA) == Have(Place.UNNAMED)
    assert files_of(tmp_path) == [name for name in files_of(tmp_path) if name.startswith("centre")]
    del bench


def test_a_wrong_digest_is_refused_and_thrown_away(
    store: Store, centre: HttpCentre, bench: Bench, tmp_path: Path
) -> None:
    named(store, bench, NAME)
    with pytest.raises(Refused) as no:
        centre.put(NAME, 0, len(DATA), DATA[:-1] + b"!")
    assert no.value.code == "attachment.digest"
    assert centre.ask(Ask((NAME,))).have == {NAME: Have(Place.PART, 0)}
    assert centre.put(NAME, 0, len(DATA), DATA) == Have(Place.HERE, len(DATA))
    del tmp_path


@pytest.mark.parametrize("size", [0, MAX_ATTACHMENT + 1])
def test_sizes_beyond_what_is_taken_are_refused(
    store: Store, centre: HttpCentre, bench: Bench, size: int
) -> None:
    named(store, bench, NAME)
    with pytest.raises(Refused):
        centre.put(NAME, 0, size, b"x")


def test_a_piece_beyond_the_limit_is_too_large(store: Store, centre: HttpCentre, bench: Bench) -> None:
    named(store, bench, NAME)
    with pytest.raises(codec.TooLarge):
        centre.put(NAME, 0, MAX_ATTACHMENT, bytes(MAX_CHUNK + 1))
    assert centre.ask(Ask((NAME,))).have == {NAME: Have(Place.PART, 0)}


def test_a_name_that_is_no_digest_reaches_no_file(centre: HttpCentre, tmp_path: Path) -> None:
    for name in ("A" * 64, "x", "..%2F..%2Fcentre"):
        with pytest.raises(Refused):
            centre.put(name, 0, 9, DATA[:9])
    assert not (tmp_path / "photos").exists()


def test_a_station_that_was_shut_out_hands_over_nothing(
    store: Store, centre: HttpCentre, bench: Bench, tmp_path: Path
) -> None:
    named(store, bench, NAME)
    with store.database.write() as conn:
        conn.execute(update(station).where(station.c.station_id == bench.station_id).values(fenced=True))
    for ask in (lambda: centre.ask(Ask((NAME,))), lambda: centre.put(NAME, 0, len(DATA), DATA)):
        with pytest.raises(Refused) as no:
            ask()
        assert no.value.code == "station.fenced"
    assert not (tmp_path / "photos" / NAME[:2]).exists()


@pytest.mark.usefixtures("bench")
def test_nobody_is_heard_unsigned_replayed_or_under_another_key(store: Store, url: str) -> None:
    body = codec.encode(Ask((NAME,)).to_json())
    path = "/v1/sync/attachments/hello"
    for request, code in (
        (signed(url, path, body, signer=OTHER), "request.changed"),
        (signed(url, path, body, who="f" * 32, signer=OTHER), "request.stranger"),
        (signed(url, path, body, who=store.centre_id), "request.stranger"),
    ):
        status, problem = send(request)
        assert (status, problem["code"]) == (401, code)
    request = signed(url, path, body)
    assert send(request)[0] == 200
    assert send(request)[1]["code"] == "request.replayed"
    request.headers.pop("signature-input")
    assert send(request)[1]["code"] == "request.unsigned"


def test_a_lost_photo_is_told_by_the_question(store: Store, centre: HttpCentre, bench: Bench) -> None:
    named(store, bench, NAME)
    centre.put(NAME, 0, len(DATA), DATA[:99])
    asked = Ask((), (NAME,))
    assert centre.ask(asked).have == {}
    assert centre.ask(replace(asked, digests=(NAME,), lost=())).have == {NAME: Have(Place.PART, 0)}
    with store.database.read() as conn:
        assert conn.scalar(select(photo.c.state)) == "lost"


def test_a_centre_that_keeps_none_says_so(store: Store, bench: Bench) -> None:
    app = create_app(
        store.database, Settings("0.1.0"), store.clock, CountedIds(1 << 51), Ed25519Signer(bytes([7] * 32))
    )
    with Running(app) as server:
        centre = HttpCentre(
            server.base_url, bench.station_id, bench.signer, clock=store.clock, ids=CountedIds(1 << 60)
        )
        with pytest.raises(Refused) as no:
            centre.ask(Ask((NAME,)))
        centre.close()
    assert no.value.code == "attachment.off"
