"""Work orders are what units and events say: one for all units of an account, steps and ends as recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from sync.central.audit import audit
from sync.central.checks.work import check_work
from sync.central.store.act import Act
from tests.sync.central.shop import open_shop
from tests.sync.central.working import Workshop


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Workshop]:
    """One order under way, one that is finished, one unit without; what is planted is not proven."""
    with open_shop(tmp_path, prove=False) as shop:
        found = Workshop(shop)
        found.finish(found.done("L-1"))
        found.unit("L-2")
        found.step(found.code(), cost_minor=40, parts=[{"sku": "BOX", "qty": 1}])
        found.unit("L-3", "Q")
        yield found


def subjects(day: Workshop) -> set[str]:
    return {violation.subject for violation in day.shop.ask(lambda conn: list(check_work(conn)))}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE work_order SET qty = 2 WHERE code = 'F-2-{2}'", {"work order F-2-{2}"}),
        (
            "UPDATE work_order SET state = 'cancelled' WHERE code = 'F-2-{2}'",
            {"work order F-2-{2}", "K at F-01"},
        ),
        (
            "UPDATE work_order SET state = 'open' WHERE code = 'F-1-{1}'",
            {"work order F-1-{1}"},
        ),
        ("UPDATE work_order SET ended_by = 'x' WHERE code = 'F-1-{1}'", {"work order F-1-{1}"}),
        ("UPDATE work_order SET grade = 'A' WHERE code = 'F-1-{1}'", {"work order F-1-{1}"}),
        ("UPDATE work_order SET disposition = 'scrap' WHERE state = 'done'", {"work order F-1-{1}"}),
        ("UPDATE work_order SET state = 'given_up' WHERE state = 'done'", {"work order F-1-{1}"}),
        (
            "UPDATE work_step SET cost_minor = 4 WHERE code = 'F-2-{2}' AND n = 1",
            {"work order F-2-{2}, step clean"},
        ),
        (
            "UPDATE work_step SET parts = '[]' WHERE code = 'F-2-{2}' AND n = 1",
            {"work order F-2-{2}, step clean"},
        ),
        (
            "UPDATE work_step SET state = 'done' WHERE code = 'F-2-{2}' AND n = 2",
            {"work order F-2-{2}, step repack"},
        ),
        ("UPDATE exception SET key = 'x' WHERE type = 'work.none'", {"K at F-01"}),
    ],
)
def test_a_changed_row_is_named(day: Workshop, change: str, found: set[str]) -> None:
    checks = {str(n): code.rpartition("-")[2] for n, code in enumerate(_codes(day), 1)}
    signs = {f"{{{n}}}": sign for n, sign in checks.items()}

    def named(words: str) -> str:
        for brace, sign in signs.items():
            words = words.replace(brace, sign)
        return words

    def plant(act: Act) -> None:
        assert act.conn.execute(text(named(change))).rowcount == 1

    assert subjects(day) == set()
    day.shop.act(plant)
    assert subjects(day) == {named(subject) for subject in found}


def _codes(day: Workshop) -> list[str]:
    asked = text("SELECT code FROM work_order ORDER BY code")
    return day.shop.ask(lambda conn: list(conn.scalars(asked)))


def test_a_case_that_somebody_answered_still_answers_for_its_unit(day: Workshop) -> None:
    def answer(act: Act) -> None:
        act.conn.execute(text("UPDATE exception SET state = 'resolved' WHERE type = 'work.none'"))

    day.shop.act(answer)
    assert subjects(day) == set()


def test_the_whole_audit_looks_at_work(day: Workshop) -> None:
    def plant(act: Act) -> None:
        act.conn.execute(text("UPDATE work_order SET qty = 9 WHERE state = 'started'"))

    day.shop.act(plant)
    assert "work" in {violation.law for violation in audit(day.shop.database).violations}
