"""Customers who want something else for what they send back."""

from __future__ import annotations

from typing import Any

from tests.scenarios.floor import Floor
from tests.scenarios.office import OWNER, SHELF

PRICE = 2000


def instead(floor: Floor, order: str, **wanted: Any) -> tuple[str, dict[str, Any]]:
    """A return of an order's mugs with a replacement; the RMA, and what was answered about it."""
    line = {"line": 1, "sku": "MUG-4", "qty": 1, "reason": "too_small", "instead": wanted}
    asked = {"owner": OWNER, "order": order, "at": floor.now(), "match": "order"}
    answer = floor.service.post("/returns", asked | {"lines": [line]})
    found: dict[str, Any] = answer["lines"][0]["replacement"]
    return str(answer["rma"]), found


def stocks(floor: Floor, sku: str) -> None:
    line = {"line": 1, "sku": sku, "qty": 1}
    receipt = {"document": f"PO-{sku}", "owner": OWNER, "location": SHELF, "at": floor.now()}
    floor.admin.post("/receipts", receipt | {"lines": [line]})


def replacement(floor: Floor, rma: str) -> dict[str, Any]:
    found: dict[str, Any] = floor.service.get(f"/returns/{rma}")["lines"][0]["replacement"]
    return found


def test_another_size_is_reserved_judged_good_at_the_bench_and_leaves(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1}, unit_minor=PRICE)
    stocks(floor, "T-2S")
    rma, found = instead(floor, "o-1", kind="exchange", sku="T-2S", unit_minor=2500, currency="GBP")
    order = found["order"]
    assert (found["state"], found["lines"][0]["reserved"]) == ("held", 1)
    # Nobody else gets it, and it does not leave.
    available = floor.service.get("/availability", owner=OWNER, sku="T-2S")["items"][0]
    assert available["atp"] == 0
    assert floor.service.send(f"/orders/{order}/ship", {}).json()["code"] == "order.blocked"
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_A")
    bench.sync()
    # It is dearer: the customer owes the rest, which both show, and it leaves once that is paid.
    held = replacement(floor, rma)
    assert (held["state"], held["owed_minor"], held["owing_minor"]) == ("held", 500, 500)
    pays_the_rest(floor, rma)
    assert replacement(floor, rma)["state"] == "released"
    # The sale left as stock was there, and so did what replaces it.
    assert floor.stock("T-2S") == {}
    (refund,) = floor.service.get("/refunds", rma=rma)["refunds"]
    assert (refund["payable"], refund["settled"], refund["owing"]) == (0, PRICE, 0)
    shown = floor.service.get(f"/orders/{order}")
    assert (shown["state"], shown["replaces"]["rma"]) == ("shipped", rma)
    why = floor.service.get(f"/orders/{order}/why")["decisions"]
    assert any(f"return {rma}" in sentence for entry in why for sentence in entry["why"])
    for about in ({"rma": rma}, {"order": order}, {"order": "o-1"}):
        told = [entry["event_kind"] for entry in floor.service.get("/timeline", **about)["events"]]
        assert {"replacement.held", "replacement.released"} <= set(told), (about, told)
    assert floor.cases() == []


def pays_the_rest(floor: Floor, rma: str) -> None:
    """5.00, in two parts of which one is first noted wrongly."""
    path = f"/returns/{rma}/replacements/1/payments"
    paid = {"minor": 300, "currency": "GBP", "reference": "PSP-1"}
    assert floor.service.send(path, paid).status_code == 403
    for wrong, code in ((paid | {"minor": 501}, "beyond_owed"), (paid | {"currency": "EUR"}, "currency")):
        no = floor.finance.send(path, wrong)
        assert (no.status_code, no.json()["code"]) == (422, f"replacement.{code}")
    first = floor.finance.post(path, paid, key="p-1")
    assert floor.finance.post(path, paid, key="p-1") == first
    (refund,) = floor.service.get("/refunds", rma=rma)["refunds"]
    assert (first["owing_minor"], first["paid_minor"], refund["owing"]) == (200, 300, 200)
    back = {"event_id": first["steps"][-1]["event"], "reason": "The bank took it back."}
    assert floor.finance.post(f"{path}/reverse", back)["owing_minor"] == 500
    no = floor.finance.send(f"{path}/reverse", back)
    assert (no.status_code, no.json()["code"]) == (409, "payment.taken_back")
    floor.finance.post(path, paid)
    assert replacement(floor, rma)["state"] == "held"
    done = floor.finance.post(path, paid | {"minor": 200})
    assert (done["owed_minor"], done["state"]) == (0, "released")
    booked = floor.finance.get("/journal", owner=OWNER, limit=500)["entries"]
    lines = [line for entry in booked for line in entry["lines"]]
    assert sum(line["minor"] for line in lines if line["account"] == "Assets:Receivable") == PRICE


def test_what_was_sent_ahead_and_whose_old_unit_never_comes_is_charged(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1}, unit_minor=PRICE)
    stocks(floor, "MUG-4")
    rma, found = instead(floor, "o-1", kind="advance")
    assert (found["state"], found["lines"][0]["shipped"]) == ("advanced", 1)
    assert floor.customer("MUG-4") == 2
    floor.days_pass(15)
    floor.upkeep()
    case = floor.one_case("replacement.overdue", "finance")
    assert (case["money_minor"], case["currency"], case["subject"]) == (PRICE, "GBP", f"rma:{rma}")
    word = {"decision": "charge", "reason": "Asked twice."}
    path = f"/returns/{rma}/replacements/1/decision"
    assert floor.service.send(path, word).status_code == 403
    assert floor.admin.post(path, word)["state"] == "charged"
    assert floor.cases() == []
    # It comes after all: the customer, who was charged, gets the money.
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_A")
    bench.sync()
    (refund,) = floor.service.get("/refunds", rma=rma)["refunds"]
    assert refund["payable"] == PRICE


def test_a_unit_that_earns_nothing_keeps_the_exchange_until_somebody_decides(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1}, unit_minor=PRICE)
    # The customer's month is over long ago; the trade's window refuses.
    floor.publishes_refusing_windows()
    floor.days_pass(2)
    floor.sells("o-2", {"MUG-4": 1}, unit_minor=PRICE)
    stocks(floor, "MUG-4")
    floor.days_pass(40)
    rma, found = instead(floor, "o-2", kind="exchange")
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_A")
    bench.sync()
    case = floor.one_case("replacement.refused")
    assert case["money_minor"] == PRICE
    assert replacement(floor, rma)["state"] == "held"
    assert floor.service.get(f"/orders/{found['order']}")["block"] == "exchange"
    # The desk credits it all the same, finance approves, and the replacement leaves.
    asked = {"line": 1, "qty": 1, "reason": "A good customer."}
    (credit,) = floor.service.post(f"/returns/{rma}/credits", asked)["refunds"]
    floor.admin.post(f"/refunds/{credit['refund']}/approve", {})
    assert replacement(floor, rma)["state"] == "released"
    assert floor.service.get(f"/orders/{found['order']}")["state"] == "shipped"
    assert floor.cases() == []
