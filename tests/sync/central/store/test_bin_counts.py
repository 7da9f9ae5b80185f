"""Counts of bins on both databases: booked, asked about, settled by a later one, taken back; once each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.commands.catalogue import publish_policy
from sync.central.store import bin_counts
from sync.central.store.bin_counts import ADJUSTED, AGREED, LATER, UNDONE, WAITING
from sync.central.store.tables import account, balance, bin_count
from tests.sync.central.discarding import discard, requests, waiting_at
from tests.sync.central.shop import FAR, OWNER, PLACE, POLICY, Shop, open_shop

LIMITED = '\n[counting]\nlimit_minor = 500\ncurrency = "GBP"\n'


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        found.items("A", "B")
        source = POLICY.format(version="1", b_as_new="false").replace("[reason]", f"{LIMITED}[reason]")
        found.act(lambda act: publish_policy(act, source))
        found.receive({"A": 5})
        yield found


def counted(shop: Shop, qty: int, sku: str = "A", place: str = PLACE, **more: Any) -> str:
    lines: Any = [{"sku": sku, "counted": qty, "expected": 0, **more}]
    body: dict[str, Any] = {"owner": OWNER, "location": place, "lines": lines, "seen": ""}
    return shop.at_station(EventKind.BIN_COUNTED, **body)


def judged(shop: Shop, qty: int, place: str) -> str:
    """What becomes of a count."""
    event_id = counted(shop, qty, place=place)
    return states(shop)[event_id]


def states(shop: Shop) -> dict[str, str]:
    with shop.database.read() as conn:
        return {row.event_id: row.state for row in conn.execute(select(bin_count))}


def test_small_differences_are_booked_and_large_ones_asked_about(shop: Shop) -> None:
    agrees = counted(shop, 5)
    small = counted(shop, 4)
    assert (shop.free("A"), shop.cases()) == (4, [])
    large = counted(shop, 1)
    assert (shop.free("A"), shop.cases()) == (4, ["count.differs"])
    assert states(shop) == {agrees: AGREED, small: ADJUSTED, large: WAITING}


def test_a_later_count_settles_what_waited_and_an_earlier_one_changes_nothing(shop: Shop) -> None:
    waited = counted(shop, 1)
    shop.clock.pass_by(hours=1)
    later = counted(shop, 4)
    assert (shop.free("A"), shop.cases()) == (4, [])
    shop.clock.pass_by(hours=-1)
    early = counted(shop, 2)
    shop.clock.pass_by(hours=1)
    assert shop.free("A") == 4
    assert states(shop) == {waited: LATER, later: ADJUSTED, early: LATER}


def test_an_undo_takes_back_what_was_booked_once(shop: Shop) -> None:
    small = counted(shop, 4)
    for _ in range(2):
        shop.at_station(EventKind.BIN_UNDONE, corrects=small, undoes="bin.counted")
    assert (shop.free("A"), states(shop)) == (5, {small: UNDONE})


def test_several_counts_in_one_batch_are_judged_one_after_the_other(shop: Shop) -> None:
    with shop.together():
        counted(shop, 4)
        counted(shop, 4)
    assert shop.free("A") == 4
    assert sorted(states(shop).values()) == [ADJUSTED, AGREED]


def test_an_item_nobody_priced_or_knows_waits_for_a_person(shop: Shop) -> None:
    shop.items({"sku": "FREE", "name": "Free", "value_minor": 0})
    lines = [{"sku": "A", "counted": 5, "expected": 5}, {"sku": "FREE", "counted": 1, "expected": 0}]
    shop.at_station(EventKind.BIN_COUNTED, owner=OWNER, location=PLACE, lines=lines, seen="")
    assert shop.cases() == ["count.differs"]


def test_what_is_not_for_sale_is_told_apart_by_a_person(shop: Shop) -> None:
    """A unit that waits for its write-off is neither lost by a count, nor is one more of it for sale."""
    discard(shop, "L-1")
    for found in (0, 2):
        assert judged(shop, found, "R-03") == WAITING
        assert (shop.free("A"), requests(shop)) == (5, [("requested", 1, "L-1")])
        shop.clock.pass_by(hours=1)
    assert judged(shop, 1, "R-03") == AGREED


def test_nothing_that_is_found_where_goods_are_held_is_for_sale_unasked(shop: Shop) -> None:
    assert judged(shop, 1, "HOLD-1") == WAITING
    assert shop.free("A") == 5
    assert judged(shop, 1, "R-03") == ADJUSTED
    assert shop.free("A") == 6


def test_an_empty_bin_that_stands_below_zero_gives_nothing_to_sell(shop: Shop) -> None:
    """A unit left the bin that nobody had told of: it is not there, and one is missing in the books."""
    scrap = Account(OWNER, "A", Virtual.SCRAP, Status.DISPOSED)
    shop.at_station("stock.moved", [Move(1, waiting_at("L-1"), scrap, MoveKind.ADJUST)])
    assert judged(shop, 0, "R-03") == WAITING
    assert shop.free("A") == 5
    # A person books what the count says, and it makes good what is missing.
    shop.places("R-03")
    shop.count("A", 1, place="R-03")
    assert (shop.free("A"), shop.ask(below_zero)) == (5, [])


def test_an_undo_that_came_before_its_count_takes_it_back_all_the_same(shop: Shop) -> None:
    with shop.together():
        event_id = counted(shop, 4)
        shop.at_station(EventKind.BIN_UNDONE, corrects=event_id, undoes="bin.counted")
        shop._facts.reverse()
    assert (shop.free("A"), states(shop)) == (5, {event_id: UNDONE})


def below_zero(conn: Connection) -> list[int]:
    inside = balance.c.account.in_(select(account.c.id).where(account.c.location.not_like("@%")))
    return [int(qty) for qty in conn.scalars(select(balance.c.qty).where(balance.c.qty < 0, inside))]


@pytest.mark.parametrize("seen", ["", "1.7"])
def test_what_left_the_bin_after_a_count_is_no_difference_whatever_the_station_knew(
    shop: Shop, seen: str
) -> None:
    """A station that has not the whole of the centre's stock counts all the same."""
    shop.clock.pass_by(hours=1)
    shelf = Account(OWNER, "A", PLACE, Status.SELLABLE)
    shop.at_station("unit.moved", [Move(2, shelf, replace(shelf, location=FAR), MoveKind.TRANSFER)])
    shop.clock.pass_by(hours=-1)
    lines: Any = [{"sku": "A", "counted": 5, "expected": 0}]
    counted = shop.at_station(EventKind.BIN_COUNTED, owner=OWNER, location=PLACE, lines=lines, seen=seen)
    assert states(shop) == {counted: AGREED}


def test_a_defect_in_following_leaves_the_count_posted_with_one_exception(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    note = bin_counts._note

    def fails_at_the_end(*args: Any) -> None:
        note(*args)
        raise ValueError("a defect")

    monkeypatch.setattr(bin_counts, "_note", fails_at_the_end)
    expect_log("was not done")
    counted(shop, 4)
    assert (shop.free("A"), states(shop), shop.cases()) == (5, {}, ["event.not_followed"])
