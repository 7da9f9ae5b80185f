"""Where each parcel of a return is, by what was done about the return."""

from __future__ import annotations

import pytest

from app.domain.event import EventKind
from app.domain.fields import Fields
from sync.central.rules.parcels_back import parcels_of
from sync.central.rules.progress import Deed

ONE, TWO = ("1Z-7",), ("1Z-7", "1Z-8")


def deed(kind: EventKind, at: str, **facts: object) -> tuple[Deed, str]:
    return Deed(f"e-{at}", kind, "s", Fields(facts, "facts")), at


SENT = deed(EventKind.RETURN_SENT, "2", tracking="1Z-7")
SEEN = deed(EventKind.RETURN_ARRIVED, "3")
FOUND = deed(EventKind.RETURN_DISPOSITIONED, "4")
MATCHED = deed(EventKind.RETURN_MATCHED, "5")
ENDED = deed(EventKind.RETURN_ENDED, "6")


@pytest.mark.parametrize(
    ("tracking", "deeds", "is_open", "states"),
    [
        (ONE, [], True, [("expected", None)]),
        (TWO, [SENT], True, [("in_transit", "2"), ("expected", None)]),
        (ONE, [SENT, SEEN], True, [("arrived", "3")]),
        # Which of two boxes it was, nobody says before the return has ended.
        (TWO, [SENT, FOUND], True, [("in_transit", "2"), ("expected", None)]),
        (TWO, [SENT, FOUND], False, [("arrived", "4"), ("arrived", "4")]),
        (ONE, [SENT, ENDED], False, [("not_expected", "6")]),
        # Its goods came in another box, which nobody knew.
        (ONE, [MATCHED], False, [("not_expected", "5")]),
        (ONE, [MATCHED], True, [("expected", None)]),
        (ONE, [], False, [("not_expected", None)]),
        ((), [SEEN], False, []),
    ],
)
def test_where_each_is(
    tracking: tuple[str, ...], deeds: list[tuple[Deed, str]], is_open: bool, states: list[tuple[str, str]]
) -> None:
    found = parcels_of(tracking, deeds, is_open=is_open)
    assert [(parcel.state, parcel.since) for parcel in found] == states
    assert tuple(parcel.tracking for parcel in found) == tracking
