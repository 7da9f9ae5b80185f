"""The number of units in the hand: by digits, by a typed number, confirmed by OK or by the grade."""

from __future__ import annotations

from dataclasses import replace

from app.workflows.bench.allowed import Result, not_now
from app.workflows.bench.context import Moment
from app.workflows.bench.goods import COUNT_MOST, set_quantity
from app.workflows.bench.state import BenchState, Notice, Phase

LARGE = 99


def entered(state: BenchState, number: int) -> Result:
    """A number from the keyboard: the quantity in the hand, asked once more when it is large."""
    countable = state.pick is not None and not state.pick.item.has_serial and state.pick.again is None
    if state.phase not in {Phase.GRADE, Phase.COUNT} or not countable:
        return not_now(state, str(number))
    if number > COUNT_MOST:
        return replace(state, notice=Notice("number_too_long", {"digits": number})), ()
    again = state.phase is Phase.COUNT and state.asked_large and state.digits == str(number)
    return confirmed(replace(state, phase=Phase.COUNT, digits=str(number), asked_large=again)), ()


def digit(state: BenchState, sign: str) -> Result:
    """One more digit; the first one opens the number."""
    if state.phase is Phase.GRADE and state.pick and not (state.pick.item.has_serial or state.pick.again):
        return replace(state, phase=Phase.COUNT, digits=sign.lstrip("0"), asked_large=False, notice=None), ()
    if state.phase is not Phase.COUNT:
        return not_now(state, "DIGIT")
    digits = (state.digits + sign).lstrip("0")
    if int(digits or "0") > COUNT_MOST:
        return replace(state, notice=Notice("number_too_long", {"digits": digits}), digits=""), ()
    return replace(state, digits=digits, asked_large=False, notice=None), ()


def start_count(state: BenchState, moment: Moment) -> Result:
    """Asks for the number of units, anew when one was begun."""
    del moment
    if state.phase is Phase.COUNT:
        return replace(state, digits="", asked_large=False), ()
    if state.phase is not Phase.GRADE or state.pick is None or state.pick.again:
        # As many as were saved under its label are graded again, all of them.
        return not_now(state, "COUNT")
    if state.pick.item.has_serial:
        return replace(state, notice=Notice("one_serial_one_unit", {"item": state.pick.item.name})), ()
    return replace(state, phase=Phase.COUNT, digits="", asked_large=False), ()


def confirmed(state: BenchState) -> BenchState:
    """The number taken over; a large one is asked for twice, one too large for its line refused."""
    qty = int(state.digits or "0")
    if qty < 1:
        return replace(state, notice=Notice("number_wanted", {}, ask=True))
    if qty > LARGE and not state.asked_large:
        return replace(state, asked_large=True, notice=Notice("number_large", {"qty": qty}))
    return set_quantity(state, qty)
