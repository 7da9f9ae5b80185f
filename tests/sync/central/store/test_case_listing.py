"""Exceptions page by page, and one with all that was ever said about it."""

from __future__ import annotations

from typing import Any

import pytest

from sync.central.commands.exceptions import resolve
from sync.central.commands.requests import Resolution
from sync.central.rules.outcomes import Missing
from sync.central.store import case_listing
from sync.central.store.exceptions import Case, open_case
from tests.sync.central.shop import Shop
from tests.sync.central.store.test_listing import read_all

CASE = Case("k", "some.type", "sku:A", "planner", "Count it.")


def test_exceptions_oldest_first(shop: Shop) -> None:
    for sku in "XYZ":
        shop.disposition(sku, rma="R-9-1", line=1)
    cases = read_all(shop, "exceptions", lambda conn, c, n: case_listing.exceptions(conn, "open", c, n))
    assert [case["subject"] for case in cases] == ["rma:R-9-1", "sku:X", "sku:Y", "sku:Z"]
    assert shop.ask(lambda conn: case_listing.exceptions(conn, "resolved", None, 9))["exceptions"] == []


def test_what_was_said_before_is_shown_when_it_is_found_anew(shop: Shop) -> None:
    shop.act(lambda act: open_case(act.conn, CASE, act.posted_at))
    shop.act(lambda act: resolve(act, 1, Resolution(note="Ms Roe agreed.")), operator="ann")
    shop.act(lambda act: open_case(act.conn, CASE, act.posted_at))
    shown: Any = shop.ask(lambda conn: case_listing.one_exception(conn, 1))
    assert (shown["state"], shown["resolution"]) == ("open", None)
    (said,) = shown["history"]
    assert (said["by"], said["note"], said["at"]) == ("ann", "Ms Roe agreed.", "2026-11-22T10:00:00.000Z")
    assert said["event_id"]


def test_one_that_is_not_there_is_missing(shop: Shop) -> None:
    with pytest.raises(Missing):
        shop.ask(lambda conn: case_listing.one_exception(conn, 7))
