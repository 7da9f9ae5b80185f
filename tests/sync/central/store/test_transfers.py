"""Transfers as they are listed, and the units of each that are on their way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sync.central.rules.transfer import TransferLine
from sync.central.store import transfers
from tests.sync.central.shop import Shop, open_shop


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        found.items("A")
        found.sites(**{"WH2-A": "WH2", "WH3-A": "WH3"})
        yield found


def listed(shop: Shop, older_hours: int | None = None, cursor: str | None = None, **where: str) -> Any:
    now = shop.clock.now()
    older = now - timedelta(hours=older_hours) if older_hours is not None else None
    found: Any = shop.ask(
        lambda conn: transfers.page(conn, where, older=older, cursor=cursor, limit=2, now=now)
    )
    return [entry["transfer"] for entry in found["transfers"]], found["next"]


def test_pages_by_state_site_and_age(shop: Shop) -> None:
    shop.receive({"A": 9})
    shop.draft({"A": 1}, "T-A")
    shop.draft({"A": 1}, "T-B", target="WH3")
    shop.clock.pass_by(hours=5)
    shop.draft({"A": 1}, "T-C")
    shop.step("approve", "T-A")
    assert listed(shop) == (["T-A", "T-B"], "T-B")
    assert listed(shop, cursor="T-B") == (["T-C"], None)
    assert listed(shop, state="drafted") == (["T-B", "T-C"], None)
    assert listed(shop, site="WH3") == (["T-B"], None)
    assert listed(shop, site="WH1") == (["T-A", "T-B"], "T-B")
    # The approved one is old as a whole, and young at its milestone.
    assert listed(shop, older_hours=4) == (["T-B"], None)


def test_what_is_on_the_way_is_what_left_with_it(shop: Shop) -> None:
    shop.receive({"A": 9})
    for code in ("T-A", "T-B"):
        shop.sent({"A": 4}, code)
    shop.take_in({"line": 1, "qty": 3})

    def way(code: str) -> list[int]:
        found = shop.ask(lambda conn: transfers.on_the_way(conn, transfers.find(conn, code)))
        return [shelf.qty for shelf in found]

    assert (way("T-A"), way("T-B")) == ([1], [4])


def test_an_event_tells_only_of_lines_that_moved() -> None:
    lines = [TransferLine(1, "A", "", 5), TransferLine(2, "B", "", 5)]
    told = transfers.event_lines(lines, received={1: 2, 2: 0}, damaged={})
    assert told == [{"line": 1, "sku": "A", "received": 2}]
