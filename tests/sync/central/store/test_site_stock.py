"""A station is told its own site's stock: all of it once, then what moved, page by page, never history."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import insert

from app.domain.feed import StockPage
from sync.central.store import site_stock
from sync.central.store.tables import station
from tests.sync.central.shop import FAR, PLACE, Shop, open_shop

STATION = "b" * 32


def told(shop: Shop, asked: str, most: int = 500) -> StockPage:
    with shop.database.read() as conn:
        return site_stock.page_of(conn, STATION, asked, most)


def joined(shop: Shop) -> None:
    """A station at the site WH1."""
    row = {
        "station_id": STATION,
        "name": "BENCH 01",
        "bench": 1,
        "public_key": "00",
        "install_id": "i",
        "site": "WH1",
        "owner": "ACME",
        "epoch": 1,
        "head_seq": 0,
        "head_hash": "h",
        "enrolled_at": "2026-01-01T00:00:00.000Z",
    }
    shop.act(lambda act: act.conn.execute(insert(station).values(row)))


def test_all_of_it_and_then_what_moved(tmp_path: Path) -> None:
    with open_shop(tmp_path, prove=False) as shop:
        _told_in_pages(shop)


def _told_in_pages(shop: Shop) -> None:
    joined(shop)
    shop.items("A", "B")
    shop.receive({"A": 5, "B": 2})
    whole, asked = dict[str, int](), ""
    while True:
        page = told(shop, asked, 1)
        whole |= {held.account.item: held.qty for held in page.held}
        asked = page.next
        if not page.more:
            break
    assert whole == {"A": 5, "B": 2}
    shop.receive({"A": 1})
    page = told(shop, asked)
    assert [(held.account.item, held.qty) for held in page.held] == [("A", 6)]
    assert told(shop, page.next) == StockPage(page.next, page.seq, epoch=page.epoch)


def test_words_that_mean_nothing_are_answered_from_the_beginning(tmp_path: Path) -> None:
    with open_shop(tmp_path, prove=False) as shop:
        joined(shop)
        shop.items("A")
        shop.receive({"A": 5})
        shop.receive({"A": 1}, place=FAR)
        assert told(shop, "'; drop").held == told(shop, "").held
        assert [held.account.location for held in told(shop, "").held] == [PLACE]
