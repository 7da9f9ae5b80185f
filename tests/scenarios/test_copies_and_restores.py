"""Two stations and a centre as processes of their own; one station is cloned, the centre is put back.

Takes some seconds, for it carries the whole promise at once: totals exact, each conflict said once.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import func, select

from app.bootstrap import keeping
from app.bootstrap.centre import CentreClient, EmbeddedCentre
from app.ledger.audit import audit as audit_station
from sync.central.audit import audit as audit_centre
from sync.central.store.database import create_database
from sync.central.store.tables import balance, exception, receipt
from tests.sync.central.receiving import OwnClock
from tests.sync.world import Site

ROOT = Path(__file__).parents[2]
Station = tuple[Path, int]


class Floor:
    """The files of the stations, and the centre that answers now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self._lives = 1

    @contextmanager
    def serving(self) -> Iterator[CentreClient]:
        """The centre as a process; it stops with the block."""
        with EmbeddedCentre(self.folder) as centre, CentreClient(centre.url, centre.token) as client:
            self.url = centre.url
            yield client

    def joined(self, admin: CentreClient, number: int) -> Station:
        """A station that is enrolled and has sent two events."""
        asked = {"name": f"Bench {number}", "site": "WH1", "owner": "ACME"}
        code = admin.post("/enrolment-codes", asked, f"code-{number}").text("code")
        path = self.folder / f"station-{number}.db"
        site = Site(path, self.url, OwnClock(), number)
        site.enrol(code)
        site.work(2)
        site.sync()
        site.close()
        return path, number

    def works(self, station: Station, events: int) -> None:
        """The station starts, records so many events, syncs and ends."""
        path, number = station
        self._lives += 1
        command = ["tests.sync.killable", str(path), str(number), self.url, str(events), str(self._lives)]
        subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=True, timeout=120)

    def waiting(self, station: Station) -> int:
        with closing(sqlite3.connect(station[0])) as file:
            return int(file.execute("SELECT count(*) FROM outbox").fetchone()[0])


def test_a_clone_and_a_centre_put_back_lose_and_double_nothing(tmp_path: Path) -> None:
    floor, backup = Floor(tmp_path), tmp_path / "backup.db"
    database = f"sqlite:///{tmp_path / 'centre.db'}"
    with floor.serving() as admin:
        place = {"code": "WH1", "kind": "site", "name": "WH1", "site": "WH1"}
        admin.post("/locations", {"locations": [place]}, "places")
        one, two = floor.joined(admin, 1), floor.joined(admin, 2)
        keeping.backup(database, backup, replace=False, key=None)
        clone = (tmp_path / "clone.db", 1)
        shutil.copyfile(one[0], clone[0])
        floor.works(clone, 2)
        floor.works(one, 1)
        # The clone went on in the chain that both know; so the other one renewed.
        found = admin.get("/exceptions").objects("exceptions")
        assert [entry.text("type") for entry in found].count("chain.renewed") == 1
    keeping.restore(database, backup, None, keeping.Over(replace=True))
    with floor.serving():
        for station in (one, clone, two):
            floor.works(station, 1)
            assert floor.waiting(station) == 0
    centre = create_database(database)
    assert audit_centre(centre).violations == ()
    with centre.read() as conn:
        posted = conn.scalars(select(receipt.c.event_id).where(receipt.c.state == "posted")).all()
        of_stations = [event_id for event_id in posted if event_id in recorded(one, clone, two)]
        # 2 before the backup and 1 + 1 since; the clone 2 + 1; the other station 2 + 1.
        assert len(of_stations) == len(set(of_stations)) == 4 + 3 + 3
        units = conn.scalar(select(func.sum(balance.c.qty)).where(balance.c.qty > 0))
        assert units == 10
        types = conn.scalars(select(exception.c.type)).all()
        # One for each of the three computers.
        assert types.count("chain.renewed") == 3
        assert "event.id_reuse" not in types
    centre.close()
    for path, number in (one, clone, two):
        site = Site(path, floor.url, OwnClock(), number, life=99)
        assert audit_station(site.ledger).violations == ()
        site.close()


def recorded(*stations: Station) -> set[str]:
    """The ids of all events on these disks."""
    found = set[str]()
    for path, _ in stations:
        with closing(sqlite3.connect(path)) as file:
            found |= {row[0] for row in file.execute("SELECT event_id FROM event")}
    return found
