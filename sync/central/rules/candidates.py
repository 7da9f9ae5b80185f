"""What a unit that nobody announced could be: open RMA lines first, then sales, the likeliest first.

Each candidate has points and says in words what they are for. A ranking proposes; a person chooses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain.counted import counted

WINDOW_DAYS = 30
"""How long after its shipment a sale is likely to come back, when nobody asks otherwise."""

_SERIAL, _CUSTOMER, _PRICE, _WINDOW, _RECENT = 100, 40, 20, 30, 10
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Came:
    """What stands on the bench; `customer` and `price_minor` only where somebody knows them."""

    sku: str
    qty: int
    came_at: datetime
    serial: str | None = None
    customer: str | None = None
    price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """A line that it could belong to: of an open RMA (`rma`), or else of an order that was shipped.

    `left` are units of it that nobody brought back; `serials` those of them that have one, none where
    serials were not recorded.
    """

    code: str
    line: int
    left: int
    rma: bool
    customer: str | None = None
    unit_minor: int | None = None
    shipped_at: datetime | None = None
    serials: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An option with what speaks for it and against it; one that does not `fit` cannot be chosen."""

    option: Option
    points: int
    reasons: tuple[str, ...]
    fits: bool


def rank(
    came: Came, options: Iterable[Option], window_days: int = WINDOW_DAYS
) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
    """Open RMA lines and sales, each with the likeliest first.

    A serial match goes before all else, then what fits, then what was shipped within the window, then points.
    """
    found = [_judged(came, option, window_days) for option in options]
    found.sort(key=lambda candidate: _order(came, candidate, window_days))
    return (
        tuple(candidate for candidate in found if candidate.option.rma),
        tuple(candidate for candidate in found if not candidate.option.rma),
    )


def misfit(came: Came, option: Option) -> str | None:
    """Why a unit cannot belong to a line, in words; None when it can."""
    if option.left < came.qty:
        verb = "is" if option.left == 1 else "are"
        return f"only {option.left} of the {counted(came.qty, 'unit')} {verb} left to come back"
    if came.serial and option.serials and came.serial not in option.serials:
        return f"serial {came.serial} is not among those that are still out on it"
    return None


def _judged(came: Came, option: Option, window_days: int) -> Candidate:
    points, reasons = 0, list[str]()

    def says(worth: int, why: str) -> None:
        nonlocal points
        points += worth
        reasons.append(why)

    against = misfit(came, option)
    if came.serial and came.serial in option.serials:
        says(_SERIAL, f"serial {came.serial} was sold on it")
    if against is not None:
        says(0, against)
    if came.customer is not None and option.customer is not None:
        same = came.customer == option.customer
        says(_CUSTOMER if same else -_CUSTOMER, "the same customer" if same else "another customer")
    if came.price_minor is not None and option.unit_minor is not None:
        same = came.price_minor == option.unit_minor
        says(_PRICE if same else 0, "the same price" if same else "another price")
    days = _days(came, option)
    if days is not None and days <= window_days:
        recent = _RECENT * (window_days - days) // max(window_days, 1)
        says(_WINDOW + recent, f"shipped {_said(days)} ago")
    elif days is not None:
        says(0, f"shipped {_said(days)} ago, outside {window_days} days")
    if against is None:
        says(0, f"{option.left} {'unit' if option.left == 1 else 'units'} left to come back")
    return Candidate(option, points, tuple(reasons), against is None)


def _order(came: Came, candidate: Candidate, window_days: int) -> tuple[object, ...]:
    option = candidate.option
    days = _days(came, option)
    within = option.rma or (days is not None and days <= window_days)
    proven = came.serial is not None and came.serial in option.serials
    far = days if days is not None else window_days
    return not proven, not candidate.fits, not within, -candidate.points, far, option.code, option.line


def _days(came: Came, option: Option) -> int | None:
    """Whole days from shipment to the bench; None when nobody knows."""
    if option.shipped_at is None:
        return None
    return max(0, int((came.came_at - option.shipped_at).total_seconds() // _DAY_S))


def _said(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
