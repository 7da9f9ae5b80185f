"""Centres that were put back, and files from around an erasure: what was erased, and what is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from app.bootstrap import keeping
from app.domain import bundle
from app.domain.framing import frames
from app.domain.signing import Ed25519Signer
from app.ledger.bundles import export as export_bundle
from sync.central.commands.upkeep import upkeep
from sync.central.store import bundles
from sync.central.store.act import Act
from sync.central.store.tables import exception, private_erasure, receipt
from sync.wire.sealed import Sealed
from tests.sync.test_erasing import (
    SAID,
    WORDS,
    erase,
    findings,
    lacking_cases,
    on_record,
    privates,
    worked,
)
from tests.sync.world import Site, World


@pytest.mark.parametrize("which", ["before", "after"])
def test_a_bundle_from_before_the_erasure_brings_nothing_back_and_one_from_after_is_taken(
    tmp_path: Path, which: str
) -> None:
    world = World(tmp_path)
    url, backup = f"sqlite:///{tmp_path / 'centre.db'}", tmp_path / "backup.db"
    files = {name: tmp_path / f"{name}.events" for name in ("before", "after")}
    with world.running():
        site = world.site()
        site.work(1)
        site.sync(2)
        keeping.backup(url, backup, replace=False, key=None)
        (spoken,) = site.work(1, private=SAID)
        site.sync(2)
        written(site, files["before"])
        erase(world, spoken.event_id)
        site.sync(3)
        written(site, files["after"])
    assert [WORDS in file.read_bytes() for file in files.values()] == [True, False]
    (tmp_path / "centre.key").write_text("07" * 32, encoding="ascii")
    keeping.restore(url, backup, None, keeping.Over(replace=True))
    after = World(tmp_path, world.clock)
    with after.running():
        assert privates(after, spoken.event_id) == set()
        imported(after, files[which])
        assert privates(after, spoken.event_id) == {None}


def test_a_bundle_from_after_an_erasure_that_this_centre_knows_nothing_of_is_taken_whole(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    url, backup, file = f"sqlite:///{tmp_path / 'centre.db'}", tmp_path / "backup.db", tmp_path / "a.events"
    with world.running():
        site = world.site()
        site.work(1)
        site.sync(2)
        keeping.backup(url, backup, replace=False, key=None)
        (spoken,) = site.work(1, private=SAID)
        site.sync(2)
        erase(world, spoken.event_id)
        site.sync(3)
        site.work(2)
        written(site, file)
    for leftover in ("", "-wal", "-shm"):
        Path(f"{tmp_path / 'centre.db'}{leftover}").unlink(missing_ok=True)
    (tmp_path / "centre.key").write_text("07" * 32, encoding="ascii")
    keeping.restore(url, backup, None, keeping.Over(replace=False))
    after = World(tmp_path, world.clock)
    with after.running():
        imported(after, file)
        imported(after, file)
        assert privates(after, spoken.event_id) == {None}
        with after.store.database.read() as conn:
            sent = receipt.c.station_id == site.ledger.head.station_id
            states = list(conn.scalars(select(receipt.c.state).where(sent)))
        assert states == ["posted"] * site.ledger.head.seq
        assert lacking_cases(after) == [(f"event:{spoken.event_id}", "open")]
        # An auditor is told too, until somebody puts it on record.
        assert [spoken.event_id in one for one in findings(after)] == [True]
        erase(after, spoken.event_id)
        assert findings(after) == []
    # A centre that has such events can be put back.
    keeping.backup(url, tmp_path / "later.db", replace=False, key=None)
    keeping.restore(url, tmp_path / "later.db", None, keeping.Over(replace=True))


def written(site: Site, target: Path) -> None:
    signer = Ed25519Signer(bytes([site.number] * 32))
    export_bundle(site.ledger, target, signer, site.clock.now(), "0.1.0")


def imported(world: World, source: Path) -> None:
    with source.open("rb") as file:
        with world.store.database.read() as conn:
            assert bundle.check(file, lambda station: bundles.key_of(conn, station)) is not None
        events = [Sealed(o.header, o.facts, o.private, o.salt, o.sig) for o in frames(file, lambda _: None)]
    for place, batch in bundles.parts(events):
        with world.store.database.write() as conn:
            part = bundles.take(conn, place, batch, world.clock.now(), world.store.chain)
        assert part.answer is None, part


@pytest.mark.parametrize("known", [True, False])
def test_a_centre_put_back_from_before_the_erasure_erases_what_it_knows_of(
    tmp_path: Path, known: bool
) -> None:
    world = World(tmp_path)
    url, backup = f"sqlite:///{tmp_path / 'centre.db'}", tmp_path / "backup.db"
    with world.running():
        site, spoken = worked(world)
        keeping.backup(url, backup, replace=False, key=None)
        site.work(1)
        erase(world, spoken)
        site.sync(4)
    if not known:
        # A new machine: nothing tells what was erased but the station.
        for leftover in ("", "-wal", "-shm"):
            Path(f"{tmp_path / 'centre.db'}{leftover}").unlink(missing_ok=True)
    (tmp_path / "centre.key").write_text("07" * 32, encoding="ascii")
    keeping.restore(url, backup, None, keeping.Over(replace=known))
    after = World(tmp_path, world.clock)
    after.sites = world.sites
    assert (privates(after, spoken) == {None}) is known
    with after.running():
        for one in after.sites:
            one.move_to(after.toll.base_url)
        site.sync(8)
        now = after.clock.now()
        if not known:
            # A station's word erases nothing: a person is told, and says it.
            assert None not in privates(after, spoken)
            assert lacking_cases(after) == [(f"event:{spoken}", "open")]
            erase(after, spoken)
            assert lacking_cases(after) == [(f"event:{spoken}", "resolved")]
        assert privates(after, spoken) == {None}
        with after.store.database.write() as conn:
            done = upkeep(Act(conn, after.store.chain, "backhaul", "upkeep", now, now))
            assert done["erasures"] == int(known)
            assert "" not in set(conn.scalars(select(private_erasure.c.by_event)))
        site.sync(2)
        assert site.waiting() == 0
        assert on_record(site) == [[spoken]]
        assert findings(after) == []
        with after.store.database.read() as conn:
            types = set(conn.scalars(select(exception.c.type)))
        assert "event.rejected" not in types
