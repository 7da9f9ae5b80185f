"""What matching a unit that nobody announced is asked with."""

from __future__ import annotations

from pydantic import Field

from sync.central.commands.shapes import SOME_DAY, Asked, Code, Instant, LineNumber, shown


class BlindMatch(Asked):
    """What the unit is: a line of an `order`, or of an open `rma`.

    `sku` names a thing that the bench could not name. `reason` is the customer's, for a return that is
    authorized by it.
    """

    model_config = shown(order="8841", line=1, at=SOME_DAY)

    order: Code | None = None
    rma: Code | None = None
    line: LineNumber
    at: Instant
    sku: Code | None = None
    reason: Code = Field(default="unknown")
