"""The books say of every unit inside what it is worth, and no entry is out of balance."""

from __future__ import annotations

import pytest

from tests.sync.central.checks.busy import Busy, busy_at, delete


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE journal_line SET minor = minor + 1 WHERE event = 1 AND n = 2", "entry of event"),
        ("UPDATE journal_line SET qty = qty + 1 WHERE event = 1 AND sku = 'A'", "A of ACME"),
        ("UPDATE stock_worth SET value = value + 1 WHERE sku = 'B'", "B of ACME"),
        ("UPDATE stock_worth SET qty = qty - 1 WHERE sku = 'S'", "S of ACME"),
        ("DELETE FROM stock_worth WHERE sku = 'B'", "B of ACME"),
        ('UPDATE sale_worth SET back = qty + 1 WHERE "order" = 1 AND line = 2', "order row 1 line 2"),
    ],
)
def test_a_changed_number_is_named(busy: Busy, change: str, expected: str) -> None:
    broken = busy.broken(change)
    assert {law.partition(":")[0] for law in broken} == {"books"}
    assert any(expected in law for law in broken)


def test_credits_that_no_refund_tells_of_are_named(busy: Busy) -> None:
    broken = busy.broken('UPDATE sale_worth SET credited = 1, credited_net = 7 WHERE "order" = 3')
    assert broken == {"refund: order row 3 line 1"}


def test_a_busy_centre_s_books_are_right(busy: Busy) -> None:
    assert not busy.broken()


def test_the_busy_centre_can_be_opened(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("books")
    with busy_at(f"sqlite:///{folder / 'centre.db'}") as busy:
        assert busy.shop.audit().holds


@pytest.mark.parametrize("name", ["received", "sold", "e2"])
def test_an_event_without_its_entry_is_named(busy: Busy, name: str) -> None:
    which = f"event = (SELECT id FROM event WHERE event_id = '{{{name}}}')"  # noqa: S608 - a name of this test's own
    broken = busy.broken(delete("journal_line", which), delete("journal_entry", which))
    assert busy.named(f"books: event {{{name}}}") <= broken
    assert {law.partition(":")[0] for law in broken} == {"books"}
