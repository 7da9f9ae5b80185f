"""What baskets are asked with."""

from __future__ import annotations

from pydantic import Field

from sync.central.commands.shapes import MAX_LINES, Asked, Code, LineNumber, Units, shown

_LONGEST_MINUTES = 7 * 24 * 60


class BasketLine(Asked):
    """Units of one item in a shopper's basket; `site`, `lot` and `grade` narrow which."""

    line: LineNumber
    sku: Code
    qty: Units
    site: Code | None = None
    lot: Code | None = None
    grade: Code | None = None


class Basket(Asked):
    """A claim that ends by itself; `partial` takes what there is, else all or nothing.

    It lives for `minutes`, or for as long as the allocation policy says.
    """

    model_config = shown(
        owner="ACME", channel="web", minutes=15, lines=[{"line": 1, "sku": "K-17", "qty": 1}]
    )

    hold: Code | None = None
    owner: Code
    channel: Code
    minutes: int | None = Field(default=None, ge=1, le=_LONGEST_MINUTES)
    partial: bool = False
    lines: tuple[BasketLine, ...] = Field(min_length=1, max_length=MAX_LINES, strict=False)


class BasketChange(Asked):
    """Another end, counted from now, other lines, or both; without `lines` they stay as they are."""

    model_config = shown(minutes=30, lines=[{"line": 1, "sku": "K-17", "qty": 2}])

    minutes: int | None = Field(default=None, ge=1, le=_LONGEST_MINUTES)
    partial: bool = False
    lines: tuple[BasketLine, ...] | None = Field(
        default=None, min_length=1, max_length=MAX_LINES, strict=False
    )
