"""The fault rows of the protocol, with real parts: HTTP on loopback, the real centre, real station files."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from sync.central.store import posting, settling
from sync.central.store.feed import Record, publish
from sync.central.store.tables import receipt
from sync.client import state
from sync.client.session import HALTED_S
from sync.client.state import Link
from sync.wire.protocol import MAX_EVENTS
from tests.architecture.source_rules import ROOT
from tests.sync.toll import (
    Fault,
    Passage,
    Reply,
    double,
    flip,
    half_reply,
    lose_reply,
    lose_request,
    portal,
    says,
)
from tests.sync.world import Site, World

PATIENCE = 30


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path).running() as found:
        yield found


def states(world: World) -> dict[str, list[str]]:
    """The receipts' states of every station, in chain order."""
    with world.store.database.read() as conn:
        rows = conn.execute(select(receipt.c.station_id, receipt.c.state).order_by(receipt.c.id)).all()
    found: dict[str, list[str]] = {}
    for station_id, said in rows:
        found.setdefault(station_id, []).append(said)
    return found


def received(world: World, site: Site) -> list[str]:
    return states(world).get(site.ledger.head.station_id, [])


def shut_out(world: World, site: Site, says_: str) -> None:
    """The station says plainly why nothing goes, and still has everything."""
    assert site.said[-1].link is Link.STOPPED
    assert site.said[-1].reason == says_
    assert world.store.cases() != []


# --- a good day --------------------------------------------------------------------------------------------


def test_what_was_recorded_before_joining_goes_unchanged(world: World) -> None:
    site = world.site(enrolled=False)
    site.work(3)
    identity = site.enrol(world.store.code("Bench 7"))
    assert (identity.bench, identity.name, identity.epoch) == ("01", "Bench 7", 1)
    site.sync()
    world.agreed(site)
    assert received(world, site) == ["posted"] * 3
    assert [said.link for said in site.said] == [Link.ONLINE] * len(site.said)


def test_the_feed_reaches_the_mirror(world: World) -> None:
    site = world.site()
    with world.store.database.write() as conn:
        publish(conn, [Record("item", f"K-{n}", {"sku": f"K-{n}"}) for n in range(2500)])
        publish(conn, [Record("tariff", "t-1", {"of": "the future"})])
    site.sync()
    cursor = site.ledger.cursor
    assert (cursor.gen, cursor.pos) == (1, 2501)
    site.sync()
    assert site.ledger.cursor == cursor


def test_many_events_go_in_batches_and_a_second_station_sees_its_own(world: World) -> None:
    one, two = world.site(), world.site()
    one.work(MAX_EVENTS + 30)
    two.work(3)
    one.sync()
    two.sync()
    world.agreed(one)
    world.agreed(two)
    pushes = [passage for passage in world.toll.seen if passage.target.endswith("/events")]
    assert len(pushes) == 3


def test_fourteen_days_offline_arrive_whole(world: World) -> None:
    site = world.site()
    for _ in range(14):
        site.work(60)
        world.clock.pass_by(86_400)
    site.sync()
    world.agreed(site)
    assert len(received(world, site)) == 14 * 60


# --- a bad network -----------------------------------------------------------------------------------------

