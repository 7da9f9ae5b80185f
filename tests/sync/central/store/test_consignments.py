"""Consignments as rows: listed by what they are, a page after the other, and what holds a unit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.rules.outcomes import Missing
from sync.central.store import consignments
from tests.sync.central.outward import Outward, both, open_outward


@pytest.fixture(params=["sqlite", "postgresql"])
def outward(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with open_outward(tmp_path, both(request)) as found:
        yield found


def listed(
    outward: Outward, limit: int = 100, sites: frozenset[str] | None = None, **where: str
) -> list[str]:
    found, cursor = list[str](), None
    while True:
        with outward.shop.database.read() as conn:
            page: Any = consignments.page(conn, where, cursor=cursor, limit=limit, sites=sites)
        found += [entry["consignment"] for entry in page["consignments"]]
        cursor = page["next"]
        if cursor is None:
            return found


def test_pages_follow_each_other_and_filters_narrow_them(outward: Outward) -> None:
    codes = [outward.drafts(route) for route in ("scrap", "donate", "scrap", "recycle")]
    outward.cancels(codes[0])
    other = outward.drafts("scrap", site="WH2", counterpart="FIRE")
    for limit in (1, 2, 100):
        assert listed(outward, limit) == [*codes, other]
    assert listed(outward, route="scrap") == [codes[0], codes[2], other]
    assert listed(outward, state="drafted", route="scrap") == [codes[2], other]
    assert listed(outward, counterpart="FIRE") == [other]
    assert listed(outward, sites=frozenset({"WH2"})) == [other]
    with pytest.raises(Refused):
        outward.shop.ask(lambda conn: consignments.page(conn, {}, cursor="x", limit=1))


def test_what_an_open_consignment_holds_is_counted_until_it_left(outward: Outward) -> None:
    outward.returned("A", "L07-1-X", qty=3)
    code = outward.drafts("donate", {"label": "L07-1-X"})
    (line,) = outward.shop.ask(lambda conn: consignments.lines_of(conn, code))

    def held() -> tuple[int, str | None]:
        return outward.shop.ask(
            lambda conn: (
                consignments.consigned(conn, [line.number])[line.number],
                consignments.holder(conn, line.number),
            )
        )

    assert (line.qty, line.account.label, held()) == (3, "L07-1-X", (3, code))
    outward.packs(code)
    assert held() == (3, code)
    outward.departs(code)
    assert held() == (0, None)
    row: Any = outward.shop.ask(lambda conn: consignments.find(conn, code))
    parts = outward.shop.ask(lambda conn: consignments.booked_parts(conn, row.departed_event, "GBP"))
    assert parts == {"A": (3, 750)}
    assert outward.shop.ask(lambda conn: consignments.departed_at(conn, code)) is not None
    assert outward.shop.ask(lambda conn: consignments.consigned(conn, [])) == {}


def test_what_is_not_there_is_said_to_be_missing(outward: Outward) -> None:
    with pytest.raises(Missing):
        outward.shop.ask(lambda conn: consignments.document(conn, "G-9-9"))
