"""What commands about goods, orders, returns and write-offs are asked with."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from sync.central.commands.exchanges_asked import Instead
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

_LEAST_PRIORITY = 999
_LONGEST_LIFE = 36_500
_MOST_PARCELS = 99


class ReceiptLine(Asked):
    """Units of one item that came in; with `serials` one for each unit.

    `pack` counts `qty` in packs of the item. `good_until` is the last day its lot is good. `cost_minor` is
    what all units of the line cost together, in the currency of the item's record; without it they are worth
    what the record says.
    """

    line: LineNumber
    sku: Code
    qty: Units
    pack: Code | None = None
    lot: Code | None = None
    good_until: Day | None = None
    serials: tuple[Code, ...] = Field(default=(), strict=False)
    supply_line: LineNumber | None = None
    cost_minor: int | None = Field(default=None, ge=0, le=MOST)


class Receipt(Asked):
    """Goods from a supplier, new and sellable at once.

    When `document` is inbound supply of that owner, its lines count what came: the named `supply_line`, or
    the lines of the item, soonest due first. `closes`: nothing more will come of it.
    """

    model_config = shown(
        document="PO-7",
        owner="ACME",
        location="WH1-A",
        at=SOME_DAY,
        lines=[{"line": 1, "sku": "K-17", "qty": 48}],
    )

    document: Code
    owner: Code
    location: Code
    at: Instant
    closes: bool = False
    lines: tuple[ReceiptLine, ...] = Field(min_length=1, max_length=MAX_LINES, strict=False)


class OrderLine(Asked):
    """What a customer wants; a line without `sku` is not stock (postage, a fee).

    `lot` and `grade` narrow which units will do (without a grade those sold as new); `min_life_days` is how
    many days after `at` a unit must still be good, at least what the channel's policy says; what the item
    says counts from when a unit is promised.
    `pack` counts `qty` in packs of the item. `unit_minor` is without tax; `tax_minor` is the tax of the whole
    line.
    """

    line: LineNumber
    sku: Code | None = None
    qty: Units
    pack: Code | None = None
    description: Words | None = None
    unit_minor: int | None = Field(default=None, ge=-MOST, le=MOST)
    tax_minor: int = Field(default=0, ge=0, le=MOST)
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    serials: tuple[Code, ...] = Field(default=(), strict=False)
    lot: Code | None = None
    grade: Code | None = None
    min_life_days: int = Field(default=0, ge=0, le=_LONGEST_LIFE)


class Order(Asked):
    """A customer's order; capture and reservation are one act.

    `ship` available: what is reserved is shipped in the same act, and later stock ships as it comes; later:
    units stay reserved until the order is shipped. A smaller `priority` is served first; without one the
    allocation policy scores it. `customer` is a pseudonym, never a name.

    `claim` soft: until its wave better orders may still take its units; `fill` complete: all its lines are
    reserved or none; both are the channel's policy when left out. `short` refuse: an order that
    cannot be met whole is declined instead of waiting. `site` is the only one it may be sent from,
    `region` and `zone` say where it goes, `wanted_by` when it must leave
    and `late_penalty_minor` what it costs when it does not. `hold` names a basket claim whose
    units it takes over. `substitutes`: the customer takes another item in place of one that is short.
    """

    model_config = shown(
        order="8841",
        owner="ACME",
        channel="web",
        at=SOME_DAY,
        customer="c-1007",
        ship="available",
        lines=[{"line": 1, "sku": "K-17", "qty": 2, "unit_minor": 2495, "currency": "GBP"}],
    )

    order: Code
    owner: Code
    channel: Code
    at: Instant
    priority: int | None = Field(default=None, ge=0, le=_LEAST_PRIORITY)
    customer: Code | None = None
    ship: Literal["available", "later"] = "later"
    claim: Literal["soft", "hard"] | None = None
    fill: Literal["partial", "complete"] | None = None
    short: Literal["backorder", "refuse"] = "backorder"
    site: Code | None = None
    region: Code | None = None
    zone: Code | None = None
    service_level: Code | None = None
    wanted_by: Instant | None = None
    wholesale: bool = False
    late_penalty_minor: int = Field(default=0, ge=0, le=MOST)
    most_parcels: int | None = Field(default=None, ge=1, le=_MOST_PARCELS)
    substitutes: bool = False
    hold: Code | None = None
    lines: tuple[OrderLine, ...] = Field(min_length=1, max_length=MAX_LINES, strict=False)


class LinePart(Asked):
    """Some units of a line."""

    line: LineNumber
    qty: Units


class Shipment(Asked):
    """What of an order leaves now; everything reserved when `lines` is left out."""

    model_config = shown(at=SOME_DAY, lines=[{"line": 1, "qty": 2}])

    at: Instant | None = None
    lines: tuple[LinePart, ...] = Field(default=(), max_length=MAX_LINES, strict=False)


class Cancellation(Asked):
    """What of an order is given up; everything not shipped when `lines` is left out."""

    model_config = shown(at=SOME_DAY, reason="customer changed their mind")

    at: Instant | None = None
    reason: Words | None = None
    lines: tuple[LinePart, ...] = Field(default=(), max_length=MAX_LINES, strict=False)


class ReturnLine(Asked):
    """What a customer says comes back, and why.

    The reason is one of ours, or `reason_code` is what `reason_system` calls it; the policy in force says
    which of ours that is. `instead` asks for a replacement in place of the money.
    """

    line: LineNumber
    sku: Code
    qty: Units
    reason: Code | None = None
    reason_system: Code | None = None
    reason_code: Code | None = None
    serials: tuple[Code, ...] = Field(default=(), strict=False)
    instead: Instead | None = None


class Return(Asked):
    """A return to authorize.

    `match` order: against that `order`; customer_sales: against the customer's earlier shipped units that
    nobody returned yet, most recent sale first. `send_by` is the last day to send the goods, by UTC; without
    it the policy in force says how many days there are.
    """

    model_config = shown(
        owner="ACME",
        customer="c-1007",
        at=SOME_DAY,
        tracking=["JD014600003"],
        match="customer_sales",
        lines=[{"line": 1, "sku": "K-17", "qty": 1, "reason": "changed_mind"}],
    )

    rma: Code | None = None
    owner: Code
    customer: Code | None = None
    order: Code | None = None
    at: Instant
    site: Code | None = None
    send_by: Day | None = None
    tracking: tuple[Code, ...] = Field(default=(), max_length=50, strict=False)
    match: Literal["order", "customer_sales"]
    lines: tuple[ReturnLine, ...] = Field(min_length=1, max_length=MAX_LINES, strict=False)


class WriteOff(Asked):
    """Units to take out of stock for good, once somebody else approves."""

    model_config = shown(owner="ACME", sku="K-17", qty=1, location="HOLD-3", reason="broken", at=SOME_DAY)

    write_off: Code | None = None
    owner: Code
    sku: Code
    qty: Units
    location: Code | None = None
    reason: Code
    at: Instant
    note: Words | None = None


class Decision(Asked):
    """A supervisor's word on a write-off."""

    model_config = shown(decision="approve", at=SOME_DAY)

    decision: Literal["approve", "reject"]
    at: Instant
    reason: Words | None = None


