"""What was asked about a count ends once the books say what was counted, and says by what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.domain.account import Account, Status
from app.domain.event import Event
from app.domain.move import Move, MoveKind
from sync.central.commands.catalogue import publish_policy
from sync.central.store.bin_counts import AGREED, WAITING
from sync.central.store.settled_counts import bins_of
from sync.central.store.tables import exception
from tests.sync.central.shop import FAR, OWNER, PLACE, POLICY, Shop
from tests.sync.central.store.test_bin_counts import LIMITED, counted, states


@pytest.fixture(autouse=True)
def _limit(shop: Shop) -> None:
    shop.items("A", "B")
    source = POLICY.format(version="1", b_as_new="false").replace("[reason]", f"{LIMITED}[reason]")
    shop.act(lambda act: publish_policy(act, source))
    shop.receive({"A": 5})


def resolutions(shop: Shop) -> list[str]:
    with shop.database.read() as conn:
        return [str(why) for why in conn.scalars(select(exception.c.resolution)) if why is not None]


def test_a_count_that_is_booked_by_hand_is_asked_about_no_more(shop: Shop) -> None:
    """In two steps: what is left of the difference is asked about until nothing is."""
    asked = counted(shop, 1)
    assert (states(shop), shop.cases()) == ({asked: WAITING}, ["count.differs"])
    shop.count("A", -1)
    assert shop.cases() == ["count.differs"]
    booked = shop.count("A", -3)["event_id"]
    assert (states(shop), shop.cases()) == ({asked: AGREED}, [])
    assert resolutions(shop) == [f"Event {booked} (stock.adjusted) brought the books to what was counted."]


def test_what_moves_after_a_count_answers_nothing(shop: Shop) -> None:
    shelf = Account(OWNER, "A", PLACE, Status.SELLABLE)
    counted(shop, 1)
    shop.clock.pass_by(hours=1)
    shop.at_station("unit.moved", [Move(4, shelf, replace(shelf, location=FAR), MoveKind.TRANSFER)])
    assert shop.cases() == ["count.differs"]


def test_only_places_inside_hold_what_is_counted() -> None:
    shelf = Account(OWNER, "A", PLACE, Status.SELLABLE)
    gone = replace(shelf, location="@customer", status=None)
    move = Move(1, shelf, gone, MoveKind.SHIP)
    assert bins_of(Event("e", "order.shipped", (), "sam", "s", (move,))) == {PLACE}
