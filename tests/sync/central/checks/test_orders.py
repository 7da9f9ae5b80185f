"""Claims fit the lines they are for, lines their order, and an order's state what its lines say."""

from __future__ import annotations

import pytest

from tests.sync.central.checks.busy import Busy, update

SERIAL, KIT = "claim: order row 4 line 1", "claim: order row 5 line 1"
CLAIM = (
    'INSERT INTO reservation (document, "order", line, owner, item, serial, channel, claim, qty, per) VALUES '
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE reservation SET owner = 'NEW' WHERE item = 'S'", {SERIAL}),
        ("UPDATE reservation SET channel = 'shop' WHERE item = 'S'", {SERIAL}),
        ("UPDATE reservation SET serial = 's3' WHERE item = 'S'", {SERIAL}),
        ("UPDATE reservation SET serial = '' WHERE item = 'S'", {SERIAL}),
        ("UPDATE reservation SET claim = 'basket' WHERE item = 'S'", {SERIAL}),
        ("UPDATE reservation SET expires = '2026-11-22T10:41:08.123Z' WHERE item = 'S'", {SERIAL}),
        ("UPDATE reservation SET item = 'B' WHERE item = 'S'", {SERIAL}),
        (
            "UPDATE reservation SET serial = 's3' WHERE item = 'A' AND per = 1",
            {"claim: order row 2 line 1", "promised once: A serial s3"},
        ),
        ("UPDATE reservation SET per = 4 WHERE per = 2", {KIT}),
        ("DELETE FROM reservation WHERE item = 'B'", {KIT}),
        (f"{CLAIM} ('order:o2', 2, 1, 'ACME', 'B', '', 'web', 'hard', 0, 1)", {"claim: order row 2 line 1"}),
        (f"{CLAIM} ('order:o6', 6, 1, 'ACME', 'B', '', 'web', 'hard', 0, 1)", {"claim: order row 6 line 1"}),
        (
            f"{CLAIM} ('order:o2', 2, 1, 'ACME', 'S', 's2', 'web', 'hard', 1, 1)",
            {"claim: order row 2 line 1", "promised once: S serial s2"},
        ),
        (
            "UPDATE account SET status = 'damaged' WHERE serial = 's2' AND status = 'sellable'",
            {"promised once: S serial s2"},
        ),
        ("UPDATE order_line SET serials = 'no JSON' WHERE serials IS NOT NULL", {SERIAL}),
        ("UPDATE order_line SET fresh = '2027-01-01' WHERE sku = 'S'", {SERIAL}),
    ],
)
def test_a_claim_that_does_not_fit_is_named(busy: Busy, change: str, expected: set[str]) -> None:
    assert busy.broken(change) >= expected


def test_a_claim_may_ask_for_longer_life_than_its_line(busy: Busy) -> None:
    """As an item's own record does."""
    assert SERIAL not in busy.broken("UPDATE reservation SET fresh = '2027-01-01' WHERE item = 'S'")


def test_a_serial_whose_claims_could_not_be_settled_is_excused(busy: Busy) -> None:
    gone = "UPDATE account SET status = 'damaged' WHERE serial = 's2' AND status = 'sellable'"
    case = (
        "INSERT INTO exception (key, type, subject, owner_role, opened_at, state, fix) VALUES "
        "('allocation.failed:event:e-1:ACME:S', 'allocation.failed', 'event:e-1', 'admin', '', 'open', '')"
    )
    assert "promised once: S serial s2" not in busy.broken(gone, case)
    assert "promised once: S serial s2" in busy.broken(gone, case.replace("ACME", "NEW"))
    assert "promised once: S serial s2" in busy.broken(gone, case.replace("'open'", "'resolved'"))


@pytest.mark.parametrize(
    "change", ["owner = 'NEW'", "customer = 'c-9'", "customer = NULL", "priority = 9", "placed_at = 'noon'"]
)
def test_a_line_of_another_order_is_named(busy: Busy, change: str) -> None:
    found = busy.broken(update("order_line", change, '"order" = 1 AND line = 1'))
    assert "order line: order o1 line 1" in found


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ('UPDATE order_line SET shipped_at = NULL WHERE "order" = 1 AND line = 1', "order row 1 line 1"),
        ('UPDATE order_line SET shipped_at = placed_at WHERE "order" = 2', "order row 2 line 1"),
    ],
)
def test_units_left_at_a_time(busy: Busy, change: str, expected: str) -> None:
    assert busy.broken(change) == {f"order line: {expected}"}


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("o1", "open"),
        ("o2", "shipped"),
        ("o2", "cancelled"),
        ("o3", "cancelled"),
        ("o7", "open"),
        ("o7", "cancelled"),
        ("o8", "shipped"),
        ("o8", "lost"),
    ],
)
def test_a_state_that_no_line_says_is_named(busy: Busy, code: str, state: str) -> None:
    found = busy.broken(update("customer_order", f"state = '{state}'", f"code = '{code}'"))
    assert found == {f"order: order {code}"}


@pytest.mark.parametrize("word", ["basket", "firm"])
def test_a_claim_for_an_order_stands_firm(busy: Busy, word: str) -> None:
    changed = update("reservation", f"claim = '{word}'", "item = 'A' AND qty = 3")
    found = {broken.partition(":")[0] for broken in busy.broken(changed)}
    assert "claim" in found
