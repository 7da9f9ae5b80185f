"""What must hold of bins that were counted: they hold what was counted, and what moved since."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from tests.simulator.reading import Centre, is_inside
from tests.simulator.world import World

_SETTLED = frozenset({"agreed", "adjusted"})


@dataclass(frozen=True, slots=True)
class _Moved:
    """Units that an event moved into a bin, or out of it when below zero."""

    row: int
    event_id: str
    at: str
    bin: str
    sku: str
    qty: int


def counted(world: World, centre: Centre) -> Iterator[str]:
    """Bins of which the last count was settled, and that hold something else.

    Where something came to light that had happened before the count, or some clock was wrong, nobody can tell
    from the count alone.
    """
    moved = list(_moved(centre))
    wrong = {event_id for event_id, deed in world.book.deeds.items() if deed.ahead_s}
    held = Counter[tuple[str, str]]()
    for account, qty in centre.fold.items():
        parts = dict(account)
        held[parts["location"], parts["item"]] += qty
    for place, rows in groupby(centre.rows(_COUNTS), key=lambda row: str(row[0])):
        *_, (_, at, state, row, event_id, body) = rows
        here = [one for one in moved if one.bin == place]
        late = any(one.row > row and one.at < at for one in here)
        if state not in _SETTLED or late or event_id in wrong or any(one.event_id in wrong for one in here):
            continue
        world.reach("a bin was counted")
        said = Counter[str]()
        for line in json.loads(body)["lines"]:
            said[str(line["sku"])] += int(line["counted"])
        for sku, qty in said.items():
            now = qty + sum(one.qty for one in here if one.sku == sku and one.at > at)
            if (there := held[place, sku]) != now:
                yield f"I4: {place} holds {there} of {sku}, by count {event_id} and since it is {now}"


def _moved(centre: Centre) -> Iterator[_Moved]:
    for row, event_id, at, qty, sku, source, target in centre.rows(_MOVES):
        for place, sign in ((source, -1), (target, 1)):
            if is_inside({"location": str(place)}):
                yield _Moved(int(row), str(event_id), str(at), str(place), str(sku), sign * int(qty))


_COUNTS = (
    "SELECT c.location, c.counted_at, c.state, e.id, e.event_id, e.body FROM bin_count c "
    "JOIN event e ON e.event_id = c.event_id ORDER BY c.location, c.counted_at, e.id"
)
_MOVES = (
    "SELECT e.id, e.event_id, e.occurred_at, m.qty, s.item, s.location, t.location FROM move m "
    "JOIN event e ON e.id = m.event JOIN account s ON s.id = m.source JOIN account t ON t.id = m.target"
)
