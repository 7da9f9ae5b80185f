"""A supervisor decides at the bench while the centre is away; the centre hears of it and agrees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.approvals.wrapping import PEPPER_SIZE
from app.scanning import badges
from app.station.approving import Approver, Approving, Means
from sync.central.store.approval_keys import grant_key
from tests.app.vault.test_stretching import CHEAP
from tests.approvals.world import POLICY, ROOT
from tests.scenarios.floor import Floor, open_floor
from tests.scenarios.station_bench import StationBench
from tests.sync.central.approving import ASKED

RUTH = Approver("RUTH", "271829", b"badge of RUTH...")
_DISCARD = ("MUG-4", "GRADE_D", "ANSWER_1", "PHOTO", "OK", "DISCARD")


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    with open_floor(tmp_path, POLICY) as found:
        with found._centre.database.write() as conn:
            grant_key(conn, ROOT, POLICY, found._centre.clock.now())
        yield found


def approving_bench(floor: Floor) -> StationBench:
    """A bench at which Ruth made her key, certified by the centre."""
    bench = floor.bench()
    means = Means(CHEAP, b"p" * PEPPER_SIZE, frozenset(), floor._centre.clock, bench._ids)
    bench.approving = Approving(bench.ledger, means)
    floor.admin.post("/approvers", dict(bench.approving.enrol(RUTH)) | ASKED)
    bench.sync()
    return bench


def discards(floor: Floor, bench: StationBench, n: int) -> list[str]:
    """So many units that the bench wants written off; their labels."""
    floor.sells("o-1", {"MUG-4": n})
    rma = floor.authorizes({"MUG-4": n})
    bench.sync()
    for _ in range(n):
        bench.scans(rma, *_DISCARD)
    return bench.labels[-n:]


def signs(bench: StationBench) -> None:
    bench.scans(badges.payload(RUTH.badge))
    bench.engine.enter_pin(RUTH.pin)


@pytest.mark.parametrize("together", [True, False])
def test_what_is_approved_at_the_bench_is_approved_at_the_centre(floor: Floor, *, together: bool) -> None:
    bench = approving_bench(floor)
    labels = discards(floor, bench, 2)
    if not together:
        bench.sync()
        assert [asked["label"] for asked in floor.write_offs()] == labels
    bench.scans("GO_APPROVALS", labels[0], "OK", "OK")
    signs(bench)
    assert bench.engine.reviewing.state.decided is not None
    bench.sync()
    done = floor.write_offs("approved")
    assert sorted((entry["label"], entry["decided_by"]) for entry in done) == sorted(
        (label, "RUTH") for label in labels
    )
    assert floor.write_offs() == []
    assert floor.stock("MUG-4") == {}
    assert floor.cases() == []
    verdicts = floor.admin.get("/approvals")["approvals"]
    assert [entry["verdict"] for entry in verdicts] == ["valid", "valid"]
    bench.sync()
    bench.scans("GO_APPROVALS")
    assert bench.engine.reviewing._pending() == ()


def test_what_is_rejected_at_the_bench_is_a_supervisors_case(floor: Floor) -> None:
    bench = approving_bench(floor)
    (label,) = discards(floor, bench, 1)
    bench.scans("GO_APPROVALS", label, "REJECT", "ANSWER_1")
    signs(bench)
    bench.sync()
    (no,) = floor.write_offs("rejected")
    assert (no["label"], no["decided_by"], no["decision_reason"]) == (label, "RUTH", "It can be repaired")
    assert [case["type"] for case in floor.cases()] == ["write_off.rejected"]
    assert floor.stock("MUG-4") == {"HOLD-3 quarantined awaiting_write_off": 1}
    bench.scans("GO_APPROVALS")
    assert bench.engine.reviewing._pending() == ()


def test_what_the_centre_decided_waits_at_the_bench_no_more(floor: Floor) -> None:
    bench = approving_bench(floor)
    discards(floor, bench, 2)
    bench.sync()
    floor.decides(floor.write_offs()[0]["write_off"], "approve")
    bench.sync()
    bench.scans("GO_APPROVALS")
    assert len(bench.engine.reviewing._pending()) == 1


def test_regulated_goods_stay_and_wait_for_their_disposal(floor: Floor) -> None:
    bench = approving_bench(floor)
    floor.sells("o-1", {"CR-50": 1})
    rma = floor.authorizes({"CR-50": 1})
    bench.sync()
    bench.scans(rma, "CR-50", "GRADE_D", "PHOTO", "OK", "DISCARD")
    bench.scans("GO_APPROVALS", "OK")
    signs(bench)
    bench.sync()
    (done,) = floor.write_offs("approved")
    assert done["regulated"] == "food, health goods and cosmetics"
    assert floor.stock("CR-50") == {"HOLD-3 quarantined awaiting_disposal": 1}
    assert floor.cases() == []
