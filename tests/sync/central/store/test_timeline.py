"""What happened to a thing is told in order, whole and only about it."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.rules.outcomes import Missing
from sync.central.store.timeline import About, body_of, timeline
from tests.sync.central.checks.busy import Busy
from tests.sync.central.shop import Shop


def read(shop: Shop, about: About, size: int = 2) -> list[Any]:
    """Every event, some a page."""
    found: list[Any] = []
    cursor: Any = None
    while True:
        page: Any = shop.ask(lambda conn, c=cursor: timeline(conn, about, c, size))  # type: ignore[misc]
        assert len(page["events"]) <= size
        found += page["events"]
        cursor = page["next"]
        if cursor is None:
            return found


def kinds(events: list[Any]) -> list[str]:
    return [entry["event_kind"] for entry in events]


def test_a_serial_from_the_supplier_to_the_customer(busy: Busy) -> None:
    came, went = read(busy.shop, About(unit="s1"))
    assert (came["event_kind"], came["other_moves"]) == ("goods.received", 2)
    assert came["sentence"] == (
        "sam at the centre received goods (document PO-1): 1 of S (serial s1) from a supplier to WH1-A "
        "(sellable); and 2 more moves."
    )
    assert [move["to"]["location"] for move in went["moves"]] == ["@customer"]
    assert (went["operator"], went["origin"], went["proof"]) == (
        "sam",
        "centre",
        f"/v1/events/{went['event_id']}",
    )


def test_a_unit_label_with_what_took_it_back(busy: Busy) -> None:
    events = read(busy.shop, About(unit="L-3"))
    assert kinds(events) == ["return.dispositioned", "return.undone", "return.dispositioned"]
    assert events[1]["corrects"] == events[0]["event_id"]
    assert events[0]["station"] == "Bench"


def test_an_item_narrows_a_unit(busy: Busy) -> None:
    assert read(busy.shop, About(unit="s1", sku="A")) == []
    assert len(read(busy.shop, About(unit="s1", sku="S"))) == 2


def test_an_order_with_what_came_back_of_it(busy: Busy) -> None:
    events = read(busy.shop, About(order="o1"))
    assert kinds(events) == [
        "order.shipped",
        "return.arrived",
        "return.dispositioned",
        "return.dispositioned",
        "return.undone",
        "return.finished",
    ]
    assert read(busy.shop, About(order="o5")) == []


def test_a_return_under_a_code_that_nobody_authorized(busy: Busy) -> None:
    assert kinds(read(busy.shop, About(rma=busy.rma))) == kinds(read(busy.shop, About(order="o1")))[1:]
    assert kinds(read(busy.shop, About(rma="R-77-7"))) == ["return.dispositioned"]


def test_a_document_and_one_item_of_it(busy: Busy) -> None:
    assert kinds(read(busy.shop, About(document="PO-1"))) == ["goods.received"] * 2
    (serials,) = read(busy.shop, About(document="PO-1", sku="S"))
    assert [move["to"]["serial"] for move in serials["moves"]] == ["s1", "s2", "s3"]
    assert read(busy.shop, About(document="PO-99")) == []


def test_an_order_of_kits_shows_the_components_that_left(shop: Shop) -> None:
    shop.items("A", {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}]})
    shop.receive({"A": 4})
    shop.order({"KIT": 2}, ship="available")
    (event,) = read(shop, About(order="o1"))
    assert [move["kind"] for move in event["moves"]] == ["convert", "ship"]


def test_nothing_is_said_about_what_is_not_there(busy: Busy) -> None:
    with pytest.raises(Missing):
        read(busy.shop, About(order="nothing"))
    with pytest.raises(Missing):
        read(busy.shop, About(rma="nothing"))
    assert read(busy.shop, About(unit="nothing")) == []


@pytest.mark.parametrize("parts", [{}, {"sku": "A"}, {"unit": "s1", "order": "o1"}])
def test_a_question_is_about_one_thing(parts: dict[str, str]) -> None:
    with pytest.raises(Refused) as no:
        About(**parts)
    assert no.value.code == "timeline.about"


@pytest.mark.parametrize("text", ["", "[]", "5", "no"])
def test_a_body_that_is_no_object_tells_nothing(text: str) -> None:
    assert body_of(text) == {}
