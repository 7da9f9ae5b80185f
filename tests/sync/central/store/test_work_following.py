"""Work orders follow the units, in any order of events: one where units stand, none elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.store import work_following
from sync.central.store.tables import work_order
from tests.sync.central.blind import came, matched, with_bench
from tests.sync.central.shop import OWNER
from tests.sync.central.working import Workshop


def states(workshop: Workshop) -> list[str]:
    asked = select(work_order.c.state).order_by(work_order.c.code)
    return workshop.shop.ask(lambda conn: list(conn.scalars(asked)))


def test_a_unit_opens_one_order_however_often_it_is_looked_at(workshop: Workshop) -> None:
    workshop.unit("L-1", "C")
    workshop.unit("L-2", "B")
    assert [(order["label"], order["work"]) for order in workshop.orders()] == [("L-2", "W1"), ("L-1", "W2")]
    # More units under one label stand in one account: they are worked on together.
    workshop.unit("L-2", "B", qty=2)
    assert [(order["label"], order["qty"]) for order in workshop.orders()] == [("L-2", 3), ("L-1", 1)]


def test_another_grade_at_the_bench_cancels_the_order_and_its_undo_takes_it_up(workshop: Workshop) -> None:
    workshop.unit("L-1")
    code = workshop.code()
    workshop.step(code, cost_minor=90)
    shelf = Account(OWNER, "K", "R-03", Status.SELLABLE, label="L-1-2", grade="A")
    again = workshop.regrade("L-1", target=shelf)
    assert states(workshop) == ["cancelled"]
    assert workshop.order(code)["ended_by"] == again
    spent = workshop.case("work.spent")
    assert (spent["subject"], spent["owner_role"]) == (f"work:{code}", "finance")
    assert "0.90 GBP was spent" in spent["fix"]
    workshop.undo_at_bench(again, Move(1, workshop.held("L-1"), shelf, MoveKind.DISPOSE))
    assert states(workshop) == ["started"]
    assert (workshop.code(), workshop.order(code)["turn"]) == (code, 2)
    assert "work.spent" not in workshop.shop.cases()


def test_an_undone_disposition_cancels_its_order(workshop: Workshop) -> None:
    came = workshop.unit("L-1")
    customer, bench = Account(OWNER, "K", Virtual.CUSTOMER), workshop.bench("L-1")
    moves = (
        Move(1, customer, bench, MoveKind.RETURN),
        Move(1, bench, workshop.held("L-1"), MoveKind.DISPOSE),
    )
    workshop.undo_at_bench(came, *moves)
    assert states(workshop) == ["cancelled"]
    with workshop.shop.together():
        again = workshop.unit("L-2")
        workshop.undo_at_bench(again, *(_of("L-2", workshop)))
    # Nothing was ever to be done, and nobody is asked.
    assert states(workshop) == ["cancelled"]
    assert workshop.stock() == {}
    assert [kind for kind in workshop.shop.cases() if kind.startswith("work.")] == []


def _of(label: str, workshop: Workshop) -> tuple[Move, Move]:
    bench = workshop.bench(label)
    return (
        Move(1, Account(OWNER, "K", Virtual.CUSTOMER), bench, MoveKind.RETURN),
        Move(1, bench, workshop.held(label), MoveKind.DISPOSE),
    )


def test_a_unit_that_was_gone_before_its_event_came_opens_one_case(workshop: Workshop) -> None:
    workshop.regrade("L-1")
    workshop.unit("L-1")
    assert workshop.orders() == []
    case = workshop.case("work.gone")
    # What such units cost, as the books have it, not the value of the record.
    assert (case["subject"], case["money_minor"]) == ("label:L-1", 1000)


def test_a_matched_unit_gets_the_work_of_its_grade(workshop: Workshop) -> None:
    with_bench(workshop.shop)
    workshop.shop.order({"K": 1}, ship="available", customer="c-1", order="o-1")
    came(workshop.shop, "H-1", "K", grade="C")
    assert workshop.orders() == []
    assert matched(workshop.shop, "H-1", order="o-1")["place"] == "F-01"
    assert [(order["label"], order["work"], order["rule"]) for order in workshop.orders()] == [
        ("H-1", "W2", "5")
    ]


@pytest.mark.parametrize("told", [{"grade": None}, {"grade": "Q"}, {"answers": 5}])
def test_what_no_policy_can_tell_of_waits_with_a_case(workshop: Workshop, told: dict[str, Any]) -> None:
    grade = told.get("grade", "B")
    held = workshop.held("L-1", str(grade) if grade else None)
    move = Move(1, Account(OWNER, "K", Virtual.CUSTOMER), held, MoveKind.RETURN)
    workshop.shop.at_station(EventKind.RETURN_REGRADED, [move], sku="K", qty=1, label="L-1", **told)
    assert workshop.orders() == []
    assert workshop.case("work.none")["subject"] == "label:L-1"
    gone = Account(OWNER, "K", "R-03", Status.SELLABLE, label="L-1")
    workshop.shop.at_station(EventKind.RETURN_REGRADED, [Move(1, held, gone, MoveKind.DISPOSE)])
    assert "work.none" not in workshop.shop.cases()


def test_a_fact_stands_whatever_fails_in_the_work_that_follows(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    expect_log("was not kept")

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(work_following, "site_of", broken)
    workshop.unit("L-1")
    assert workshop.stock() == {"F-01 refurbish B": 1}
    assert workshop.case("work.failed")["owner_role"] == "admin"
    monkeypatch.undo()
    workshop.open(label="L-1")
    assert "work.failed" not in workshop.shop.cases()
