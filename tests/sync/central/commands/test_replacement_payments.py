"""What a customer pays of a dearer exchange: balanced, no more than is owed, and taken back once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.refusal import Refused
from sync.central.commands.exchanges_asked import PaymentBack, ReplacementPayment
from sync.central.commands.replacement_payments import pay, take_back
from sync.central.rules.outcomes import Conflict, Missing
from sync.central.store.tables import exception
from tests.sync.central.exchanging import EXCHANGE, Exchanging, open_exchanging

DEARER = EXCHANGE | {"sku": "L", "unit_minor": 1500, "tax_minor": 300, "currency": "GBP"}


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Exchanging]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_exchanging(tmp_path, url) as found:
        yield found


def paid(shop: Exchanging, rma: str, minor: int, line: int = 1) -> dict[str, Any]:
    asked = ReplacementPayment.model_validate({"minor": minor, "currency": "GBP"})
    return shop.act(lambda act: pay(act, rma, line, asked))


def unpaid(shop: Exchanging, rma: str, event_id: str) -> dict[str, Any]:
    asked = PaymentBack.model_validate({"event_id": event_id, "reason": "r"})
    return shop.act(lambda act: take_back(act, rma, 1, asked))


def test_the_order_waits_for_the_rest_and_a_payment_taken_back_is_owed_again(shop: Exchanging) -> None:
    shop.sold()
    answer = shop.wants(DEARER)
    rma, order = answer["rma"], answer["lines"][0]["replacement"]["order"]
    with pytest.raises(Refused) as early:
        paid(shop, rma, 1)
    assert early.value.code == "replacement.beyond_owed"
    shop.back(rma)
    assert (shop.state(rma), shop.shown(order).get("block")) == ("held", "exchange")
    first = paid(shop, rma, 600)
    assert (first["owing_minor"], shop.refunds()[0]["owing"], shop.state(rma)) == (0, 0, "released")
    assert shop.line(order) == (0, 1, 0, 0)
    assert shop.money()["Payouts"] == 600
    event_id = next(step["event"] for step in first["steps"] if (step["note"] or "").startswith("paid"))
    # It left: it is owed again, and nothing is blocked.
    again = unpaid(shop, rma, event_id)
    assert (again["owing_minor"], again["state"]) == (600, "released")
    assert "Payouts" not in shop.money()
    with pytest.raises(Conflict):
        unpaid(shop, rma, event_id)
    with pytest.raises(Missing):
        unpaid(shop, rma, "none")
    with pytest.raises(Missing):
        paid(shop, rma, 1, line=2)


def test_before_it_leaves_an_exchange_waits_again_for_what_was_not_paid(shop: Exchanging) -> None:
    shop.sold(ship="later")
    answer = shop.wants(DEARER)
    rma, order = answer["rma"], answer["lines"][0]["replacement"]["order"]
    shop.back(rma)
    done = paid(shop, rma, 600)
    event_id = next(step["event"] for step in done["steps"] if (step["note"] or "").startswith("paid"))
    assert (done["state"], shop.shown(order).get("block")) == ("released", None)
    assert unpaid(shop, rma, event_id)["state"] == "held"
    assert shop.shown(order).get("block") == "exchange"


def dearer_that_waits(shop: Exchanging) -> tuple[str, str, str]:
    """A dearer exchange that is paid and does not leave yet: the return, its unit's event, the payment."""
    shop.sold(ship="later")
    rma = str(shop.wants(DEARER)["rma"])
    unit = shop.back(rma)
    first = paid(shop, rma, 600)
    assert (first["overpaid_minor"], shop.cases()) == (0, [])
    event_id = next(step["event"] for step in first["steps"] if (step["note"] or "").startswith("paid"))
    return rma, unit, str(event_id)


def at_risk(shop: Exchanging) -> list[tuple[str, str, int]]:
    asked = select(exception.c.type, exception.c.owner_role, exception.c.money_minor)
    found = shop.ask(lambda conn: conn.execute(asked.where(exception.c.state == "open")).all())
    return [tuple(row) for row in found]


@pytest.mark.parametrize("how", ["cancelled", "undone"])
def test_what_is_paid_for_nothing_any_more_is_given_back_by_finance(shop: Exchanging, how: str) -> None:
    rma, unit, payment = dearer_that_waits(shop)
    if how == "undone":
        shop.undone(unit)
    else:
        shop.cancel(f"{rma}.X1")
    found = shop.replacement(rma)
    assert (found["overpaid_minor"], found["owing_minor"], found["paid_minor"]) == (600, 0, 600)
    mine = [case for case in at_risk(shop) if case[0] == "replacement.overpaid"]
    assert mine == [("replacement.overpaid", "finance", 600)]
    again = unpaid(shop, rma, payment)
    assert (again["overpaid_minor"], again["paid_minor"]) == (0, 0)
    assert "replacement.overpaid" not in shop.cases()
    assert "Payouts" not in shop.money()
