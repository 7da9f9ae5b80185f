"""Goods become items: twins merged and said, each with a barcode of its own that a bench reads."""

from __future__ import annotations

from app.domain.item import Item
from app.replay.goods import goods_of, sku_of
from app.scanning.meaning import Gtin14
from app.scanning.read import read
from tests.app.replay.lines import papers_of, row


def test_codes_that_differ_in_case_are_one_item_and_said_to_be() -> None:
    goods = goods_of(papers_of([row(code="85123A"), row(code="85123a"), row(code="71053")]))
    assert list(goods.items) == ["71053", "85123A"]
    assert goods.twins == {"85123A": ("85123A", "85123a")}
    assert goods.codes == 3
    assert sku_of("85123a") == "85123A"


def test_services_and_bad_debts_are_no_items_and_everything_that_moves_is() -> None:
    found = goods_of(
        papers_of(
            [
                row(code="POST"),
                row("A1", "B"),
                row("2", "LOST", -1, price="0"),
                row("3", "FOUND", 1, price="0", customer=None),
                row("C4", "BACK", -1),
            ]
        )
    )
    assert set(found.items) == {"LOST", "FOUND", "BACK"}


def test_an_item_is_named_as_it_is_sold_most_often_and_never_by_a_stock_note() -> None:
    rows = [
        row("1", "A", description="HEART"),
        row("2", "A", description="WHITE HEART"),
        row("3", "A", description="WHITE HEART"),
        *(row(f"{n}", "A", -1, price="0", description="wet pallet") for n in range(4, 9)),
        row("9", "B9", -1, price="0", description="?"),
    ]
    items = goods_of(papers_of(rows)).items
    assert items["A"].name == "WHITE HEART"
    assert items["B9"].name == "B9"


def test_an_item_is_worth_its_first_price() -> None:
    rows = [row("1", "A", price="0"), row("2", "A", price="2.55"), row("3", "A", price="9.99")]
    assert goods_of(papers_of(rows)).items["A"].value_minor == 255


def test_every_barcode_is_read_as_the_item_it_stands_on() -> None:
    goods = goods_of(papers_of(row(code=f"{20_000 + n}") for n in range(300)))
    read_back = {sku: read(goods.barcode(sku)) for sku in goods.items}
    assert len({meaning.raw for meaning in read_back.values()}) == 300
    for sku, meaning in read_back.items():
        assert isinstance(meaning, Gtin14)
        assert (meaning.gtin,) == goods.items[sku].gtins
        assert Item.from_json(goods.items[sku].to_json()) == goods.items[sku]
