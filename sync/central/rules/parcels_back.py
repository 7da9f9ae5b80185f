"""Where each parcel of a return is, told from what was done about the return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.event import EventKind
from sync.central.rules.progress import Deed


class ParcelState(StrEnum):
    """Where a parcel that a customer sends is."""

    EXPECTED = "expected"
    """Nobody has heard of it."""
    IN_TRANSIT = "in_transit"
    """A carrier has it."""
    ARRIVED = "arrived"
    """A bench has seen it, or all that was to come of its return has come."""
    NOT_EXPECTED = "not_expected"
    """Its return has ended, and nothing came of it at a bench."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel by its carrier's number, where it is, and since when; none for one only expected."""

    tracking: str
    state: ParcelState
    since: str | None


# A bench does these with the box in front of it.
_AT_BENCH = frozenset({EventKind.RETURN_ARRIVED, EventKind.RETURN_DISPOSITIONED, EventKind.RETURN_FINISHED})


def parcels_of(
    tracking: Sequence[str], deeds: Sequence[tuple[Deed, str]], *, is_open: bool
) -> tuple[Parcel, ...]:
    """The parcels of a return, by the deeds that stand with their instants.

    A bench says that a box of the return came and not which: of several parcels it tells only once the
    return has ended, when none of them is expected any more.
    """
    on_way = {
        str(deed.facts.raw().get("tracking")): at for deed, at in deeds if deed.kind == EventKind.RETURN_SENT
    }
    came = next((at for deed, at in deeds if deed.kind in _AT_BENCH), None)
    if came is not None and (not is_open or len(tracking) == 1):
        return tuple(Parcel(number, ParcelState.ARRIVED, came) for number in tracking)
    if not is_open:
        ended = deeds[-1][1] if deeds else None
        return tuple(Parcel(number, ParcelState.NOT_EXPECTED, ended) for number in tracking)
    return tuple(
        Parcel(
            number, ParcelState.IN_TRANSIT if number in on_way else ParcelState.EXPECTED, on_way.get(number)
        )
        for number in tracking
    )
