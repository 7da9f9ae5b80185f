"""Regulated goods wait where they are; somebody is reminded once, and no more once they left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.clock import to_text
from sync.central.commands.upkeep import is_due, upkeep
from sync.central.store import disposals
from sync.central.store.tables import exception
from tests.sync.central.outward import Outward, both, open_outward


@pytest.fixture(params=["sqlite", "postgresql"])
def outward(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with open_outward(tmp_path, both(request)) as found:
        yield found


def overdue(outward: Outward) -> list[tuple[str, int]]:
    """Subject and money at risk of the open cases."""
    asked = select(exception).where(exception.c.type == disposals.TYPE, exception.c.state == "open")
    rows: Any = outward.shop.ask(lambda conn: conn.execute(asked.order_by(exception.c.subject)).all())
    return [(row.subject, row.money_minor) for row in rows]


def ticks(outward: Outward) -> int:
    return int(outward.shop.act(upkeep).get("disposals", 0))


def written_off(outward: Outward, label: str, qty: int = 1) -> str:
    outward.returned("H", label, qty=qty, state="quarantined.awaiting_write_off", place="HOLD-3")
    return str(outward.writes_off("H", qty)["write_off"])


def due(outward: Outward) -> bool:
    now = outward.shop.now()
    return outward.shop.ask(lambda conn: disposals.any_due(conn, to_text(now)) and is_due(conn, now))


def test_each_write_off_is_asked_about_once_its_days_are_over(outward: Outward) -> None:
    first = written_off(outward, "L07-1-X", 2)
    outward.shop.clock.pass_by(days=10)
    second = written_off(outward, "L07-2-X")
    assert not due(outward)
    outward.shop.clock.pass_by(days=4)
    assert due(outward)
    assert ticks(outward) == 1
    assert overdue(outward) == [(f"document:{first}", 1400)]
    assert not due(outward)
    outward.shop.clock.pass_by(days=10)
    assert ticks(outward) == 1
    assert overdue(outward) == [(f"document:{first}", 1400), (f"document:{second}", 700)]


def test_the_first_that_were_written_off_leave_first(outward: Outward) -> None:
    first, second = written_off(outward, "L07-1-X"), written_off(outward, "L07-2-X")
    outward.shop.clock.pass_by(days=20)
    assert ticks(outward) == 2
    outward.leaves("scrap", {"label": "L07-2-X"})
    assert overdue(outward) == [(f"document:{second}", 700)]
    code = outward.leaves("scrap", {"label": "L07-1-X"})
    assert overdue(outward) == []
    outward.comes_back(code)
    assert due(outward)
    assert ticks(outward) == 1
    assert len(overdue(outward)) == 1
    assert first != second


def test_what_left_in_time_is_never_asked_about(outward: Outward) -> None:
    written_off(outward, "L07-1-X")
    outward.leaves("recycle", {"label": "L07-1-X"})
    outward.shop.clock.pass_by(days=99)
    assert not due(outward)
    assert ticks(outward) == 0
