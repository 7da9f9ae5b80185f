"""Blind units are what benches recorded with no RMA, and each is answered for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from sync.central.checks.blind import check_blind
from sync.central.store.act import Act
from tests.sync.central.blind import came, matched, with_bench
from tests.sync.central.checks.busy import Busy
from tests.sync.central.shop import Shop, open_shop


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Shop]:
    """One unit that waits, one that is matched; what is planted afterwards is not proven."""
    with open_shop(tmp_path, prove=False) as shop:
        yield _one_day(shop)


def _one_day(shop: Shop) -> Shop:
    with_bench(shop)
    shop.items("A")
    shop.receive({"A": 1})
    shop.order({"A": 1}, ship="available", customer="c-1", order="o-1")
    came(shop, "H07-1-X")
    came(shop, "H07-2-X")
    matched(shop, "H07-2-X", order="o-1")
    return shop


def subjects(shop: Shop) -> set[str]:
    return {violation.subject for violation in shop.ask(lambda conn: list(check_blind(conn)))}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE blind_unit SET qty = 2 WHERE label = 'H07-1-X'", {"blind unit H07-1-X"}),
        ("UPDATE blind_unit SET sku = 'B' WHERE label = 'H07-2-X'", {"blind unit H07-2-X"}),
        ("UPDATE blind_unit SET station = 'x' WHERE label = 'H07-1-X'", {"blind unit H07-1-X"}),
        ("UPDATE blind_unit SET state = 'taken_back' WHERE label = 'H07-1-X'", {"blind unit H07-1-X"}),
        ("UPDATE blind_unit SET state = 'waiting' WHERE label = 'H07-2-X'", {"blind unit H07-2-X"}),
        ("UPDATE blind_unit SET line = 2 WHERE label = 'H07-2-X'", {"blind unit H07-2-X"}),
        ("UPDATE blind_unit SET event_id = 'x' WHERE label = 'H07-1-X'", {"blind unit H07-1-X"}),
        ("UPDATE blind_unit SET case_key = 'x' WHERE label = 'H07-1-X'", {"blind unit H07-1-X"}),
    ],
)
def test_a_changed_row_is_named(day: Shop, change: str, found: set[str]) -> None:
    def plant(act: Act) -> None:
        act.conn.execute(text(change))

    assert subjects(day) == set()
    day.act(plant)
    assert subjects(day) == found


def test_a_match_whose_unit_is_lost_is_named(day: Shop) -> None:
    day.act(lambda act: act.conn.execute(text("DELETE FROM blind_unit WHERE matched_by IS NOT NULL")))
    (subject,) = subjects(day)
    assert subject.startswith("event ")


def test_a_disposition_with_no_rma_that_is_not_noted_is_named(busy: Busy) -> None:
    found = busy.broken("DELETE FROM blind_unit")
    assert found
    assert all(entry.startswith("return: event ") for entry in found)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE return_claim SET sku = 'A'",
        "UPDATE return_claim SET qty = 0",
        "UPDATE blind_unit SET claim = 99 WHERE claim IS NOT NULL",
    ],
)
def test_a_unit_of_a_claim_that_is_not_its_own_is_named(day: Shop, change: str) -> None:
    day.items("B")
    day.authorize({"B": 1}, customer="c-9", at="2026-11-20T10:00:00Z")
    came(day, "H07-3-X", "B")
    assert subjects(day) == set()
    day.act(lambda act: act.conn.execute(text(change)))
    assert subjects(day) == {"blind unit H07-3-X"}
