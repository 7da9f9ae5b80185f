"""A real station's sync, a real centre's process, and a bad line between them: every event arrives once."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from app.ledger import mirror
from app.ledger.audit import audit
from sync.client import exchange
from sync.client.state import Link
from tests.faultproxy.line import Cable, Fault, Line, Way
from tests.simulation.laws import received_at
from tests.sync.central.receiving import OwnClock
from tests.sync.test_photos_killed import Served
from tests.sync.toll import Toll, double, lose_reply, lose_request, portal, says
from tests.sync.world import Site

# What a hole costs; the product waits longer.
PATIENCE_S = 0.5
THERE, BACK = Way.THERE, Way.BACK


@dataclass
class Far:
    """A centre in a process of its own, and the number of the next station."""

    served: Served
    database: Path
    numbers: Iterator[int]


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Far]:
    database = tmp_path_factory.mktemp("far") / "centre.db"
    with Served("--db", f"sqlite:///{database}", "--port", "0") as served:
        yield Far(served, database, itertools.count(1))


def wait_for(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """How long a client waits for an answer; the second name is the same written out for requests."""
    patience = httpx.Timeout(seconds, connect=5.0)
    monkeypatch.setattr(exchange, "TIMEOUT", patience)
    monkeypatch.setattr(exchange, "_TIMEOUT", patience.as_dict())


@pytest.fixture
def line(far: Far, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    wait_for(monkeypatch, PATIENCE_S)
    with Line(far.served.url).running() as found:
        yield found


@pytest.fixture
def site(far: Far, line: Line, tmp_path: Path) -> Iterator[Site]:
    number = next(far.numbers)
    found = Site(tmp_path / "station.db", line.url, OwnClock(), number)
    found.enrol(far.served.code())
    yield found
    found.close()


def exact(far: Far, site: Site) -> None:
    """Every event of the station is at the centre once, in order, posted, and the station knows."""
    assert audit(site.ledger).clean
    assert site.waiting() == 0
    rows = site.ledger.connection.exec_driver_sql("SELECT event_id FROM event ORDER BY seq").all()
    there = received_at(far.database, site.ledger.head.station_id)
    assert there == [(row[0], "posted") for row in rows]


def again(site: Site) -> None:
    """A new connection, as after a pause."""
    site.close()
    site.open()


FAULTS = {
    "never answered": Fault(BACK, 0, hole=True),
    "half an answer, then silence": Fault(BACK, 120, hole=True),
    "request swallowed": Fault(THERE, 0, hole=True),
    "half a request, then silence": Fault(THERE, 900, hole=True),
    "reset at once": Fault(THERE, 0, cut=True),
    "reset in a request": Fault(THERE, 900, cut=True),
    "reset in an answer": Fault(BACK, 90, cut=True),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_line_that_breaks_is_said_and_everything_arrives_once(
    far: Far, line: Line, site: Site, name: str
) -> None:
    again(site)
    site.work(3)
    line.next(FAULTS[name])
    site.sync()
    assert line.spent()
    broken = site.said[-1]
    assert (broken.link, broken.reason) == (Link.OFFLINE, exchange.UNREACHABLE)
    site.work(1)
    site.sync(ticks=3)
    assert site.said[-1].link is Link.ONLINE
    exact(far, site)


@pytest.mark.parametrize("out", Cable)
def test_nothing_goes_while_the_cable_is_out_and_everything_afterwards(
    far: Far, line: Line, site: Site, out: Cable
) -> None:
    again(site)
    line.pull(out)
    site.work(3)
    site.sync()
    assert (site.said[-1].link, site.waiting()) == (Link.OFFLINE, 3)
    line.plug()
    site.sync(ticks=3)
    exact(far, site)


def test_rests_grow_while_the_line_is_a_hole(far: Far, line: Line, site: Site) -> None:
    again(site)
    site.work(2)
    line.next(*[Fault(BACK, 0, hole=True)] * 4)
    rests = [site.sync() for _ in range(4)]
    assert all(later > earlier for earlier, later in itertools.pairwise(rests))
    assert site.waiting() == 2
    site.sync(ticks=3)
    exact(far, site)


def test_a_byte_changed_on_the_way_is_never_taken(far: Far, line: Line, site: Site) -> None:
    """Without TLS, which a line between machines always has: signature, hash and form still hold."""
    rng = random.Random(5)
    for _ in range(12):
        again(site)
        site.work(2)
        # Anywhere in a hello or in the events behind it.
        line.next(Fault(THERE, rng.randrange(40, 3500), flip=1 << rng.randrange(8)))
        site.sync()
        site.sync(ticks=2)
        exact(far, site)
    assert line.spent()


def test_a_byte_changed_on_the_way_back_is_never_taken(far: Far, line: Line, site: Site) -> None:
    """As behind a proxy that ends the encryption: every answer says what its bytes are."""
    rng = random.Random(6)
    for _ in range(24):
        again(site)
        site.work(2)
        mirror.forget(site.ledger)
        line.next(Fault(BACK, rng.randrange(900), flip=1 << rng.randrange(8)))
        site.sync()
        site.sync(ticks=2)
        exact(far, site)
        assert site.said[-1].link is Link.ONLINE
    assert line.spent()


def test_a_slow_line_gets_through(far: Far, line: Line, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    wait_for(monkeypatch, 30.0)
    again(site)
    site.work(6)
    before = line.carried[THERE]
    line.next(Fault(THERE, rate=8_000))
    site.sync()
    exact(far, site)
    assert line.carried[THERE] - before > 4_000
    assert site.said[-1].link is Link.ONLINE


def test_whole_exchanges_go_wrong_before_a_centre_of_its_own(far: Far, line: Line, tmp_path: Path) -> None:
    words = {
        lose_request: exchange.UNREACHABLE,
        lose_reply: exchange.UNREACHABLE,
        portal: exchange.SOMETHING_ELSE,
        says(502): exchange.FAULT.format(status=502),
        says(503, retry_after="3"): exchange.BUSY,
        says(429, retry_after="3"): exchange.BUSY,
    }
    with Toll(line.url) as toll:
        site = Site(tmp_path / "tolled.db", toll.base_url, OwnClock(), next(far.numbers))
        site.enrol(far.served.code())
        for fault, said in words.items():
            site.work(2)
            toll.next("/events", fault)
            site.sync()
            assert (site.said[-1].link, site.said[-1].reason) == (Link.OFFLINE, said)
            site.sync(ticks=2)
            exact(far, site)
        for silent in (double, says(413)):
            site.work(4)
            toll.next("/events", silent)
            site.sync(ticks=2)
            exact(far, site)
        assert toll.spent()
        site.close()
