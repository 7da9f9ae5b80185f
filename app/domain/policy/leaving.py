"""Goods that leave for good: from which state each route takes them, and which of them are regulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from app.domain.account import Status
from app.domain.fields import Fields
from app.domain.place import Virtual
from app.domain.policy.scope import ANY
from app.domain.policy.text import Text
from app.domain.refusal import Refused

AWAITING_DISPOSAL = "awaiting_disposal"
"""Why regulated goods are quarantined that somebody approved to write off."""

ENDS: Mapping[str, Virtual] = MappingProxyType(
    {
        "vendor_return": Virtual.VENDOR_RETURN,
        "liquidate": Virtual.LIQUIDATION,
        "donate": Virtual.DONATED,
        "recycle": Virtual.RECYCLED,
        "scrap": Virtual.SCRAP,
    }
)
"""The routes by which goods leave for good, and the virtual end each leads to."""

GIVEN_AWAY = frozenset({"donate", "recycle", "scrap"})
"""Routes by which goods leave for nothing, as a write-off takes them."""

ASKED_ANEW = frozenset({"scrap"})
"""Of these the ones that, as a word on a unit, only ask for a write-off, which somebody else decides."""

GIVEN_OUTRIGHT = GIVEN_AWAY - ASKED_ANEW
"""Of these the ones by which one person's word on a unit gives it away."""

DISPOSAL = frozenset({"recycle", "scrap"})
"""Routes on which regulated goods need their papers."""

CERTIFICATE, CUSTODY, WITNESS = "certificate", "custody", "witness"
PAPERS = (CERTIFICATE, CUSTODY, WITNESS)
"""What can be asked for: a disposal certificate, a chain of handovers, and a witness's name on it."""

_LEADING = {Status.SELLABLE, Status.RETURN_PENDING, Status.IN_TRANSIT, Status.DISPOSED}
_WAITS = (f"{Status.QUARANTINED}.{AWAITING_DISPOSAL}",)
_UNDECIDED = (str(Status.DAMAGED), f"{Status.QUARANTINED}.awaiting_write_off")
_DEFAULT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "vendor_return": _UNDECIDED,
        "liquidate": (*_UNDECIDED, str(Status.REFURBISH)),
        "donate": (*_UNDECIDED, str(Status.REFURBISH)),
        "recycle": _WAITS,
        "scrap": _WAITS,
    }
)
_MOST_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class Regulated:
    """Goods that may not simply be thrown away; `papers` are of `PAPERS`.

    Empty `categories` stand for none, `*` for any; an item is meant when its category is named, or it is
    hazardous or serial-traced where that is asked for. Such goods wait quarantined for `reason`, at most
    `days`.
    """

    name: str
    categories: tuple[str, ...]
    hazardous: bool
    serial_traced: bool
    papers: tuple[str, ...]
    days: int
    reason: str = AWAITING_DISPOSAL

    def fits(self, category: str, *, hazardous: bool, serial_traced: bool) -> bool:
        """True for an item of a declared category."""
        return (
            bool({ANY, category} & set(self.categories))
            or (self.hazardous and hazardous)
            or (self.serial_traced and serial_traced)
        )


@dataclass(frozen=True, slots=True)
class Leaving:
    """From which states a route takes units: by route, `STATUS` or `quarantined.REASON`."""

    states: tuple[tuple[str, tuple[str, ...]], ...] = tuple(_DEFAULT.items())

    def of(self, route: str) -> tuple[str, ...]:
        """The states that a route takes."""
        return dict(self.states).get(route, ())

    def takes(self, route: str, status: Status | None, reason: str | None) -> bool:
        """True when units in that state may leave by that route."""
        return (f"{status}.{reason}" if reason else str(status)) in self.of(route)


AS_EVER = Leaving()
"""What holds where a policy says nothing of it."""


