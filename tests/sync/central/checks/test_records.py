"""Rows that repeat something repeat it exactly; a write-off is what its event says."""

from __future__ import annotations

import pytest

from tests.sync.central.checks.busy import Busy, update

OFF = "write-off: write-off "


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE account SET key = 'other' WHERE id = 1", "account: account 1"),
        ("UPDATE balance SET item = 'B' WHERE account = 1", "balances: account 1"),
        ("UPDATE balance SET owner = 'NEW' WHERE account = 1", "balances: account 1"),
        ("UPDATE balance SET status = 'damaged' WHERE account = 1", "balances: account 1"),
    ],
)
def test_a_row_beside_its_account_is_named(busy: Busy, change: str, expected: str) -> None:
    assert busy.broken(change) == {expected}


@pytest.mark.parametrize("change", ["status = 'bogus'", "owner = ''", "reason = 'why'"])
def test_an_account_that_is_none_is_named_alone(busy: Busy, change: str) -> None:
    # Nothing else has a name without it, and nothing else is said.
    assert busy.broken(update("account", change, "id = 1")) == {"account: account 1"}


@pytest.mark.parametrize(
    "change",
    [
        "qty = 3",
        "sku = 'B'",
        "owner = 'NEW'",
        "reason = 'stolen'",
        "requested_by = 'kim'",
        "decided_by = 'kim'",
        "decided_by = 'sam'",
        "decided_at = NULL",
        "decided_at = '2026-11-22T10:41:08.123Z'",
        "state = 'rejected'",
        "state = 'requested'",
    ],
)
def test_an_approved_write_off_is_what_happened(busy: Busy, change: str) -> None:
    assert busy.broken(update("write_off", change, "code = 'W-C'")) == {f"{OFF}W-C"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE write_off SET code = 'W-D' WHERE code = 'W-C'", {f"{OFF}W-D"}),
        (
            "UPDATE write_off SET event_id = NULL WHERE code = 'W-C'",
            {f"{OFF}W-C", "write-off: event {scrapped}"},
        ),
        (
            "UPDATE write_off SET event_id = '{sold}' WHERE code = 'W-C'",
            {f"{OFF}W-C", "write-off: event {scrapped}"},
        ),
        (
            "UPDATE write_off SET event_id = '{scrapped}' WHERE code = 'W-B'",
            {f"{OFF}W-B", "write-off: event {scrapped}"},
        ),
        ("DELETE FROM write_off WHERE code = 'W-C'", {"write-off: event {scrapped}"}),
        ("UPDATE write_off SET state = 'approved' WHERE code = 'W-B'", {f"{OFF}W-B"}),
        ("UPDATE write_off SET state = 'requested' WHERE code = 'W-B'", {f"{OFF}W-B"}),
        ("UPDATE write_off SET decided_by = 'sam' WHERE code = 'W-B'", {f"{OFF}W-B"}),
        ("UPDATE write_off SET state = 'rejected' WHERE code = 'W-A'", {f"{OFF}W-A"}),
        ("UPDATE write_off SET state = 'lost' WHERE code = 'W-A'", {f"{OFF}W-A"}),
    ],
)
def test_only_an_approved_write_off_happened(busy: Busy, change: str, expected: set[str]) -> None:
    assert busy.broken(change) == busy.named(*expected)


def test_both_sides_of_a_write_off_are_told(busy: Busy) -> None:
    found = busy.planted("UPDATE write_off SET qty = 3 WHERE code = 'W-C'")
    assert [(v.found, v.expected) for v in found] == [("qty 3, moved 3", "qty 2, moved 2")]
