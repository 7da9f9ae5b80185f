"""What commands on consignments are asked with."""

from __future__ import annotations

from pydantic import Field

from sync.central.commands.shapes import (
    MAX_LINES,
    MOST,
    SOME_DAY,
    Asked,
    Code,
    Day,
    Instant,
    LineNumber,
    Units,
    Words,
    shown,
)
from sync.central.rules.consignment import Route

MOST_HANDOVERS = 50


class ConsignedUnit(Asked):
    """A unit by its label or its serial; or `qty` units of a SKU at a location."""

    model_config = shown(label="L07-5521-D")

    label: Code | None = None
    serial: Code | None = None
    sku: Code | None = None
    qty: Units | None = None
    location: Code | None = None


class NewConsignment(Asked):
    """Goods that are to leave for good: by which route, and to whom (a business partner's code)."""

    model_config = shown(
        owner="ACME",
        site="WH1",
        route="vendor_return",
        counterpart="KETTLES-LTD",
        reference="RMA-7781",
        units=[{"label": "L07-5521-D"}],
        at=SOME_DAY,
    )

    consignment: Code | None = None
    owner: Code
    site: Code
    route: Route = Field(strict=False)
    counterpart: Code
    reference: Code | None = None
    note: Words | None = None
    units: tuple[ConsignedUnit, ...] = Field(default=(), max_length=MAX_LINES, strict=False)
    at: Instant


class MoreUnits(Asked):
    """Units to add."""

    model_config = shown(units=[{"sku": "K-17", "qty": 2, "location": "V-02"}], at=SOME_DAY)

    units: tuple[ConsignedUnit, ...] = Field(min_length=1, max_length=MAX_LINES, strict=False)
    at: Instant | None = None


class FewerUnits(Asked):
    """Lines to take out again."""

    model_config = shown(lines=[2])

    lines: tuple[LineNumber, ...] = Field(min_length=1, max_length=MAX_LINES, strict=False)
    at: Instant | None = None


class ConsignmentStep(Asked):
    """When a step happened, and what is to be said of it."""

    model_config = shown(at=SOME_DAY, note="Two pallets.")

    at: Instant | None = None
    note: Words | None = None


class Departure(Asked):
    """It left: by which carrier, under which seal."""

    model_config = shown(at=SOME_DAY, carrier="DHL", seal="S-114")

    at: Instant | None = None
    carrier: Code | None = None
    seal: Code | None = None
    note: Words | None = None


class ComeBack(Asked):
    """Why goods that left are back."""

    model_config = shown(at=SOME_DAY, reason="The vendor's gate was closed.")

    at: Instant | None = None
    reason: Words


class HandedOver(Asked):
    """Who gave the goods to whom, where and when, under which seal."""

    model_config = shown(at=SOME_DAY, given_by="Ana K.", taken_by="R. Meyer", place="Dock 3", seal="S-114")

    at: Instant
    given_by: Code
    taken_by: Code
    place: Code
    seal: Code | None = None


class Certified(Asked):
    """What a processor certifies: number and day, and the weight in grams or the count of units, or both."""

    model_config = shown(number="C-2026-118", processor="GREEN-CYCLE", issued_on="2026-11-22", weight_g=480)

    number: Code
    processor: Code
    issued_on: Day
    weight_g: int | None = Field(default=None, ge=1, le=MOST)
    units: Units | None = None
    witness: Code | None = None


class RejectedLine(Asked):
    """Units of a line that the vendor gives no credit for, and why."""

    model_config = shown(line=3, qty=1, reason="Damaged by the customer.")

    line: LineNumber
    qty: Units
    reason: Words


class Settlement(Asked):
    """How it ended: the money that came of it (without tax, and the tax), what it cost, and its papers.

    `net_minor` is a vendor's credit note or what a buyer or a processor pays; `fee_minor` is owed to whoever
    took the goods; `reference` is the number of their document.
    """

    model_config = shown(
        at=SOME_DAY,
        net_minor=2900,
        reference="CN-2201",
        rejected=[{"line": 3, "qty": 1, "reason": "Damaged by the customer."}],
    )

    at: Instant | None = None
    net_minor: int = Field(default=0, ge=0, le=MOST)
    tax_minor: int = Field(default=0, ge=0, le=MOST)
    fee_minor: int = Field(default=0, ge=0, le=MOST)
    reference: Code | None = None
    rejected: tuple[RejectedLine, ...] = Field(default=(), max_length=MAX_LINES, strict=False)
    certificate: Certified | None = None
    note: Words | None = None