def read_leaving(document: Mapping[str, object], text: Text) -> Leaving:
    """The table `[leaving]`; a route that it leaves out takes what it does without a table."""
    if "leaving" not in document:
        return AS_EVER
    f = text.table(document, "leaving")
    for name in f.names():
        if name not in ENDS:
            raise f.wrong(name, f"no such key, but one of {', '.join(ENDS)}")
    return Leaving(
        tuple((route, f.texts(route) if route in f.names() else _DEFAULT[route]) for route in ENDS)
    )


def read_regulated(document: Mapping[str, object], text: Text) -> tuple[Regulated, ...]:
    """The tables `[[regulated]]`; a policy may have none."""
    return tuple(_regulated(f) for f in text.lists(document, "regulated"))


_KEYS = ("name", "categories", "hazardous", "serial_traced", "papers", "days", "reason")


def _regulated(f: Fields) -> Regulated:
    for name in f.names():
        if name not in _KEYS:
            raise f.wrong(name, f"no such key, but one of {', '.join(_KEYS)}")
    papers = f.texts("papers")
    if not papers or len(set(papers)) < len(papers) or not set(papers) <= set(PAPERS):
        raise f.wrong("papers", f"one or more of {', '.join(PAPERS)}, each once")
    found = Regulated(
        f.text("name"),
        f.texts("categories"),
        f.flag("hazardous", default=False),
        f.flag("serial_traced", default=False),
        papers,
        f.whole("days", most=_MOST_DAYS),
        f.text_or("reason", AWAITING_DISPOSAL) or AWAITING_DISPOSAL,
    )
    if not (found.categories or found.hazardous or found.serial_traced):
        raise f.wrong("categories", "categories, or hazardous or serial_traced as true")
    return found


def check_leaving(
    leaving: Leaving, regulated: Sequence[Regulated], categories: Sequence[str], text: Text
) -> None:
    """Checks states, categories and names, and that what waits for its disposal can leave by a route.

    Raises:
        Refused: the first mistake, with its place in the document.
    """
    for route, states in leaving.states:
        for state in states:
            status, _, reason = state.partition(".")
            wrong = status not in set(Status) or (status == Status.QUARANTINED) != bool(reason)
            if wrong or Status(status) in _LEADING:
                raise _mistake(
                    f"{text.line(route)}, leaving: {route} takes {state!r}",
                    "damaged, refurbish, or quarantined.REASON: what is sold or under way does not leave",
                    "Correct the state.",
                )
    _check_waiting(leaving, regulated, text)
    for number, entry in enumerate(regulated, 1):
        place = f"{text.line('regulated', number)}, regulated {number}"
        if any(other.name == entry.name for other in regulated[: number - 1]):
            raise _mistake(f"{place}: the name {entry.name!r} stands twice", "each name once", "Change one.")
        for category in entry.categories:
            if category not in {ANY, *categories}:
                raise _mistake(
                    f"{place}: categories holds {category!r}",
                    f"one of {', '.join((ANY, *categories))}",
                    "Use one of these.",
                )
        if not any(leaving.takes(route, Status.QUARANTINED, entry.reason) for route in sorted(DISPOSAL)):
            raise _mistake(
                f"{place}: no route takes what is quarantined for {entry.reason}",
                f"quarantined.{entry.reason} under scrap or recycle in [leaving]",
                "Add it there, or leave the reason out.",
            )


def _check_waiting(leaving: Leaving, regulated: Sequence[Regulated], text: Text) -> None:
    """What waits for its disposal leaves by a disposal alone, or its papers would be asked of nobody."""
    waits = {
        f"{Status.QUARANTINED}.{reason}" for reason in (AWAITING_DISPOSAL, *(r.reason for r in regulated))
    }
    for route, states in leaving.states:
        for state in states:
            if state in waits and route not in DISPOSAL:
                raise _mistake(
                    f"{text.line(route)}, leaving: {route} takes {state!r}, which waits for its disposal",
                    f"that under {' or '.join(sorted(DISPOSAL))} alone",
                    "Take it away there.",
                )


def _mistake(read: str, expected: str, do: str) -> Refused:
    return Refused("policy.leaving", f"{read}.", f"Expected {expected}.", do)
