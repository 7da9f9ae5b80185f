"""What replacements are asked with: what is wanted in place of money, and finance's word on the rest."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sync.central.commands.shapes import MOST, Asked, Code, Words, shown


class Instead(Asked):
    """What a customer wants in place of the money for a return line.

    `exchange` leaves once the old unit was judged good enough, `advance` at once. Without `sku` it is the
    same item at the price of its sale; another item says its price: `unit_minor` without tax, `tax_minor` for
    all units of the line.
    """

    kind: Literal["exchange", "advance"]
    sku: Code | None = None
    unit_minor: int | None = Field(default=None, ge=0, le=MOST)
    tax_minor: int = Field(default=0, ge=0, le=MOST)
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")


class ReplacementPayment(Asked):
    """What a customer paid of what a replacement is dearer, or was charged: minor units of its currency."""

    model_config = shown(minor=500, currency="GBP", reference="PSP-4712")

    minor: int = Field(ge=1, le=MOST)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    reference: Words | None = None


class PaymentBack(Asked):
    """A payment that was none: the event that noted it, and why."""

    model_config = shown(event_id="01a202b2-e55f-7557-a826-e2cbeaee2c7d", reason="The bank took it back.")

    event_id: Code
    reason: Words


class ReplacementDecision(Asked):
    """Finance's word on units of a replacement that left, and for which nothing came back.

    `charge`: the customer owes their price; `waive`: they are given away.
    """

    model_config = shown(decision="charge", reason="Asked twice, no answer.")

    decision: Literal["charge", "waive"]
    reason: Words
