"""A machine that goes back in time as a whole: its disk, its clock, and what it draws its ids from.

That is what a virtual machine does that is put back to a snapshot of itself while it ran. What it records
next may bear the id of something else that it recorded before, and that the centre has.
"""

from __future__ import annotations

import random
from collections import Counter

from sync.central.store.settling import QUARANTINED
from tests.simulator.bench import Bench
from tests.simulator.book import Act, Book, Deed
from tests.simulator.copies import _put_back
from tests.simulator.ground import MUGS, TOASTER
from tests.simulator.hand import Hand, Interrupted
from tests.simulator.machines import synced
from tests.simulator.reading import Centre, events_of
from tests.simulator.steps import Step
from tests.simulator.world import World

_PAUSE_S = 400.0
_ROUNDS = 3


def rewind(world: World, step: Step) -> None:
    """A station goes back to where it was a unit ago, and somebody scans another one."""
    bench = world.bench(step)
    if bench.number in world.tampered or not bench.wire.up:
        return
    bench.ledger.doom = None
    world.hand(bench).free()
    synced(world, bench)
    if bench.waiting():
        return
    image, drawn, then = bench.image(world.folder / f"rewind-{step.number}"), bench.ids.state, world.truth.at
    first = _blind(world.hand(bench), MUGS)
    synced(world, bench)
    if not first or first not in Centre(world.house).states:
        return
    label = bench.labels[-1]
    bench.end()
    _put_back(image, bench.file)
    bench.start()
    bench.ids.state = drawn
    bench.watch.off_s -= (world.truth.at - then).total_seconds()
    world.copied.add(bench.number)
    world.behind.add(bench.number)
    _again(world, bench, first, label)


def _again(world: World, bench: Bench, first: str, label: str) -> None:
    aside = Book()
    second = _blind(Hand(bench, aside, world.say, bench.restart), TOASTER)
    for event_id, deed in aside.deeds.items():
        if event_id != first:
            world.book.saved(event_id, deed, deed.ahead_s)
    if second == first:
        world.book.reused.add(first)
        world.reach("one id twice")
        bench.labels[:] = [one for one in bench.labels if one != label]
    for _ in range(_ROUNDS):
        world.truth.pass_by(_PAUSE_S)
        synced(world, bench)
    if second == first and not bench.waiting() and not _is_kept(Centre(world.house), first):
        # Sooner or later a next event would show it; a station that records none would never know.
        world.book.wrong.append(f"I1: station {bench.number} counts {first} as confirmed, and it is not")


def _is_kept(centre: Centre, event_id: str) -> bool:
    return centre.states.get(event_id, Counter[str]())[QUARANTINED] > 0


def _blind(hand: Hand, sku: str) -> str:
    """The same scans whatever the item, so that the same is drawn."""
    try:
        return hand.blind(random.Random(1), Deed(Act.BLIND, hand.bench.number, hand.bench.copy, sku=sku), "A")
    except Interrupted:
        return ""


def kept_apart(world: World, centre: Centre) -> list[str]:
    """What is wrong with events that bear one id: the first counts, the other is kept, one case tells."""
    found = list[str]()
    for event_id in sorted(world.book.reused):
        there = any(
            event_id in events_of(bench) for bench in world.benches if bench.number not in world.tampered
        )
        key, kept = f"id_reuse:{event_id}", _is_kept(centre, event_id)
        if there and not kept:
            found.append(f"I1: the other event under the id {event_id} is not at the centre")
        elif kept and centre.cases.get(key, ("", ""))[1] != "open":
            found.append(f"I3: two events bear the id {event_id}, and there is no case {key}")
    return found
