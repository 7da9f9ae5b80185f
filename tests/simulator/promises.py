"""What must hold of stock that was promised: no more is claimed than is there, and what was lost is told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from app.domain.event import EventKind
from tests.simulator.cases import missing_case
from tests.simulator.ground import OWNER
from tests.simulator.reading import Centre
from tests.simulator.world import World

_CAUSE = "event:"


def promised(world: World, centre: Centre) -> Iterator[str]:
    """Claims on stock that is not there, promises lost in silence, and cases of none."""
    yield from _covered(centre)
    lost = set[str]()
    for (text,) in centre.rows("SELECT document FROM decision WHERE kind = 'lost' ORDER BY id"):
        said = json.loads(text)
        lost.add(f"promise.lost:{OWNER}:{said['item']}")
        if _of_a_station(world, centre, str(said["cause"])):
            world.reach("promise lost to a station")
    for key in sorted(lost):
        yield from missing_case(centre, key, "an order lost what it had been promised")
    for key in centre.cases:
        if key.startswith("promise.lost:") and key not in lost:
            yield f"I5: case {key} is there and no order lost anything"


def _of_a_station(world: World, centre: Centre, cause: str) -> bool:
    """Whether the promise was lost by what a station had recorded: itself, or by the count it led to."""
    event_id = cause.removeprefix(_CAUSE)
    return cause.startswith(_CAUSE) and (
        event_id in world.book.deeds or centre.kinds.get(event_id) == EventKind.STOCK_ADJUSTED
    )


def _covered(centre: Centre) -> Iterator[str]:
    there, claimed = Counter[str](), Counter[str]()
    for held, qty in centre.fold.items():
        parts = dict(held)
        if parts.get("status") == "sellable" and not parts["location"].startswith("@"):
            there[parts["item"]] += max(0, qty)
    for item, qty in centre.rows("SELECT item, sum(qty) FROM reservation WHERE supply = '' GROUP BY item"):
        claimed[item] += int(qty)
    for item, qty in sorted(claimed.items()):
        if qty > there[item]:
            yield f"I4: {qty} of {item} are promised to orders, and {there[item]} are there"
