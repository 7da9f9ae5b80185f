"""Stations and the centre together: good days, and events that do not fit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from sync.central.commands.items import put_items
from sync.central.store import posting, settling
from sync.central.store.act import Act
from sync.central.store.feed import Record, publish
from sync.central.store.tables import exception
from sync.client.session import HALTED_S
from sync.client.state import Link
from sync.wire.protocol import MAX_EVENTS
from tests.sync.central.receiving import NOW
from tests.sync.world import Site, World, received

PATIENCE = 30


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path).running() as found:
        yield found


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
        act = Act(conn, world.store.chain, "ann", "request:1", NOW, NOW)
        put_items(act, [{"sku": f"K-{n}", "name": f"Kettle {n}"} for n in range(2500)])
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


# --- what does not fit -------------------------------------------------------------------------------------


def test_a_poison_event_is_one_case_and_everybody_moves_on(
    world: World, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    real = posting.post

    def post(*args: object, **named: object) -> None:
        real(*args, **named)  # type: ignore[arg-type]
        if any(fact.event.operator == "poison" for fact in args[1]):  # type: ignore[attr-defined]
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
    with world.store.database.read() as conn:
        told = conn.scalars(select(exception.c.key).where(exception.c.type == "clock.skew")).all()
    # That a clock is behind shows at the centre only where the station knew what was written later.
    assert told == ([f"clock.skew:{site.ledger.head.station_id}"] if days > 1 else [])
    world.agreed(site)
