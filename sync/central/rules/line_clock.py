"""When a return line came into each of its states, and what that did to stock: one table of transitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.event import EventKind
from app.domain.returns import LineState
from sync.central.rules.progress import Deed, Line, Progress


class StockEffect(StrEnum):
    """What becomes of stock when a line goes from one state to another by an event."""

    NONE = "none"
    """No unit moves: what is only said, seen or missed is not here."""
    IN = "in"
    """Units leave the customer and go where a disposition says."""


# By the event alone: of one that counts no units, none has moved.
EFFECT: Mapping[EventKind, StockEffect] = {
    EventKind.RETURN_SENT: StockEffect.NONE,
    EventKind.RETURN_ARRIVED: StockEffect.NONE,
    EventKind.RETURN_SERIAL_ACCEPTED: StockEffect.NONE,
    EventKind.RETURN_FINISHED: StockEffect.NONE,
    EventKind.RETURN_ENDED: StockEffect.NONE,
    EventKind.RETURN_DISPOSITIONED: StockEffect.IN,
    EventKind.RETURN_MATCHED: StockEffect.IN,
    EventKind.RETURN_ACCEPTED: StockEffect.IN,
    EventKind.RETURN_NAMED: StockEffect.IN,
}
_OUT = (LineState.AUTHORIZED, LineState.IN_TRANSIT)
_ENDED = (LineState.CANCELLED, LineState.EXPIRED)
_WAYS: Mapping[StockEffect, Mapping[LineState, tuple[LineState, ...]]] = {
    StockEffect.IN: {
        **dict.fromkeys(_OUT, (LineState.ON_BENCH, LineState.DISPOSITIONED)),
        LineState.RECEIVED: (LineState.ON_BENCH, LineState.DISPOSITIONED, LineState.MISSING),
        LineState.ON_BENCH: (LineState.DISPOSITIONED, LineState.MISSING),
        LineState.MISSING: (LineState.DISPOSITIONED,),
        # A fact stands after an end, too: what was given up came all the same, and the rest is missing.
        **dict.fromkeys(_ENDED, (LineState.DISPOSITIONED, LineState.MISSING)),
        LineState.DISPOSITIONED: (LineState.MISSING,),
    },
    StockEffect.NONE: {
        LineState.AUTHORIZED: (LineState.IN_TRANSIT, LineState.RECEIVED, LineState.MISSING, *_ENDED),
        LineState.IN_TRANSIT: (LineState.RECEIVED, LineState.MISSING, *_ENDED),
        LineState.RECEIVED: (LineState.MISSING, *_ENDED),
        LineState.ON_BENCH: (LineState.DISPOSITIONED, LineState.MISSING),
        # A later finish names fewer units as missing than an earlier one did.
        LineState.MISSING: (LineState.RECEIVED, LineState.ON_BENCH, LineState.DISPOSITIONED, *_ENDED),
        LineState.DISPOSITIONED: (LineState.MISSING,),
        **dict.fromkeys(_ENDED, (LineState.MISSING,)),
    },
}
TRANSITIONS = frozenset(
    (start, end, stock) for stock, ways in _WAYS.items() for start, ends in ways.items() for end in ends
)
"""Every way a line can go by one event, with what it does to stock."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A line came into a state: when, by which event (None for its authorization), and what moved then."""

    state: LineState
    at: str
    event_id: str | None
    stock: StockEffect


def clock(
    lines: Sequence[Line], deeds: Sequence[tuple[Deed, str]], authorized_at: str
) -> Mapping[int, tuple[Entered, ...]]:
    """The states of each line in the order it entered them, by the deeds that stand with their instants."""
    progress = Progress()
    found = {
        line.line: [Entered(progress.state(line), authorized_at, None, StockEffect.NONE)] for line in lines
    }
    for deed, at in deeds:
        progress.add(deed, lines)
        for line in lines:
            steps, state = found[line.line], progress.state(line)
            if state is not steps[-1].state:
                steps.append(Entered(state, at, deed.event_id, EFFECT[EventKind(deed.kind)]))
    return {number: tuple(steps) for number, steps in found.items()}
