"""A centre that stays open while its disk fails: no acknowledgement without the fact, and it goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.refusal import Unavailable
from tests.iofaults.failing import FailingDisk, Kind
from tests.iofaults.files import failing_disk
from tests.powercut.centre_scenes import enrolled, sent
from tests.sync.central.receiving import Bench, Store

_MOST = 400


@pytest.mark.parametrize("kind", Kind)
def test_whichever_call_of_a_receipt_fails_the_same_centre_takes_it_when_the_disk_is_well(
    tmp_path: Path, kind: Kind
) -> None:
    enrolled(tmp_path)
    bench, disk, refused = Bench(), FailingDisk(), 0
    bench.work(2)
    with failing_disk(tmp_path, disk):
        store = Store(tmp_path)
        for at in range(1, _MOST):
            before = len(store.states(bench))
            event = bench.record()
            disk.arm(at, kind, lasting=at % 3 == 0)
            try:
                sent(store, bench, [event])
            except Unavailable:
                refused += 1
                disk.disarm()
                assert len(store.states(bench)) == before, "what was refused is not shown"
                # The bench sends again what was not acknowledged.
                sent(store, bench, [event])
            fired = disk.fired
            disk.disarm()
            assert len(store.states(bench)) == before + 1
            if not fired:
                break
        assert not fired
        store.prove()
        store.database.close()
    assert refused >= 3
    again = Store(tmp_path)
    assert len(again.states(bench)) == len(bench.events)
    again.prove()
    again.database.close()
