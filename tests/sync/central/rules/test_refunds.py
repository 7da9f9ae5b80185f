"""What is owed of a sale, whatever is credited in which order; which step follows which; what is booked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.event import EventKind
from app.domain.policy.refunds import RefundRule
from app.domain.refusal import Refused
from sync.central.rules.books import Book
from sync.central.rules.outcomes import Conflict
from sync.central.rules.refunds import (
    Amount,
    Given,
    Owed,
    RefundState,
    Taken,
    amount,
    booked,
    require_step,
    short_of,
)

SALES = st.builds(Owed, st.integers(1, 12), st.integers(0, 10**6), st.integers(0, 10**5))


@given(SALES, st.data())
def test_whatever_is_credited_in_which_order_all_of_it_is_what_was_paid(
    owed: Owed, data: st.DataObject
) -> None:
    net = tax = 0
    taken = list[tuple[int, int, int]]()
    while owed.left:
        what = data.draw(st.sampled_from(["units", "amount", "back"]))
        if what == "units":
            units = data.draw(st.integers(1, owed.left))
            taken.append((units, *owed.take(units)))
        elif what == "amount":
            taken.append((0, *owed.take_amount(data.draw(st.integers(0, owed.net - owed.credited_net)))))
        elif taken:
            owed.give_back(*taken.pop())
        net, tax = (sum(part[n] for part in taken) for n in (1, 2))
        assert (owed.credited_net, owed.credited_tax) == (net, tax)
        assert 0 <= net <= owed.net
        assert 0 <= tax <= owed.tax
    assert (net, tax) == (owed.net, owed.tax)


def test_no_more_goes_back_than_was_paid() -> None:
    owed = Owed(2, 1000, 200)
    assert owed.take_amount(400) == (400, 80)
    with pytest.raises(Refused) as no:
        owed.take_amount(601)
    assert no.value.code == "refund.beyond_paid"
    assert owed.take(2) == (600, 120)
    assert owed.take_amount(0) == (0, 0)


def test_a_fee_is_never_more_than_there_is_to_keep_it_of() -> None:
    rule = RefundRule("x", "x", percent=50, fee_minor=200)
    assert amount(rule, 2, 1001, 99) == Amount(1001, 99, 500, 50, 400)
    assert amount(rule, 2, 400, 0).payable == 0
    assert amount(rule, 2, 400, 0).fee == 200


def test_a_fee_by_unit_and_percent_is_kept_of_the_refund_and_leaves_its_tax_whole() -> None:
    """80 % of 20.02 and 1.98 are 16.02 and 1.58; 3.00 for each of two and 5 % of 17.60 make a fee of 6.88."""
    rule = RefundRule("x", "x", percent=80, fee_minor=300, fee_percent=5)
    found = amount(rule, 2, 2002, 198)
    assert found == Amount(2002, 198, 1602, 158, 688)
    assert found.payable == 1072
    assert amount(RefundRule("x", "x", fee_percent=15), 1, 1000, 200) == Amount(1000, 200, 1000, 200, 180)


RULES = st.builds(
    RefundRule,
    st.just("x"),
    st.just("x"),
    percent=st.integers(0, 100),
    fee_minor=st.integers(0, 50),
    fee_percent=st.integers(0, 100),
)


@given(RULES, st.integers(1, 12), st.integers(0, 10**5), st.integers(0, 10**4), st.data())
def test_parts_by_per_cent_in_any_order_have_the_cents_of_the_whole(
    rule: RefundRule, qty: int, net: int, tax: int, data: st.DataObject
) -> None:
    """Also where parts are taken back and given again in between."""
    whole, owed = amount(rule, qty, net, tax), Owed(qty, net, tax)
    taken = list[tuple[int, Amount]]()
    while owed.left:
        if taken and data.draw(st.integers(0, 3)) == 0:
            units, due = taken.pop(data.draw(st.integers(0, len(taken) - 1)))
            owed.give_back(units, due.base_net, due.base_tax)
            continue
        units, before = data.draw(st.integers(1, owed.left)), Given()
        for had, due in taken:
            before = before.with_(had, due)
        taken.append((units, amount(rule, units, *owed.take(units), before)))
        assert taken[-1][1].payable >= 0
    found = [
        sum(getattr(due, name) for _, due in taken) for name in ("base_net", "base_tax", "net", "tax", "fee")
    ]
    assert found == [whole.base_net, whole.base_tax, whole.net, whole.tax, whole.fee]


ALLOWED = {
    ("due", "posted"),
    ("due", "rejected"),
    ("due", "withdrawn"),
    ("posted", "paying"),
    ("posted", "paid"),
    ("posted", "reversed"),
    ("paying", "paid"),
    ("paying", "failed"),
    ("failed", "paying"),
    ("failed", "paid"),
    ("failed", "reversed"),
    ("paid", "reversed"),
}


@pytest.mark.parametrize("now", list(RefundState))
@pytest.mark.parametrize("wanted", list(RefundState))
def test_each_step_follows_from_few(now: RefundState, wanted: RefundState) -> None:
    if (now.value, wanted.value) in ALLOWED:
        require_step("R-1.1", now.value, wanted)
    else:
        with pytest.raises(Conflict, match=f"is {now.value}"):
            require_step("R-1.1", now.value, wanted)


BODY = {"net": 1000, "tax": 200, "fee": 100}


@pytest.mark.parametrize(
    ("kind", "more", "lines"),
    [
        (
            EventKind.REFUND_POSTED,
            {"method": "original"},
            {"SALES_RETURNS": 1000, "SALES_TAX": 200, "RETURN_FEES": -100, "REFUNDS_DUE": -1100},
        ),
        (EventKind.REFUND_PAID, {"method": "original"}, {"REFUNDS_DUE": 1100, "PAYOUTS": -1100}),
        (EventKind.REFUND_PAID, {"method": "store_credit"}, {}),
        (
            EventKind.REFUND_REVERSED,
            {"method": "original", "paid": False},
            {"SALES_RETURNS": -1000, "SALES_TAX": -200, "RETURN_FEES": 100, "REFUNDS_DUE": 1100},
        ),
        (
            EventKind.REFUND_REVERSED,
            {"method": "original", "paid": True},
            {"SALES_RETURNS": -1000, "SALES_TAX": -200, "RETURN_FEES": 100, "RECEIVABLE": 1100},
        ),
        (
            EventKind.REFUND_REVERSED,
            {"method": "store_credit", "paid": True},
            {"SALES_RETURNS": -1000, "SALES_TAX": -200, "RETURN_FEES": 100, "STORE_CREDIT": 1100},
        ),
    ],
)
def test_what_is_booked(kind: EventKind, more: dict[str, object], lines: dict[str, int]) -> None:
    found = booked(kind, BODY | more)
    assert {Book(line.book).name: line.minor for line in found} == lines
    assert sum(line.minor for line in found) == 0


def test_each_refund_is_short_of_what_its_units_would_have_had() -> None:
    # Two of four units came while 40 of 100 were credited; then the credit was gone.
    assert short_of(4, 100, 20, [Taken(2, 30, 6)]) == [(20, 4)]
    # A credit that stands keeps what it took.
    assert short_of(4, 100, 20, [Taken(0, 40, 8), Taken(2, 30, 6)]) == [(0, 0), (0, 0)]
    assert short_of(1, 100, 0, [Taken(1, 120, 0)]) == [(0, 0)]
