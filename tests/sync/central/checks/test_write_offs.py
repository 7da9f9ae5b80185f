"""Units that wait and the requests for them are the same, and a changed row is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from sync.central.checks.write_offs import check_asked, waiting_at
from tests.sync.central import discarding
from tests.sync.central.discarding import discard, says
from tests.sync.central.shop import Shop, open_shop


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Shop]:
    """One unit that waits (W-1), one that was rejected, one that was written off; the rest is planted."""
    with open_shop(tmp_path, prove=False) as shop:
        shop.items("A")
        for number in (1, 2, 3):
            discard(shop, f"L07-{number}-X")
        says(shop, "W-2-G", "reject")
        says(shop, "W-3-E", "approve")
        yield shop


def subjects(shop: Shop) -> set[str]:
    return {violation.subject for violation in shop.ask(lambda conn: list(check_asked(conn)))}


FIRST = "A L07-1-X at R-03"
WAITED = """UPDATE write_off SET account =
    (SELECT id FROM account WHERE label = 'L07-3-X' AND reason = 'awaiting_write_off') WHERE code = 'W-3-E'"""
PENDING = """UPDATE write_off SET account =
    (SELECT id FROM account WHERE label = 'L07-1-X' AND status = 'return_pending') WHERE code = 'W-1-I'"""


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE write_off SET qty = 2 WHERE code = 'W-1-I'", {FIRST}),
        ("UPDATE write_off SET account = NULL WHERE code = 'W-1-I'", {FIRST, "write-off W-1-I"}),
        ("UPDATE write_off SET cause = 'x' WHERE code = 'W-1-I'", {"write-off W-1-I"}),
        ("UPDATE write_off SET state = 'withdrawn' WHERE code = 'W-1-I'", {"write-off W-1-I"}),
        ("DELETE FROM write_off WHERE code = 'W-1-I'", {FIRST}),
        ("DELETE FROM exception WHERE type = 'write_off.rejected'", {"write-off W-2-G"}),
        (
            WAITED,
            {"A L07-3-X at R-03", "write-off W-3-E"},
        ),
        (
            PENDING,
            {FIRST, "A L07-1-X at BENCH-07"},
        ),
    ],
)
def test_a_changed_row_is_named(day: Shop, change: str, found: set[str]) -> None:
    assert subjects(day) == set()
    day.act(lambda act: act.conn.execute(text(change)))
    assert subjects(day) == found


def test_units_are_named_by_label_and_place() -> None:
    assert waiting_at(discarding.waiting_at(None)) == "A without a label at R-03"
