"""A thing gets its name once, is stock by one event, and counts where its box says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.refusal import Refused
from sync.central.commands.returns import rma_document
from sync.central.rules.outcomes import Conflict, Missing
from sync.central.store import moves
from sync.central.store.tables import event, journal_line, move, stock_worth
from tests.sync.central import discarding
from tests.sync.central.blind import matched, waiting
from tests.sync.central.shop import Shop, open_shop
from tests.sync.central.unit_words import back, keep_unnamed, name, returned, with_ways


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        yield found


@pytest.fixture
def ways(shop: Shop) -> Shop:
    return with_ways(shop)


def code_of(shop: Shop, label: str, **more: Any) -> str:
    with pytest.raises((Refused, Conflict, Missing)) as no:
        name(shop, label, **more)
    return str(no.value.code)


def states(shop: Shop, code: str) -> list[str]:
    found: Any = shop.ask(lambda conn: rma_document(conn, code))
    return [line["state"] for line in found["lines"]]


def ends(shop: Shop, event_id: str) -> list[tuple[str, str, str]]:
    number = select(event.c.id).where(event.c.event_id == event_id).scalar_subquery()
    rows = shop.ask(lambda conn: conn.execute(moves.MOVES.where(move.c.event == number)).all())
    found = [moves.move_of(row) for row in rows]
    return [(one.kind, one.source.location, one.target.location) for one in found]


def test_one_event_consumes_and_produces(ways: Shop) -> None:
    keep_unnamed(ways, "H07-1-X")
    answer = name(ways, "H07-1-X", grade="A")
    assert ends(ways, answer["event_id"]) == [
        ("return", "@customer", "@unidentified"),
        ("convert", "@unidentified", "HOLD-1"),
    ]
    assert ways.cases() == ["return.blind"]
    assert [unit["label"] for unit in waiting(ways)] == ["H07-1-X"]
    assert code_of(ways, "H07-1-X") == "naming.state"
    # What came back is worth what it was worth, against the cost of what was sold.
    books = ways.ask(lambda conn: set(conn.scalars(select(journal_line.c.book))))
    assert "Expenses:Unidentified" not in books
    assert ways.ask(lambda conn: conn.scalar(select(stock_worth.c.qty).where(stock_worth.c.sku == "A"))) == 1


def test_a_named_unit_is_matched_and_all_of_it_goes_when_its_bench_takes_it_back(ways: Shop) -> None:
    kept = keep_unnamed(ways, "H07-1-X")
    name(ways, "H07-1-X", grade="A")
    code = matched(ways, "H07-1-X", order="o-1")["rma"]
    assert states(ways, code) == ["dispositioned"]
    assert ways.free("A") == 1
    with pytest.raises(Conflict):
        back(ways, "H07-1-X")
    discarding.undo(ways, kept)
    assert states(ways, code) == ["cancelled"]
    assert ways.free("A") == 0
    assert ways.cases() == ["return.blind"]


def test_on_its_return_it_goes_where_the_rules_say(ways: Shop) -> None:
    code = returned(ways)
    keep_unnamed(ways, "H07-1-X", code)
    answer = name(ways, "H07-1-X", grade="B")
    assert (answer["line"], answer["place"]) == (1, "F-01")
    assert states(ways, code) == ["on_bench"]
    assert ways.cases() == []
    back(ways, "H07-1-X")
    assert ways.cases() == ["return.unidentified"]
    assert states(ways, code) == ["authorized"]
    # Nobody's rule writes goods off by their grade alone.
    assert name(ways, "H07-1-X", grade="D")["place"] == "HOLD-1"
    assert ways.cases() == ["return.put_away"]
    back(ways, "H07-1-X")
    assert ways.cases() == ["return.unidentified"]


@pytest.mark.parametrize("qty", [1, 3])
def test_what_fits_no_line_stands_beside_them(ways: Shop, qty: int) -> None:
    code = returned(ways)
    keep_unnamed(ways, "H07-1-X", code, qty=qty)
    answer = name(ways, "H07-1-X", "B" if qty == 1 else "A")
    assert (answer["rma"], answer["line"]) == (code, None)
    assert states(ways, code) == ["authorized"]
    assert ways.cases() == ["return.wrong_item"]


def test_a_return_that_nobody_authorized_is_a_case(ways: Shop) -> None:
    keep_unnamed(ways, "H07-1-X", "SHOP-9")
    name(ways, "H07-1-X")
    assert ways.cases() == ["return.unknown_rma"]


def test_what_tells_too_little_or_too_much_is_refused(ways: Shop) -> None:
    keep_unnamed(ways, "H07-1-X")
    assert code_of(ways, "H07-9-X") == "unidentified.unknown"
    assert code_of(ways, "H07-1-X", sku="NONE") == "naming.item"
    assert code_of(ways, "H07-1-X", sku="S") == "naming.serial"
    assert code_of(ways, "H07-1-X", serial="s1") == "naming.serial"
    assert code_of(ways, "H07-1-X", lot="l1") == "naming.lot"
    keep_unnamed(ways, "H07-2-X", qty=2)
    assert code_of(ways, "H07-2-X", sku="S", serial="s1") == "naming.units"
    keep_unnamed(ways, "H07-3-X", place="")
    assert code_of(ways, "H07-3-X") == "naming.whose"
