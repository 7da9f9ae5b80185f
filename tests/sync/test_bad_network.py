"""A bad network and a killed station: whatever happens to an exchange, everything arrives once."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.domain.feed import Cursor
from sync.central.commands.items import put_items
from sync.central.store.act import Act
from sync.client.exchange import BARE, CHANGED
from sync.client.state import Link
from sync.wire.protocol import MAX_EVENTS
from tests.architecture.source_rules import ROOT
from tests.sync.central.receiving import NOW
from tests.sync.toll import (
    Fault,
    Passage,
    Reply,
    double,
    flip,
    flip_reply,
    half_reply,
    lose_reply,
    lose_request,
    portal,
    says,
)
from tests.sync.world import World, received

PATIENCE = 30


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path).running() as found:
        yield found


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
    "reply's bit flipped": flip_reply(33, 2),
    "reply's last bit flipped": flip_reply(-1, 0),
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


def test_no_changed_byte_of_a_page_is_applied_and_the_true_page_follows(
    world: World, seeded: random.Random
) -> None:
    site = world.site()
    site.sync()
    with world.store.database.write() as conn:
        act = Act(conn, world.store.chain, "ann", "request:1", NOW, NOW)
        put_items(act, [{"sku": "K-17", "name": "Kettle"}])
    for _ in range(100):
        world.toll.next("/changes", flip_reply(seeded.randrange(1 << 16), seeded.randrange(8)))
        site.sync()
        assert (site.said[-1].link, site.said[-1].reason) == (Link.OFFLINE, CHANGED)
        assert site.ledger.cursor == Cursor(1, 0)
    site.sync()
    assert site.said[-1].link is Link.ONLINE
    assert site.ledger.cursor > Cursor(1, 0)


@pytest.mark.parametrize("word", ["/hello", "/events", "/changes"])
def test_an_answer_without_its_digest_is_none_of_a_centre_that_says_it_gives_one(
    world: World, word: str
) -> None:
    def bare(passage: Passage, forward: Callable[[Passage], Reply]) -> Reply:
        reply = forward(passage)
        named = {name: value for name, value in reply.headers.items() if not name.endswith("-digest")}
        return Reply(reply.status, reply.body, named)

    site = world.site()
    site.work(2)
    world.toll.next(word, bare)
    site.sync()
    assert (site.said[-1].link, site.said[-1].reason) == (Link.OFFLINE, BARE)
    site.sync()
    world.agreed(site)


def test_a_centre_that_says_nothing_of_its_bytes_is_spoken_to_as_before(world: World) -> None:
    """An older centre, also one that takes a newer one's place while the station runs."""

    def older(passage: Passage, forward: Callable[[Passage], Reply]) -> Reply:
        passage.headers.pop("accept-encoding", None)
        reply = forward(passage)
        document = json.loads(reply.body)
        document.pop("digest", None)
        return Reply(reply.status, json.dumps(document).encode(), {"content-type": "application/json"})

    site = world.site()
    site.work(1)
    site.sync()
    world.toll.next("/hello", says(502), older)
    world.toll.next("/events", says(502), older)
    world.toll.next("/changes", older)
    site.work(2)
    site.sync(ticks=4)
    assert site.said[-1].link is Link.ONLINE
    assert world.toll.spent()
    world.agreed(site)


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


def test_a_flooding_station_is_told_when_to_come_back_and_loses_nothing(tmp_path: Path) -> None:
    with World(tmp_path, station_rate=1).running() as world:
        flood, other = world.site(), world.site()
        flood.work(MAX_EVENTS + 70)
        assert flood.client.tick(world.clock.now()) == 70
        assert (flood.said[-1].link, flood.said[-1].reason) == (Link.OFFLINE, "The centre is busy.")
        assert (flood.waiting(), received(world, flood)) == (70, ["posted"] * MAX_EVENTS)
        # The others are not held up by it.
        other.work(5)
        rested = other.sync()
        world.agreed(other)
        world.clock.pass_by(69 - rested)
        assert flood.client.tick(world.clock.now()) == 1
        world.clock.pass_by(1)
        flood.sync()
        world.agreed(flood)
        assert received(world, flood) == ["posted"] * (MAX_EVENTS + 70)
        assert world.store.cases() == []


def test_a_push_that_is_played_again_takes_nothing_of_what_a_station_may_send(tmp_path: Path) -> None:
    def again(passage: Passage, forward: Callable[[Passage], Reply]) -> Reply:
        reply = forward(passage)
        assert {forward(passage).status for _ in range(5)} == {401}
        return reply

    with World(tmp_path, station_rate=1).running() as world:
        site = world.site()
        world.toll.next("/events", again)
        for events in (MAX_EVENTS // 2, MAX_EVENTS // 2):
            site.work(events)
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
