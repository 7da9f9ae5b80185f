"""A cheap look finds what broke where something happened lately, and says at how much it looked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sync.central.checks.sample import look_at_recent
from tests.sync.central.checks.busy import Busy, delete, update
from tests.sync.central.shop import Shop, open_shop

S3 = "SELECT id FROM account WHERE serial = 's3' AND location = 'WH1-A'"


def broken(busy: Busy, *changes: str, events: int = 200, orders: int = 200) -> set[str]:
    """Law and subject of what is found after these changes."""
    found = busy.after(lambda conn: look_at_recent(conn, events, orders), *changes)
    return {f"{violation.law}: {violation.subject}" for violation in found.violations}


def test_an_honest_day_is_clean_and_says_how_much_was_looked_at(busy: Busy) -> None:
    found = busy.shop.ask(look_at_recent)
    report = busy.audit()
    assert found.to_json() == {
        "holds": True,
        "checked": {"events": report.events, "accounts": report.accounts, "orders": 8},
        "violations": [],
    }
    assert found.since == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((update("balance", "qty = qty + 1", "account = 2"),), {"balances: ACME A WH1-A sellable"}),
        ((delete("balance", "account = 2"),), {"balances: ACME A WH1-A sellable"}),
        (
            (update("move", "qty = qty + 1", "event = 1 AND n = 2"),),
            {
                "balances: ACME B @supplier",
                "balances: ACME B WH1-A sellable",
            },
        ),
        (
            (update("exception", "state = 'resolved'", "type = 'stock.negative'"),),
            {"negative stock: B at WH1-B"},
        ),
        (
            (update("balance", "qty = 2", f"account IN ({S3})"),),
            {"balances: ACME S WH1-A sellable s3", "one place: S serial s3"},
        ),
        (
            (update("order_line", "reserved = reserved + 1", "reserved = 3"),),
            {"reserved: order row 2 line 1"},
        ),
        ((delete("reservation", '"order" = 2'),), {"reserved: order row 2 line 1"}),
    ],
)
def test_what_is_planted_is_found(busy: Busy, changes: tuple[str, ...], expected: set[str]) -> None:
    assert broken(busy, *changes) == expected


def test_an_account_that_cannot_be_read_is_a_finding(busy: Busy, expect_log: Callable[[str], None]) -> None:
    expect_log("the audit of account broke on its rows")
    found = broken(busy, update("account", "status = 'lost'", "id = 2"), delete("reservation", '"order" = 2'))
    assert found >= {"account: its rows", "reserved: order row 2 line 1"}


def test_a_serial_in_two_places_may_have_its_case(busy: Busy) -> None:
    twice = update("balance", "qty = 2", f"account IN ({S3})")
    case = update(
        "exception",
        'key = \'serial.twice:["ACME", "S", "s3"]\'',
        "id = (SELECT min(id) FROM exception WHERE state = 'open' AND type <> 'stock.negative')",
    )
    assert broken(busy, twice, case) == {"balances: ACME S WH1-A sellable s3"}


def test_what_was_left_alone_is_not_looked_at(busy: Busy) -> None:
    """The last event wrote off units of A; the audit finds what this look does not."""
    change = update("balance", "qty = qty + 1", f"account IN ({S3})")
    assert broken(busy, change, events=1) == set()
    assert "balances: ACME S WH1-A sellable s3" in busy.broken(change)
    line = update("order_line", "reserved = reserved + 1", "reserved = 3")
    assert broken(busy, line, orders=1) == set()


def test_an_empty_centre_has_nothing_to_look_at(tmp_path: Path) -> None:
    with open_shop(tmp_path) as shop:
        found = shop.ask(look_at_recent)
        assert (found.violations, found.since, found.events, found.accounts, found.orders) == ((), 0, 0, 0, 0)


def test_orders_that_claim_are_looked_at_however_old_they_are(shop: Shop) -> None:
    shop.items("A", "B")
    shop.order({"A": 2})
    for _ in range(3):
        shop.order({"B": 1})
    shop.receive({"A": 2})
    found = shop.ask(lambda conn: look_at_recent(conn, 1, 1))
    assert (found.events, found.accounts, found.orders, found.violations) == (1, 2, 2, ())
