"""The generated business: consistent in itself, valid for the domain, in the proportions it states."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from statistics import median

import pytest

from app.demo.business import Business, Order, generate, lately
from app.demo.chances import GRADES, HUNDREDS, QUANTITIES, REASONS
from app.domain.account import Account, Status
from app.domain.clock import from_text
from app.domain.codes import CodeFamily, family, parse
from app.domain.item import Item, Tracking, gtin14
from app.domain.laws import conservation, fold, one_place
from app.domain.move import Move, MoveKind
from app.domain.place import Location, LocationKind, Virtual
from app.domain.policy import read_policy
from app.domain.returns import Rma

LARGE = 6_000
UNTIL = datetime(2026, 11, 20, 8, tzinfo=UTC)
SEEDS = (1, 7, 20_261_120)


@pytest.fixture(scope="module", params=SEEDS)
def business(request: pytest.FixtureRequest) -> Business:
    seed: int = request.param
    return generate(seed, 240, UNTIL)


@pytest.fixture(scope="module")
def large() -> Business:
    return generate(3, LARGE, UNTIL)


def items(business: Business) -> dict[str, Item]:
    return {item.sku: item for item in business.items}


def test_a_seed_always_gives_the_same_business() -> None:
    assert generate(5, 40, UNTIL) == generate(5, 40, UNTIL)
    assert generate(5, 40, UNTIL) != generate(6, 40, UNTIL)


@pytest.mark.parametrize("returns", [1, 2, 17, 240])
def test_as_many_lines_come_back_as_were_asked_for(returns: int) -> None:
    assert sum(len(one.rma.lines) for one in generate(9, returns, UNTIL).returns) == returns


def test_a_business_without_returns_is_nothing_to_show() -> None:
    with pytest.raises(ValueError, match="0 returns"):
        generate(1, 0, UNTIL)


def test_records_pass_the_readers_of_the_domain(business: Business) -> None:
    for item in business.items:
        assert Item.from_json(item.to_json()) == item
    for location in business.locations:
        assert Location.from_json(location.to_json()) == location
    for one in business.returns:
        assert Rma.from_json(one.rma.to_json()) == one.rma


def test_every_place_stands_in_one_named_before_it(business: Business) -> None:
    known: set[str | None] = {None}
    for location in business.locations:
        assert location.site == business.site
        assert location.parent in known
        assert (location.parent is None) == (location.kind is LocationKind.SITE)
        known.add(location.code)
    assert len(known) == len(business.locations) + 1
    assert {business.bench, business.dock} < known
    assert {receipt.location for receipt in business.receipts} < known


def test_the_shipped_policy_finds_its_totes_and_categories(business: Business) -> None:
    source = files("resources").joinpath("policies", "returns.toml").read_text(encoding="utf-8")
    policy = read_policy(source, "returns.toml")
    assert {outcome.place for outcome in policy.outcomes} <= {
        location.code for location in business.locations
    }
    assert {item.category for item in business.items} == set(policy.categories)
    assert set(GRADES) == {grade.code for grade in policy.grades}
    assert set(REASONS) <= {reason.code for reason in policy.reasons}
    for item, grade in itertools.product(business.items, GRADES):
        decision = policy.decide(item.category, grade, hazardous=item.hazardous)
        assert (decision.outcome.disposition == "restock") == (grade == "A"), "orders count on grade A alone"


def test_every_gtin_is_valid_unique_and_nobodys_product(business: Business) -> None:
    gtins = [gtin for item in business.items for gtin in item.gtins]
    assert [gtin14(gtin) for gtin in gtins] == gtins
    assert len(set(gtins)) == len(gtins) == len(business.items)
    assert all(gtin.startswith("0952") for gtin in gtins)


def test_the_catalogue_is_as_broad_as_it_says(business: Business) -> None:
    assert 110 <= len(business.items) <= 130
    assert len({item.name for item in business.items}) == len(items(business)) == len(business.items)
    by = {tracking: {i.category for i in business.items if i.tracking is tracking} for tracking in Tracking}
    assert by[Tracking.SERIAL] == by[Tracking.LOT_AND_SERIAL] == {"electronics"}
    assert by[Tracking.LOT] == {"consumables"}
    assert {item.category for item in business.items if item.hazardous} == {"electronics", "consumables"}
    assert all(0 < item.value_minor < 10_000 for item in business.items)


def test_kits_are_made_of_other_items(business: Business) -> None:
    kits = [item for item in business.items if item.is_kit]
    assert len(kits) >= 6
    known = items(business)
    for kit in kits:
        assert kit.category == "kits"
        assert len({part.sku for part in kit.kit}) == len(kit.kit) >= 2
        assert not any(known[part.sku].is_kit for part in kit.kit)


def test_no_code_is_taken_for_another(business: Business) -> None:
    serials = [s for receipt in business.receipts for line in receipt.lines for s in line.serials]
    codes = [
        *(item.sku for item in business.items),
        *(location.code for location in business.locations),
        *(order.order for order in everything(business)),
        *(receipt.document for receipt in business.receipts),
        *(box.tracking for box in business.boxes),
        *serials,
    ]
    assert len(set(codes)) == len(codes)
    assert not any(family(code) or code.isdigit() for code in codes)


def everything(business: Business) -> tuple[Order, ...]:
    return (*business.orders, *business.open_orders, *business.orders_meanwhile)


def test_order_lines_are_priced_and_name_items_once(business: Business) -> None:
    known = items(business)
    for order in everything(business):
        assert [line.line for line in order.lines] == list(range(1, len(order.lines) + 1))
        assert len({line.sku for line in order.lines}) == len(order.lines)
        for line in order.lines:
            assert line.qty > 0
            assert line.unit_minor > known[line.sku].value_minor
    assert all(order.shipped for order in business.orders)
    assert not any(order.shipped for order in (*business.open_orders, *business.orders_meanwhile))


def test_what_was_received_covers_what_was_shipped(business: Business) -> None:
    known = items(business)
    homes: dict[str, str] = {}
    moves: list[Move] = []
    for receipt in business.receipts:
        assert [line.line for line in receipt.lines] == list(range(1, len(receipt.lines) + 1))
        assert sum(len(line.serials) for line in receipt.lines) <= 200
        for line in receipt.lines:
            assert homes.setdefault(line.sku, receipt.location) == receipt.location
            assert len(line.serials) == (line.qty if known[line.sku].has_serial else 0)
            moves += [
                move(business, line, receipt.location, True, serial) for serial in line.serials or (None,)
            ]
    for order in business.orders:
        for sold in order.lines:
            assert len(sold.serials) == (sold.qty if known[sold.sku].has_serial else 0)
            moves += [
                move(business, sold, homes[sold.sku], False, serial) for serial in sold.serials or (None,)
            ]
    balances = fold(moves)
    assert conservation(balances) == ()
    assert one_place(balances) == ()
    assert all(qty > 0 for account, qty in balances.items() if account.status is Status.SELLABLE)


def move(business: Business, line: object, place: str, comes: bool, serial: str | None) -> Move:
    sku, lot, qty = (getattr(line, name) for name in ("sku", "lot", "qty"))
    inside = Account(business.owner, sku, place, Status.SELLABLE, lot=lot, serial=serial)
    end = Virtual.SUPPLIER if comes else Virtual.CUSTOMER
    outside = Account(business.owner, sku, end, lot=lot, serial=serial)
    kind = MoveKind.RECEIVE if comes else MoveKind.SHIP
    source, target = (outside, inside) if comes else (inside, outside)
    return Move(1 if serial else qty, source, target, kind)


def test_every_return_line_refers_to_units_that_were_shipped(business: Business) -> None:
    sold = {(order.order, line.sku): line for order in business.orders for line in order.lines}
    orders = {order.order: order for order in business.orders}
    seen: set[tuple[str | None, str]] = set()
    for one in business.returns:
        assert parse(one.rma.code).family is CodeFamily.RMA
        assert one.rma.owner == business.owner
        assert one.rma.order is not None
        order = orders[one.rma.order]
        assert one.customer == order.customer
        assert order.shipped is not None
        assert one.rma.shipped_on == order.shipped[:10]
        assert from_text(order.shipped) < from_text(one.at)
        for line in one.rma.lines:
            was = sold[order.order, line.sku]
            assert (order.order, line.sku) not in seen
            seen.add((order.order, line.sku))
            assert 0 < line.qty <= was.qty
            assert line.lot == was.lot
            assert set(line.serials) <= set(was.serials)
            assert len(line.serials) == (line.qty if was.serials else 0)
    assert len({one.rma.code for one in business.returns}) == len(business.returns)


def test_boxes_hold_what_was_announced(business: Business) -> None:
    rmas = {one.rma.code: one.rma for one in business.returns}
    known = items(business)
    found: Counter[tuple[str, str, str | None, str | None]] = Counter()
    for box in business.boxes:
        assert box.tracking in rmas[box.rma].tracking
        for unit in box.units:
            assert gtin14(unit.gtin) in known[unit.sku].gtins
            assert len(unit.gtin) == 13
            assert unit.grade in GRADES
            assert unit.qty == 1 or unit.serial is None
            found[box.rma, unit.sku, unit.lot, unit.serial] += unit.qty
    expected: Counter[tuple[str, str, str | None, str | None]] = Counter()
    for code, rma in rmas.items():
        for line in rma.lines:
            for serial in line.serials or (None,):
                expected[code, line.sku, line.lot, serial] += 1 if serial else line.qty
    assert found == expected
    parcels = Counter(box.rma for box in business.boxes)
    assert parcels == {code: len(rma.tracking) for code, rma in rmas.items()}
    assert set(parcels.values()) == {1, 2}


def test_parcel_numbers_have_the_postal_check_digit(business: Business) -> None:
    for box in business.boxes:
        digits = [int(sign) for sign in box.tracking[2:10]]
        weighed = sum(digit * by for digit, by in zip(digits, (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
        # S10: 11 less the remainder, with 0 for 10 and 5 for 11.
        assert int(box.tracking[10]) == (5, 0, 9, 8, 7, 6, 5, 4, 3, 2, 1)[weighed % 11]


def left_in_stock(business: Business) -> Counter[str]:
    left: Counter[str] = Counter()
    for receipt in business.receipts:
        left.update({line.sku: 0 for line in receipt.lines})
        for line in receipt.lines:
            left[line.sku] += line.qty
    for order in business.orders:
        for sold in order.lines:
            left[sold.sku] -= sold.qty
    return left


def test_waiting_orders_wait_and_what_comes_back_is_enough_for_all(business: Business) -> None:
    left, restocked, wanted = left_in_stock(business), Counter[str](), Counter[str]()
    for box in business.boxes:
        for unit in box.units:
            restocked[unit.sku] += unit.qty if unit.grade == "A" else 0
    for order in (*business.open_orders, *business.orders_meanwhile):
        for line in order.lines:
            wanted[line.sku] += line.qty
    assert len(business.open_orders) >= 10
    assert len(business.orders_meanwhile) >= 5
    assert {left[line.sku] for order in business.open_orders for line in order.lines} == {0}
    assert all(restocked[sku] >= qty for sku, qty in wanted.items())


def test_things_happen_in_their_order(business: Business) -> None:
    received = [from_text(receipt.at) for receipt in business.receipts]
    captured = [from_text(order.at) for order in business.orders]
    waiting = [from_text(order.at) for order in business.open_orders]
    meanwhile = [from_text(order.at) for order in business.orders_meanwhile]
    returned = [from_text(one.at) for one in business.returns]
    for times in (received, captured, waiting, meanwhile, returned):
        assert times == sorted(times)
    assert received[-1] < captured[0] < captured[-1] < waiting[0] <= waiting[-1] < UNTIL <= meanwhile[0]
    assert timedelta(days=80) < UNTIL - captured[0] < timedelta(days=93)
    assert returned[-1] < UNTIL
    assert returned[0] > UNTIL - timedelta(days=30)  # no return has run out when its box comes
    assert all(from_text(order.at) < from_text(order.shipped or "") < UNTIL for order in business.orders)


def test_the_three_months_end_when_they_are_asked_to() -> None:
    later = generate(5, 40, UNTIL + timedelta(days=30))
    assert from_text(later.orders_meanwhile[0].at) == UNTIL + timedelta(days=30)
    assert [one.rma.lines for one in later.returns] == [
        one.rma.lines for one in generate(5, 40, UNTIL).returns
    ]


def test_what_happens_meanwhile_is_over_when_the_bench_opens() -> None:
    now = datetime(2027, 3, 1, 0, 30, tzinfo=UTC)
    business = generate(5, 40, lately(now))
    assert from_text(business.orders_meanwhile[-1].at) <= now


def test_the_stated_proportions() -> None:
    assert dict(REASONS) == {
        "defective": 75,
        "not_as_described": 86,
        "partial_delivery": 212,
        "late": 203,
        "changed_mind": 66,
    }
    assert dict(GRADES) == {"A": 62, "B": 18, "C": 12, "D": 8}
    assert sum(QUANTITIES.values()) == 1_000


@pytest.mark.parametrize(("attribute", "weights"), [("reason", REASONS), ("grade", GRADES)])
def test_reasons_and_grades_have_their_proportions(
    large: Business, attribute: str, weights: dict[str, int]
) -> None:
    if attribute == "reason":
        seen = Counter(line.reason for one in large.returns for line in one.rma.lines)
    else:
        # A line's grade is that of its first unit; all units of a line are alike.
        grades: dict[tuple[str, str], set[str]] = {}
        for box in large.boxes:
            for unit in box.units:
                grades.setdefault((box.rma, unit.sku), set()).add(unit.grade)
        seen = Counter(grade for line in grades.values() for grade in line)
    assert seen.total() == LARGE
    for word, weight in weights.items():
        assert seen[word] / LARGE == pytest.approx(weight / sum(weights.values()), abs=0.02)


def test_quantities_are_as_skewed_as_credit_notes(large: Business) -> None:
    quantities = sorted(line.qty for one in large.returns for line in one.rma.lines)
    seen = Counter(quantities)
    assert 1 <= median(quantities) <= 2
    assert sum(quantities) / LARGE > 3
    for qty, weight in QUANTITIES.items():
        share = sum(seen[many] for many in HUNDREDS) if qty == 0 else seen[qty]
        assert share / LARGE == pytest.approx(weight / sum(QUANTITIES.values()), abs=0.02)
    assert 5 <= sum(seen[many] for many in HUNDREDS) <= 60


def test_nobody_scans_dozens_of_serials_for_one_line(large: Business) -> None:
    assert max(len(line.serials) for one in large.returns for line in one.rma.lines) == 2
