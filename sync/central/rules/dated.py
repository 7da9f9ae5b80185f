"""What could be promised by a date: today's number, and what is to come by then as far as policy counts it.

Units that are to come are no stock: a claim, a receipt or a return never makes them so. What is claimed today
stays claimed of what is here, since it may leave at any time; what is owed, kept as safety and waited for is
taken off what comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.domain.item import Component
from app.domain.refusal import Refused
from app.domain.reservation import ANY, Scope
from sync.central.rules.allocation_policy import Exposure, Supply
from sync.central.rules.cover import Cell, Cover
from sync.central.rules.promise import Offer

_WORDS = {
    Supply.INBOUND: "from inbound supply",
    Supply.TRANSFERS: "from transfers",
    Supply.EXPECTED_RETURNS: "from expected returns",
}
# What is taken off what comes: in words, and the reason.
_FIRST = {
    "owed": ("left before they were recorded", "more left than was recorded"),
    "safety": ("are kept as safety stock", "safety stock that is not here yet"),
    "waiting": ("waiting orders get first", "waiting orders get it first"),
    "kept": ("are kept for other channels", "kept for other channels"),
    "elsewhere": ("are not within what was asked for", "at other sites, or of another lot, grade or date"),
}
_LONGEST_DAYS = 3
_UNDATED = ""
"""Until when units are good that nobody has seen: no date that is asked for."""


@dataclass(frozen=True, slots=True)
class Coming:
    """Units of one item that are to come and that nobody claims; `due` is None when nobody knows when."""

    supply: Supply
    reference: str
    units: int
    due: date | None
    site: str | None = None
    lot: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Units that somebody gets first of what comes, and which will do; `what` is waiting, safety or owed."""

    scope: Scope
    qty: int
    what: str = "waiting"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a number: `units` of it, out of `of`, and why so many."""

    what: str
    units: int
    of: int
    why: str
    reference: str | None = None
    due: date | None = None

    def to_json(self) -> dict[str, object]:
        """The part as it is answered."""
        found: dict[str, object] = {"what": self.what, "units": self.units, "of": self.of, "why": self.why}
        if self.reference is not None:
            found |= {"reference": self.reference, "due": self.due.isoformat() if self.due else None}
        return found


@dataclass(frozen=True, slots=True)
class Bucket:
    """What could be promised by a date; the units of its parts add up to it."""

    by: date
    atp: int
    parts: tuple[Part, ...]

    def sentence(self) -> str:
        """The number and where it comes from, for a person."""
        sums = Counter[str]()
        for part in self.parts:
            sums[part.what] += part.units
        said = [f"{sums['today']} today"]
        said += [f"{sums[supply]} {words}" for supply, words in _WORDS.items() if sums[supply]]
        said += [f"less {-sums[what]} that {words}" for what, (words, _) in _FIRST.items() if sums[what]]
        return f"By {self.by} {self.atp} can be promised: {', '.join(said)}."

    def to_json(self) -> dict[str, object]:
        """The bucket as it is answered."""
        return {
            "by": self.by.isoformat(),
            "atp": self.atp,
            "parts": [part.to_json() for part in self.parts],
            "why": self.sentence(),
        }


@dataclass(frozen=True, slots=True)
class Question:
    """About which item (a kit of what), asked when, within which scope, for which channel.

    `exposure` says what of what is to come counts; nothing does unless a policy says so.
    """

    sku: str
    today: date
    scope: Scope = ANY
    channel: str = ""
    exposure: Exposure = field(default_factory=Exposure)
    kit: tuple[Component, ...] = ()


def bucket(
    asked: Question, offer: Offer, coming: Sequence[Coming], waiting: Sequence[Waiting], by: date
) -> Bucket:
    """What could be promised by a date; what components that are to come would make of a kit is left out.

    Nobody has seen the date of what is to come: the item's own record leaves none of it out.

    Args:
        asked: the question.
        offer: what there is now, with every claim placed; it stays as it is.
        coming: what is to come of the item, its claims taken off.
        waiting: who gets of it first, in that order.
        by: the date.
    """
    now = offer.promise(asked.sku, asked.kit, asked.scope, asked.channel)
    parts = [Part("today", now, now, "what can be promised now")]
    parts += [_counted(asked, entry) for entry in coming if entry.due is None or entry.due <= by]
    cells = [
        Cell(part.units, entry.site, entry.lot, good_until=_UNDATED)
        for part, entry in zip(parts[1:], (e for e in coming if e.due is None or e.due <= by), strict=True)
        if part.units
    ]
    later, here = Cover(cells), offer.covers.get(asked.sku)
    first = Counter[str]()
    for entry in waiting:
        first[entry.what] += later.place(entry.what, entry.scope, entry.qty)
    kept = offer.kept_from(asked.channel, asked.sku)
    first["kept"] = later.place(
        "kept", ANY, kept - (here.room(offer.today(asked.sku)) if here is not None else 0)
    )
    room = later.room(asked.scope)
    first["elsewhere"] = sum(cell.qty for cell in cells) - sum(first.values()) - room
    parts += [Part(what, -first[what], first[what], why) for what, (_, why) in _FIRST.items() if first[what]]
    return Bucket(by, now + room, tuple(parts))


def _counted(asked: Question, entry: Coming) -> Part:
    days = (entry.due - asked.today).days if entry.due is not None else None
    counted = asked.exposure.count(entry.supply, entry.units, days)
    return Part(entry.supply.value, counted.units, entry.units, counted.why, entry.reference, entry.due)


def read_buckets(asked: Sequence[str], today: date) -> tuple[date, ...]:
    """Dates as they are written, or as whole days from today; each once, soonest first.

    Raises:
        Refused: one is neither.
    """
    return tuple(sorted({_bucket(text, today) for text in asked}))


def _bucket(text: str, today: date) -> date:
    try:
        if text.isascii() and text.isdigit() and len(text) <= _LONGEST_DAYS:
            return today + timedelta(days=int(text))
        return date.fromisoformat(text)
    except (ValueError, OverflowError):
        raise Refused(
            "bucket.unfit",
            f"Read the bucket {text[:40]!r}.",
            "Expected a date such as 2026-12-01, or days from today, at most 999.",
            "Correct the bucket.",
        ) from None
