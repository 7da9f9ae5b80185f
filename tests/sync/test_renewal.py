"""Stations that were copied or restored, and a centre that was: over real HTTP, all facts once, said once."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.bootstrap import keeping
from app.domain.codes import CodeFamily, HumanCode
from app.domain.envelope import event_of
from app.domain.framing import unframed
from app.domain.laws import agreement, fold
from app.ledger import renewal
from app.ledger.also import TakeNumber
from app.ledger.owed import Due
from app.ledger.second_copy import SecondCopy
from app.ledger.tables import event as event_table
from app.ledger.writer import envelope_of
from sync.central.audit import station_balances
from sync.central.store import bundles
from sync.central.store.tables import exception, receipt
from sync.client.session import HALTED_S
from sync.client.state import COPIED, Link
from sync.wire.sealed import Sealed
from tests.app.ledger.station import disposition
from tests.sync.toll import Fault, double, lose_reply, lose_request
from tests.sync.world import Site, World, received


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path).running() as found:
        yield found


def copy_of(world: World, site: Site) -> Site:
    """A second computer with the same record and key, as if the data folder had been copied."""
    site.close()
    copied = world.folder / f"copied-{len(world.sites)}.db"
    shutil.copy(site.path, copied)
    site.open()
    clone = Site(copied, world.toll.base_url, world.clock, site.number, life=len(world.sites))
    world.sites.append(clone)
    return clone


def put_back(site: Site, copy: Path) -> None:
    """The station's file from a copy, as a person with a backup would."""
    site.close()
    for leftover in ("", "-wal", "-shm"):
        site.path.with_name(site.path.name + leftover).unlink(missing_ok=True)
    shutil.copy(copy, site.path)
    site.open()


def saved(world: World, site: Site) -> Path:
    """A copy of the station's file."""
    site.close()
    copy = world.folder / "saved.db"
    shutil.copy(site.path, copy)
    site.open()
    return copy


def cases(world: World) -> list[tuple[str, str]]:
    with world.store.database.read() as conn:
        rows = conn.execute(select(exception.c.type, exception.c.fix).order_by(exception.c.id))
        return [(row.type, row.fix) for row in rows if row.type.startswith(("chain.", "event."))]


def settled(world: World, *sites: Site) -> None:
    """Whatever any of these computers recorded is at the centre, each event once."""
    world.prove()
    facts = {}
    for site in sites:
        assert site.waiting() == 0
        for row in site.ledger.connection.execute(select(event_table)):
            envelope = envelope_of(row)
            facts[envelope.event_id] = event_of(envelope)
    with world.store.database.read() as conn:
        found = station_balances(conn, sites[0].ledger.head.station_id)
        posted = Counter(
            conn.scalars(
                select(receipt.c.event_id).where(
                    receipt.c.station_id == sites[0].ledger.head.station_id, receipt.c.state == "posted"
                )
            )
        )
    assert set(facts) <= set(posted)
    assert set(posted.values()) <= {1}
    if set(facts) == set(posted):
        assert agreement(fold(move for event in facts.values() for move in event.moves), found) == ()


def test_two_live_clones_both_keep_their_facts_and_each_renewal_is_one_case(world: World) -> None:
    site = world.site()
    site.work(2)
    site.sync()
    site.work(1)
    clone = copy_of(world, site)
    clone.work(2, operator="kim")
    site.work(1)
    site.sync()
    clone.sync()
    settled(world, site, clone)
    [(kind, fix)] = cases(world)
    assert kind == "chain.renewed"
    assert site.ledger.install_id in fix
    assert clone.ledger.install_id in fix
    assert site.ledger.install_id != clone.ledger.install_id
    site.work(1)
    site.sync()
    settled(world, site, clone)
    assert len(cases(world)) == 2
    # They do not close each other's epochs with every event.
    clone.work(1)
    clone.sync()
    assert (clone.said[-1].link, clone.said[-1].reason) == (Link.STOPPED, COPIED)
    world.clock.pass_by(HALTED_S)
    clone.sync()
    settled(world, site, clone)
    assert len(cases(world)) == 3
    assert received(world, site).count("duplicate") == 0


