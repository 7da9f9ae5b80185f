"""A fortnight without a network, then all stations at once over narrow lines: how long until nothing waits.

Centre and stations are the programs; before each station is a line of its own, far, narrow, and unreliable.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

from app.bootstrap.centre import BACKHAUL, CentreClient, EmbeddedCentre
from app.bootstrap.enrolling import join
from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.bootstrap.resources import policy_source
from app.bootstrap.station import CENTRE_URL
from app.domain.clock import to_text
from app.domain.place import Location, LocationKind
from app.domain.returns import Rma
from app.ledger.also import SetValue
from app.station.system import SystemClock
from sync.central.audit import audit
from sync.central.store.database import create_database
from tests.bench.catching_child import ITEMS, returns_of
from tests.bench.figures import Figure, Target
from tests.bench.grown import Say
from tests.bench.starting import ROOT
from tests.bench.workload import OWNER, SITE, item, sku
from tests.faultproxy.line import Way
from tests.faultproxy.wide import Shape, WideLine
from tests.simulation.laws import received_at

SHAPE = Shape(rate=125_000, delay_s=0.3, resets=0.05)
_STOCK = 10_000_000
_SHELF = "A-01"
_WITHIN_S = 15 * 60
_PATIENCE_S = 3 * _WITHIN_S
_LOOK_S = 0.2
_END_S = 30.0
_BOTH = 2
# What comes back was sold some days before.
_BEFORE = timedelta(days=3)
_UNITS = (
    "SELECT (SELECT sum(qty) FROM order_line), sum(b.qty) FROM balance b JOIN account a ON a.id = b.account "
    "WHERE a.location = '@customer'"
)
# What is to be refurbished waits for somebody, and that is said; it is nobody's doing here.
_CASES = "SELECT type, count(*) FROM exception WHERE type <> 'work.overdue' GROUP BY type"


class NotExactError(Exception):
    """The centre holds something else than the stations sent."""


@dataclass(frozen=True, slots=True)
class Size:
    """So many stations, each away for so many days with so many events a day."""

    stations: int
    days: int
    events: int

    @property
    def of_one(self) -> int:
        """Events of one station."""
        return self.days * self.events

    @property
    def total(self) -> int:
        """Events of all stations."""
        return self.stations * self.of_one


def measure(folder: Path, size: Size, say: Say) -> list[Figure]:
    """Seconds from the start of the programs until nothing waits at any of them, and events a second.

    The limit is the time that the fullest line needs for its bytes alone, which never wait for anything.
    """
    began = SystemClock().now() - timedelta(days=size.days)
    with ExitStack() as opened:
        centre = opened.enter_context(EmbeddedCentre(folder / "centre"))
        lines = [
            opened.enter_context(WideLine(centre.url, SHAPE, seed).running()) for seed in range(size.stations)
        ]
        stations = [folder / f"station-{number}" for number in range(size.stations)]
        _furnish(centre, stations, size, began, say)
        say(f"recording {size.total:,} events")
        _record(stations, size, began)
        for station, line in zip(stations, lines, strict=True):
            _move(station, line.url)
        say("the network is back")
        seconds = _caught_up(stations, folder / "notes")
    say("proving that the centre holds each event once")
    _prove(folder / "centre" / "centre.db", stations, size)
    return _figures(seconds, lines, size)


def _furnish(centre: EmbeddedCentre, stations: Sequence[Path], size: Size, began: datetime, say: Say) -> None:
    """Stations that joined, goods that were sold, and returns that were announced before the network went."""
    at = to_text(began - _BEFORE)
    with CentreClient(centre.url, centre.token) as client:
        client.post("/policies", {"source": policy_source()}, "policy")
        places = [Location(code, LocationKind.BIN, code, SITE).to_json() for code in ("R-03", _SHELF)]
        client.post("/locations", {"locations": places}, "locations")
        names = [sku(number) for number in range(ITEMS)]
        client.post("/items", {"items": [item(name).to_json() for name in names]}, "items")
        lines = [{"line": line, "sku": name, "qty": _STOCK} for line, name in enumerate(names, 1)]
        body = {"document": "GR-1", "owner": OWNER, "location": _SHELF, "at": at, "lines": lines}
        client.post("/receipts", body, "receipt")
        for number, station in enumerate(stations):
            asked = {"name": f"BENCH {number}", "site": SITE, "owner": OWNER}
            code = client.post("/enrolment-codes", asked, f"bench-{number}").text("code")
            join(Folder(station), centre.url, code, f"BENCH {number}")
            say(f"announcing the returns of bench {number}")
            for rma in returns_of(number, size.of_one):
                _sell_and_announce(client, rma, at, to_text(began))


def _sell_and_announce(client: CentreClient, rma: Rma, sold: str, announced: str) -> None:
    lines = [{"line": x.line, "sku": x.sku, "qty": x.qty} for x in rma.lines]
    about = {"owner": OWNER, "customer": "20001", "order": rma.order}
    order = {**about, "at": sold, "channel": "shop", "ship": "available", "lines": lines}
    client.post("/orders", order, f"order-{rma.code}")
    because = [{**line, "reason": "changed_mind"} for line in lines]
    asked = {"rma": rma.code, "at": announced, "site": SITE, "tracking": list(rma.tracking), "match": "order"}
    client.post("/returns", {**about, **asked, "lines": because}, f"rma-{rma.code}")


def _record(stations: Sequence[Path], size: Size, began: datetime) -> None:
    def of(number: int) -> None:
        numbers = (str(number), str(size.days), str(size.events))
        words = ["-m", "tests.bench.catching_child", str(stations[number]), *numbers, to_text(began)]
        subprocess.run([sys.executable, *words], cwd=ROOT, check=True)

    with ThreadPoolExecutor(_BOTH) as pool:
        list(pool.map(of, range(size.stations)))


def _move(station: Path, url: str) -> None:
    """The station finds the centre at the other end of its line."""
    with open_record(Folder(station), must_exist=True) as ledger:
        ledger.save([SetValue(CENTRE_URL, url)])


def _caught_up(stations: Sequence[Path], notes: Path) -> float:
    """Starts all programs at one moment; seconds until nothing waits at any of them."""
    notes.mkdir()
    with ExitStack() as opened:
        began = time.monotonic()
        for station in stations:
            opened.enter_context(_at_work(station, notes))
        while any(map(_waiting, stations)):
            if time.monotonic() - began > _PATIENCE_S:
                raise RuntimeError(f"after {_PATIENCE_S} s there wait {[*map(_waiting, stations)]} events")
            threading.Event().wait(_LOOK_S)
        return time.monotonic() - began


@contextmanager
def _at_work(station: Path, notes: Path) -> Iterator[None]:
    with (notes / f"{station.name}.log").open("wb") as said:
        program = subprocess.Popen(
            [*BACKHAUL, "station", "--headless", "--data", str(station), "--printer", "none"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_DATA_HOME": str(notes)},
        )
        try:
            yield
        finally:
            program.kill()
            program.wait(_END_S)


def _waiting(station: Path) -> int:
    return int(str(_asked(station, "SELECT count(*) FROM outbox")[0][0]))


def _prove(centre: Path, stations: Sequence[Path], size: Size) -> None:
    """Each event was posted once, each unit left its customer, nothing was found odd, and every law holds.

    Raises:
        NotExactError: something differs.
    """
    held = Counter(chain.from_iterable(received_at(centre, _station_id(station)) for station in stations))
    recorded = Counter((event, "posted") for station in stations for event in _events(station))
    if held != recorded or held.total() != size.total:
        raise NotExactError(f"{recorded.total()} events were recorded, the centre holds {held.total()}")
    with closing(sqlite3.connect(f"{centre.as_uri()}?mode=ro", uri=True)) as db:
        sold, there = db.execute(_UNITS).fetchone()
        cases = db.execute(_CASES).fetchall()
    if sold - there != size.total or cases:
        raise NotExactError(f"{sold - there} units of {size.total} came back; cases: {cases}")
    database = create_database(f"sqlite:///{centre}")
    try:
        if violations := audit(database).violations:
            raise NotExactError(f"{len(violations)} laws are broken, first {violations[0]}")
    finally:
        database.close()


def _station_id(station: Path) -> str:
    return str(_asked(station, "SELECT value FROM meta WHERE name = 'station_id'")[0][0])


def _events(station: Path) -> list[str]:
    return [str(row[0]) for row in _asked(station, "SELECT event_id FROM event")]


def _asked(station: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"{Folder(station).record.as_uri()}?mode=ro", uri=True)) as record:
        return record.execute(question).fetchall()


def _figures(seconds: float, lines: Sequence[WideLine], size: Size) -> list[Figure]:
    there = [line.carried[Way.THERE] for line in lines]
    requests, resets = sum(line.requests for line in lines), sum(line.resets for line in lines)
    bare_s = max(there) / SHAPE.rate
    notes = {
        "stations": size.stations,
        "days": size.days,
        "events": size.total,
        "exact": True,
        "mb_there": round(sum(there) / 1e6, 1),
        "mb_back": round(sum(line.carried[Way.BACK] for line in lines) / 1e6, 1),
        "bytes_an_event": round(sum(there) / size.total),
        "requests": requests,
        "reset": resets,
    }
    what = "the fullest line's bytes there at its full rate"
    return [
        Figure(
            "catching_up.time",
            "s",
            {"value": seconds},
            {"value": bare_s},
            what,
            (Target("value", _WITHIN_S, absolute=True),),
            notes,
        ),
        Figure("catching_up.events", "events/s", {"value": size.total / seconds}, notes=notes),
    ]
