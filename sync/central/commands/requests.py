"""What commands are asked with: frozen and checked at the edge; an unknown field is refused, not lost."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)

from app.domain.clock import from_text, to_text
from app.domain.refusal import Refused

MAX_LINES = 2_000
_MOST = 10**9
_LEAST_PRIORITY = 999


def _instant(value: object) -> datetime:
    try:
        return from_text(value if isinstance(value, str) else "")
    except Refused as no:
        raise ValueError(str(no)) from None


Instant = Annotated[
    datetime,
    PlainValidator(_instant),
    PlainSerializer(to_text),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-22T10:41:07Z"]}),
]
Code = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=r"^[^\x00]+$")]
Units = Annotated[int, Field(ge=1, le=_MOST)]
LineNumber = Annotated[int, Field(ge=1, le=_MOST)]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class ReceiptLine(_Asked):
    """Units of one item that came in; with `serials` one for each unit."""

    line: LineNumber
    sku: Code
    qty: Units
    lot: Code | None = None
    serials: tuple[Code, ...] = Field(default=(), strict=False)


class Receipt(_Asked):
    """Goods from a supplier, new and sellable at once."""

    document: Code
    owner: Code
    location: Code
    at: Instant
    lines: tuple[ReceiptLine, ...] = Field(min_length=1, max_length=MAX_LINES, strict=False)


class OrderLine(_Asked):
    """What a customer wants; a line without `sku` is not stock (postage, a fee)."""

    line: LineNumber
    sku: Code | None = None
    qty: Units
    description: Words | None = None
    unit_minor: int | None = Field(default=None, ge=-_MOST, le=_MOST)
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    serials: tuple[Code, ...] = Field(default=(), strict=False)


class Order(_Asked):
    """A customer's order; capture and reservation are one act.

    `ship` available: what is reserved is shipped in the same act, and later stock ships as it comes; later:
    units stay reserved until the order is shipped. A smaller `priority` is served first. `customer` is a
    pseudonym, never a name.
    """

    order: Code
    owner: Code
    channel: Code
    at: Instant
    priority: int = Field(default=100, ge=0, le=_LEAST_PRIORITY)
    customer: Code | None = None
    ship: Literal["available", "later"] = "later"
    lines: tuple[OrderLine, ...] = Field(min_length=1, max_length=MAX_LINES, strict=False)


class LinePart(_Asked):
    """Some units of a line."""

    line: LineNumber
    qty: Units


class Shipment(_Asked):
    """What of an order leaves now; everything reserved when `lines` is left out."""

    at: Instant | None = None
    lines: tuple[LinePart, ...] = Field(default=(), max_length=MAX_LINES, strict=False)


class Cancellation(_Asked):
    """What of an order is given up; everything not shipped when `lines` is left out."""

    at: Instant | None = None
    reason: Words | None = None
    lines: tuple[LinePart, ...] = Field(default=(), max_length=MAX_LINES, strict=False)


class ReturnLine(_Asked):
    """What a customer says comes back, and why."""

    line: LineNumber
    sku: Code
    qty: Units
    reason: Code
    serials: tuple[Code, ...] = Field(default=(), strict=False)


class Return(_Asked):
    """A return to authorize.

    `match` order: against that `order`; customer_sales: against the customer's earlier shipped units that
    nobody returned yet, most recent sale first.
    """

    rma: Code | None = None
    owner: Code
    customer: Code | None = None
    order: Code | None = None
    at: Instant
    site: Code | None = None
    tracking: tuple[Code, ...] = Field(default=(), max_length=50, strict=False)
    match: Literal["order", "customer_sales"]
    lines: tuple[ReturnLine, ...] = Field(min_length=1, max_length=MAX_LINES, strict=False)


class WriteOff(_Asked):
    """Units to take out of stock for good, once somebody else approves."""

    write_off: Code | None = None
    owner: Code
    sku: Code
    qty: Units
    location: Code | None = None
    reason: Code
    at: Instant
    note: Words | None = None


class Decision(_Asked):
    """A supervisor's word on a write-off."""

    decision: Literal["approve", "reject"]
    at: Instant
    reason: Words | None = None


class CountLine(_Asked):
    """How far what was counted lies from what was recorded."""

    line: LineNumber
    sku: Code
    difference: int = Field(ge=-_MOST, le=_MOST)
    reason: Code


class Count(_Asked):
    """Differences a count found, in sellable stock of one place."""

    document: Code
    owner: Code
    location: Code
    at: Instant
    lines: tuple[CountLine, ...] = Field(min_length=1, max_length=MAX_LINES, strict=False)


class Policy(_Asked):
    """A returns policy as TOML text."""

    source: Annotated[str, StringConstraints(min_length=1, max_length=1 << 20)]


class NewEnrolmentCode(_Asked):
    """Which bench may join: its name, its site and whose goods it handles."""

    name: Code
    site: Code
    owner: Code


class NewToken(_Asked):
    """Who may call, in which role."""

    role: Code
    name: Code


class Resolution(_Asked):
    """What was done about an exception."""

    note: Words