FAULTS: dict[str, Fault] = {
    "request lost": lose_request,
    "reply lost": lose_reply,
    "reply cut": half_reply,
    "doubled": double,
    "sign-in page": portal,
    "500": says(500),
    "502": says(502),
    "429": says(429, retry_after="3"),
    "413": says(413),
    "403 by a proxy": says(403),
    "404 by a proxy": says(404),
    "bit flipped": flip(77),
    "last bit flipped": flip(-1, 7),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("word", ["/hello", "/events", "/changes"])
def test_whatever_happens_once_to_an_exchange_everything_arrives_once(
    world: World, fault: Fault, word: str
) -> None:
    site = world.site()
    site.work(4)
    if word == "/changes" and fault in {FAULTS["bit flipped"], FAULTS["last bit flipped"]}:
        fault = says(400)  # a request without a body has no bit to flip
    world.toll.next(word, fault)
    site.sync(ticks=3)
    world.agreed(site)
    assert received(world, site) == ["posted"] * 4
    assert site.said[-1].link is Link.ONLINE
    assert world.store.cases() == []


@pytest.mark.parametrize("fault", [lose_reply, half_reply], ids=["lost", "cut"])
def test_a_lost_reply_is_not_an_acknowledgement_until_the_next_session(world: World, fault: Fault) -> None:
    site = world.site()
    site.work(4)
    world.toll.next("/events", fault)
    site.sync()
    assert (site.waiting(), len(received(world, site))) == (4, 4)
    assert site.said[-1].link is Link.OFFLINE
    site.sync()
    # The welcome named our own hash: nothing had to be sent again.
    pushes = [passage for passage in world.toll.seen if passage.target.endswith("/events")]
    assert len(pushes) == 1
    world.agreed(site)


def test_a_sign_in_page_confirms_nothing(world: World) -> None:
    site = world.site()
    site.work(2)
    world.toll.next("/v1", *[portal] * 5)
    site.sync(ticks=5)
    assert (site.waiting(), site.said[-1].link) == (2, Link.OFFLINE)
    assert "sign-in page" in site.said[-1].reason
    site.sync()
    world.agreed(site)


def test_retry_after_is_obeyed(world: World) -> None:
    site = world.site()
    site.work(1)
    world.toll.next("/hello", says(429, retry_after="120"))
    assert site.client.tick(world.clock.now()) == 120
    world.clock.pass_by(119)
    assert site.client.tick(world.clock.now()) == 1
    assert len([passage for passage in world.toll.seen if passage.target.endswith("/hello")]) == 1
    world.clock.pass_by(1)
    site.sync()
    world.agreed(site)


def test_a_gateway_that_takes_little_gets_single_events(world: World) -> None:
    site = world.site()
    site.work(9)
    world.toll.next("/events", *[says(413)] * 3)
    site.sync()
    world.agreed(site)
    pushes = [passage for passage in world.toll.seen if passage.target.endswith("/events")]
    assert len(pushes) == 3 + 9


def test_facts_arrive_while_nothing_can_be_fetched(world: World) -> None:
    site = world.site()
    site.work(2)
    world.toll.next("/changes", *[lose_request] * 3)
    site.sync(ticks=3)
    world.agreed(site)
    assert site.said[-1].link is Link.OFFLINE


def test_a_seeded_bad_week_loses_and_doubles_nothing(world: World, seeded: random.Random) -> None:
    sites = [world.site() for _ in range(3)]
    kinds = [f for f in FAULTS.values() if f not in {FAULTS["bit flipped"], FAULTS["last bit flipped"]}]
    for _ in range(25):
        site = seeded.choice(sites)
        site.work(seeded.randint(0, 4))
        if seeded.random() < 0.6:
            world.toll.next(seeded.choice(["/hello", "/events", "/changes"]), seeded.choice(kinds))
        if seeded.randint(0, 3) == 0:
            site.close()
            site.open()
        site.sync(ticks=seeded.randint(1, 2))
    for site in sites:
        site.sync(ticks=60)
        world.agreed(site)
    world.toll.drop()
    assert world.store.cases() == []


# --- killed in the middle ----------------------------------------------------------------------------------


def test_a_station_killed_between_the_centres_commit_and_the_reply_sends_nothing_twice(world: World) -> None:
    site = world.site()
    site.close()
    committed, over = threading.Event(), threading.Event()

    def commit_and_hang(passage: Passage, forward: Callable[[Passage], Reply]) -> None:
        forward(passage)
        committed.set()
        over.wait(PATIENCE)

    world.toll.next("/events", commit_and_hang)
    command = [sys.executable, "-m", "tests.sync.killable", str(site.path), "1", world.toll.base_url, "5"]
    with subprocess.Popen(command, cwd=ROOT) as station:
        try:
            assert committed.wait(PATIENCE)
        finally:
            station.kill()
            over.set()
    assert station.returncode == -signal.SIGKILL
    site.open()
    assert site.waiting() == 5
    assert len(received(world, site)) == 5
    site.work(1)
    site.sync()
    world.agreed(site)
    assert received(world, site) == ["posted"] * 6


# --- records that differ -----------------------------------------------------------------------------------


def test_two_clones_are_told_plainly_and_both_keep_everything(world: World) -> None:
    site = world.site()
    site.work(2)
    site.sync()
    site.close()
    copied = world.folder / "copied.db"
    shutil.copy(site.path, copied)
    site.open()
    clone = Site(copied, world.toll.base_url, world.clock, 1, life=1)
    world.sites.append(clone)
    clone.work(1)
    site.work(1)
    site.sync()
    world.agreed(site)
    clone.sync()
    shut_out(world, clone, state.DIFFERS)
    clone.work(2)
    clone.sync()
    assert (clone.waiting(), clone.ledger.head.seq) == (3, 5)
    assert world.store.cases() == ["chain.fork"]
    # The one the centre knows goes on.
    site.work(1)
    site.sync()
    world.agreed(site)


def test_a_fork_in_the_middle_of_a_session_stops_the_clone_only(world: World) -> None:
    site = world.site()
    site.work(1)
    site.sync()
    site.close()
    copied = world.folder / "copied.db"
    shutil.copy(site.path, copied)
    site.open()
    clone = Site(copied, world.toll.base_url, world.clock, 1, life=1)
    world.sites.append(clone)
    clone.sync()
    site.sync()
    site.work(1)
    site.sync()
    clone.work(1)
    clone.sync()
    shut_out(world, clone, state.DIFFERS)
    assert clone.waiting() == 1
    world.clock.pass_by(HALTED_S)
    clone.sync()
    shut_out(world, clone, state.DIFFERS)
    assert world.store.cases() == ["chain.fork"]


def test_a_restored_disk_is_told_plainly_before_and_after_new_work(world: World) -> None:
    site = world.site()
    site.work(2)
    site.sync()
    site.close()
    backup = world.folder / "backup.db"
    shutil.copy(site.path, backup)
    site.open()
    site.work(3)
    site.sync()
    site.close()
    shutil.copy(backup, site.path)
    for leftover in ("-wal", "-shm"):
        site.path.with_name(site.path.name + leftover).unlink(missing_ok=True)
    site.open()
    site.sync()
    shut_out(world, site, state.DIFFERS)
    site.work(3, operator="kim")
    world.clock.pass_by(HALTED_S)
    site.sync()
    shut_out(world, site, state.DIFFERS)
    assert (site.waiting(), len(received(world, site))) == (3, 5)
    assert world.store.cases() == ["chain.fork"]


# --- what does not fit -------------------------------------------------------------------------------------


def test_a_poison_event_is_one_case_and_everybody_moves_on(
    world: World, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    real = posting.post

    def post(*args: object, **named: object) -> None:
        real(*args, **named)  # type: ignore[arg-type]
        if args[1].operator == "poison":  # type: ignore[attr-defined]
            raise ZeroDivisionError

    monkeypatch.setattr(settling, "post", post)
    expect_log("was not posted")
    site = world.site()
    site.work(1)
    site.work(1, operator="poison")
    site.work(2)
    site.sync()
    assert site.waiting() == 0
    assert received(world, site) == ["posted", "unposted", "posted", "posted"]
    assert world.store.cases() == ["event.unposted"]
    assert site.said[-1].link is Link.ONLINE


def test_a_kind_of_the_future_is_confirmed_stored_and_counted(world: World) -> None:
    site = world.site()
    site.work(1, kind="return.polished")
    site.work(1)
    site.sync()
    assert site.waiting() == 0
    assert received(world, site) == ["unposted", "posted"]
    assert world.store.cases() == ["kind.unknown"]


def rewrite(site: Site, old: str, new: str) -> None:
    """Changes the second event in the station's file, as a tool with access to it could."""
    with sqlite3.connect(site.path) as tool:
        tool.execute("UPDATE event SET facts = CAST(replace(facts, ?, ?) AS BLOB) WHERE seq = 2", (old, new))
    tool.close()


def test_an_event_changed_on_the_stations_disk_is_evidence_and_stops_the_queue_there(world: World) -> None:
    site = world.site()
    site.work(3)
    rewrite(site, "K-17", "K-18")
    site.sync()
    assert site.said[-1].link is Link.STOPPED
    assert "number 2" in site.said[-1].reason
    assert site.waiting() == 2
    assert received(world, site) == ["posted", "evidence"]
    assert world.store.cases() == ["event.rejected"]
    rewrite(site, "K-18", "K-17")
    world.clock.pass_by(HALTED_S)
    site.sync()
    world.agreed(site)


@pytest.mark.parametrize("days", [400, -3])
def test_a_clock_that_is_wrong_is_said_and_shuts_nobody_out(world: World, days: float) -> None:
    site = world.site()
    site.clock.pass_by(0)
    wrong = type(site.clock)(world.clock.now())
    wrong.pass_by(days * 86_400)
    site.close()
    site.clock = wrong
    site.open()
    site.work(2)
    site.sync()
    assert site.said[-1].link is Link.ONLINE
    assert "clock" in site.said[-1].reason
    world.agreed(site)
