"""A thing that nobody at the bench can name: kept under a holding label with its photo, and no item made."""

from __future__ import annotations

from dataclasses import replace

from app.domain.item import Item
from app.workflows.bench.allowed import Result
from app.workflows.bench.context import Moment
from app.workflows.bench.goods import in_hand
from app.workflows.bench.state import BenchState, Notice, Phase, Pick

THING = Item("-", "Unidentified thing")
"""What stands where an item would; no SKU of any catalogue is meant by it."""


def keep_unidentified(state: BenchState, moment: Moment) -> Result:
    """UNKNOWN: into the hand; its photo saves it."""
    del moment
    if state.job is None:
        return replace(state, notice=Notice("unknown_without_box", {}, ask=True)), ()
    hand = in_hand(state)
    if hand is not None:
        parts = {"item": hand.item.name, "other": "UNKNOWN"}
        return replace(state, notice=Notice("answer_first", parts)), ()
    pick = Pick(THING, None, unknown=True)
    return replace(state, phase=Phase.GRADE, pick=pick, saved=None, last_gone=None, expected_serial=""), ()
