"""Disks that are copied, put back, and run twice: what renewal and re-offering have to answer for.

Turned on by `copies`; a product that cannot renew a station stops sending instead, and says so.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.clock import to_text
from sync.central.store.copying import generation_of, heads_of, rows_of
from sync.central.store.database import create_database
from sync.central.store.feed import begin_generation
from sync.central.store.numbers import COUNTED, count_on
from sync.central.store.renewing import begin_epochs_again, expect_heads
from tests.simulator.bench import Bench
from tests.simulator.clocks import Watch
from tests.simulator.floor import blind
from tests.simulator.machines import synced
from tests.simulator.reading import Centre, events_of
from tests.simulator.steps import Step, Try
from tests.simulator.wire import Wire
from tests.simulator.world import World

_LOG = "-wal"
_MOST_CLONES = 2
_HASTY = 0.7


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of the centre, and what people there knew when it was made."""

    file: Path
    expected: int
    coming: int
    cancelled: frozenset[str]
    revoked: frozenset[str]


def snapshot(world: World, step: Step) -> None:
    """A station's disk is copied, for whatever reason."""
    bench = world.bench(step)
    world.kept[bench.number] = bench.image(world.folder / f"image-{step.number}")


def restore(world: World, step: Step) -> None:
    """A station's disk is put back to its copy; what only was on it is gone for good."""
    bench = world.bench(step)
    image = world.kept.get(bench.number)
    if image is None or bench.number in world.tampered:
        return
    before = events_of(bench)
    world.copied.add(bench.number)
    bench.end()
    _put_back(image, bench.file)
    bench.start()
    _gone(world, before)
    known = Centre(world.house).states
    if set(bench.newest(0)) < {one for one in before if one in known}:
        world.behind.add(bench.number)
    world.reach("station put back")


def _gone(world: World, overwritten: Iterable[str]) -> set[str]:
    """Events that were in one place and are nowhere now: neither at the centre, nor on any station's disk.

    Something that was gone may be on the copy that was put back.
    """
    there = set(Centre(world.house).states)
    for bench in world.benches:
        there.update(events_of(bench))
    lost = {one for one in overwritten if one in world.book.deeds} - there
    world.book.gone = (world.book.gone | lost) - there
    return lost


def _put_back(image: Path, file: Path) -> None:
    for end in ("", _LOG, "-shm"):
        there, source = file.with_name(file.name + end), image.with_name(image.name + end)
        there.unlink(missing_ok=True)
        if source.exists():
            shutil.copyfile(source, there)


def clone(world: World, step: Step) -> None:
    """A station's disk is copied into another machine, and both go on working."""
    bench = world.bench(step)
    if world.clones >= _MOST_CLONES or bench.number in world.tampered:
        return
    world.clones += 1
    world.copied.add(bench.number)
    image = bench.image(world.folder / f"clone-{step.number}")
    file = world.folder / f"station-{bench.number}-{world.clones}.db"
    _put_back(image, file)
    wire = Wire(world.house, world.truth)
    other = Bench(file, bench.number, Watch(world.truth, bench.watch.off_s), wire, world.clones)
    other.labels = list(bench.labels)
    world.benches.append(other)
    world.reach("station cloned")


def backup(world: World, step: Step) -> None:
    """The centre is copied while it works."""
    to = world.folder / f"backup-{step.number}"
    to.mkdir()
    file = world.house.file
    for end in ("", _LOG):
        source = file.with_name(file.name + end)
        if source.exists():
            shutil.copyfile(source, to / source.name)
    cancelled, revoked = frozenset(world.cancelled), frozenset(world.revoked)
    world.backup = Backup(to / file.name, len(world.expected), len(world.coming), cancelled, revoked)


def put_back(world: World, step: Step) -> None:
    """The centre is put back to its copy, as the tool for that does it."""
    kept = world.backup
    if kept is None or world.book.reused:
        return
    hasty = step.rng().random() < _HASTY
    if hasty:
        _at_work(world, step)
    before = Centre(world.house).states
    world.house.end()
    replaced, heads = generation_of(sqlite3, world.house.file), heads_of(sqlite3, world.house.file)
    counted = rows_of(sqlite3, world.house.file, *COUNTED)
    _put_back(kept.file, world.house.file)
    if hasty:
        _hasty(world)
    database = create_database(f"sqlite:///{world.house.file}")
    with database.write() as conn:
        generation = begin_generation(conn, replaced)
        expect_heads(conn, heads)
        begin_epochs_again(conn, generation)
        count_on(conn, [(str(name), int(upto)) for name, upto in counted])
    database.close()
    world.house.start()
    _forgotten(world, kept)
    lost = _gone(world, before)
    world.bereft.update(world.book.deeds[one].station for one in lost)
    world.put_back = True
    world.reach("centre put back")


def _at_work(world: World, step: Step) -> None:
    """One station is in the middle of a session, and records something more."""
    bench = world.bench(step)
    if bench.wire.up and bench.number not in world.tampered:
        synced(world, bench)
        blind(world, step)


def _hasty(world: World) -> None:
    """The copy is started before anybody was told, and stations go on with it as if nothing had been."""
    world.house.start()
    for bench in world.benches:
        if bench.number not in world.tampered:
            synced(world, bench)
    world.hasty = to_text(world.house.clock.now())
    world.house.end()


def _forgotten(world: World, kept: Backup) -> None:
    """What people at the centre did since is not so any more."""
    world.lost.update(found.code for found in world.expected[kept.expected :])
    del world.expected[kept.expected :]
    del world.coming[kept.coming :]
    world.half.clear()
    world.cancelled, world.revoked = set(kept.cancelled), set(kept.revoked)
    for deed in world.book.deeds.values():
        deed.late = deed.late and deed.approver in kept.revoked


COPIES: Mapping[Try, Callable[[World, Step], None]] = {
    Try.SNAPSHOT: snapshot,
    Try.RESTORE: restore,
    Try.CLONE: clone,
    Try.BACKUP: backup,
    Try.PUT_BACK: put_back,
}
