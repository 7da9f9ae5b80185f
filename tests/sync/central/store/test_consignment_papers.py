"""What papers say of money adds up to what was booked, before and after goods left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sync.central.rules.outcomes import Missing
from sync.central.store.consignment_papers import said_of
from tests.sync.central.outward import CERTIFICATE, Outward, open_outward
from tests.sync.central.shop import PLACE


@pytest.fixture
def outward(tmp_path: Path) -> Any:
    with open_outward(tmp_path) as found:
        yield found


def said(outward: Outward, code: str) -> Any:
    return outward.shop.ask(lambda conn: said_of(conn, code))


def test_lines_of_an_item_share_what_it_cost_to_the_cent(outward: Outward) -> None:
    # Three units that came for 1000 in all: a third each, and nothing is lost.
    outward.shop.receive({"A": 4}, place=PLACE, cost_minor=1000)
    for n in (1, 2, 3):
        outward.returned("A", f"L07-{n}-X")
    code = outward.drafts("liquidate", *({"label": f"L07-{n}-X"} for n in (1, 2, 3)))
    before = said(outward, code)
    assert (before.left_at, before.policy) == (None, None)
    assert sum(goods.cost_minor for goods in before.goods) > 0
    outward.packs(code)
    outward.departs(code)
    after = said(outward, code)
    entry = outward.shop.ask(
        lambda conn: conn.exec_driver_sql(
            "SELECT sum(minor) FROM journal_line WHERE book = 'Expenses:Liquidated'"
        ).scalar()
    )
    assert sum(goods.cost_minor for goods in after.goods) == entry
    assert after.left_at is not None
    assert all(goods.story.judged == () for goods in after.goods)


def test_papers_of_a_disposal_are_whole(outward: Outward) -> None:
    outward.returned("H", "L07-1-X", state="quarantined.awaiting_write_off", place="HOLD-3")
    outward.writes_off("H")
    code = outward.leaves("scrap", {"label": "L07-1-X"})
    assert said(outward, code).certificate is None
    outward.hands_over(code)
    outward.settles(code, certificate=CERTIFICATE | {"witness": "Kim"})
    found = said(outward, code)
    assert (found.certificate.number, found.certificate.weight_g) == ("C-118", 61)
    assert [one.taken_by for one in found.handovers] == ["Meyer"]
    assert found.goods[0].regulated == "hazardous goods"
    assert found.settlement["cost_minor"] == 700


def test_an_unknown_consignment_has_no_papers(outward: Outward) -> None:
    with pytest.raises(Missing):
        said(outward, "G-9-9")


def test_units_beyond_what_the_books_have_cost_what_one_does(outward: Outward) -> None:
    outward.returned("B", "L07-1-X", qty=2)
    code = outward.drafts("vendor_return", {"label": "L07-1-X"})
    assert [goods.cost_minor for goods in said(outward, code).goods] == [2000]
    assert said(outward, code).goods[0].story.last is not None
