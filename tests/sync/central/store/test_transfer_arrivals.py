"""Receipts that stations recorded, on both databases; whole stories are told in tests/scenarios."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import lane
from sync.central.commands import transfers as commands
from sync.central.commands.catalogue import put_locations
from sync.central.commands.transfers_asked import NewTransfer, TransferParts
from sync.central.store import transfers
from tests.sync.central.shop import OWNER, PLACE, Shop, open_shop

CODE = "TR-1"
LANE = Account(OWNER, "A", lane("WH1", "WH2"), Status.IN_TRANSIT)
DOCK = Account(OWNER, "A", "WH2-D", Status.SELLABLE)


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        yield sent(found)


def sent(found: Shop) -> Shop:
    """Six units are on their way."""
    found.items("A")
    found.receive({"A": 6}, place=PLACE)
    sites = [{"code": s, "kind": "site", "name": s, "site": s} for s in ("WH1", "WH2")]
    dock = {"code": "WH2-D", "kind": "dock", "name": "Dock", "site": "WH2"}
    found.act(lambda act: put_locations(act, [*sites, dock]))
    line = {"line": 1, "sku": "A", "qty": 6}
    asked = {"transfer": CODE, "owner": OWNER, "source": "WH1", "target": "WH2", "lines": [line]}
    found.act(lambda act: commands.draft(act, NewTransfer.model_validate(asked)))
    found.act(lambda act: commands.approve(act, CODE))
    found.act(lambda act: commands.pick(act, CODE, TransferParts()))
    found.act(lambda act: commands.ship(act, CODE, TransferParts()))
    return found


def received(shop: Shop, qty: int, code: str = CODE) -> str:
    move = Move(qty, LANE, DOCK, MoveKind.TRANSFER, document=code)
    lines = [{"line": 1, "sku": "A", "received": qty}]
    return shop.at_station(EventKind.TRANSFER_RECEIVED, [move], transfer=code, location="WH2-D", lines=lines)


def counters(shop: Shop) -> tuple[int, int]:
    with shop.database.read() as conn:
        line = transfers.lines_of(conn, CODE)[0]
    return line.received, line.on_the_way


def test_units_are_counted_once_however_often_they_are_received(shop: Shop) -> None:
    received(shop, 4)
    assert (counters(shop), shop.cases()) == ((4, 2), [])
    received(shop, 6)
    assert (counters(shop), shop.cases()) == ((6, 0), ["transfer.twice"])


def test_the_later_of_two_may_be_taken_back(shop: Shop) -> None:
    received(shop, 6)
    twice = received(shop, 6)
    lines = [{"line": 1, "sku": "A", "received": 6}]
    back = Move(6, DOCK, LANE, MoveKind.UNDO, document=CODE)
    shop.at_station(EventKind.TRANSFER_UNDONE, [back], corrects=twice, transfer=CODE, lines=lines)
    assert (counters(shop), shop.cases()) == ((6, 0), [])


def undone(shop: Shop, of: str, qty: int, dock: Account = DOCK) -> str:
    back = Move(qty, dock, LANE, MoveKind.UNDO, document=CODE)
    lines = [{"line": 1, "sku": "A", "received": qty}]
    return shop.at_station(EventKind.TRANSFER_UNDONE, [back], corrects=of, transfer=CODE, lines=lines)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (0, 2, 1)])
def test_receipts_of_the_same_units_are_taken_back_in_any_order(shop: Shop, order: tuple[int, ...]) -> None:
    """After each the units are where the receipts that still stand say; the last leaves them on their way."""
    taken = [4, 6, 5]
    came = [received(shop, qty) for qty in taken]
    assert (counters(shop), shop.free("A"), shop.cases()) == ((6, 0), 6, ["transfer.twice"])
    standing = list(taken)
    for n in order:
        undone(shop, came[n], taken[n])
        standing[n] = 0
        told = sum(standing)
        assert counters(shop) == (min(6, told), 6 - min(6, told))
        assert shop.free("A") == min(6, told)
        assert shop.cases() == (["transfer.twice"] if told > 6 else [])


def test_a_receipt_that_is_taken_back_twice_is_taken_back_once(shop: Shop) -> None:
    came = received(shop, 4)
    for _ in range(3):
        undone(shop, came, 4)
    assert (counters(shop), shop.free("A"), shop.cases()) == ((0, 6), 0, [])
    with shop.together():
        came = received(shop, 6)
        undone(shop, came, 6)
        undone(shop, came, 6)
    assert (counters(shop), shop.free("A"), shop.cases()) == ((0, 6), 0, [])


def test_a_defect_in_following_leaves_the_receipt_posted_with_one_exception(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    def fails(*_: object) -> None:
        raise ValueError("a defect")

    monkeypatch.setattr(transfers, "publish", fails)
    expect_log("was not done")
    received(shop, 4)
    # The goods are at the dock, nothing of what follows is left half done, and one case says so.
    assert (counters(shop), shop.free("A"), shop.cases()) == ((0, 6), 4, ["event.not_followed"])


def test_what_is_taken_back_after_the_transfer_was_closed_is_short(shop: Shop) -> None:
    came = received(shop, 4)
    shop.act(lambda act: commands.close(act, CODE))
    lines = [{"line": 1, "sku": "A", "received": 4}]
    back = Move(4, DOCK, LANE, MoveKind.UNDO, document=CODE)
    shop.at_station(EventKind.TRANSFER_UNDONE, [back], corrects=came, transfer=CODE, lines=lines)
    assert (counters(shop), shop.free("A"), shop.cases()) == ((0, 0), 0, ["transfer.short"])


def test_what_a_station_received_before_it_heard_of_the_close_is_short_no_longer(shop: Shop) -> None:
    received(shop, 4)
    shop.act(lambda act: commands.close(act, CODE))
    assert shop.cases() == ["transfer.short"]
    received(shop, 2)
    assert (counters(shop), shop.free("A"), shop.cases()) == ((6, 0), 6, [])
    received(shop, 1)
    assert (counters(shop), shop.free("A"), shop.cases()) == ((6, 0), 6, ["transfer.twice"])


def test_what_stations_mirror_is_published_with_every_step(shop: Shop) -> None:
    event_id = received(shop, 6)
    with shop.database.read() as conn:
        record = transfers.record_of(conn, CODE)
    assert (record.line(1).left, record.line(1).here, record.units) == (0, 6, ())
    assert event_id in record.receipts


def test_an_unknown_transfer_is_one_exception(tmp_path: Path) -> None:
    with open_shop(tmp_path) as shop:
        shop.items("A")
        received(shop, 1, "TR-9")
        assert "transfer.unknown" in shop.cases()
