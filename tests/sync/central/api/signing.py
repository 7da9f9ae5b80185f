"""A station that speaks to a running centre by itself, and a centre with a policy key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.signing import Ed25519Signer
from sync.central.rules.access import Role
from sync.central.store.approval_keys import grant_key
from sync.client.enrol import enrol
from sync.client.transport import HttpCentre
from tests.approvals.world import POLICY, ROOT
from tests.centre import RunningCentre, SeededIds, running_centre

STATION = "5f" * 16
SIGNER = Ed25519Signer(b"a station's key in these tests32")


@contextmanager
def vouching_centre(folder: Path) -> Iterator[RunningCentre]:
    """A centre with a policy key in use."""
    with running_centre(folder, policy_key=POLICY) as found:
        with found.database.write() as conn:
            grant_key(conn, ROOT, POLICY, found.clock.now())
        yield found


def joined(centre: RunningCentre) -> HttpCentre:
    """The way of a station of the site WH1 to the centre."""
    admin = centre.as_(Role.ADMIN)
    admin.post("/locations", {"locations": [{"code": "W", "kind": "bin", "name": "W", "site": "WH1"}]})
    code = admin.post("/enrolment-codes", {"name": "Bench", "site": "WH1", "owner": "ACME"})["code"]
    enrol(
        centre.base_url,
        code,
        station_id=STATION,
        install_id="i",
        public_key=SIGNER.public_key,
        name="mine",
        clock=centre.clock,
    )
    return HttpCentre(centre.base_url, STATION, SIGNER, clock=centre.clock, ids=SeededIds(3))


def fence(centre: RunningCentre) -> None:
    """Shuts the station out."""
    with centre.database.write() as conn:
        conn.exec_driver_sql("UPDATE station SET fenced = TRUE WHERE bench > 0")
