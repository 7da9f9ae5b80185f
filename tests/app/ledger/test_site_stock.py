"""The station's view of its site: the centre's balances, and each own event once."""

from __future__ import annotations

from app.domain.account import Account, Status
from app.domain.event import Event
from app.domain.feed import Held, Page, StockPage
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.ledger import mirror, outbox, renewal, site_stock
from app.ledger.owed import Due
from app.ledger.writer import Ledger
from tests.app.ledger.station import Station

SHELF = Account("acme", "MUG-4", "A-1", Status.SELLABLE)
END = Account("acme", "MUG-4", Virtual.COUNT)


def found(qty: int) -> Event:
    return Event("e-" + str(qty), "stock.found", (), "ana", "s", (Move(qty, END, SHELF, MoveKind.ADJUST),))


def told(ledger: Ledger, number: int, seq: int, qty: int, *, gen: int = 1, more: bool = False) -> None:
    stock = StockPage(str(number), seq, (Held(SHELF, qty),), more=more)
    mirror.apply_page(ledger, Page(gen, 1, stock=stock))


def at(ledger: Ledger) -> int:
    found = site_stock.at(ledger.connection, "A-1").get(SHELF, 0)
    assert site_stock.of(ledger.connection, SHELF) == found
    return found


def test_own_events_count_before_and_after_the_centre_has_them(station: Station) -> None:
    with station.open() as ledger:
        told(ledger, 1, 0, 5)
        ledger.record(found(2))
        assert at(ledger) == 7
        told(ledger, 2, 1, 7)
        assert (at(ledger), site_stock.asks_from(ledger)) == (7, "2")


def test_before_anything_was_told_the_own_record_is_the_view(station: Station) -> None:
    with station.open() as ledger:
        ledger.record(found(3))
        assert at(ledger) == 3
        assert site_stock.asks_from(ledger) == ""


def test_while_pages_are_missing_what_is_not_told_yet_counts_from_the_own_record(station: Station) -> None:
    with station.open() as ledger:
        ledger.record(found(3))
        other = StockPage("9.1", 1, (Held(Account("acme", "T-1", "A-1", Status.SELLABLE), 4),), more=True)
        mirror.apply_page(ledger, Page(1, 1, stock=other))
        assert at(ledger) == 3
        mirror.apply_page(ledger, Page(1, 1, stock=StockPage("10", 1, (Held(SHELF, 3),))))
        assert at(ledger) == 3


def test_the_stock_of_an_idle_station_moves_on_though_a_copy_of_it_began_a_later_epoch(
    station: Station,
) -> None:
    with station.open() as ledger:
        ledger.record(found(3))
        outbox.acknowledge(ledger, 1, 1, ledger.head.hash)
        for number, qty in ((1, 8), (2, 9)):
            # The copy's chain in that epoch is no longer than its own events.
            page = StockPage(str(number), 0, (Held(SHELF, qty),), epoch=3)
            mirror.apply_page(ledger, Page(1, 1, stock=page))
            assert at(ledger) == qty
        ledger.record(found(2))
        assert at(ledger) == 11
        # Whether the centre has this one cannot be told from the copy's chain.
        late = StockPage("3", 5, (Held(SHELF, 20),), epoch=3)
        mirror.apply_page(ledger, Page(1, 1, stock=late))
        assert (at(ledger), site_stock.asks_from(ledger)) == (11, "2")


def test_nothing_is_taken_of_a_copys_epoch_while_a_renewal_is_owed(station: Station) -> None:
    with station.open() as ledger:
        renewal.owe(ledger, Due("0a" * 16, "differs", "0b" * 16))
        mirror.apply_page(ledger, Page(1, 1, stock=StockPage("1", 0, (Held(SHELF, 8),), epoch=3)))
        assert at(ledger) == 0


def test_a_centre_that_was_put_back_begins_anew(station: Station) -> None:
    with station.open() as ledger:
        told(ledger, 1, 0, 5)
        mirror.apply_page(ledger, Page(2, 1))
        assert (at(ledger), site_stock.asks_from(ledger)) == (0, "")


def test_zero_is_not_there(station: Station) -> None:
    with station.open() as ledger:
        told(ledger, 1, 0, 0)
        assert site_stock.at(ledger.connection, "A-1") == {}
