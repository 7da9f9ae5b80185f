"""A new bench takes the centre's records as one signed snapshot, and works as if it had pulled them all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.bootstrap.snapshotting import renew_mirror, restored_centre
from app.domain.refusal import Refused
from app.domain.signing import Ed25519Signer
from app.ledger import renewal
from app.ledger.identity import StationSettings
from app.ledger.writer import Ledger
from app.station.photos import PhotoStore
from sync.central.store.approval_keys import grant_key
from sync.central.store.feed import begin_generation
from tests.app.ledger.station import everything
from tests.approvals.world import POLICY, ROOT
from tests.centre import RunningCentre, SeededIds, running_centre
from tests.scenarios.floor import Floor

FRESH = restored_centre(SeededIds(6))
MIRRORED = ("mirror", "gtin", "tracking", "serial")


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[RunningCentre]:
    with running_centre(tmp_path, policy_key=POLICY) as found:
        with found.database.write() as conn:
            grant_key(conn, ROOT, POLICY, found.clock.now())
        yield found


@pytest.fixture
def floor(tmp_path: Path, centre: RunningCentre) -> Iterator[Floor]:
    found = Floor(tmp_path, centre, PhotoStore(tmp_path / "photos"))
    try:
        yield found
    finally:
        for bench in found.benches:
            bench.close()


def opener(floor: Floor) -> Callable[[Path], Ledger]:
    """Opens a record with the key of the first bench."""

    def opened(record: Path) -> Ledger:
        return Ledger(
            record,
            sqlite3,
            signer=Ed25519Signer(bytes([1] * 32)),
            clock=floor.clock,
            ids=SeededIds(5),
            settings=StationSettings("test", "UTC", "boot-1"),
        )

    return opened


def mirrored(ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    rows = everything(ledger)
    return {name: sorted(rows[name]) for name in MIRRORED}


def test_a_mirror_from_a_snapshot_is_the_one_that_pulling_makes(floor: Floor) -> None:
    floor.sells("8841", {"MUG-4": 2})
    rma = floor.authorizes({"MUG-4": 1}, order="8841", tracking="1Z-1")
    bench = floor.bench()
    bench.scans(rma)
    bench.sync()
    pulled, head = mirrored(bench.ledger), bench.ledger.head
    record = bench.ledger.path
    bench.ledger.close()
    with sqlite3.connect(record) as db:
        db.execute("DELETE FROM mirror WHERE kind = 'item'")
        db.execute("UPDATE meta SET value = '1' WHERE name = 'feed_pos'")
    db.close()
    said = renew_mirror(record, sqlite3, opener(floor), bench.way, FRESH)
    assert (mirrored(bench.ledger), bench.ledger.head) == (pulled, head)
    assert (bench.ledger.cursor, said.mirror.rows) == (said.cursor, len(pulled["mirror"]))
    left = {file.name for file in record.parent.glob("bench-1.db?*")}
    assert left <= {"bench-1.db-wal", "bench-1.db-shm"}
    # Then it goes on from there.
    floor.admin.post("/items", {"items": [{"sku": "NEW-1", "name": "New"}]})
    bench.sync()
    assert len(mirrored(bench.ledger)["mirror"]) == len(pulled["mirror"]) + 1


def test_events_that_were_not_sent_keep_the_record_as_it_is(floor: Floor) -> None:
    floor.sells("8841", {"MUG-4": 2})
    rma = floor.authorizes({"MUG-4": 1}, order="8841", tracking="1Z-1")
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_A", "DONE")
    if bench.ledger.head.seq == 0:
        pytest.fail("the bench recorded nothing")
    bench.ledger.close()
    with pytest.raises(Refused) as no:
        renew_mirror(bench.ledger.path, sqlite3, opener(floor), bench.way, FRESH)
    assert no.value.code == "reset.unsent"
    bench.sync()
    bench.ledger.close()
    renew_mirror(bench.ledger.path, sqlite3, opener(floor), bench.way, FRESH)


def test_records_of_a_restored_centre_leave_the_duty_to_send_again_what_it_lacks(
    floor: Floor, centre: RunningCentre
) -> None:
    floor.sells("8841", {"MUG-4": 2})
    rma = floor.authorizes({"MUG-4": 1}, order="8841", tracking="1Z-1")
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_A", "DONE")
    bench.sync()
    assert renewal.due(bench.ledger) is None
    with centre.database.write() as conn:
        newer = begin_generation(conn, 0)
    bench.ledger.close()
    said = renew_mirror(bench.ledger.path, sqlite3, opener(floor), bench.way, FRESH)
    with opener(floor)(bench.ledger.path) as ledger:
        assert (said.cursor.gen, renewal.due(ledger)) == (newer, FRESH)


def test_a_centre_without_a_policy_key_offers_none_and_pulling_goes_on(tmp_path: Path) -> None:
    with running_centre(tmp_path) as centre:
        floor = Floor(tmp_path, centre, PhotoStore(tmp_path / "photos"))
        bench = floor.bench()
        bench.ledger.close()
        with pytest.raises(Refused) as no:
            renew_mirror(bench.ledger.path, sqlite3, opener(floor), bench.way, FRESH)
        assert no.value.code == "snapshot.none"
        bench.sync()
        bench.close()
