"""The centre's record is told anew behind everybody's back; a bench that was there before finds out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap.witnessing import taken
from app.ledger import witness
from app.station.photos import PhotoStore
from sync.central.store.approval_keys import grant_key
from sync.central.store.feed import begin_generation
from sync.client.transport import HttpCentre
from tests.approvals.world import POLICY, ROOT
from tests.centre import SeededIds, running_centre
from tests.scenarios.floor import MUGS, Floor
from tests.scenarios.station_bench import StationBench


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    with running_centre(tmp_path, policy_key=POLICY) as centre:
        with centre.database.write() as conn:
            grant_key(conn, ROOT, POLICY, centre.clock.now())
        found = Floor(tmp_path, centre, PhotoStore(tmp_path / "photos"))
        try:
            yield found
        finally:
            for bench in found.benches:
                bench.close()


def looks(floor: Floor, bench: StationBench) -> str:
    """What a bench finds when it asks the centre for its newest checkpoint."""
    way: HttpCentre = bench.way
    known = witness.newest(bench.ledger.connection)
    sizes = (known.feed.size, known.receipts.size) if known else (0, 0)
    return taken(bench.ledger, way.checkpoint(*sizes), floor.clock.now(), SeededIds(77))


def goes_on(floor: Floor) -> None:
    """Some work, then ten minutes, then the centre's upkeep."""
    floor.admin.post("/items", {"items": [MUGS | {"name": f"Mugs {floor.now()}"}]})
    floor.clock.forward(timedelta(minutes=11))
    floor.upkeep()


def test_a_bench_finds_that_the_feed_was_told_anew(floor: Floor) -> None:
    bench = floor.bench()
    for _ in range(3):
        goes_on(floor)
        assert looks(floor, bench) == ""
    with floor.database.write() as conn:
        conn.exec_driver_sql("UPDATE feed SET document = replace(document, 'Toaster', 'Roaster')")
    goes_on(floor)
    assert looks(floor, bench).startswith("the feed was ")
    bench.sync()
    cases = floor.admin.get("/exceptions", state="open")["exceptions"]
    (case,) = [row for row in cases if row["type"] == "trail.differs"]
    assert bench.station_id in case["fix"]
    # Everything else went on meanwhile.
    bench.sync()
    assert looks(floor, bench) == "see backhaul audit"


def test_a_history_told_anew_under_a_newer_generation_is_a_case_that_a_person_closes(floor: Floor) -> None:
    bench = floor.bench()
    for _ in range(2):
        goes_on(floor)
        assert looks(floor, bench) == ""
    with floor.database.write() as conn:
        conn.exec_driver_sql("UPDATE feed SET document = replace(document, 'Toaster', 'Roaster')")
        generation = begin_generation(conn)
    for _ in range(2):
        # The first exchange ends the session with the centre as it was, the second renews.
        goes_on(floor)
        bench.sync()
    assert looks(floor, bench).startswith("it was put back from a backup, or tells its history anew: the ")
    bench.sync()
    (case,) = of_type(floor, "trail.restarted")
    assert f"generation {generation} " in case["fix"]
    assert bench.station_id in case["fix"]
    floor.admin.post(f"/exceptions/{case['id']}/resolve", {"note": "Nobody put it back: exports compared."})
    goes_on(floor)
    assert looks(floor, bench) == ""
    bench.sync()
    assert of_type(floor, "trail.restarted") == []


def test_a_newer_generation_that_goes_on_from_the_old_one_alarms_nobody(floor: Floor) -> None:
    bench = floor.bench()
    for _ in range(2):
        goes_on(floor)
        assert looks(floor, bench) == ""
    with floor.database.write() as conn:
        begin_generation(conn)
    goes_on(floor)
    assert looks(floor, bench) == ""
    bench.sync()
    assert of_type(floor, "trail.restarted") == []


def of_type(floor: Floor, kind: str) -> list[dict[str, Any]]:
    rows = floor.admin.get("/exceptions", state="open")["exceptions"]
    return [row for row in rows if row["type"] == kind]
