"""What supervisors do at stations, beside the operator: they accept other serials and decide otherwise."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from app.station.desk import Front
from tests.simulator.approver import name_of
from tests.simulator.bench import Bench
from tests.simulator.book import Act, Deed
from tests.simulator.ground import KETTLE, Expected
from tests.simulator.steps import Step, Try
from tests.simulator.supervising import accept, otherwise
from tests.simulator.world import World


def _word(world: World, bench: Bench, act: Act) -> Deed:
    name = name_of(bench.number)
    return Deed(act, bench.number, bench.copy, approver=name, late=name in world.revoked)


def accept_serial(world: World, step: Step) -> None:
    """A kettle comes back with a serial that nobody sold on its line; mostly one that nobody knows."""
    rng, bench = step.rng(), world.bench(step)
    hand = world.hand(bench)
    awaited = [found for found in world.expected if serials_of(found)]
    if not awaited:
        return
    found = rng.choice(awaited)
    if not hand.box(found.code):
        return
    others = sorted({serial for other in world.expected for serial in serials_of(other)})
    serial = rng.choice(others) if rng.random() < 0.1 else f"SX-{step.number}"
    if serial in serials_of(found):
        return
    word, unit = _word(world, bench, Act.ACCEPT), Deed(Act.RETURN, bench.number, bench.copy)
    for deed in (word, unit):
        deed.sku, deed.serial, deed.document = KETTLE, serial, found.code
    world.used.append((found, bench.number))
    accept(hand, rng, word, unit)


def serials_of(found: Expected) -> tuple[str, ...]:
    """The serials of the kettles that were sold on a return."""
    return tuple(serial for sku, _, serials in found.lines if sku == KETTLE for serial in serials)


def decide_otherwise(world: World, step: Step) -> None:
    """A unit that was just saved, or one that is taken up by its label, goes where the supervisor says.

    Sometimes the operator then wants to take that back.
    """
    rng, bench = step.rng(), world.bench(step)
    hand = world.hand(bench)
    if not _in_sight(world, bench, rng):
        return
    if otherwise(hand, rng, _word(world, bench, Act.OTHERWISE)):
        world.reach("decided otherwise at a bench")
    if rng.random() < 0.3:
        hand.undo(Deed(Act.UNDO, bench.number, bench.copy))


def _in_sight(world: World, bench: Bench, rng: random.Random) -> bool:
    """Whether a unit is on the screen; one that shares its label with another is left alone."""
    hand = world.hand(bench)
    saved = bench.engine.bench.state.saved
    if bench.engine.front is Front.BENCH and saved is not None and bench.engine.bench.state.pick is None:
        return saved.event_id not in world.book.reused
    if not bench.labels or not hand.free():
        return False
    hand.scan(rng.choice(bench.labels), None)
    pick = bench.engine.bench.state.pick
    if pick is None or pick.again is None:
        hand.put_down()
        return False
    return pick.again.unit.event_id not in world.book.reused


OVERRIDES: Mapping[Try, Callable[[World, Step], None]] = {
    Try.ACCEPT: accept_serial,
    Try.OTHERWISE: decide_otherwise,
}