def test_a_disk_put_back_renews_before_it_made_anything_new(world: World) -> None:
    site = world.site()
    site.work(2)
    site.sync()
    copy = saved(world, site)
    site.work(3)
    site.sync()
    put_back(site, copy)
    site.sync()
    settled(world, site)
    [(kind, fix)] = cases(world)
    assert kind == "chain.renewed"
    assert "had seen up to 5, its disk held 2" in fix
    site.work(2)
    site.sync()
    settled(world, site)
    assert received(world, site) == ["posted"] * 7
    assert site.ledger.identity is not None
    assert site.ledger.identity.epoch == site.ledger.head.epoch == 2


def test_a_disk_put_back_and_worked_on_keeps_both_stories(world: World) -> None:
    site = world.site()
    site.work(2)
    site.sync()
    copy = saved(world, site)
    site.work(3)
    site.sync()
    put_back(site, copy)
    site.work(4, operator="kim")
    site.sync()
    settled(world, site)
    assert received(world, site) == ["posted"] * 9
    assert [kind for kind, _ in cases(world)] == ["chain.renewed"]
    assert site.ledger.head.seq == 4


@pytest.mark.parametrize("fault", [lose_request, lose_reply, double])
@pytest.mark.parametrize("where", ["renew", "holds", "events"])
def test_a_renewal_that_is_disturbed_anywhere_is_done_once(world: World, fault: Fault, where: str) -> None:
    site = world.site()
    site.work(2)
    site.sync()
    copy = saved(world, site)
    site.work(1)
    site.sync()
    put_back(site, copy)
    site.work(2, operator="kim")
    world.toll.next(where, fault)
    site.sync(3)
    settled(world, site)
    assert len(cases(world)) == 1
    assert site.ledger.head.epoch == 2


