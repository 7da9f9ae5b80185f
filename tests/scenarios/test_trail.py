"""The centre's record is told anew behind everybody's back; a bench that was there before finds out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap.evidence import put
from app.bootstrap.exporting import export_centre
from app.bootstrap.witnessing import held_by, taken
from app.command.root import run
from app.domain.proof.elsewhere import written
from app.domain.signing import Ed25519Signer
from app.ledger import witness
from app.ledger.approvers import root_of
from app.station.photos import PhotoStore
from sync.central.store.approval_keys import grant_key
from sync.central.store.feed import begin_generation
from sync.client.transport import HttpCentre
from tests.approvals.world import POLICY, ROOT
from tests.centre import SEED, SeededIds, running_centre
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
    shown = way.checkpoint(held_by(bench.ledger))
    return taken(bench.ledger, shown, floor.clock.now(), SeededIds(77))


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


def test_what_a_bench_holds_is_held_against_the_centre_each_time_it_asks(floor: Floor) -> None:
    bench = floor.bench()
    goes_on(floor)
    looks(floor, bench)
    # It says what it holds; nothing contradicts it.
    assert asks(floor, bench) == []
    held = held_by(bench.ledger)
    with floor.database.write() as conn:
        conn.exec_driver_sql("UPDATE feed SET document = replace(document, 'Toaster', 'Roaster')")
    # The centre says nothing newer: only its own look at its list finds the difference, once.
    assert [asks(floor, bench)[0]["type"] for _ in range(2)] == ["trail.differs"] * 2
    (case,) = of_type(floor, "trail.differs")
    assert f"Station {bench.station_id} says that it holds checkpoint number {held.number}, " in case["fix"]
    floor.admin.post(f"/exceptions/{case['id']}/resolve", {"note": "Exports compared."})
    assert asks(floor, bench) == []
    # The bench finds it with the next checkpoint, says so in its own chain, and the same case is open again.
    goes_on(floor)
    assert looks(floor, bench).startswith("the feed was ")
    bench.sync()
    (again,) = of_type(floor, "trail.differs")
    assert again["id"] == case["id"]


def test_a_centre_that_was_put_back_without_its_tail_raises_no_alarm_of_its_own(floor: Floor) -> None:
    bench = floor.bench()
    goes_on(floor)
    looks(floor, bench)
    with floor.database.write() as conn:
        conn.exec_driver_sql("DELETE FROM feed WHERE pos = (SELECT max(pos) FROM feed)")
        conn.exec_driver_sql("UPDATE counter SET value = value - 1 WHERE name = 'feed'")
        begin_generation(conn)
    assert asks(floor, bench) == []


def test_benches_that_were_told_two_histories_show_it_by_their_files(
    floor: Floor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    early, late = floor.bench(), floor.bench()
    goes_on(floor)
    assert looks(floor, early) == ""
    # Somebody who owns the centre and its keys changes what was recorded, and signs that once more.
    with floor.database.write() as conn:
        conn.exec_driver_sql("UPDATE feed SET document = replace(document, 'Toaster', 'Roaster')")
        conn.exec_driver_sql("DELETE FROM audit_checkpoint")
    floor.upkeep()
    assert looks(floor, late) == ""
    files = [carry(bench, tmp_path / f"bench-{n}.json") for n, bench in enumerate((early, late), 1)]
    brought = [part for file in files for part in ("--checkpoint", str(file))]
    root = ["--root", ROOT.public_key.hex()]
    assert run(["verify", *root, *brought]) == 1
    assert "and not for the same ones: the centre told two histories" in capsys.readouterr().out
    evidence, signer = tmp_path / "evidence", Ed25519Signer(SEED)
    export_centre(floor.database, signer, "test", floor.clock.now(), evidence)
    # Its export is without a fault by itself, and with what the later bench kept; the earlier one tells.
    assert run(["verify", str(evidence), *root]) == 0
    assert run(["verify", str(evidence), *root, "--checkpoint", str(files[1])]) == 0
    assert "the export contains exactly their history" in capsys.readouterr().err
    assert run(["verify", str(evidence), "--checkpoint", str(files[0])]) == 1
    assert "bench-1.json vouches for: the history was told anew in between" in capsys.readouterr().out
    # Both carried to the centre: the same case that the bench's own question opens.
    (tmp_path / "centre.key").write_text(SEED.hex(), encoding="ascii")
    url = f"sqlite:///{tmp_path / 'centre.db'}"
    for _ in range(2):
        assert run(["central", "hold", *map(str, files), "--db", url]) == 1
    assert early.station_id in capsys.readouterr().out
    assert [case["type"] for case in asks(floor, early)] == ["trail.differs"]
    kept = tmp_path / "kept.json"
    assert run(["central", "checkpoints", str(kept), "--db", url]) == 0
    assert run(["verify", str(evidence), *root, "--checkpoint", str(kept)]) == 0
    assert run(["central", "hold", str(kept), "--db", url]) == 0


def asks(floor: Floor, bench: StationBench) -> list[dict[str, Any]]:
    """A bench asks and takes in nothing; the cases about the trail that are open then."""
    bench.way.checkpoint(held_by(bench.ledger))
    return of_type(floor, "trail.differs")


def carry(bench: StationBench, target: Path) -> Path:
    """Writes what a bench kept, as its command does."""
    connection = bench.ledger.connection
    put(target, written(witness.kept(connection), root_of(connection), bench.station_id))
    return target


def of_type(floor: Floor, kind: str) -> list[dict[str, Any]]:
    rows = floor.admin.get("/exceptions", state="open")["exceptions"]
    return [row for row in rows if row["type"] == kind]
