"""What inbound supply, and claims on it, are asked with."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sync.central.commands.shapes import (
    MAX_LINES,
    SOME_DAY,
    Asked,
    Code,
    Instant,
    LineNumber,
    Units,
    shown,
)

_DUE = "2026-12-01T09:00:00Z"


class InboundLine(Asked):
    """Units of one item that are to come by `due`."""

    line: LineNumber
    sku: Code
    qty: Units
    due: Instant


class Inbound(Asked):
    """Goods that a supplier is to send: a purchase order (`po`) or a despatch advice (`asn`)."""

    model_config = shown(
        code="PO-7",
        owner="ACME",
        kind="po",
        site="WH1",
        supplier="Kettles Ltd",
        lines=[{"line": 1, "sku": "K-17", "qty": 48, "due": _DUE}],
    )

    code: Code
    owner: Code
    kind: Literal["po", "asn"]
    site: Code
    supplier: Code | None = None
    at: Instant | None = None
    lines: tuple[InboundLine, ...] = Field(min_length=1, max_length=MAX_LINES, strict=False)


class InboundLineChange(Asked):
    """Another quantity or date of a line; a line that is new names its item, quantity and date.

    `qty` is all that the line is about, received units among them.
    """

    line: LineNumber
    sku: Code | None = None
    qty: Units | None = None
    due: Instant | None = None


class InboundChange(Asked):
    """Lines that changed; the others stay as they are."""

    model_config = shown(lines=[{"line": 1, "qty": 36, "due": _DUE}])

    at: Instant | None = None
    lines: tuple[InboundLineChange, ...] = Field(min_length=1, max_length=MAX_LINES, strict=False)


class InboundCancellation(Asked):
    """Nothing more will come of these lines; of any line when `lines` is left out."""

    model_config = shown(at=SOME_DAY, lines=[1])

    at: Instant | None = None
    lines: tuple[LineNumber, ...] = Field(default=(), max_length=MAX_LINES, strict=False)


class SupplyClaim(Asked):
    """Units of an order line that are to be met from one line of inbound supply."""

    line: LineNumber
    supply: Code
    supply_line: LineNumber
    qty: Units


class SupplyClaims(Asked):
    """Which waiting units of an order are met from which supply."""

    model_config = shown(lines=[{"line": 1, "supply": "PO-7", "supply_line": 1, "qty": 2}])

    lines: tuple[SupplyClaim, ...] = Field(min_length=1, max_length=MAX_LINES, strict=False)
