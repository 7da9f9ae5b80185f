"""Units that arrive before their shipment is told are in one place when it is told at last."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual, lane
from sync.central.rules.transfer import BOOKED_OVER, BOOKED_SHORT
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.tables import account, balance, exception
from tests.sync.central.shop import OWNER, Shop, open_shop


@pytest.fixture
def early(shop: Shop) -> Shop:
    """Six units picked, of which nothing has left."""
    shop.items("A", {"sku": "S", "name": "S", "tracking": "serial"})
    shop.sites(**{"WH2-A": "WH2"})
    shop.receive({"A": 6})
    shop.draft({"A": 6})
    for name in ("approve", "pick"):
        shop.step(name)
    return shop


def told(shop: Shop) -> tuple[int, ...]:
    """Shipped, received, damaged, over and on the way."""
    line = shop.transfer()["lines"][0]
    return tuple(line[name] for name in ("shipped", "received", "damaged", "over", "on_the_way"))


def fix(shop: Shop, kind: str) -> tuple[str, str]:
    asked = select(exception.c.state, exception.c.fix).where(exception.c.type == f"transfer.{kind}")
    return shop.ask(lambda conn: tuple(conn.execute(asked).one()))


def test_a_shipment_in_parts_meets_what_arrived_part_by_part(early: Shop) -> None:
    early.take_in({"line": 1, "qty": 3}, {"line": 1, "qty": 1, "damaged": True})
    assert told(early) == (0, 0, 0, 4, 0)
    early.step("ship", n1=2)
    assert (told(early), fix(early, "over")[0]) == ((2, 2, 0, 2, 0), "open")
    assert fix(early, "over")[1].startswith("2 units of A arrived")
    early.step("ship")
    assert (told(early), fix(early, "over")[0]) == ((6, 3, 1, 0, 2), "resolved")
    assert fix(early, "damaged")[0] == "open"
    early.take_in()
    assert (told(early), early.audit().violations) == ((6, 5, 1, 0, 0), ())


def test_more_than_leaves_stays_over(early: Shop) -> None:
    early.take_in({"line": 1, "qty": 9})
    early.step("ship")
    assert (told(early), early.atp("A")) == ((6, 6, 0, 3, 0), 9)
    assert fix(early, "over") == ("open", fix(early, "over")[1])
    assert early.audit().violations == ()


def test_the_serials_that_arrived_are_met_and_others_are_on_their_way(early: Shop) -> None:
    early.receive({"S": 3}, serials=["s1", "s2", "s3"])
    early.draft({"S": 3}, "T-S")
    for name in ("approve", "pick"):
        early.step(name, "T-S")
    early.take_in({"line": 1, "qty": 2, "serials": ["s2", "s9"]}, code="T-S")
    early.step("ship", "T-S")
    line = early.transfer("T-S")["lines"][0]
    assert (line["received"], line["over"], line["on_the_way"]) == (1, 1, 2)
    asked = (
        select(account.c.location, account.c.serial)
        .join_from(balance, account, balance.c.account == account.c.id)
        .where(account.c.item == "S", balance.c.qty > 0)
        .order_by(account.c.serial)
    )
    lane = "@transit:WH1>WH2"
    assert early.ask(lambda conn: [tuple(row) for row in conn.execute(asked)]) == [
        (lane, "s1"),
        ("WH2-A", "s2"),
        (lane, "s3"),
        ("WH2-A", "s9"),
    ]
    assert early.audit().violations == ()


CODE = "TR-1"
LANE = Account(OWNER, "A", lane("WH1", "WH2"), Status.IN_TRANSIT)
DOCK = Account(OWNER, "A", "WH2-A", Status.SELLABLE)
HURT = replace(DOCK, status=Status.DAMAGED)
END = Account(OWNER, "A", Virtual.COUNT)


def receipt(came: int, left: int, dock: Account) -> tuple[list[Move], list[dict[str, object]]]:
    """What a station records of so many units of which it knows that others are left on their way."""
    told = {
        "damaged" if dock == HURT else "received": min(came, left),
        "over": max(0, came - left),
        "short": max(0, left - came),
    }
    here, over, short = told.values()
    moves = [
        Move(here, LANE, dock, MoveKind.TRANSFER, document=CODE) if here else None,
        Move(over, END, dock, MoveKind.ADJUST, BOOKED_OVER, CODE) if over else None,
        Move(short, LANE, END, MoveKind.ADJUST, BOOKED_SHORT, CODE) if short else None,
    ]
    lines = {name: qty for name, qty in told.items() if qty}
    return [move for move in moves if move], [{"line": 1, "sku": "A", **lines}]


class Stations:
    """Two sites and stations that hear late of what leaves; `left` and `came` are what really happened."""

    def __init__(self, shop: Shop, *, drafted: bool = False) -> None:
        self.shop = shop
        self.left = 0
        self.came: dict[str, tuple[int, list[Move], list[dict[str, object]], Account]] = {}
        if drafted:
            return
        shop.items("A")
        shop.sites(**{"WH2-A": "WH2"})
        shop.receive({"A": 12})
        shop.draft({"A": 12}, CODE)
        for name in ("approve", "pick"):
            shop.step(name, CODE)

    def ship(self, qty: int) -> None:
        self.left += qty
        self.shop.step("ship", CODE, n1=qty)

    def receive(self, came: int, known: int, dock: Account = DOCK) -> str:
        return self.tell(came, *receipt(came, known, dock), dock)

    def tell(self, came: int, moves: list[Move], lines: list[dict[str, object]], dock: Account = DOCK) -> str:
        of = self.shop.at_station(
            EventKind.TRANSFER_RECEIVED, moves, transfer=CODE, location="WH2-A", lines=lines
        )
        self.came[of] = came, moves, lines, dock
        return of

    def undo(self, of: str) -> None:
        _, moves, lines, _ = self.came.pop(of)
        back = [move.reversed("undo at the bench") for move in reversed(moves)]
        self.shop.at_station(EventKind.TRANSFER_UNDONE, back, corrects=of, transfer=CODE, lines=lines)

    def close(self) -> None:
        self.shop.step("close", CODE)

    def here(self, dock: Account) -> int:
        return sum(came for came, _, _, at in self.came.values() if at == dock)

    def line(self) -> Any:
        return self.shop.transfer(CODE)["lines"][0]

    def holds(self) -> None:
        """Each unit is in one place: what is at the dock is over only as far as more came than left."""
        line, sound, hurt = self.line(), self.here(DOCK), self.here(HURT)
        held = Counter[Account]()
        for qty, *parts in self.shop.ask(lambda conn: list(conn.execute(_HELD))):
            held[account_of(parts)] += qty
        arrived = min(sound + hurt, self.left)
        assert (held[DOCK], held[HURT], held[LANE]) == (sound, hurt, line["on_the_way"])
        assert (line["received"] + line["damaged"], line["over"]) == (arrived, sound + hurt - arrived)
        assert 0 <= line["received"] <= sound
        assert 0 <= line["damaged"] <= hurt
        assert line["short"] >= 0
        assert line["on_the_way"] + line["short"] == self.left - arrived
        # The chains of these stations are not kept here.
        assert [found for found in self.shop.audit().violations if found.law != "facts"] == []
        open_now = {kind for kind, (state, _) in stated(self.shop).items() if state == "open"}
        assert open_now - {"twice"} == {name for name in ("over", "short", "damaged") if line[name]}


_HELD = select(balance.c.qty, *ACCOUNT_COLUMNS).join(account, balance.c.account == account.c.id)


def stated(shop: Shop) -> dict[str, tuple[str, str]]:
    asked = select(exception.c.type, exception.c.state, exception.c.key)
    rows = shop.ask(lambda conn: list(conn.execute(asked)))
    return {row.type.removeprefix("transfer."): (row.state, row.key) for row in rows}


@pytest.fixture
def stations(shop: Shop) -> Stations:
    return Stations(shop)


def test_a_station_that_did_not_hear_of_the_shipment_has_what_was_shipped(stations: Stations) -> None:
    stations.ship(4)
    stations.receive(3, known=0)
    stations.holds()
    line = stations.shop.transfer(CODE)["lines"][0]
    assert (line["received"], line["over"], line["on_the_way"]) == (3, 0, 1)
    assert "over" not in {kind for kind, (state, _) in stated(stations.shop).items() if state == "open"}


def test_a_receipt_of_what_was_not_known_to_leave_is_taken_back_whole(stations: Stations) -> None:
    stations.ship(4)
    came = stations.receive(3, known=0)
    stations.undo(came)
    stations.holds()
    stations.receive(4, known=4)
    stations.holds()


def test_a_receipt_from_before_its_shipment_is_taken_back_after_it(stations: Stations) -> None:
    came = stations.receive(3, known=0)
    stations.ship(4)
    stations.holds()
    stations.undo(came)
    stations.holds()


def test_the_missing_unit_turns_up_and_the_first_receipt_is_taken_back(stations: Stations) -> None:
    stations.ship(6)
    first = stations.receive(5, known=6)
    second = stations.receive(1, known=0)
    stations.holds()
    stations.undo(first)
    stations.holds()
    stations.undo(second)
    stations.holds()


def test_it_is_closed_and_a_receipt_of_what_was_not_known_to_leave_is_taken_back(
    stations: Stations,
) -> None:
    stations.ship(4)
    came = stations.receive(3, known=0)
    stations.close()
    stations.holds()
    stations.undo(came)
    stations.holds()
    assert stations.line()["short"] == 4


def test_what_comes_after_it_was_given_up_is_short_no_longer(stations: Stations) -> None:
    stations.ship(4)
    stations.close()
    came = stations.receive(3, known=0)
    stations.holds()
    stations.undo(came)
    stations.holds()


def test_units_that_turned_up_are_not_on_their_way_when_the_receipt_that_missed_them_goes(
    stations: Stations,
) -> None:
    """One received one of two, two others each both: with the first taken back there are still only two."""
    stations.ship(2)
    first = stations.receive(1, known=2)
    for _ in range(2):
        stations.receive(2, known=2)
    stations.undo(first)
    line = stations.line()
    assert (line["received"], line["short"], line["on_the_way"]) == (2, 0, 0)
    assert stations.shop.free("A") == 12 - 2 + 2
    assert [found for found in stations.shop.audit().violations if found.law != "facts"] == []


def test_a_receipt_that_was_put_back_whole_is_taken_back_whole(stations: Stations) -> None:
    stations.ship(2)
    stations.receive(2, known=2)
    stations.undo(stations.receive(1, known=2, dock=HURT))
    stations.holds()


@pytest.mark.parametrize("first", [0, 1])
def test_damaged_and_sound_units_stay_apart(stations: Stations, first: int) -> None:
    came = [stations.receive(3, 0, HURT), stations.receive(2, 0)]
    stations.ship(3)
    stations.holds()
    stations.undo(came[first])
    stations.holds()
    stations.undo(came[1 - first])
    stations.holds()


def test_another_unit_is_taken_for_the_one_that_left_when_the_first_is_taken_back(stations: Stations) -> None:
    came = stations.receive(1, 0)
    stations.receive(1, 0, HURT)
    stations.ship(1)
    stations.undo(came)
    stations.holds()
    stations.ship(1)
    stations.holds()


def test_damaged_and_sound_units_of_one_receipt_are_taken_back(stations: Stations) -> None:
    moves = [Move(qty, END, at, MoveKind.ADJUST, BOOKED_OVER, CODE) for qty, at in ((4, HURT), (1, DOCK))]
    came = stations.tell(5, moves, [{"line": 1, "sku": "A", "over": 5}])
    stations.ship(3)
    stations.undo(came)
    stations.holds()


def test_what_is_told_goes_before_what_is_taken_for_granted(stations: Stations) -> None:
    """One did not hear of the four that left, another took all four out of the lane: seven are here."""
    stations.ship(4)
    receipts = [(3, 0), (4, 4)]
    for came, known in receipts:
        stations.receive(came, known)
    stations.holds()
    for of in list(stations.came):
        stations.undo(of)
    stations.holds()
    for came, known in reversed(receipts):
        stations.receive(came, known)
    stations.holds()
    assert stations.line()["over"] == 3


def in_the_lane(shop: Shop) -> dict[str, int]:
    asked = _HELD.where(account.c.location == LANE.location)
    rows = [(qty, account_of(parts)) for qty, *parts in shop.ask(lambda conn: list(conn.execute(asked)))]
    return {held.lot or held.serial or "": int(qty) for qty, held in rows if qty}


@pytest.fixture
def lots(shop: Shop) -> Stations:
    """Two units of each of two lots, on one line, picked."""
    shop.items({"sku": "A", "name": "A", "tracking": "lot"})
    shop.sites(**{"WH2-A": "WH2"})
    for lot in ("L1", "L2"):
        shop.receive({"A": 2}, lot=lot)
    shop.draft({"A": 4}, CODE)
    for name in ("approve", "pick"):
        shop.step(name, CODE)
    return Stations(shop, drafted=True)


@pytest.mark.parametrize("shipped_first", [True, False])
def test_lots_are_on_their_way_again_as_they_left(lots: Stations, shipped_first: bool) -> None:
    if shipped_first:
        lots.ship(4)
    came = [lots.receive(2, 0), lots.receive(2, 0)]
    if not shipped_first:
        lots.ship(4)
    assert in_the_lane(lots.shop) == {}
    for of in came:
        lots.undo(of)
    assert in_the_lane(lots.shop) == {"L1": 2, "L2": 2}
    assert (lots.line()["received"], lots.line()["over"]) == (0, 0)


def test_a_lot_that_is_told_is_not_one_that_was_taken_for_another(lots: Stations) -> None:
    lots.ship(4)
    lots.receive(2, 0)
    here = [replace(found, lot="L1") for found in (LANE, DOCK)]
    line: list[dict[str, object]] = [{"line": 1, "sku": "A", "received": 2}]
    lots.tell(2, [Move(2, here[0], here[1], MoveKind.TRANSFER, document=CODE)], line)
    assert in_the_lane(lots.shop) == {}
    assert (lots.line()["received"], stated(lots.shop)) == (4, {})


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("srdruc"), st.integers(1, 5), st.integers(0, 6)), min_size=2, max_size=9
    )
)
def test_units_are_in_one_place_whatever_stations_knew(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]]
) -> None:
    with open_shop(tmp_path_factory.mktemp("early")) as shop:
        stations, ended = Stations(shop), False
        for what, qty, known in steps:
            here = stations.here(DOCK) + stations.here(HURT)
            state = shop.transfer(CODE)["state"]
            if what == "s" and stations.left < 12 and state in {"picked", "shipped"}:
                stations.ship(min(qty, 12 - stations.left))
            elif what in "rd" and here < 12:
                came = min(qty, 12 - here)
                # Of those that are ahead of their shipment nobody can know that they left.
                most = stations.left if here + came <= stations.left else max(0, stations.left - here)
                stations.receive(came, min(known, most), HURT if what == "d" else DOCK)
            elif what == "u" and stations.came:
                stations.undo(sorted(stations.came)[known % len(stations.came)])
            elif what == "c" and stations.left and not ended:
                stations.close()
                ended = True
            stations.holds()
