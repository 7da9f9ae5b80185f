"""A replacement that is not where its units say, or whose price nobody answers for, is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from sync.central.checks.replacements import check_replacements
from sync.central.store.act import Act
from tests.sync.central.exchanging import ADVANCE, EXCHANGE, Exchanging, open_exchanging


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Exchanging]:
    """One exchange that waits, one released, one lapsed; an advance that is out, and one that was waived."""
    with open_exchanging(tmp_path, prove=False) as found:
        found.sold(5, ship="later")
        lapsed = str(found.wants(EXCHANGE)["rma"])
        waived = str(found.wants(ADVANCE)["rma"])
        found.ship(f"{waived}.X1")
        found.clock.pass_by(days=31)
        found.expire()
        found.decides(waived, "waive")
        released = str(found.wants(EXCHANGE)["rma"])
        found.back(released)
        out = str(found.wants(ADVANCE)["rma"])
        found.ship(f"{out}.X1")
        held = str(found.wants(EXCHANGE)["rma"])
        states = [found.state(code) for code in (lapsed, waived, released, out, held)]
        assert states == ["lapsed", "waived", "released", "advanced", "held"]
        yield found


def broken(shop: Exchanging, change: str) -> set[str]:
    def plant(act: Act) -> None:
        act.conn.execute(text(change))

    shop.act(plant)
    return {found.subject for found in shop.ask(lambda conn: list(check_replacements(conn)))}


def test_nothing_is_named_where_all_is_right(shop: Exchanging) -> None:
    assert broken(shop, "UPDATE replacement SET qty = qty") == set()


@pytest.mark.parametrize(
    ("change", "subject"),
    [
        ("UPDATE replacement SET state = 'released' WHERE state = 'held'", "return {4}"),
        ("UPDATE replacement SET state = 'settled' WHERE state = 'advanced'", "return {3}"),
        ("UPDATE customer_order SET block = NULL WHERE code LIKE '%{4}.X1'", "return {4}"),
        ("UPDATE customer_order SET block = 'exchange' WHERE code LIKE '%{2}.X1'", "return {2}"),
        ("UPDATE customer_order SET block = 'exchange' WHERE code = 'o1'", "order o1"),
        ('UPDATE order_line SET reserved = 1 WHERE "order" = 2', "return {0}"),
        ('UPDATE order_line SET unit_minor = 7 WHERE "order" = 2', "return {0}"),
        ("UPDATE replacement SET order_code = 'gone' WHERE state = 'held'", "return {4}"),
        ("UPDATE replacement SET waived_minor = 1 WHERE state = 'waived'", "Expenses:Waived of ACME"),
        ("UPDATE replacement SET decided_minor = 1 WHERE state = 'waived'", "Assets:Exchanges of ACME"),
        ("UPDATE refund SET replaced = 7 WHERE settles = 'exchange'", "Assets:Exchanges of ACME"),
        ("UPDATE replacement SET paid_minor = 1 WHERE state = 'advanced'", "return {3}"),
        ("UPDATE replacement_step SET state = 'held' WHERE state = 'waived'", "return {1}"),
    ],
)
def test_what_was_changed_is_named(shop: Exchanging, change: str, subject: str) -> None:
    codes = [f"R-{n}" for n in range(1, 6)]
    found = broken(shop, change.format(*(f"R-{n}-%" for n in range(1, 6))))
    assert any(name.startswith(subject.format(*codes)) for name in found), found
