"""A hand at a station that nobody kills: it opens a box, scans all of it, and everything is saved."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

from app.domain.item import Item
from tests.simulation.hand import Visit, all_pulls, parcel, repeats
from tests.simulation.station_process import Answer, OutOfStep, StationProcess

_PATIENCE_S = 60.0
_LOOK_S, _HAND_S = 0.5, 0.06


def scan_box(station: StationProcess, visit: Visit, items: Mapping[str, Item]) -> None:
    """Scans a whole box; each of its units is on the disk when this returns.

    Raises:
        OutOfStep: the station answered something else.
    """
    _open(station, visit)
    pulls = all_pulls(visit, dict(items))[1:]
    for number, pull in enumerate(pulls):
        if repeats(pulls[:number], pull):
            threading.Event().wait(_HAND_S)
        answer = station.scan(pull.code, pull.aim)
        if answer is None or (pull.saves and (answer.event is None or answer.ms_saved is None)):
            raise OutOfStep(f"{pull} was answered by {answer}")


def _open(station: StationProcess, visit: Visit) -> None:
    """Scans the parcel until the program is up and knows of it; late answers to that are passed by."""
    label, until = parcel(visit.box), time.monotonic() + _PATIENCE_S
    while not _found(answer := station.scan(label.code, label.aim, _LOOK_S)):
        if time.monotonic() > until:
            raise OutOfStep(f"{visit.box.rma} was answered by {answer}, again and again")
        threading.Event().wait(_LOOK_S if answer is not None else 0)
    station.pull(visit.box.rma, "]C0")
    while (late := station.next_answer()) is not None and late.raw != f"]C0{visit.box.rma}":
        pass
    if late is None or late.route != "FoundReturn>already_open":
        raise OutOfStep(f"{visit.box.rma} is open, its own code was answered by {late}")


def _found(answer: Answer | None) -> bool:
    return answer is not None and answer.route.startswith("FoundReturn")
