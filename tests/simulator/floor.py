"""What people at the stations do: one function for each kind of deed."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from app.domain.approvals import Action
from app.domain.envelope import event_of
from app.domain.refusal import Refused
from app.station.desk import Front
from app.station.reviewing import Request
from tests.simulator.approver import (
    WRONG_PIN,
    approver,
    approving,
    name_of,
    record_approved,
    write_off,
    written_off_from,
)
from tests.simulator.bench import Bench
from tests.simulator.book import Act, Deed
from tests.simulator.ground import (
    CREAM,
    KETTLE,
    MUGS,
    SOLVENT,
    TOASTER,
    Coming,
    Expected,
    dock,
    shelf,
    site_of,
)
from tests.simulator.hand import GRADES
from tests.simulator.reading import shelved_at
from tests.simulator.steps import Step, Try
from tests.simulator.world import World

_PLAIN = (MUGS, TOASTER, CREAM, SOLVENT)
_VALUE = {MUGS: 1200, TOASTER: 4200, KETTLE: 3900, CREAM: 1800, SOLVENT: 900}


def _deed(bench: Bench, act: Act, **more: object) -> Deed:
    return Deed(act, bench.number, bench.copy, **more)  # type: ignore[arg-type]  # parts by name


def _unit_of(world: World, bench: Bench, found: Expected, rng: random.Random) -> None:
    hand = world.hand(bench)
    sku, _, serials = rng.choice(found.lines)
    serial = rng.choice(serials) if serials else ""
    world.used.append((found, bench.number))
    if serial:
        world.serials.append((sku, serial))
    deed = _deed(bench, Act.RETURN, sku=sku, serial=serial, document=found.code)
    if not hand.box(found.code):
        # Nothing more is awaited under that code: what is in the hand came unannounced.
        deed.act, deed.document = Act.BLIND, ""
        hand.blind(rng, deed, rng.choice(GRADES))
        return
    hand.unit(rng, deed, rng.choice(GRADES))


def return_unit(world: World, step: Step) -> None:
    """One unit of a return that the customer announced; mostly one that was begun here."""
    rng, bench = step.rng(), world.bench(step)
    mine = [found for found, station in world.used if station == bench.number]
    begun = bool(mine) and rng.random() < 0.5
    _unit_of(world, bench, rng.choice(mine) if begun else rng.choice(world.expected), rng)


def same_return(world: World, step: Step) -> None:
    """A unit of a return that another station has units of."""
    rng, bench = step.rng(), world.bench(step)
    others = [found for found, station in world.used if station != bench.number]
    if others:
        world.reach("tried: same return")
        _unit_of(world, bench, rng.choice(others), rng)


def same_serial(world: World, step: Step) -> None:
    """A kettle with a serial that came before, unannounced."""
    rng, bench = step.rng(), world.bench(step)
    if world.serials:
        sku, serial = rng.choice(world.serials)
        deed = _deed(bench, Act.BLIND, sku=sku, serial=serial)
        world.hand(bench).blind(rng, deed, rng.choice(GRADES))


def extra(world: World, step: Step) -> None:
    """An item in a box whose return does not name it."""
    rng, bench = step.rng(), world.bench(step)
    found = rng.choice(world.expected)
    hand = world.hand(bench)
    if hand.box(found.code):
        deed = _deed(bench, Act.RETURN, sku=rng.choice(_PLAIN), document=found.code)
        hand.unit(rng, deed, rng.choice(GRADES))
        world.used.append((found, bench.number))


def blind(world: World, step: Step) -> None:
    """A unit that nobody announced."""
    rng, bench = step.rng(), world.bench(step)
    deed = _deed(bench, Act.BLIND, sku=rng.choice(_PLAIN))
    world.hand(bench).blind(rng, deed, rng.choice(GRADES))


def thing(world: World, step: Step) -> None:
    """A thing that nobody can name."""
    bench = world.bench(step)
    world.hand(bench).thing(_deed(bench, Act.THING))


def finish(world: World, step: Step) -> None:
    """A box is closed although it holds less than was announced."""
    rng, bench = step.rng(), world.bench(step)
    mine = [found for found, station in world.used if station == bench.number] or world.expected
    found = rng.choice(mine)
    hand = world.hand(bench)
    if hand.box(found.code):
        hand.finish(_deed(bench, Act.FINISH, document=found.code))


def undo(world: World, step: Step) -> None:
    """The last unit of the bench is taken back."""
    bench = world.bench(step)
    world.hand(bench).undo(_deed(bench, Act.UNDO))


def regrade(world: World, step: Step) -> None:
    """A unit that was graded here is looked at again."""
    rng, bench = step.rng(), world.bench(step)
    if bench.labels:
        label = rng.choice(bench.labels)
        world.hand(bench).regrade(rng, label, _deed(bench, Act.REGRADE), rng.choice(GRADES))


def count(world: World, step: Step) -> None:
    """A bin is counted, mostly about as the screen has it."""
    rng, bench = step.rng(), world.bench(step)
    site = site_of(bench.number)
    place = rng.choice((shelf(site), dock(site), "R-03"))
    items = rng.sample(_PLAIN, rng.randint(1, 3))
    lines = [(sku, rng.choice((0, 1, 2, 5, 59, 60))) for sku in items]
    if rng.random() < 0.7:
        known = shelved_at(bench, place)
        lines = [(sku, max(0, known[sku] + rng.choice((0, 0, 0, 1, -1)))) for sku in items]
    deed = _deed(bench, Act.COUNT, document=place)
    world.hand(bench).count(place, [(sku, qty) for sku, qty in lines if qty], deed)


def undo_count(world: World, step: Step) -> None:
    """The last count of the station is taken back."""
    bench = world.bench(step)
    world.hand(bench).undo_floor("GO_COUNTS", Front.COUNTING, _deed(bench, Act.UNDO))


def transfer(world: World, step: Step) -> None:
    """A transfer is taken in, mostly as it was sent; it may be here before the source says that it left."""
    rng, bench = step.rng(), world.bench(step)
    early = [found for found, _ in world.half]
    mine = [found for found in (*world.coming, *early) if found.target == site_of(bench.number)]
    if mine:
        found = rng.choice(mine)
        deed = _deed(bench, Act.TRANSFER, document=found.code)
        world.hand(bench).receive(found.code, [_came(found, at, rng) for at in range(len(found.lines))], deed)


def _came(found: Coming, at: int, rng: random.Random) -> tuple[str, int, int]:
    sku, qty = found.lines[at]
    damaged = 1 if rng.random() < 0.1 else 0
    sound = max(0, qty - damaged + rng.choice((0, 0, 0, 0, 0, 0, -1, 1)))
    return sku, sound, damaged


def undo_transfer(world: World, step: Step) -> None:
    """The last receipt of the station is taken back."""
    bench = world.bench(step)
    world.hand(bench).undo_floor("GO_RECEIVE", Front.RECEIVING, _deed(bench, Act.UNDO))


def written_off(world: World, step: Step) -> None:
    """A unit is written off with the approver at hand."""
    rng, bench = step.rng(), world.bench(step)
    sku = rng.choice(_PLAIN)
    # Mostly within limits; sometimes worth more than one person may approve.
    qty = 1 if rng.random() < 0.8 else 16
    name = name_of(bench.number)
    deed = _deed(bench, Act.WRITE_OFF, sku=sku, qty=qty, approver=name, late=name in world.revoked)
    event = write_off(bench, sku, qty)
    hand = world.hand(bench)
    hand.do(event.event_id, deed, lambda: record_approved(bench, event, _VALUE[sku] * qty))


def written_off_unit(world: World, step: Step) -> None:
    """The last unit of the bench breaks and is written off; mostly somebody then wants to take it back."""
    rng, bench = step.rng(), world.bench(step)
    hand = world.hand(bench)
    hand.put_down()
    last = bench.engine.bench.undoable
    stored = bench.ledger.envelope(last.event_id) if last is not None else None
    if last is None or stored is None or not (moves := event_of(stored).moves):
        return
    gone = any(deed.uses == last.event_id and deed.act is Act.WRITE_OFF for deed in world.book.deeds.values())
    if gone or last.event_id in world.book.reused:
        # What is gone breaks no second time.
        return
    here, qty, name = moves[-1].target, moves[-1].qty, name_of(bench.number)
    if here.location.startswith("@"):
        return
    parts = {"sku": here.item, "qty": qty, "uses": last.event_id, "approver": name}
    event = written_off_from(bench, here, qty)
    deed = _deed(bench, Act.WRITE_OFF, late=name in world.revoked, **parts)
    hand.do(event.event_id, deed, lambda: record_approved(bench, event, _VALUE[here.item] * qty))
    world.reach("unit written off")
    if rng.random() < 0.7:
        hand.undo(_deed(bench, Act.UNDO))


def wrong_pin(world: World, step: Step) -> None:
    """Somebody tries a PIN that is not the approver's."""
    bench = world.bench(step)
    event = write_off(bench, MUGS, 1)
    request = Request(event, Action.WRITE_OFF, _VALUE[MUGS], "GBP", "broken")
    desk = approving(bench)
    try:
        world.hand(bench).do(
            event.event_id,
            _deed(bench, Act.NOTE),
            lambda: desk.approve(approver(bench.number, WRONG_PIN), [request]),
        )
    except Refused as no:
        if no.code == "approval.pin":
            world.book.pins[bench.number] += 1
        raise


FLOOR: Mapping[Try, Callable[[World, Step], None]] = {
    Try.RETURN: return_unit,
    Try.SAME_RETURN: same_return,
    Try.SAME_SERIAL: same_serial,
    Try.EXTRA: extra,
    Try.BLIND: blind,
    Try.THING: thing,
    Try.FINISH: finish,
    Try.UNDO: undo,
    Try.REGRADE: regrade,
    Try.COUNT: count,
    Try.UNDO_COUNT: undo_count,
    Try.TRANSFER: transfer,
    Try.UNDO_TRANSFER: undo_transfer,
    Try.WRITE_OFF: written_off,
    Try.WRITE_OFF_UNIT: written_off_unit,
    Try.WRONG_PIN: wrong_pin,
}
