"""The record of security matters is added to, read from the newest back, and let go of in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.clock import to_text
from sync.central.rules.refusals import Met
from sync.central.store import security_notes
from sync.central.store.rights import PASSING, RIGHTS
from tests.sync.central.shop import Shop

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def met(at: datetime, times: int = 1) -> Met:
    return Met(to_text(at), "token.unknown", "", "ab", "GET /v1/items", times)


def kept(shop: Shop, *found: Met) -> None:
    shop.act(lambda act: security_notes.keep(act.conn, found))


def times(shop: Shop) -> list[int]:
    shown: Any = shop.ask(lambda conn: security_notes.listing(conn, None, 100))
    return [row["times"] for row in shown["security"]]


def test_the_newest_first_page_by_page(shop: Shop) -> None:
    kept(shop, *(met(NOW, times) for times in (1, 2, 3)))
    first: Any = shop.ask(lambda conn: security_notes.listing(conn, None, 2))
    assert ([row["times"] for row in first["security"]], first["kept_days"]) == ([3, 2], 365)
    last: Any = shop.ask(lambda conn: security_notes.listing(conn, first["next"], 2))
    assert ([row["times"] for row in last["security"]], last["next"]) == ([1], None)


def test_after_a_year_they_go(shop: Shop) -> None:
    assert not shop.ask(lambda conn: security_notes.any_over(conn, NOW))
    assert shop.act(lambda act: security_notes.let_go(act.conn, NOW)) == 0
    kept(shop, met(NOW - security_notes.KEPT - timedelta(minutes=1), 1), met(NOW - security_notes.KEPT, 2))
    assert shop.ask(lambda conn: security_notes.any_over(conn, NOW))
    assert shop.act(lambda act: security_notes.let_go(act.conn, NOW)) == 1
    assert not shop.ask(lambda conn: security_notes.any_over(conn, NOW))
    assert times(shop) == [2]


def test_of_too_many_the_oldest_go(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security_notes, "MOST", 2)
    kept(shop, met(NOW, 1), met(NOW, 2))
    assert not shop.ask(lambda conn: security_notes.any_over(conn, NOW))
    kept(shop, met(NOW, 3))
    assert shop.ask(lambda conn: security_notes.any_over(conn, NOW))
    assert shop.act(lambda act: security_notes.let_go(act.conn, NOW)) == 1
    assert times(shop) == [3, 2]


def test_no_row_of_it_is_ever_changed() -> None:
    assert RIGHTS["security_note"] == PASSING
    assert "UPDATE" not in PASSING
