"""A supervisor at the bench's own screen: badge, choice, reason, PIN, and the ways back."""

from __future__ import annotations

import random

from app.domain.event import EventKind
from app.workflows.bench.state import Phase
from tests.simulator.approver import BADGE_CODE, PIN, WRONG_PIN
from tests.simulator.bench import Died
from tests.simulator.book import Act, Deed
from tests.simulator.hand import GRADES, Hand, Interrupted, word_undone

WAYS = {
    "RESTOCK": "R-03",
    "REFURB": "F-01",
    "QUARANTINE": "HOLD-2",
    "VENDOR": "V-02",
    "DISCARD": "HOLD-3",
}
"""Words of the mat by which a unit is sent elsewhere, and the place each stands for."""
_PATIENCE = 6


def accept(hand: Hand, rng: random.Random, word: Deed, unit: Deed) -> str:
    """A unit of the open box bears another serial than was sold, and a supervisor accepts it.

    The event of the unit, empty when nothing came of it. Sometimes the word is taken back at once, and the
    unit is kept apart; sometimes nobody has the right to it, and the unit goes back to the box.
    """
    hand.scan(unit.sku)
    if _phase(hand) is Phase.SERIAL:
        hand.scan(unit.serial, unit)
    if _phase(hand) is not Phase.STOP:
        hand.put_down()
        return ""
    badge(hand)
    if _phase(hand) is Phase.WHY:
        hand.scan(f"ANSWER_{rng.randint(1, 4)}")
        signed(hand, rng, str(EventKind.RETURN_SERIAL_ACCEPTED), word)
    if _phase(hand) is not Phase.GRADE:
        step_out(hand)
        hand.put_down()
        return ""
    if rng.random() < 0.2:
        hand.put_down()
        return ""
    if rng.random() < 0.1:
        hand.scan("UNDO", word_undone(hand.bench))
        unit.act = Act.APART
        if _phase(hand) is Phase.STOP:
            hand.scan("WRONG_ITEM", unit)
    return hand._grade(rng, unit, rng.choice(GRADES))


def otherwise(hand: Hand, rng: random.Random, word: Deed) -> str:
    """A supervisor sends the unit on the screen elsewhere than a rule did; the event, empty for none."""
    hand.scan("REJECT")
    over = hand._state().override
    if over is None or over.unit is None:
        return ""
    word.uses, word.sku, word.serial = over.unit.event_id, over.unit.item.sku, over.unit.account.serial or ""
    word.qty = over.unit.qty
    badge(hand)
    made = ""
    if _phase(hand) is Phase.CHOICE:
        chosen = rng.choice(list(WAYS))
        word.place = WAYS[chosen]
        hand.scan(chosen)
    if _phase(hand) is Phase.WHY:
        hand.scan(f"ANSWER_{rng.randint(1, 5)}")
        made = signed(hand, rng, str(EventKind.UNIT_REDECIDED), word)
    step_out(hand)
    return made


def signed(hand: Hand, rng: random.Random, kind: str, word: Deed) -> str:
    """The PIN, now and then a wrong one first."""
    if _phase(hand) is Phase.PIN and rng.random() < 0.05:
        type_pin(hand, WRONG_PIN, kind, word)
        if hand.notice == "override.pin":
            hand._book.pins[hand.bench.number] += 1
    return type_pin(hand, PIN, kind, word) if _phase(hand) is Phase.PIN else ""


def badge(hand: Hand) -> None:
    """A badge is read, beside what the program then notes of tries that were cut short."""
    before = hand.bench.ledger.last_seq
    hand.scan(BADGE_CODE)
    for found in hand.bench.newest(before):
        if found not in hand._book.deeds:
            hand._note(found, None)


def type_pin(hand: Hand, pin: str, kind: str, deed: Deed) -> str:
    """A PIN typed, and the event of that kind that it made, empty for none; it is written down as `deed`.

    Where the screen says that it was not recorded, it is typed once more.
    """
    made = ""
    for _ in range(2):
        before = hand.bench.ledger.last_seq
        try:
            hand.bench.enter_pin(pin)
        except Died as death:
            for found in hand._look_after(death, before):
                hand._note(found, deed if hand.bench.kind_of(found) == kind else None)
            raise Interrupted from None
        for found in hand.bench.newest(before):
            made = found if hand.bench.kind_of(found) == kind else made
            hand._note(found, deed if found == made else None)
        if hand.notice != "not_recorded":
            break
    return made


def step_out(hand: Hand) -> None:
    """The supervisor goes, wherever the screen stands; the unit stays as it was."""
    for _ in range(_PATIENCE):
        if hand._state().override is None:
            return
        hand.scan("UNDO")


def _phase(hand: Hand) -> Phase:
    return hand._state().phase
