from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account import Account, Status
from app.domain.policy.floor import CountLimit
from app.domain.refusal import Refused
from sync.central.rules.counts import (
    BinCount,
    CountedLine,
    Difference,
    Unit,
    differences,
    may_adjust,
    told_apart,
    worth,
)
from sync.central.rules.picking import Shelf

ITEMS = st.sampled_from(["A", "B", "C"])


def count(*lines: CountedLine) -> BinCount:
    return BinCount("acme", "A-1", lines, "")


def test_what_agrees_is_no_difference() -> None:
    books = [Unit("A", "", "", 2), Unit("A", "", "", 1), Unit("B", "L1", "", 4)]
    assert differences(count(CountedLine("A", "", 3), CountedLine("B", "L1", 4)), books) == []


def test_what_a_whole_bins_count_does_not_name_is_not_there() -> None:
    assert differences(count(), [Unit("A", "", "", 2)]) == [Difference("A", "", -2)]


def test_serials_are_compared_one_by_one() -> None:
    books = [Unit("K", "", "S1", 1), Unit("K", "", "S2", 1)]
    found = differences(count(CountedLine("K", "", 2, frozenset({"S2", "S3"}))), books)
    assert found == [Difference("K", "", -1, "S1"), Difference("K", "", 1, "S3")]


@given(st.dictionaries(ITEMS, st.integers(0, 9)), st.lists(st.tuples(ITEMS, st.integers(1, 9))))
def test_books_and_differences_add_up_to_the_count(
    counted: dict[str, int], held: list[tuple[str, int]]
) -> None:
    lines = [CountedLine(sku, "", qty) for sku, qty in counted.items()]
    units = [Unit(sku, "", "", qty) for sku, qty in held]
    total: dict[str, int] = {}
    for sku, qty in [*held, *((entry.sku, entry.qty) for entry in differences(count(*lines), units))]:
        total[sku] = total.get(sku, 0) + qty
    wanted = {sku: qty for sku, qty in counted.items() if qty}
    assert {sku: qty for sku, qty in total.items() if qty} == wanted


def test_worth_is_never_set_off_and_unknown_values_are_for_a_person() -> None:
    found = [Difference("A", "", 2), Difference("B", "", -1)]
    assert worth(found, {"A": (100, "GBP"), "B": (300, "GBP")}) == (500, "GBP")
    assert worth(found, {"A": (100, "GBP"), "B": (0, "GBP")}) is None
    assert worth(found, {"A": (100, "GBP"), "B": (300, "EUR")}) is None


def test_only_within_the_limit_and_its_currency_is_booked_unasked() -> None:
    limit = CountLimit(500, "GBP")
    assert may_adjust((500, "GBP"), limit)
    assert not may_adjust((501, "GBP"), limit)
    assert not may_adjust((1, "EUR"), limit)
    assert not may_adjust(None, limit)
    assert not may_adjust((1, "GBP"), None)


def test_facts_that_cannot_be_read_are_refused() -> None:
    with pytest.raises(Refused):
        BinCount.of({"owner": "acme", "location": "A-1", "lines": [{"sku": "A"}]})


def test_units_that_are_not_for_sale_are_told_apart_by_a_person() -> None:
    found = [Difference("A", "", 1), Difference("B", "", -1)]
    held = Account("acme", "B", "R-1", Status.QUARANTINED, "inspection", label="L-1")
    plain = [Shelf.of(1, Account("acme", sku, "R-1", Status.SELLABLE), 2) for sku in "AB"]
    lost = Shelf.of(3, Account("acme", "A", "R-1", Status.QUARANTINED, "not_found"), 1)
    assert told_apart(found, [*plain, lost], {"HOLD-1"}, "R-1") == []
    assert told_apart(found, [*plain, Shelf.of(4, held, 1)], {"HOLD-1"}, "R-1") == ["B"]
    assert told_apart(found, plain, {"HOLD-1"}, "HOLD-1") == ["A"]
