"""Work orders page by page: by state, site, owner and clock, what is due first at first."""

from __future__ import annotations

from typing import Any

import pytest

from sync.central.rules.outcomes import Missing
from sync.central.rules.work import WorkState
from sync.central.store import work_orders
from sync.central.store.work_orders import Wanted
from tests.sync.central.working import Workshop


def labels(workshop: Workshop, **which: object) -> list[str]:
    return [order["label"] for order in workshop.orders(**which)]


def test_what_is_due_first_is_first(workshop: Workshop) -> None:
    workshop.unit("L-1", "C")
    workshop.unit("L-2", "B")
    # 72 hours for the first step of one, 24 for that of the other.
    assert labels(workshop) == ["L-2", "L-1"]
    assert labels(workshop, owner="workshop") == ["L-1"]
    assert labels(workshop, site="WH1") == ["L-2", "L-1"]
    assert labels(workshop, site="WH2") == []
    workshop.shop.clock.pass_by(hours=30)
    assert (labels(workshop, overdue=True), labels(workshop, overdue=False)) == (["L-2"], ["L-1"])
    code = next(order["work_order"] for order in workshop.orders() if order["label"] == "L-2")
    workshop.give_up(code)
    assert (labels(workshop), labels(workshop, state=WorkState.GIVEN_UP)) == (["L-1"], ["L-2"])
    ended = workshop.order(code)
    assert (ended["overdue"], ended["due_at"], ended["turn_owner"], ended["age_minutes"]) == (
        False,
        *[None] * 3,
    )


def test_pages_meet_without_a_gap(workshop: Workshop) -> None:
    for number in range(5):
        workshop.unit(f"L-{number}")
    now, found, cursor = workshop.shop.clock.now(), list[str](), None
    while True:
        page: Any = workshop.shop.ask(
            lambda conn, at=cursor: work_orders.listed(conn, Wanted(), at, 2, now=now, sites=None)  # type: ignore[misc]
        )
        found += [order["label"] for order in page["work_orders"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == [f"L-{number}" for number in range(5)]


def test_a_token_of_another_site_sees_nothing(workshop: Workshop) -> None:
    workshop.unit("L-1")
    now = workshop.shop.clock.now()
    for sites, seen in ((frozenset({"WH2"}), 0), (frozenset({"WH1"}), 1)):
        page = workshop.shop.ask(
            lambda conn, of=sites: work_orders.listed(conn, Wanted(), None, 9, now=now, sites=of)  # type: ignore[misc]
        )
        assert len(page["work_orders"]) == seen  # type: ignore[arg-type]


def test_an_order_that_is_not_there_is_said(workshop: Workshop) -> None:
    with pytest.raises(Missing):
        workshop.order("F-9-9")
