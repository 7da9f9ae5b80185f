"""What machines and networks do: syncs, faults, deaths, wrong clocks, disks that are copied or put back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing

from tests.simulator.bench import Bench, Cut, Died
from tests.simulator.reading import Centre
from tests.simulator.steps import Step, Try
from tests.simulator.wire import FAULTS, Fault
from tests.simulator.world import World

_DAY = 86_400.0
_ODD_CLOCKS = (0.0, 90.0, -90.0, 400.0, -400.0, 3_700.0, -3 * _DAY, 400 * _DAY)
_WAITS = (60.0, 600.0, 3_600.0, 8 * 3_600.0, _DAY)


def sync(world: World, step: Step) -> None:
    """A station syncs over a good way, if it has one."""
    synced(world, world.bench(step))


def synced(world: World, bench: Bench) -> None:
    """A tick of a station, which may die over it."""
    _ticked(world, bench, bench.sync)


def _ticked(world: World, bench: Bench, tick: Callable[[], object]) -> None:
    try:
        tick()
    except Died as death:
        world.say(f"  station {bench.number} dies syncing, {death.where}")
        bench.restart()
        if bench.ledger.last_seq != death.seq:
            world.book.wrong.append(f"I1: station {bench.number} lost events while it was syncing")


def bad_sync(world: World, step: Step) -> None:
    """A station syncs while its exchanges fail in some ways, and tries again at once."""
    rng, bench = step.rng(), world.bench(step)
    faults = [rng.choice(FAULTS) if rng.random() < 0.6 else Fault.NONE for _ in range(rng.randint(1, 4))]
    bench.wire.plan(faults)
    for _ in range(rng.randint(1, 3)):
        world.truth.pass_by(61)
        synced(world, bench)


def photos(world: World, step: Step) -> None:
    """A station sends photos."""
    bench = world.bench(step)
    if bench.has_camera:
        _ticked(world, bench, lambda: bench.camera.send(bench.watch.now()))


def spoil(world: World, step: Step) -> None:
    """Something happens to the file of a photo that was not sent yet."""
    bench = world.bench(step)
    digest = bench.camera.spoil(step.rng())
    if digest:
        world.spoiled.add(digest)
        world.reach("photo spoiled")


def down(world: World, step: Step) -> None:
    """A station's network is away from now on."""
    world.bench(step).wire.up = False


def up(world: World, step: Step) -> None:
    """A station's network is back."""
    world.bench(step).wire.up = True


def die(world: World, step: Step) -> None:
    """A station's process will end around one of its next commits."""
    rng = step.rng()
    world.bench(step).ledger.doom = rng.choice(list(Cut)), rng.randint(0, 4)


def die_syncing(world: World, step: Step) -> None:
    """A station's process ends around one of the commits of a sync."""
    rng, bench = step.rng(), world.bench(step)
    bench.ledger.doom = rng.choice(list(Cut)), rng.randint(0, 1)
    synced(world, bench)
    bench.ledger.doom = None


def restart(world: World, step: Step) -> None:
    """A station's process is gone between two things that it did."""
    world.bench(step).restart()


def clock(world: World, step: Step) -> None:
    """Somebody sets a station's clock, or its battery is empty."""
    bench = world.bench(step)
    bench.watch.off_s = step.rng().choice(_ODD_CLOCKS)
    world.say(f"  clock {bench.watch.off_s:+.0f} s")
    if abs(bench.watch.off_s) > _DAY:
        world.reach("clock skew > 24 h")
    elif abs(bench.watch.off_s) > 300:
        world.reach("clock skew > 5 min")


def wait(world: World, step: Step) -> None:
    """Nothing happens for a while."""
    world.truth.pass_by(step.rng().choice(_WAITS))


def tamper(world: World, step: Step) -> None:
    """Somebody edits an event that waits on a station's disk."""
    bench = world.bench(step)
    if bench.number in world.tampered or bench.number in world.copied:
        # Another copy may have the same event as it was, and send that.
        return
    row = bench.ledger.connection.exec_driver_sql("SELECT min(seq) FROM outbox").first()
    if row is None or row[0] is None:
        return
    seq = int(row[0])
    # What is under way arrives as it was; only what the centre has not seen can be told apart from that.
    bench.wire.lose_late()
    edited = bench.newest(seq - 1)[0]
    if edited in Centre(world.house).states:
        return
    world.edited[bench.number] = edited
    bench.end()
    with closing(sqlite3.connect(bench.file)) as db, db:
        db.execute("UPDATE event SET facts = CAST(facts || ' ' AS BLOB) WHERE seq = ?", (seq,))
    bench.start()
    world.tampered[bench.number] = seq
    world.sealed[bench.number] = bench.ledger.head.epoch
    world.reach("tampered file")


MACHINES: Mapping[Try, Callable[[World, Step], None]] = {
    Try.SYNC: sync,
    Try.BAD_SYNC: bad_sync,
    Try.PHOTOS: photos,
    Try.SPOIL: spoil,
    Try.DOWN: down,
    Try.UP: up,
    Try.DIE: die,
    Try.DIE_SYNCING: die_syncing,
    Try.RESTART: restart,
    Try.CLOCK: clock,
    Try.WAIT: wait,
    Try.TAMPER: tamper,
}
