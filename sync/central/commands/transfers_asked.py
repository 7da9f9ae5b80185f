"""What transfers are asked with."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from sync.central.commands.requests import LinePart
from sync.central.commands.shapes import (
    MAX_LINES,
    SOME_DAY,
    Asked,
    Code,
    Instant,
    LineNumber,
    Units,
    Words,
    shown,
)


class NewTransferLine(Asked):
    """Units of one item; of one `lot` when it is named."""

    line: LineNumber
    sku: Code
    qty: Units
    lot: Code | None = None


class NewTransfer(Asked):
    """Units of one owner to send from one site to another, there by `due`."""

    model_config = shown(
        owner="ACME", source="WH1", target="WH2", lines=[{"line": 1, "sku": "K-17", "qty": 12}], at=SOME_DAY
    )

    transfer: Code | None = None
    owner: Code
    source: Code
    target: Code
    due: Instant | None = None
    note: Words | None = None
    at: Instant | None = None
    lines: tuple[NewTransferLine, ...] = Field(min_length=1, max_length=MAX_LINES, strict=False)


class TransferStep(Asked):
    """When a milestone was reached; now when `at` is left out."""

    model_config = shown(at=SOME_DAY)

    at: Instant | None = None


class TransferParts(Asked):
    """What was picked or leaves now; everything there is when `lines` is left out."""

    model_config = shown(at=SOME_DAY, lines=[{"line": 1, "qty": 6}])

    at: Instant | None = None
    lines: tuple[LinePart, ...] = Field(default=(), max_length=MAX_LINES, strict=False)


class TransferCame(Asked):
    """Units that arrived, named by their line, or by item when they are on no line; sound or `damaged`.

    `location` is where they were put when it is not where the others were.
    """

    line: LineNumber | None = None
    sku: Code | None = None
    qty: Units
    damaged: bool = False
    location: Code | None = None
    lot: Code | None = None
    serials: tuple[Code, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if (self.line is None) == (self.sku is None):
            raise ValueError("name either the line or, for an item that is on none, the sku")
        if self.serials and len(set(self.serials)) != self.qty:
            raise ValueError("name one serial for each unit, or none")
        return self


class TransferReceipt(Asked):
    """What arrived; everything that is on its way, sound, when `lines` is left out."""

    model_config = shown(
        at=SOME_DAY,
        location="WH2-A",
        lines=[{"line": 1, "qty": 11}, {"line": 1, "qty": 1, "damaged": True}],
    )

    at: Instant | None = None
    location: Code
    lines: tuple[TransferCame, ...] = Field(default=(), max_length=MAX_LINES, strict=False)
