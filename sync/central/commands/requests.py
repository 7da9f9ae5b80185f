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
from pydantic.config import JsonValue

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


def _shown(**example: JsonValue) -> ConfigDict:
    """A configuration with an example for the description of the API."""
    return ConfigDict(json_schema_extra={"examples": [example]})


_AT = "2026-11-22T10:41:07Z"


class ReceiptLine(_Asked):
    """Units of one item that came in; with `serials` one for each unit."""

    line: LineNumber
    sku: Code
    qty: Units
    lot: Code | None = None
    serials: tuple[Code, ...] = Field(default=(), strict=False)


class Receipt(_Asked):
    """Goods from a supplier, new and sellable at once."""

    model_config = _shown(
        document="PO-7", owner="ACME", location="WH1-A", at=_AT, lines=[{"line": 1, "sku": "K-17", "qty": 48}]
    )

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

    model_config = _shown(
        order="8841",
        owner="ACME",
        channel="web",
        at=_AT,
        customer="c-1007",
        ship="available",
        lines=[{"line": 1, "sku": "K-17", "qty": 2, "unit_minor": 2495, "currency": "GBP"}],
    )

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

    model_config = _shown(at=_AT, lines=[{"line": 1, "qty": 2}])

    at: Instant | None = None
    lines: tuple[LinePart, ...] = Field(default=(), max_length=MAX_LINES, strict=False)


class Cancellation(_Asked):
    """What of an order is given up; everything not shipped when `lines` is left out."""

    model_config = _shown(at=_AT, reason="customer changed their mind")

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

    model_config = _shown(
        owner="ACME",
        customer="c-1007",
        at=_AT,
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
    tracking: tuple[Code, ...] = Field(default=(), max_length=50, strict=False)
    match: Literal["order", "customer_sales"]
    lines: tuple[ReturnLine, ...] = Field(min_length=1, max_length=MAX_LINES, strict=False)


class WriteOff(_Asked):
    """Units to take out of stock for good, once somebody else approves."""

    model_config = _shown(owner="ACME", sku="K-17", qty=1, location="HOLD-3", reason="broken", at=_AT)

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

    model_config = _shown(decision="approve", at=_AT)

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

    model_config = _shown(
        document="C-12",
        owner="ACME",
        location="WH1-A",
        at=_AT,
        lines=[{"line": 1, "sku": "K-17", "difference": -1, "reason": "missing"}],
    )

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

    model_config = _shown(name="Bench 7", site="WH1", owner="ACME")

    name: Code
    site: Code
    owner: Code


class NewToken(_Asked):
    """Who may call, in which role."""

    model_config = _shown(role="integrator", name="web shop")

    role: Code
    name: Code


class Resolution(_Asked):
    """What was done about an exception."""

    model_config = _shown(note="Counted again: the unit stood in the next bin.")

    note: Words
