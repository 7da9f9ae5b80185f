"""What people at the centre do, and what befalls its process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from sqlalchemy import select

from app.domain.event import EventKind
from app.domain.refusal import Refused
from sync.central.commands import approvers, capture, return_exits, transfers, units, write_offs
from sync.central.commands.approvers_asked import NewRevocation
from sync.central.commands.catalogue import publish_policy
from sync.central.commands.requests import Decision, Order
from sync.central.commands.return_exits_asked import ReturnExit
from sync.central.commands.transfers_asked import TransferParts
from sync.central.commands.units_asked import Word
from sync.central.store.approval_keys import issuer_of, require_issuer
from sync.central.store.tables import write_off
from sync.central.upkeep import tick
from tests.simulator.approver import name_of
from tests.simulator.book import Act, Deed
from tests.simulator.floor import return_unit, written_off
from tests.simulator.ground import CREAM, KETTLE, MUGS, OWNER, SITES, SOLVENT, TOASTER, advance, expect, send
from tests.simulator.machines import synced
from tests.simulator.policies import VARIANTS, variant
from tests.simulator.steps import Step, Try
from tests.simulator.world import World

_MILESTONES = 4
_DEPARTED = _MILESTONES - 1
_WORDS = ("restock", "refurbish", "liquidate", "donate", "recycle")


def authorize(world: World, step: Step) -> None:
    """A customer announces something."""
    rng, house = step.rng(), world.house
    number = f"new-{step.number}"
    kinds = ((MUGS, 2, ()), (TOASTER, 1, ()), (KETTLE, 1, (f"SN-{step.number}-N",)), (CREAM, 3, ()))
    world.expected.append(expect(house, number, rng.sample(kinds, rng.randint(1, 2))))


def cancel(world: World, step: Step) -> None:
    """A customer keeps what was announced."""
    found = step.rng().choice(world.expected)
    asked = ReturnExit.model_validate({"reason": "kept", "at": world.house.now()})
    world.house.act(lambda act: return_exits.end(act, found.code, asked))
    world.cancelled.add(found.code)


def decide(world: World, step: Step) -> None:
    """A supervisor decides what waits."""
    rng, house = step.rng(), world.house
    with house.database.read() as conn:
        codes = conn.execute(
            select(write_off.c.code).where(write_off.c.state == "requested").order_by(write_off.c.code)
        ).scalars()
        waiting = list(codes)
    for code in waiting[:3]:
        word = rng.choice(("approve", "approve", "reject"))
        asked = Decision.model_validate({"decision": word, "at": house.now()})
        house.act(partial(write_offs.decide, code=code, asked=asked))


def sent(world: World, step: Step) -> None:
    """A transfer is on its way; some are only picked yet."""
    rng = step.rng()
    far = rng.choice((4, 2, 2))
    lines = ((MUGS, rng.randint(1, 4)), (CREAM, rng.randint(1, 3)))
    found = send(world.house, f"TR-N{step.number}", rng.choice(SITES), lines, far)
    if far == _MILESTONES:
        world.coming.append(found)
    else:
        world.half.append((found, far))


def go_on(world: World, step: Step) -> None:
    """A transfer that was begun goes on."""
    del step
    if world.half:
        found, far = world.half.pop(0)
        try:
            advance(world.house, found.code, far, TransferParts())
        except Refused:
            # It was received before the source said that it had departed.
            far = _DEPARTED
        if far >= _DEPARTED:
            world.coming.append(found)
        else:
            world.half.append((found, far + 1))


def close(world: World, step: Step) -> None:
    """A transfer is given up as far as it did not arrive."""
    found = step.rng().choice(world.coming)
    world.house.act(lambda act: transfers.close(act, found.code))


def word(world: World, step: Step) -> None:
    """Somebody at the centre decides anew about the last unit of a bench, which then takes it back."""
    rng, bench = step.rng(), world.bench(step)
    hand = world.hand(bench)
    hand.put_down()
    synced(world, bench)
    last = bench.engine.bench.undoable
    if last is None or not last.label or last.event_id in world.book.reused:
        return
    said = {"disposition": rng.choice(_WORDS), "reason": "looked again", "at": world.house.now()}
    asked = Word.model_validate(said)
    try:
        world.house.act(lambda act: units.redecide(act, str(last.label), asked))
    except Refused as no:
        world.say(f"  refused: {no.code}")
        return
    world.reach("decided anew")
    if rng.random() < 0.7:
        hand.undo(Deed(Act.UNDO, bench.number, bench.copy))


def ship(world: World, step: Step) -> None:
    """A customer buys what is there."""
    rng, house = step.rng(), world.house
    line = {"line": 1, "sku": rng.choice((MUGS, TOASTER, CREAM, SOLVENT)), "qty": rng.choice((1, 2, 20))}
    head = {"order": f"o-{step.number}", "owner": OWNER, "channel": "web", "customer": f"b-{step.number}"}
    sold = {"lines": [line | {"unit_minor": 2000, "currency": "GBP"}], "ship": "available", "at": house.now()}
    asked = Order.model_validate(head | sold)
    house.act(lambda act: capture.capture(act, asked))


def reserve(world: World, step: Step) -> None:
    """A customer orders for later; often more than there is, so that the rest is claimed as it comes back."""
    rng, house = step.rng(), world.house
    skus = rng.sample((MUGS, TOASTER, CREAM, SOLVENT), rng.randint(2, 4))
    qty = rng.choice((20, 60, 200))
    lines = [
        {"line": n, "sku": sku, "qty": qty, "unit_minor": 2000, "currency": "GBP"}
        for n, sku in enumerate(skus, 1)
    ]
    head = {"order": f"r-{step.number}", "owner": OWNER, "channel": "web", "customer": f"r-{step.number}"}
    asked = Order.model_validate(head | {"lines": lines, "ship": "later", "at": house.now()})
    house.act(lambda act: capture.capture(act, asked))


def policy(world: World, step: Step) -> None:
    """Another version of the policy is in force."""
    which = step.rng().randrange(len(VARIANTS))
    # Counted, so that other histories publish the very same texts, each of which is read once.
    source, version = variant(which, f"v{len(world.policies) + 1}")
    world.house.act(lambda act: publish_policy(act, source))
    world.policies[version] = which
    world.reach("policy published")
    # The station of this step has not heard of it, and goes on.
    return_unit(world, step)


def revoke(world: World, step: Step) -> None:
    """An approver may approve no more."""
    house, code = world.house, name_of(step.station)

    def do(act):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - an act's
        issuer = require_issuer(issuer_of(act.conn, house.centre.policy_key), act.posted_at)
        return approvers.revoke(act, issuer, code, NewRevocation(reason="badge lost"))

    house.act(do)
    world.revoked.add(code)
    world.reach("approver revoked")
    # The station has not heard of it, and goes on.
    written_off(world, step)


def upkeep(world: World, step: Step) -> None:
    """What is due at the centre is done."""
    del step
    tick(world.house.centre)


def centre_dies(world: World, step: Step) -> None:
    """The centre's process is gone between two things that it did; what failed is tried again."""
    del step
    world.poisoned = frozenset()
    world.house.restart()


def poison(world: World, step: Step) -> None:
    """A release of the centre fails on one kind of event."""
    kinds = (
        EventKind.RETURN_DISPOSITIONED,
        EventKind.RETURN_UNDONE,
        EventKind.BIN_COUNTED,
        EventKind.UNIT_REDECIDED,
        EventKind.RETURN_SERIAL_ACCEPTED,
    )
    world.poisoned = frozenset({str(step.rng().choice(kinds))})
    world.reach("posting fails")


OFFICE: Mapping[Try, Callable[[World, Step], None]] = {
    Try.AUTHORIZE: authorize,
    Try.CANCEL: cancel,
    Try.DECIDE: decide,
    Try.SEND: sent,
    Try.ADVANCE: go_on,
    Try.CLOSE: close,
    Try.WORD: word,
    Try.SHIP: ship,
    Try.RESERVE: reserve,
    Try.POLICY: policy,
    Try.REVOKE: revoke,
    Try.UPKEEP: upkeep,
    Try.CENTRE_DIES: centre_dies,
    Try.POISON: poison,
}