CodeOrNone = Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]


class CountLine(Asked):
    """How far what was counted lies from what was recorded.

    An item that is told apart by lots or serials is counted by them: a line names its `lot`, a serial is one
    unit and a line of its own. An empty text is for units that have none.
    """

    line: LineNumber
    sku: Code
    lot: CodeOrNone | None = None
    serial: CodeOrNone | None = None
    difference: int = Field(ge=-MOST, le=MOST)
    reason: Code


class Count(Asked):
    """Differences a count found, in sellable stock of one place."""

    model_config = shown(
        document="C-12",
        owner="ACME",
        location="WH1-A",
        at=SOME_DAY,
        lines=[{"line": 1, "sku": "K-17", "serial": "SN-994471", "difference": -1, "reason": "missing"}],
    )

    document: Code
    owner: Code
    location: Code
    at: Instant
    lines: tuple[CountLine, ...] = Field(min_length=1, max_length=MAX_LINES, strict=False)


class Policy(Asked):
    """A returns policy as TOML text."""

    source: Annotated[str, StringConstraints(min_length=1, max_length=1 << 20)]


class NewEnrolmentCode(Asked):
    """Which bench may join: its name, its site and whose goods it handles."""

    model_config = shown(name="Bench 7", site="WH1", owner="ACME")

    name: Code
    site: Code
    owner: Code


class NewToken(Asked):
    """Who may call, in which role, and for which sites; for all of them when none is named.

    `person` holds it: what they ask for with one token they may not approve with another. Else the name.
    It ends after `days`, or when somebody ends it.
    """

    model_config = shown(role="supervisor", name="Kim at Leeds", person="Kim", sites=["WH1"])

    role: Code
    name: Code
    person: Code | None = None
    sites: tuple[Code, ...] | None = Field(default=None, min_length=1, max_length=200, strict=False)
    days: int | None = Field(default=None, ge=1, le=3650)


class Shutting(Asked):
    """Why a station is shut out, or let in again."""

    model_config = shown(reason="Its laptop was stolen from the dock.")

    reason: Words


class Resolution(Asked):
    """What was done about an exception."""

    model_config = shown(note="Counted again: the unit stood in the next bin.")

    note: Words
