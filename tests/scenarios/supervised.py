"""A floor with a supervisor: her key was made at the bench, and the centre lets her override there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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
MAY_OVERRIDE = ASKED | {"actions": ["write_off", "override", "unlock"]}


@contextmanager
def supervised_floor(folder: Path) -> Iterator[Floor]:
    """A floor whose centre has a policy key, so that certificates can be issued."""
    with open_floor(folder, POLICY) as found:
        with found._centre.database.write() as conn:
            grant_key(conn, ROOT, POLICY, found._centre.clock.now())
        yield found


def supervised_bench(floor: Floor, **asked: Any) -> StationBench:
    """A bench at which Ruth made her key, certified by the centre."""
    bench = floor.bench()
    means = Means(CHEAP, b"p" * PEPPER_SIZE, frozenset(), floor._centre.clock, bench._ids)
    bench.approving = Approving(bench.ledger, means)
    floor.admin.post("/approvers", dict(bench.approving.enrol(RUTH)) | MAY_OVERRIDE | asked)
    bench.sync()
    return bench


def badge(bench: StationBench, who: Approver = RUTH) -> str:
    """A badge under the scanner; the code of what is said then."""
    return bench.scans(badges.payload(who.badge))


def types_pin(bench: StationBench, pin: str = RUTH.pin) -> str:
    """A PIN typed in the window; the code of what is said then. Labels are printed as they are then."""
    bench.engine.enter_pin(pin)
    bench.labels += [str(document["code"]) for document, _ in bench.engine.take_labels()]
    notice = bench.engine.notice
    return notice.code if notice else ""
