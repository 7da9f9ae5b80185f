"""Events of stations carried to the centre in files, which need not arrive in the order they were made.

A file holds what its station recorded since the one before it. One that arrives too early is answered with
the number up to which the centre has the chain; it is brought again once the others are there.
"""

from __future__ import annotations

import io

from app.domain.framing import MAGIC, framed, unframed
from app.domain.refusal import Refused
from sync.central.store import bundles
from sync.central.store.act import Act
from sync.wire.answers import Gap
from sync.wire.sealed import Sealed
from tests.simulator.bench import Bench
from tests.simulator.floor import blind
from tests.simulator.steps import Step
from tests.simulator.world import World

_TWO, _NOW = 0.7, 0.7


def carry(world: World, step: Step) -> None:
    """A file is made at a station, and some that were made are brought to the centre, the newest first."""
    rng, bench = step.rng(), world.bench(step)
    if bench.number in world.tampered or bench.number in world.copied or world.put_back:
        # Which of two stories a file tells would be a matter of its own.
        return
    _made(world, bench)
    if rng.random() < _TWO:
        blind(world, step)
        _made(world, bench)
    if rng.random() < _NOW:
        _brought(world, bench.number)


def _made(world: World, bench: Bench) -> None:
    """A file with what was recorded since the last one of this station."""
    after = world.carried.get(bench.number, 0)
    envelopes = [bench.ledger.envelope(one) for one in bench.newest(after)]
    world.carried[bench.number] = bench.ledger.last_seq
    frames = b"".join(framed(envelope) for envelope in envelopes if envelope is not None)
    if frames:
        world.files.append((bench.number, MAGIC + frames))


def _brought(world: World, station: int) -> None:
    """All files of a station, the newest first, and those that came too early once more."""
    mine = [made for number, made in world.files if number == station]
    world.files = [(number, made) for number, made in world.files if number != station]
    early = [made for made in reversed(mine) if not _taken(world, made)]
    for made in reversed(early):
        if not _taken(world, made):
            world.book.wrong.append(f"I1: a file of station {station} is never taken by the centre")
    world.reach("events in files")


def _taken(world: World, made: bytes) -> bool:
    """Whether the centre took all of a file, batch by batch as `sync import` does it."""
    file = io.BytesIO(made)
    events = [Sealed(one.header, one.facts, one.private, one.salt, one.sig) for one in unframed(file)]
    for place, batch in bundles.parts(events):

        def do(act: Act, place: bundles.Place = place, batch: list[Sealed] = batch) -> bundles.Part:
            return bundles.take(act.conn, place, batch, act.posted_at, act.chain)

        try:
            part = world.house.act(do)
        except Refused as no:
            world.say(f"  refused: {no.code}")
            return True
        if isinstance(part.answer, Gap):
            world.say(f"  the centre has {part.upto}: a file came too early")
            world.gaps += 1
            return False
        if part.answer is not None:
            world.book.wrong.append(f"I1: the centre says {part.answer} to an honest file")
    return True
