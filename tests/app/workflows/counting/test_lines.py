"""A pack with two codes is one unit, of the lot that either of them names."""

from __future__ import annotations

import pytest

from app.domain.item import Item, Tracking
from app.workflows.counting.lines import item_scanned, no_lot, taken_back
from app.workflows.counting.state import Bin, CountState, Phase
from app.workflows.scanned import FoundItem

SPREAD = Item("HS-25", "Hazelnut spread", tracking=Tracking.LOT)
PUMP = Item("PU-1", "Pump", tracking=Tracking.LOT_AND_SERIAL)


def scanned(*codes: FoundItem, state: CountState | None = None) -> CountState:
    found = state or CountState(Phase.COUNT, Bin("A-01", "A", "2026-01-01T00:00:00Z"))
    for code in codes:
        found = item_scanned(found, code)
    return found


def bare(item: Item = SPREAD, serial: str | None = None) -> FoundItem:
    return FoundItem("bare", item, serial=serial)


def rich(lot: str | None, item: Item = SPREAD, *, same_pack: bool = True) -> FoundItem:
    return FoundItem("rich", item, lot=lot, same_pack=same_pack)


def units(state: CountState) -> dict[str, int]:
    assert state.bin is not None
    return {line.lot: line.qty for line in state.bin.lines if line.qty}


def test_the_other_code_of_a_pack_names_its_lot_and_counts_nothing() -> None:
    first = scanned(bare(), rich("L1"))
    assert units(first) == {"L1": 1}
    # The next pack's first code goes on with the lot in the hand, until its other code names its own.
    assert units(scanned(bare(), state=first)) == {"L1": 2}
    both = scanned(bare(), rich("L2"), state=first)
    assert units(both) == {"L1": 1, "L2": 1}
    assert units(scanned(rich("L2"), rich(None), state=both)) == {"L1": 1, "L2": 1}
    back = taken_back(both)
    assert back is not None
    assert units(back) == {"L1": 1}


def test_a_pack_said_to_show_none_has_the_lot_of_its_other_code() -> None:
    none = no_lot(scanned(bare()))
    assert units(none) == {"": 1}
    assert units(scanned(rich("L1"), state=none)) == {"L1": 1}


def test_no_more_than_the_last_scan_is_moved() -> None:
    several = no_lot(scanned(bare()))
    assert units(scanned(bare(), bare(), rich("L1"), state=several)) == {"": 2, "L1": 1}


@pytest.mark.parametrize("codes", [(bare(PUMP), bare(PUMP, "S1")), (bare(PUMP, "S1"),)])
def test_a_serial_is_of_the_lot_that_its_pack_names(codes: tuple[FoundItem, ...]) -> None:
    state = scanned(*codes, rich("L1", PUMP))
    assert units(state) == {"L1": 1}
    assert state.bin is not None
    assert [line.serials for line in state.bin.lines if line.qty] == [("S1",)]


def test_a_lot_before_the_serial_is_kept_for_it() -> None:
    state = scanned(bare(PUMP), rich("L1", PUMP))
    assert (units(state), state.phase) == ({}, Phase.SERIAL)
    assert state.visit is not None
    assert state.visit.key == ("PU-1", "L1")
