"""What nobody does alone: events that need an approver's word, and the moves by which goods are lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from app.domain.event import UNDOING, Event, EventKind
from app.domain.fields import EXACT_MAX
from app.domain.move import Move, MoveKind
from app.domain.place import TRANSIT_PREFIX, Virtual

LOSSES = frozenset(Virtual) - {Virtual.CUSTOMER}
"""Ends where goods are gone that nobody bought: whoever moves units there answers for what they are worth."""

_CENTRE = "centre"


def losses(event: Event, undone: Iterable[Move] | None = None) -> tuple[Move, ...]:
    """The moves of a station's event by which goods are lost that it may not lose by itself.

    What a receipt books as missing of its own lane is counted, not lost; what takes an event back may put
    units where that event had them from.

    Args:
        event: what a station recorded.
        undone: the moves of the event that it takes back; None where they are not known, and then it is
            believed that it takes back what was.
    """
    back = Counter((move.qty, move.target, move.source) for move in undone or ())
    found = list[Move]()
    for move in event.moves:
        if move.target.location not in LOSSES or _short_of(event, move):
            continue
        if event.kind in UNDOING and event.corrects and move.kind is MoveKind.UNDO:
            this = (move.qty, move.source, move.target)
            if undone is None or back[this]:
                back[this] -= 1
                continue
        found.append(move)
    return tuple(found)


def _short_of(event: Event, move: Move) -> bool:
    """Whether units of a transfer did not come: they leave its lane as a difference of a count."""
    on_the_way = move.source.location.startswith(TRANSIT_PREFIX)
    counted = move.target.location == Virtual.COUNT
    return event.kind == EventKind.TRANSFER_RECEIVED and on_the_way and counted


def centres_unlock(event: Event) -> int | None:
    """The number of the centre's own word by which a station unlocked an approver; None without one."""
    return centres_number(event.body) if event.kind == EventKind.APPROVAL_UNLOCKED else None


def centres_number(body: Mapping[str, object]) -> int | None:
    """That number, by what an unlock says; None where it names no word of the centre."""
    number = body.get("number")
    if body.get("by") != _CENTRE or not isinstance(number, int) or isinstance(number, bool):
        return None
    return number if 0 < number <= EXACT_MAX else None
