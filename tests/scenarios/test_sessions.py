"""A bench is locked and signed out: the centre keeps both as facts, and nobody is asked about them."""

from __future__ import annotations

from tests.scenarios.floor import Floor


def test_sessions_reach_the_centre_and_open_no_case(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "LOCK", "OK", "SIGN_OUT", "OK", "GRADE_B")
    bench.sync()
    sql = "SELECT event_id, kind FROM event WHERE kind LIKE 'session.%' ORDER BY seq"
    made = bench.ledger.connection.exec_driver_sql(sql).all()
    kinds = ["session.locked", "session.unlocked", "session.ended", "session.started"]
    assert [kind for _, kind in made] == kinds
    for event_id, kind in made:
        stored = str(floor.admin.get(f"/events/{event_id}"))
        assert kind in stored
        assert "ana-1" in stored
        assert "Ana K." not in stored, "no fact names a person"
    assert floor.cases() == []
