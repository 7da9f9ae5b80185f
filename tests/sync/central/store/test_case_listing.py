"""Exceptions page by page, and one with all that was ever said about it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from sync.central.commands.exceptions import resolve
from sync.central.commands.requests import Resolution
from sync.central.rules.outcomes import Missing
from sync.central.store import case_listing
from sync.central.store.case_listing import Which
from sync.central.store.exceptions import Case, open_case
from tests.sync.central.shop import Shop
from tests.sync.central.store.test_listing import read_all

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
OPEN = Which("open")
CASE = Case("k", "some.type", "sku:A", "planner", "Count it.")


def test_exceptions_oldest_first(shop: Shop) -> None:
    for sku in "XYZ":
        shop.disposition(sku, rma="R-9-1", line=1)
    cases = read_all(shop, "exceptions", lambda conn, c, n: case_listing.exceptions(conn, OPEN, NOW, c, n))
    assert [case["subject"] for case in cases] == ["rma:R-9-1", "sku:X", "sku:Y", "sku:Z"]
    assert (
        shop.ask(lambda conn: case_listing.exceptions(conn, Which("resolved"), NOW, None, 9))["exceptions"]
        == []
    )


def opened(shop: Shop) -> None:
    """Five cases: two kinds, in three amounts and none."""
    for key, kind, money in (
        ("a", "other.kind", 500),
        ("b", "stock.negative", None),
        ("c", "stock.negative", 900),
        ("d", "other.kind", None),
        ("e", "stock.negative", 500),
    ):
        one(shop, Case(key, kind, "sku:A", "planner", "x", money=(money, "EUR") if money else None))


def one(shop: Shop, case: Case) -> None:
    shop.act(lambda act: open_case(act.conn, case, act.posted_at))


@pytest.mark.parametrize(("order", "keys"), [("age", "abcde"), ("money", "caebd"), ("due", "bcead")])
def test_exceptions_by_age_by_money_and_by_when_they_are_due(shop: Shop, order: str, keys: str) -> None:
    opened(shop)
    which = Which("open", order=order)
    cases = read_all(shop, "exceptions", lambda conn, c, n: case_listing.exceptions(conn, which, NOW, c, n))
    assert "".join(case["key"] for case in cases) == keys


def test_those_that_are_overdue_and_all_others(shop: Shop) -> None:
    opened(shop)
    shop.act(lambda act: resolve(act, 3, Resolution(note="Counted.")))

    def of(overdue: bool) -> list[tuple[str, bool]]:
        which = Which(overdue=overdue)
        found: Any = shop.ask(lambda conn: case_listing.exceptions(conn, which, NOW, None, 9))
        return [(case["key"], case["overdue"]) for case in found["exceptions"]]

    assert of(overdue=True) == [("b", True), ("e", True)]
    assert of(overdue=False) == [("a", False), ("c", False), ("d", False)]


def test_what_was_said_before_is_shown_when_it_is_found_anew(shop: Shop) -> None:
    shop.act(lambda act: open_case(act.conn, CASE, act.posted_at))
    shop.act(lambda act: resolve(act, 1, Resolution(note="Ms Roe agreed.")), operator="ann")
    shop.act(lambda act: open_case(act.conn, CASE, act.posted_at))
    shown: Any = shop.ask(lambda conn: case_listing.one_exception(conn, 1, NOW))
    assert (shown["state"], shown["resolution"]) == ("open", None)
    (said,) = shown["history"]
    assert (said["by"], said["note"], said["at"]) == ("ann", "Ms Roe agreed.", "2026-11-22T10:00:00.000Z")
    assert said["event_id"]


def test_one_that_is_not_there_is_missing(shop: Shop) -> None:
    with pytest.raises(Missing):
        shop.ask(lambda conn: case_listing.one_exception(conn, 7, NOW))
