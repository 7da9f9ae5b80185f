"""People's data are erased while a bench is away that still works on their return."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from app.ledger.tables import event as event_table
from sync.central.store.tables import personal_data, personal_key, receipt
from tests.scenarios.floor import Floor

VALUES = {"name": "Anna Karenina", "address": "12 Mill Lane, Leeds LS1 4AB"}


def test_a_return_erased_while_a_bench_is_away_still_counts_and_its_values_are_gone(
    floor: Floor, tmp_path: Path
) -> None:
    floor.sells("o-1", {"MUG-4": 2})
    rma = floor.authorizes({"MUG-4": 2})
    ref = floor.service.post("/personal", {"rma": rma, "values": VALUES})["pii_ref"]
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_A")
    asked = {"rma": rma, "reason": "asked by letter"}
    assert floor.service.post("/personal/erase", asked) == {"erased": [ref]}
    bench.sync()
    # It is named again, after the centre and the bench spoke.
    bench.scans(rma, "MUG-4", "GRADE_A", "DONE")
    bench.sync()
    assert floor.cases() == []
    assert floor.states(rma) == ["dispositioned"]
    assert floor.stock("MUG-4") == {"R-03 sellable": 2}
    why = {"purpose": "the parcel came back"}
    assert floor.service.send(f"/personal/{ref}/read", why).status_code == 404
    with floor.database.read() as conn:
        for table in (personal_data, personal_key):
            assert conn.scalar(select(func.count()).select_from(table)) == 0
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert any(rma.encode() in held for held in files)
    assert not any(value.encode() in held for held in files for value in VALUES.values())


def test_a_parcels_number_that_a_bench_noted_is_erased_at_both_ends(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 2})
    rma = floor.authorizes({"MUG-4": 2}, tracking="1Z999AA10123456784")
    bench = floor.bench()
    bench.scans("1Z999AA10123456784", "MUG-4", "GRADE_A")
    bench.sync()
    noted = select(event_table.c.event_id).where(event_table.c.private.is_not(None))
    ids = list(bench.ledger.connection.scalars(noted.order_by(event_table.c.seq)))
    assert ids
    done = floor.service.post("/personal/erase", {"rma": rma, "reason": "asked by letter"})
    assert done == {"erased": [], "events": ids}
    # The bench works on meanwhile, and hears of it with its next sync.
    bench.scans("MUG-4", "GRADE_A", "DONE")
    bench.sync()
    # What it noted before it heard goes as it comes; that is on record with the next upkeep.
    floor.upkeep()
    bench.sync()
    assert list(bench.ledger.connection.scalars(noted)) == []
    with floor.database.read() as conn:
        sealed = select(receipt.c.private).where(receipt.c.station_id == bench.station_id)
        assert set(conn.scalars(sealed)) == {None}
    assert floor.cases() == []
    assert floor.states(rma) == ["dispositioned"]
    assert floor.admin.send("/personal/erase-event", {"event": ids[0], "reason": "again"}).json() == {
        "erased": [],
        "events": [],
    }
    assert floor.admin.send("/personal/erase-event", {"event": "none", "reason": "why"}).status_code == 404
    floor.prove()
