"""What is owed follows what happened to the goods, to the cent, and is never more than was paid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.domain.refusal import Refused
from sync.central.commands import refunds
from sync.central.commands.catalogue import publish_policy
from sync.central.commands.refunds import CreditAsked, Payout, RefundNote
from sync.central.rules.outcomes import Conflict, Missing
from sync.central.store.journal_listing import Period, entries
from sync.central.store.refund_listing import listed
from tests.sync.central.shop import OWNER, POLICY, Shop, open_shop

PRICED = {"unit_minor": 1000, "currency": "GBP"}


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        found.items("A")
        found.receive({"A": 9}, cost_minor=900)
        yield found


def obey(shop: Shop, more: str, version: str = "1") -> None:
    source = POLICY.format(version=version, b_as_new="false") + more
    shop.act(lambda act: publish_policy(act, source))


def sold(shop: Shop, qty: int, tax: int = 0, back: int | None = None) -> str:
    """Sells units to somebody and authorizes their return; the RMA."""
    line = {"line": 1, "sku": "A", "qty": qty, "tax_minor": tax} | PRICED
    shop.order([line], ship="available", customer="c-1")
    return str(shop.authorize({"A": back or qty}, customer="c-1")["rma"])


def all_of(shop: Shop, state: Any = None) -> list[Any]:
    found: Any = shop.ask(lambda conn: listed(conn, state, None, None, 100))
    return list(found["refunds"])


def money(shop: Shop) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in shop.ask(lambda conn: list(entries(conn, Period(OWNER)))):
        for account, minor, _, _ in entry.lines:
            name = account.partition(":")[2]
            found[name] = found.get(name, 0) + minor
    kept = ("SalesReturns", "SalesTax", "ReturnFees", "RefundsDue", "StoreCredit", "Payouts", "Receivable")
    return {name: found[name] for name in kept if found.get(name)}


def approve(shop: Shop, code: str) -> Any:
    return shop.act(lambda act: refunds.approve(act, code, RefundNote(note="right")))


def pay(shop: Shop, code: str, result: str) -> Any:
    asked = Payout.model_validate({"result": result, "reference": "PSP-1"})
    return shop.act(lambda act: refunds.pay(act, code, asked))


def undo(shop: Shop, event_id: str) -> None:
    bench = Account(OWNER, "A", "BENCH-07", Status.RETURN_PENDING, label="L07-1-X")
    shelf = Account(OWNER, "A", "R-03", Status.SELLABLE, label="L07-1-X", grade="A")
    back = [
        Move(1, shelf, bench, MoveKind.UNDO),
        Move(1, bench, Account(OWNER, "A", Virtual.CUSTOMER), MoveKind.UNDO),
    ]
    shop.at_station(EventKind.RETURN_UNDONE, back, corrects=event_id, undoes="x", reason="wrong")


def test_a_disposition_opens_what_is_owed_and_nothing_is_booked_before_somebody_approves(shop: Shop) -> None:
    before = money(shop)
    rma = sold(shop, 2, tax=333)
    assert all_of(shop) == []
    shop.disposition("A", rma=rma, line=1)
    (due,) = all_of(shop)
    assert (due["state"], due["qty"], due["net"], due["tax"], due["payable"]) == ("due", 1, 1000, 166, 1166)
    assert money(shop) == before | {"Receivable": 2333, "SalesTax": -333}
    done = approve(shop, due["refund"])
    assert [entry["state"] for entry in done["steps"]] == ["due", "posted"]
    assert money(shop) == {"Receivable": 2333, "SalesTax": -167, "SalesReturns": 1000, "RefundsDue": -1166}


def test_a_payout_that_fails_is_still_owed_and_can_be_tried_again(shop: Shop) -> None:
    rma = sold(shop, 1)
    shop.disposition("A", rma=rma, line=1)
    code = all_of(shop)[0]["refund"]
    with pytest.raises(Conflict, match="is due"):
        pay(shop, code, "begun")
    approve(shop, code)
    pay(shop, code, "begun")
    assert pay(shop, code, "failed")["state"] == "failed"
    assert money(shop)["RefundsDue"] == -1000
    pay(shop, code, "begun")
    done = pay(shop, code, "paid")
    assert [entry["state"] for entry in done["steps"]][2:] == ["paying", "failed", "paying", "paid"]
    assert (money(shop).get("RefundsDue"), money(shop)["Payouts"]) == (None, -1000)
    with pytest.raises(Conflict):
        pay(shop, code, "paid")


def test_any_parts_that_come_back_one_by_one_add_up_to_the_order(shop: Shop) -> None:
    """Three units with 1.00 of tax: 33, 34 and 33, whatever comes when; a fourth unit has nothing left."""
    rma = sold(shop, 3, tax=100)
    for _ in range(4):
        shop.disposition("A", rma=rma, line=1)
    found = all_of(shop)
    assert sorted(entry["tax"] for entry in found) == [33, 33, 34]
    assert sum(entry["payable"] for entry in found) == 3100


def test_rules_of_the_policy_at_authorization_decide_how_much_and_who_approves(shop: Shop) -> None:
    rule = (
        '[[refund]]\nid = "B"\nname = "opened: a fee"\ngrades = ["B"]\npercent = 80\nfee_minor = 150\n'
        "approved_up_to_minor = 700\n"
    )
    obey(shop, rule)
    rma = sold(shop, 2, tax=100)
    obey(shop, "", version="2")
    shop.disposition("A", rma=rma, line=1, grade="B")
    (kept,) = all_of(shop)
    # 80 % of 10.00 and of 0.50, less 1.50: 6.90, which nobody has to approve.
    assert (kept["state"], kept["net"], kept["tax"], kept["fee"], kept["payable"]) == (
        "posted",
        800,
        40,
        150,
        690,
    )
    assert (kept["rule"], kept["policy_ver"]) == ("B", "1")
    assert money(shop)["ReturnFees"] == -150
    shop.disposition("A", rma=rma, line=1, grade="A")
    assert [entry["state"] for entry in all_of(shop)] == ["posted", "due"]


def test_a_restocking_fee_by_currency_and_percent_is_income_and_goes_back_with_a_reversal(shop: Shop) -> None:
    """Two at 10.00 with 1.01 of tax come one by one; of each 1.20 and 10 % are kept."""
    fee = "percent = 100\nfee_minor = { GBP = 120 }\nfee_percent = 10\napproved_up_to_minor = 9999\n"
    obey(shop, f'[[refund]]\nid = "F"\nname = "a fee"\n{fee}')
    rma = sold(shop, 2, tax=101)
    done = [shop.disposition("A", rma=rma, line=1, label=f"L07-{n}-X") for n in (1, 2)]
    assert [(n["net"], n["tax"], n["fee"], n["payable"]) for n in all_of(shop)] == [
        (1000, 50, 225, 825),
        (1000, 51, 225, 826),
    ]
    found = money(shop)
    assert (found["ReturnFees"], found["SalesReturns"], found["RefundsDue"]) == (-450, 2000, -1651)
    # All of the sale's tax went back: 0.50 and 0.51.
    assert found.get("SalesTax", 0) == 0
    undo(shop, done[0])
    assert (money(shop)["ReturnFees"], money(shop)["RefundsDue"]) == (-225, -826)


def test_a_sale_in_a_currency_without_a_fee_waits_for_somebody(shop: Shop) -> None:
    fee = "percent = 100\nfee_minor = { EUR = 120 }\napproved_up_to_minor = 9999\n"
    obey(shop, f'[[refund]]\nid = "F"\nname = "a fee"\n{fee}')
    rma = sold(shop, 1)
    shop.disposition("A", rma=rma, line=1)
    (one,) = all_of(shop)
    assert (one["state"], one["fee"], one["payable"]) == ("due", 0, 1000)


def test_store_credit_is_given_by_being_posted(shop: Shop) -> None:
    more = 'percent = 100\nmethod = "store_credit"\napproved_up_to_minor = 9999\n'
    obey(shop, f'[[refund]]\nid = "C"\nname = "credit"\n{more}')
    rma = sold(shop, 1)
    shop.disposition("A", rma=rma, line=1)
    assert [entry["state"] for entry in all_of(shop)] == ["paid"]
    assert money(shop)["StoreCredit"] == -1000


def test_what_nobody_gets_anything_back_for_is_rejected_with_its_rule(shop: Shop) -> None:
    obey(shop, '[[refund]]\nid = "N"\nname = "nothing back"\npercent = 0\n')
    rma = sold(shop, 1)
    shop.disposition("A", rma=rma, line=1)
    (none,) = all_of(shop)
    assert (none["state"], none["payable"], none["rule"]) == ("rejected", 0, "N")


def test_a_disposition_that_is_taken_back_takes_its_refund_back(shop: Shop) -> None:
    rma = sold(shop, 1)
    first = shop.disposition("A", rma=rma, line=1)
    undo(shop, first)
    assert [entry["state"] for entry in all_of(shop)] == ["withdrawn"]
    second = shop.disposition("A", rma=rma, line=1)
    approve(shop, all_of(shop)[1]["refund"])
    undo(shop, second)
    assert [entry["state"] for entry in all_of(shop)] == ["withdrawn", "reversed"]
    assert (money(shop).get("RefundsDue"), shop.cases()) == (None, [])


def test_money_that_is_with_the_customer_is_finance_s_to_ask_back(shop: Shop) -> None:
    rma = sold(shop, 1)
    done = shop.disposition("A", rma=rma, line=1)
    code = all_of(shop)[0]["refund"]
    approve(shop, code)
    pay(shop, code, "paid")
    undo(shop, done)
    assert shop.cases() == ["refund.without_goods"]
    reversed_ = shop.act(lambda act: refunds.reverse(act, code, RefundNote(note="no goods")))
    assert (reversed_["state"], shop.cases()) == ("reversed", [])


def test_what_was_paid_out_and_reversed_is_owed_by_the_customer(shop: Shop) -> None:
    rma = sold(shop, 1)
    shop.disposition("A", rma=rma, line=1)
    code = all_of(shop)[0]["refund"]
    approve(shop, code)
    pay(shop, code, "paid")
    shop.act(lambda act: refunds.reverse(act, code, RefundNote()))
    assert money(shop) == {"Receivable": 2000, "Payouts": -1000}


def test_credit_without_goods_is_for_units_or_for_a_part_of_the_price(shop: Shop) -> None:
    rma = sold(shop, 3, tax=300)

    def credit(**asked: Any) -> Any:
        body = CreditAsked.model_validate({"line": 1, "reason": "kept"} | asked)
        return shop.act(lambda act: refunds.credit(act, rma, body))["refunds"]

    (part,) = credit(net_minor=600)
    assert (part["qty"], part["net"], part["tax"]) == (0, 600, 60)
    (unit,) = credit(qty=1)
    # A third of the 24.00 and 2.40 that are left.
    assert (unit["qty"], unit["net"], unit["tax"]) == (1, 800, 80)
    shop.disposition("A", 3, rma=rma, line=1)
    assert sum(entry["payable"] for entry in all_of(shop)) == 3300
    with pytest.raises(Refused) as no:
        credit(net_minor=1)
    assert no.value.code == "refund.beyond_paid"
    with pytest.raises(Refused) as no:
        credit(qty=1)
    assert no.value.code == "refund.beyond_sold"
    for wrong in ({}, {"qty": 1, "net_minor": 1}):
        with pytest.raises(Refused) as no:
            credit(**wrong)
        assert no.value.code == "refund.what"
    with pytest.raises(Missing):
        credit(line=9, qty=1)


def test_a_rejected_refund_frees_its_units(shop: Shop) -> None:
    rma = sold(shop, 1)
    shop.disposition("A", rma=rma, line=1)
    code = all_of(shop)[0]["refund"]
    shop.act(lambda act: refunds.reject(act, code, RefundNote(note="worn")))
    body = CreditAsked.model_validate({"line": 1, "qty": 1, "reason": "goodwill"})
    assert shop.act(lambda act: refunds.credit(act, rma, body))["refunds"]


def test_pages_of_refunds_follow_each_other(shop: Shop) -> None:
    rma = sold(shop, 3)
    for _ in range(3):
        shop.disposition("A", rma=rma, line=1)
    first: Any = shop.ask(lambda conn: listed(conn, None, rma, None, 2))
    rest: Any = shop.ask(lambda conn: listed(conn, None, rma, first["next"], 2))
    assert [entry["refund"] for entry in first["refunds"] + rest["refunds"]] == [
        f"{rma}.{n}" for n in (1, 2, 3)
    ]
    assert rest["next"] is None


def test_each_unit_is_refunded_at_the_price_of_the_sale_it_was_matched_with(shop: Shop) -> None:
    for day, qty, price in ((3, 3, 1000), (4, 1, 3000)):
        line = {"line": 1, "sku": "A", "qty": qty, "unit_minor": price, "currency": "GBP"}
        shop.order([line], ship="available", customer="c-1", day=day)
    rma = shop.authorize({"A": 2}, customer="c-1")["rma"]
    shop.disposition("A", 2, rma=rma, line=1)
    assert sorted((entry["qty"], entry["net"]) for entry in all_of(shop)) == [(1, 1000), (1, 3000)]


def test_no_more_units_are_refunded_than_the_return_authorizes(shop: Shop) -> None:
    rma = sold(shop, 5, back=1)
    body = CreditAsked.model_validate({"line": 1, "qty": 1, "reason": "kept"})
    shop.act(lambda act: refunds.credit(act, rma, body))
    # It comes after all, and two more with it.
    shop.disposition("A", 3, rma=rma, line=1)
    assert [entry["qty"] for entry in all_of(shop)] == [1]
    assert shop.cases() == ["return.over_quantity"]


def test_another_item_than_the_line_s_is_not_refunded_as_it(shop: Shop) -> None:
    shop.items("B")
    rma = sold(shop, 1)
    shop.disposition("B", rma=rma, line=1)
    assert all_of(shop) == []


def test_goods_that_were_judged_before_their_return_was_authorized_are_refunded_then(shop: Shop) -> None:
    line = {"line": 1, "sku": "A", "qty": 1} | PRICED
    shop.order([line], ship="available", customer="c-1")
    shop.disposition("A", rma="RET-7", line=1)
    assert all_of(shop) == []
    shop.authorize({"A": 1}, customer="c-1", rma="RET-7")
    assert [(entry["refund"], entry["state"]) for entry in all_of(shop)] == [("RET-7.1", "due")]


def test_goods_that_come_again_keep_the_refund_that_is_on_its_way(shop: Shop) -> None:
    rma = sold(shop, 1)
    first = shop.disposition("A", rma=rma, line=1)
    code = all_of(shop)[0]["refund"]
    approve(shop, code)
    pay(shop, code, "begun")
    undo(shop, first)
    assert shop.cases() == ["refund.without_goods"]
    shop.disposition("A", rma=rma, line=1)
    assert ([entry["state"] for entry in all_of(shop)], shop.cases()) == (["paying"], [])


def test_a_disposition_that_was_taken_back_before_it_was_heard_of_opens_nothing(shop: Shop) -> None:
    rma = sold(shop, 1)
    with shop.together():
        done = shop.disposition("A", rma=rma, line=1)
        undo(shop, done)
    assert [entry["state"] for entry in all_of(shop)] in ([], ["withdrawn"])
