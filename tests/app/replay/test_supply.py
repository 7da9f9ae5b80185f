"""The supply plan: what the file takes comes in, nearly always in time, never twice, never without end."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.replay.goods import sku_of
from app.replay.rows import Kind, Paper, papers
from app.replay.supply import MOST_LINES, Delivery, plan, taken
from app.replay.trade_file import Row, read_trade
from tests.app.replay.lines import papers_of, row
from tests.generated_trade import write_trade_csv

DAYS = st.integers(0, 200)


@st.composite
def sales(draw: st.DrawFn) -> list[Row]:
    """Sales of few items over half a year."""
    rows = []
    for number in range(draw(st.integers(1, 40))):
        day = draw(DAYS)
        at = f"{2010 + (11 + day // 28) // 12}-{(11 + day // 28) % 12 + 1:02d}-{day % 28 + 1:02d} 09:00"
        code, qty = draw(st.sampled_from(["A", "a", "B9", "C9"])), draw(st.integers(1, 500))
        rows.append(row(f"{number}", code, qty, at=at))
    return rows


def asked(found: Sequence[Paper]) -> Counter[str]:
    units = Counter[str]()
    for paper in found:
        for entry in paper.entries:
            units[sku_of(entry.row.code)] += taken(paper, entry)
    return units


def delivered(deliveries: Sequence[Delivery]) -> Counter[str]:
    units = Counter[str]()
    for delivery in deliveries:
        units.update(dict(delivery.lines))
    return units


@given(rows=sales(), seed=st.integers(0, 50))
def test_what_is_asked_for_is_delivered_and_no_unit_more(rows: list[Row], seed: int) -> None:
    found = papers_of(rows)
    assert delivered(plan(found, seed)) == asked(found)


@given(rows=sales(), seed=st.integers(0, 50))
def test_deliveries_stand_in_order_with_documents_of_their_own(rows: list[Row], seed: int) -> None:
    deliveries = plan(papers_of(rows), seed)
    assert [d.at for d in deliveries] == sorted(d.at for d in deliveries)
    assert len({d.document for d in deliveries}) == len(deliveries)
    for delivery in deliveries:
        assert len({sku for sku, _ in delivery.lines}) == len(delivery.lines) <= MOST_LINES
        assert all(units > 0 for _, units in delivery.lines)


@given(rows=sales(), seed=st.integers(0, 50))
def test_the_first_day_finds_stock_on_the_shelf(rows: list[Row], seed: int) -> None:
    found = papers_of(rows)
    first = found[0]
    early = [d for d in plan(found, seed) if d.at < first.at]
    assert early
    assert early[0].at.date() == first.at.date() - timedelta(days=1)
    on_shelf = delivered(early)
    for entry in first.entries:
        assert on_shelf[sku_of(entry.row.code)] >= entry.units


def test_write_offs_and_gifts_take_stock_and_finds_and_services_do_not() -> None:
    found = papers_of(
        [
            row("1", "LOST", -5, price="0", customer=None),
            row("2", "GIFT", 3, price="0"),
            row("3", "FOUND", 9, price="0", customer=None),
            row("4", "POST", 1),
            row("C5", "BACK", -2),
        ]
    )
    assert delivered(plan(found, 1)) == {"LOST": 5, "GIFT": 3}


def test_a_file_without_rows_needs_nothing() -> None:
    assert plan((), 1) == ()


def test_many_items_come_in_several_documents() -> None:
    deliveries = plan(papers_of(row("1", f"{n}") for n in range(MOST_LINES + 1)), 1)
    assert [len(d.lines) for d in deliveries] == [MOST_LINES, 1]


def test_a_seed_is_a_plan(tmp_path: Path) -> None:
    write_trade_csv(tmp_path / "t.csv", seed=4, months=6, invoices_per_month=60)
    found = papers(read_trade(tmp_path / "t.csv").rows)
    assert plan(found, 3) == plan(found, 3) != plan(found, 4)


@pytest.mark.parametrize("seed", range(4))
def test_most_lines_find_their_goods_and_some_have_to_wait(seed: int) -> None:
    """Every item is sold once a week for a year, as a wholesaler's are."""
    start = row(at="2011-01-03 09:00").at
    rows = [
        Row(0, f"{week}-{item}", f"{item}", "", 10, start + timedelta(weeks=week), row().price, None)
        for week in range(52)
        for item in range(150)
    ]
    found = papers_of(rows)
    deliveries = list(plan(found, seed))
    shelf: defaultdict[str, int] = defaultdict(int)
    short = 0
    for paper in found:
        while deliveries and deliveries[0].at <= paper.at:
            shelf.update({sku: shelf[sku] + units for sku, units in deliveries.pop(0).lines})
        for entry in paper.of(Kind.SALE):
            short += shelf[entry.row.code] < entry.units
            shelf[entry.row.code] -= entry.units
    assert 0.95 < 1 - short / len(rows) < 0.985
