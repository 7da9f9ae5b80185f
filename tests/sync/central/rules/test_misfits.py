"""Each way a unit can be beside the lines of its RMA, and which of them it is."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.domain.event import EventKind
from app.domain.fields import Fields
from sync.central.rules.misfits import Kept, Misfit, kept
from sync.central.rules.progress import Deed, Progress


@dataclass(frozen=True)
class Line:
    line: int
    sku: str
    qty: int


LINES = (Line(1, "K", 1), Line(2, "M", 2))
SOLD = {1: ["SN-1"], 2: []}


def deed(sku: str, line: int | None = None, qty: int = 1, serial: str | None = None) -> Deed:
    body = {"rma": "R-1", "sku": sku, "line": line, "qty": qty, "serial": serial}
    return Deed("e", EventKind.RETURN_DISPOSITIONED, "s1", Fields(body, "facts"))


def after(*deeds: Deed) -> Progress:
    progress = Progress()
    for done in deeds:
        progress.add(done, LINES)
    return progress


@pytest.mark.parametrize(
    ("found", "before", "why"),
    [
        (deed("X"), (), Misfit.WRONG_ITEM),
        (deed("X"), (deed("K", 1),), Misfit.WRONG_ITEM),
        (deed("X"), (deed("K", 1), deed("M", 2, 2)), Misfit.EXTRA_ITEM),
        (deed("M"), (deed("M", 2, 2),), Misfit.OVER_QUANTITY),
        (deed("M"), (deed("M", 2, 1),), Misfit.WRONG_ITEM),
        (deed("K", serial="SN-9"), (deed("K", 1),), Misfit.OVER_QUANTITY),
        # The serial was seen before, so that the unit was kept without one.
        (deed("K"), (), Misfit.WRONG_ITEM),
        (deed("M", serial="SN-9"), (), Misfit.WRONG_ITEM),
    ],
)
def test_why_a_unit_counts_for_no_line(found: Deed, before: tuple[Deed, ...], why: Misfit) -> None:
    assert kept(found, LINES, after(*before), SOLD) == Kept(why)


def test_another_serial_names_both() -> None:
    found = kept(deed("K", serial="SN-9"), LINES, after(), SOLD)
    assert found == Kept(Misfit.OTHER_SERIAL, "SN-9", ("SN-1",))
