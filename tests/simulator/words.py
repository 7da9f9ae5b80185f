"""What must hold of supervisors' words at benches: where the goods went, and whose case a serial is.

A serial that nobody sold is accepted by a word that is valid and stands, and else it is one case.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from tests.simulator.book import LABELLED, Act, Deed
from tests.simulator.cases import OPEN
from tests.simulator.ground import KETTLE
from tests.simulator.overrides import serials_of
from tests.simulator.reading import Centre
from tests.simulator.world import World

_OTHER = "return.other_serial"


def spoken(world: World, centre: Centre) -> Iterator[str]:
    """Words that moved a unit elsewhere than they said, and serials that nobody answers for."""
    for event_id, deed in world.book.deeds.items():
        stored = centre.posted.get(event_id)
        if deed.act is Act.OTHERWISE and stored is not None:
            went = [(qty, target["location"]) for qty, _, target in stored.moves()]
            if went != [(deed.qty, deed.place)]:
                yield f"I4: by {event_id} a supervisor sent {deed.qty} to {deed.place}, it moved {went}"
    yield from _serials(world, centre)
    yield from (
        f"I5: case {key} is open, and no policy closed any way"
        for key, (kind, state) in centre.cases.items()
        if kind in {"unit.blocked", "unit.consigned"} and state == OPEN
    )


def _serials(world: World, centre: Centre) -> Iterator[str]:
    """Each kettle whose serial was not sold on its return: accepted by a word that holds, or one case."""
    sold = {found.code: serials_of(found) for found in world.expected}
    labelled = Counter(centre.label_of(one) for one, deed in world.book.deeds.items() if deed.act in LABELLED)
    verdicts = {row[0]: row[1] for row in centre.rows("SELECT event_id, verdict FROM event_approval")}
    units = defaultdict[str, list[tuple[str, Deed]]](list)
    for event_id, deed in world.book.standing(Act.RETURN):
        if deed.sku == KETTLE and event_id in centre.posted and sold.get(deed.document):
            units[deed.document].append((event_id, deed))
    undone = world.book.undone()
    # One that was taken back may still have stood on the line when this one came, which was too much then.
    ever = Counter(deed.document for deed in world.book.deeds.values() if deed.act is Act.RETURN)
    for code, came in units.items():
        for event_id, deed in came:
            label = centre.label_of(event_id)
            if deed.serial in sold[code] or labelled[label] > 1 or code in world.cancelled:
                continue
            word = str(centre.posted[event_id].facts.get("accepted") or "")
            told = _told(centre, f"return.wrong_item:{code}:{label}")
            holds = verdicts.get(word) == "valid" and word in centre.posted and word not in undone
            if not holds and not told:
                yield f"I3: {event_id} has serial {deed.serial}, and is nobody's case"
            elif holds and told and ever[code] == 1 and _alone(deed, sold):
                yield f"I5: {event_id} is a case, and word {word} accepts its serial {deed.serial}"
            elif holds and not told:
                world.reach("serial accepted at a bench")


def _told(centre: Centre, key: str) -> bool:
    return centre.cases.get(key, ("", "")) == (_OTHER, OPEN)


def _alone(deed: Deed, sold: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether nobody else was sold that serial."""
    return not any(deed.serial in serials for serials in sold.values())
