"""What a line had is granted anew under its own dates, and only more than that as of today."""

from __future__ import annotations

from app.domain.item import Component
from sync.central.rules.cover import Cell, Cover
from sync.central.rules.eligible import Eligible
from sync.central.rules.line_claims import Promised
from sync.central.rules.promise import Offer, Want
from sync.central.rules.regrant import dates_of, grant_anew, units_of

EARLY, TODAY, LATE = "2026-12-22", "2026-12-23", "2027-03-01"


def offer(old: int, good: int, **more: dict[str, int]) -> Offer:
    """Units of A that could be promised until yesterday, and units that last."""
    cells = [Cell(old, "WH1", "L1", good_until=EARLY), Cell(good, "WH1", "L2", good_until=LATE)]
    kept = {"A": dict(more["kept"])} if more else {}
    return Offer({"A": Cover(cells)}, kept=kept, rules={"A": Eligible(TODAY)})


def got(want: Want, before: list[Promised], of: Offer) -> list[tuple[int, str | None]]:
    return [(grant.qty, grant.want.scope.fresh) for grant in grant_anew(want, before, of)]


def test_units_that_were_promised_keep_their_date_and_more_has_today_s() -> None:
    had = [Promised(2, {"A": EARLY})]
    assert got(Want(1, "A", 5), had, offer(9, 2)) == [(2, EARLY), (2, TODAY)]
    assert got(Want(1, "A", 5), [], offer(9, 2)) == [(2, TODAY)]


def test_no_more_is_granted_than_is_asked_for() -> None:
    had = [Promised(3, {"A": EARLY}), Promised(3, {"A": TODAY})]
    assert got(Want(1, "A", 4), had, offer(9, 9)) == [(3, EARLY), (1, TODAY)]


def test_what_cannot_be_had_as_it_was_promised_may_be_had_as_of_today() -> None:
    """The record asks less today than it did."""
    had = [Promised(3, {"A": LATE})]
    assert got(Want(1, "A", 3), had, offer(0, 1)) == [(1, LATE), (0, TODAY)]
    loose = Offer({"A": Cover([Cell(3, "WH1", good_until=TODAY)])}, rules={"A": Eligible(TODAY)})
    assert got(Want(1, "A", 3), had, loose) == [(0, LATE), (3, TODAY)]


def test_units_by_name_are_granted_by_their_names() -> None:
    cells = [Cell(1, "WH1", "L1", serial, good_until=EARLY) for serial in ("s", "t", "u")]
    free: dict[str, dict[str, str | None]] = {"A": dict.fromkeys(("s", "t", "u"), "WH1")}
    of = Offer({"A": Cover(cells)}, free, rules={"A": Eligible(EARLY)})
    grants = grant_anew(Want(1, "A", 3, serials=("s", "t", "u")), [Promised(1, {"A": None}, ("t",))], of)
    assert [list(grant.serials) for grant in grants] == [["t"], ["s", "u"]]
    assert units_of(grants) == 3


def test_units_that_nobody_new_is_promised_are_kept_for_no_channel() -> None:
    had = [Promised(4, {"A": EARLY})]
    assert got(Want(1, "A", 4, channel="web"), had, offer(3, 2, kept={"market": 2})) == [
        (3, EARLY),
        (0, TODAY),
    ]
    assert got(Want(1, "A", 4, channel="web"), had, offer(3, 4, kept={"market": 2})) == [(4, EARLY)]


def test_the_earliest_date_of_each_item_counts_and_a_kit_has_that_of_its_components() -> None:
    kits = {
        "KIT": (Component("A", 2), Component("B", 1)),
        "OTHER": (Component("A", 1), Component("C", 1)),
    }
    held = [("A", TODAY), ("A", EARLY), ("B", LATE), ("D", None), ("D", LATE)]
    assert dates_of(held, kits) == {"A": EARLY, "B": LATE, "D": None, "KIT": EARLY}
    assert dates_of([], kits) == {}
