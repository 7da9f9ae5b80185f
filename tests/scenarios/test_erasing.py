"""People's data are erased while a bench is away that still works on their return."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from sync.central.store.tables import personal_data, personal_key
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
