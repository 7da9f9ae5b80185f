"""What the side ways of a return are asked with: a parcel on its way, and an end without all units."""

from __future__ import annotations

from typing import Literal

from sync.central.commands.shapes import SOME_DAY, Asked, Code, Instant, Words, shown


class ReturnSent(Asked):
    """A carrier has the parcel of that number."""

    model_config = shown(tracking="JD014600003", at=SOME_DAY)

    tracking: Code
    at: Instant


class ReturnExit(Asked):
    """Why the units that did not come will not: somebody gave the return up, or its time is over."""

    model_config = shown(exit="cancelled", reason="The customer keeps it.", at=SOME_DAY)

    exit: Literal["cancelled", "expired"] = "cancelled"
    reason: Words
    at: Instant


class Reversal(Asked):
    """Which disposition of the return was wrong, and why it is taken back."""

    model_config = shown(
        event_id="0193a1b2-0000-7000-8000-000000000000", reason="Credited by mistake.", at=SOME_DAY
    )

    event_id: Code
    reason: Words
    at: Instant
