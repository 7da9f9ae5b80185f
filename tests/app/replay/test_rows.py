"""What rows mean, and how they gather on papers."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from app.replay import rows
from app.replay.rows import Kind, kind_of, pence
from app.replay.trade_file import read_trade
from tests.app.replay.lines import papers_of, row
from tests.generated_trade import write_trade_csv
from tests.trade_papers import SERVICES
from tests.trade_papers import Kind as Planned


@pytest.mark.parametrize(
    ("invoice", "code", "qty", "price", "kind"),
    [
        ("536365", "85123A", 6, "2.55", Kind.SALE),
        ("536365", "DCGSSGIRL", 1, "3.29", Kind.SALE),
        ("536365", "85123A", 6, "-2.55", Kind.SALE),
        ("C536379", "85123a", -1, "2.55", Kind.CREDIT),
        ("c536379", "85123A", -1, "0", Kind.CREDIT),
        ("C536379", "85123A", 1, "2.55", Kind.STRANGE),
        ("C536379", "D", -1, "27.50", Kind.SERVICE),
        ("536370", "POST", 3, "18.00", Kind.SERVICE),
        ("536370", "POST", 1000, "0.0", Kind.SERVICE),
        ("536370", "m", 1, "1.00", Kind.SERVICE),
        ("536370", "M", -1, "1.00", Kind.SERVICE),
        ("536370", "gift_0001_20", 1, "16.67", Kind.SERVICE),
        ("536370", "BANK CHARGES", 1, "15.00", Kind.SERVICE),
        ("A563186", "B", 1, "-11062.06", Kind.BAD_DEBT),
        ("563186", "B", 1, "11062.06", Kind.BAD_DEBT),
        ("A563186", "85123A", 1, "2.55", Kind.BAD_DEBT),
        ("536589", "21777", -10, "0.0", Kind.WRITE_OFF),
        ("536589", "21777", -10, "1.00", Kind.WRITE_OFF),
        ("537534", "22372", 1, "0.0", Kind.ADJUSTMENT),
        ("537534", "22372", 1, "0.001", Kind.SALE),
    ],
)
def test_the_kind_of_a_row(invoice: str, code: str, qty: int, price: str, kind: Kind) -> None:
    assert kind_of(row(invoice, code, qty, price=price)) is kind


PLANNED = {
    Planned.SALE: Kind.SALE,
    Planned.FREE: Kind.ADJUSTMENT,
    Planned.SERVICE: Kind.SERVICE,
    Planned.CREDIT: Kind.CREDIT,
    Planned.CREDIT_SERVICE: Kind.SERVICE,
    Planned.BAD_DEBT: Kind.BAD_DEBT,
    Planned.LOSS_NOTED: Kind.WRITE_OFF,
    Planned.LOSS_SILENT: Kind.WRITE_OFF,
    Planned.FOUND_NOTED: Kind.ADJUSTMENT,
    Planned.FOUND_SILENT: Kind.ADJUSTMENT,
}


def test_a_generated_file_has_the_kinds_that_were_planned(tmp_path: Path) -> None:
    figures = write_trade_csv(tmp_path / "t.csv", seed=11, months=3, invoices_per_month=60)
    found = Counter(kind_of(one) for one in read_trade(tmp_path / "t.csv").rows)
    planned = Counter[Kind]()
    for kind, count in figures.kinds.items():
        planned[PLANNED[kind]] += count
    assert found == planned


def test_every_service_of_the_published_file_is_known() -> None:
    for code in SERVICES:
        assert kind_of(row(code=code)) in {Kind.SERVICE, Kind.BAD_DEBT}


def test_rows_of_one_number_are_one_paper_wherever_they_stand() -> None:
    found = papers_of([row("1", "A"), row("2", "B"), row("1", "C")])
    assert [(paper.number, [entry.row.code for entry in paper.entries]) for paper in found] == [
        ("1", ["A", "C"]),
        ("2", ["B"]),
    ]
    assert [entry.number for entry in found[0].entries] == [1, 2]


def test_papers_stand_in_the_order_of_time_then_of_the_file(seeded: Random) -> None:
    rows_ = [row(str(n), at=f"2010-12-{1 + n // 3:02d} 08:00") for n in range(30)]
    seeded.shuffle(rows_)
    found = papers_of(rows_)
    assert [paper.at for paper in found] == sorted(paper.at for paper in found)
    for one, two in pairwise(found):
        assert one.at < two.at or one.entries[0].row.line < two.entries[0].row.line


def test_a_paper_is_as_old_as_its_first_row_and_has_the_customer_of_any() -> None:
    paper = papers_of(
        [row("1", at="2010-12-01 08:27", customer=None), row("1", at="2010-12-01 08:26", customer="9")]
    )[0]
    assert paper.at.minute == 26
    assert paper.customer == "9"


@pytest.mark.parametrize(
    ("customer", "other_price", "bought"), [("9", "0", True), (None, "1.50", True), (None, "0", False)]
)
def test_goods_for_nothing_are_given_on_an_invoice_and_found_elsewhere(
    customer: str | None, other_price: str, bought: bool
) -> None:
    paper = papers_of(
        [
            row("1", price="0", customer=customer),
            row("1", price=other_price, customer=customer),
        ]
    )[0]
    assert paper.bought is bought


def test_entries_are_picked_by_kind_in_their_order() -> None:
    paper = papers_of([row("1", "A"), row("1", "POST"), row("1", "B2")])[0]
    assert [entry.row.code for entry in paper.of(Kind.SALE)] == ["A", "B2"]
    assert [entry.number for entry in paper.of(Kind.SALE, Kind.SERVICE)] == [1, 2, 3]
    assert rows.Entry(1, Kind.CREDIT, row(qty=-7)).units == 7


@pytest.mark.parametrize(
    ("price", "minor"),
    [("2.55", 255), ("0.001", 0), ("0.005", 1), ("-11062.06", -1106206), ("7", 700), ("1.125", 113)],
)
def test_prices_become_pence(price: str, minor: int) -> None:
    assert pence(Decimal(price)) == minor
