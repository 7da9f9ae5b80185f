"""One event of each kind as a shipped program sealed it: every later centre reads and posts it as it stands.

A file is `KIND-VERSION.json` and never changes. A new kind, or a new version of one, brings its own.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.envelope import Envelope, event_of, header_fields, reopen, require_whole, verify
from app.domain.event import EventKind
from app.domain.resealing import reseal
from app.domain.signing import Verifier
from sync.central.store.enrolment import lock_station
from sync.central.store.receipt import receive
from sync.central.store.settling import KNOWN, POSTED
from sync.central.store.tables import receipt
from sync.wire.answers import Ack
from sync.wire.messages import Push
from sync.wire.sealed import sealed
from tests.sync.central.receiving import Bench, Store, store_in

FILES = Path(__file__).parent / "kinds"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with store_in(tmp_path_factory.mktemp("kinds")) as found:
        yield found


@pytest.fixture(scope="module")
def bench(store: Store) -> Bench:
    found = Bench()
    store.enrol(found)
    return found


class Undone(Exception):  # noqa: N818 - no failure: what was tried is taken back
    """Nothing of a transaction is to stay."""


def shipped(name: str) -> tuple[Envelope, Verifier]:
    """The envelope of a file, and the key that signed it."""
    found = json.loads((FILES / f"{name}.json").read_text(encoding="utf-8"))
    private, salt = found["private"], found["salt"]
    envelope = reopen(
        found["header"].encode(),
        found["facts"].encode(),
        None if private is None else private.encode(),
        None if salt is None else bytes.fromhex(salt),
        bytes.fromhex(found["sig"]),
    )
    return envelope, Verifier(bytes.fromhex(found["key"]))


NAMES = sorted(path.stem for path in FILES.glob("*.json"))


def test_every_version_of_every_kind_has_its_file() -> None:
    assert set(KNOWN) == {str(kind) for kind in EventKind}
    assert sorted(f"{kind}-{n}" for kind, newest in KNOWN.items() for n in range(1, newest + 1)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_what_was_sealed_once_is_read_for_ever(name: str) -> None:
    envelope, verifier = shipped(name)
    verify(envelope, verifier)
    require_whole(envelope)
    said = event_of(envelope)
    assert f"{said.kind}-{said.kind_ver}" == name
    assert header_fields(envelope.header).text("app_ver")


@pytest.mark.parametrize("name", NAMES)
def test_what_was_sealed_once_is_posted_for_ever(store: Store, bench: Bench, name: str) -> None:
    # In a chain of its own; what it says, and its bytes of that, are those of the file.
    again = reseal(shipped(name)[0], bench.head, bench.signer)
    with contextlib.suppress(Undone), store.database.write() as conn:
        station = lock_station(conn, bench.station_id)
        answer = receive(conn, station, Push(1, (sealed(again),)), store.clock.now(), store.chain)
        assert isinstance(answer, Ack)
        here = receipt.c.station_id == bench.station_id
        assert list(conn.scalars(select(receipt.c.state).where(here))) == [POSTED]
        raise Undone