def test_a_station_killed_at_any_step_of_a_renewal_goes_on_from_its_disk(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = world.site()
    site.work(2)
    site.sync()
    copy = saved(world, site)
    site.work(1)
    site.sync()
    put_back(site, copy)
    site.work(2, operator="kim")
    for name in ("kept", "begin"):
        with monkeypatch.context() as dying:
            dying.setattr(renewal, name, _killed)
            with pytest.raises(KeyboardInterrupt):
                site.sync()
        site.close()
        site.open()
        assert renewal.due(site.ledger) is not None
        site.work(1)
    site.sync()
    settled(world, site)
    assert len(cases(world)) == 1
    assert renewal.due(site.ledger) is None


def test_an_event_that_the_disk_changed_holds_no_other_back(world: World) -> None:
    site = world.site()
    site.work(2)
    site.sync()
    copy = saved(world, site)
    site.work(3)
    site.sync()
    put_back(site, copy)
    site.work(4, operator="kim")
    with site.ledger.transaction() as tx:
        changed = "UPDATE event SET facts = CAST(facts || ' ' AS BLOB) WHERE seq = 4"
        tx.connection.exec_driver_sql(changed)
    site.sync(2)
    assert site.said[-1].link is Link.ONLINE
    assert received(world, site) == ["posted"] * 5 + ["evidence"] + ["posted"] * 3
    assert sorted(kind for kind, _ in cases(world)) == ["chain.renewed", "event.rejected"]
    told = next(fix for kind, fix in cases(world) if kind == "event.rejected")
    assert "Event number 4 of this station's epoch 1" in told
    assert renewal.due(site.ledger) is None
    # What is recorded afterwards goes on too.
    site.work(1)
    site.sync()
    assert received(world, site)[-1] == "posted"
    # The disk is put right, so that its audit is clean again.
    with site.ledger.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE event SET facts = CAST(rtrim(facts) AS BLOB) WHERE seq = 4")


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_restored_centre_is_sent_what_it_lost_and_told_what_nobody_has(tmp_path: Path) -> None:
    world = World(tmp_path)
    url, backup = f"sqlite:///{tmp_path / 'centre.db'}", tmp_path / "backup.db"
    with world.running():
        one, two, idle = world.site(), world.site(), world.site()
        for site in (one, two, idle):
            site.work(2)
            site.sync()
        keeping.backup(url, backup, replace=False, key=None)
        old = saved(world, two)
        for site, events in ((one, 3), (two, 2)):
            site.work(events)
            site.sync()
        one.work(1)
    done = keeping.restore(url, backup, None, keeping.Over(replace=True))
    world.clock.pass_by(86_400)
    after = World(tmp_path, world.clock)
    with after.running():
        after.sites = [one, two, idle]
        for site in after.sites:
            site.move_to(after.toll.base_url)
        # One station lost its disk's end as well.
        put_back(two, old)
        for site in after.sites:
            site.sync(2)
            settled(after, site)
            assert site.ledger.cursor.gen == done.generation
            # Far from whatever the lost centre may have begun.
            assert site.ledger.head.epoch > 64 * done.generation
        assert received(after, one) == ["posted"] * 6
        assert received(after, idle) == ["posted"] * 2
        told = cases(after)
        assert [kind for kind, _ in told] == ["chain.renewed"] * 3
        assert ["Neither has numbers 3 to 4" in fix for _, fix in told] == [False, True, False]
        # Asked again, nothing happens twice.
        for site in after.sites:
            site.sync()
        assert len(cases(after)) == 3


def test_a_station_that_was_put_back_gives_no_label_again_that_the_centre_knows(tmp_path: Path) -> None:
    world = World(tmp_path)
    with world.running():
        site = world.site()
        assert site.ledger.identity is not None
        bench = site.ledger.identity.bench

        def unit() -> str:
            number, seq = site.ledger.peek_number("label"), site.ledger.last_seq + 1
            label = str(HumanCode(CodeFamily.UNIT_LABEL, bench, number))
            at = 1_000 * seq + int(world.clock.monotonic_ms())
            happened = disposition(seq, event_id=site._ids.event_id(at), label=label)
            site.ledger.record(happened, [TakeNumber("label", number)])
            return label

        given = [unit()]
        site.sync()
        old = saved(world, site)
        given += [unit(), unit()]
        site.sync()
        put_back(site, old)
        assert site.ledger.peek_number("label") == 2
        site.sync(2)
        assert site.ledger.head.epoch == 2
        assert site.ledger.peek_number("label") == 4
        given.append(unit())
        site.sync()
    assert len(set(given)) == 4


@pytest.mark.parametrize("brought_first", [True, False])
def test_what_the_second_copy_holds_and_the_record_lost_reaches_the_centre_by_its_file(
    world: World, *, brought_first: bool
) -> None:
    site = world.site()
    usb = world.folder / "usb"
    site.work(3)
    site.sync()
    before = saved(world, site)
    lost = site.work(5)
    copy = SecondCopy(usb)
    assert copy.follow(site.ledger) == ""
    copy.close()
    # The end of its record is gone, as by a flipped bit in the log of the database.
    put_back(site, before)
    found = SecondCopy(usb)
    assert found.follow(site.ledger) == ""
    found.close()
    [file] = [one.path for one in found.lost if (one.first, one.last) == (4, 8)]
    renewal.owe(site.ledger, Due("1" * 32, "restored", "2" * 32))
    anew = site.work(2)
    if brought_first:
        brought(world, file)
    site.sync()
    if not brought_first:
        brought(world, file)
    assert site.ledger.head.epoch == 2
    assert site.waiting() == 0
    world.prove()
    of_site = receipt.c.station_id == site.ledger.head.station_id
    with world.store.database.read() as conn:
        held = Counter(conn.scalars(select(receipt.c.event_id).where(of_site, receipt.c.state == "posted")))
    assert {one.event_id for one in (*lost, *anew)} <= set(held)
    assert sum(held.values()) == 10
    [(kind, fix)] = cases(world)
    assert kind == "chain.renewed"
    assert "lost the end of it" in fix


def brought(world: World, file: Path) -> None:
    """Taken in at the centre, as `sync import` does it."""
    store = world.store
    with file.open("rb") as held:
        events = [Sealed(one.header, one.facts, one.private, one.salt, one.sig) for one in unframed(held)]
    for place, batch in bundles.parts(events):
        with store.database.write() as conn:
            assert bundles.take(conn, place, batch, world.clock.now(), store.chain).answer is None
