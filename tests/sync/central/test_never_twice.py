"""No unit is ever promised twice, whatever comes in which order: a random trade against the laws."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.domain.account import Status
from app.domain.refusal import Refused
from sync.central.checks.claims import check_claims
from tests.sync.central.shop import PLACE, Shop

SKUS = ("A", "B", "KIT")
some_sku = st.sampled_from(SKUS)
single = st.sampled_from(SKUS[:2])
units = st.integers(1, 6)


class Trade(RuleBasedStateMachine):
    """Captures, receipts, shipments, cancellations, counts, returns and undone returns in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.shop = Shop(f"sqlite:///{self.folder / 'centre.db'}")
        self.orders: list[str] = []
        self.day = 3
        self.b_is_new = False

    @initialize()
    def begin(self) -> None:
        kit = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}
        self.shop.items("A", {"sku": "B", "name": "B", "safety": 1}, kit)
        self.shop.policy()

    @rule(sku=some_sku, qty=units)
    def receive(self, sku: str, qty: int) -> None:
        self.shop.receive({sku: qty})

    @rule(
        lines=st.lists(st.tuples(some_sku, units), min_size=1, max_size=3),
        ship=st.sampled_from(["later", "available"]),
        priority=st.integers(1, 3),
    )
    def capture(self, lines: list[tuple[str, int]], ship: str, priority: int) -> None:
        before = {sku: self.shop.atp(sku) for sku in SKUS}
        numbered = [{"line": n, "sku": sku, "qty": qty} for n, (sku, qty) in enumerate(lines, 1)]
        answer = self.shop.order(numbered, ship=ship, priority=priority, customer="c-1")
        self.orders.append(answer["order"])
        for sku in SKUS:
            got = sum(line["reserved"] + line["shipped"] for line in answer["lines"] if line["sku"] == sku)
            assert got <= before[sku]

    @rule(data=st.data(), qty=units)
    def ship(self, data: st.DataObject, qty: int) -> None:
        self.try_one(data, lambda code: self.shop.ship(code, lines=[{"line": 1, "qty": qty}]))

    @rule(data=st.data())
    def ship_all(self, data: st.DataObject) -> None:
        self.try_one(data, self.shop.ship)

    @rule(data=st.data(), qty=units)
    def cancel(self, data: st.DataObject, qty: int) -> None:
        self.try_one(data, lambda code: self.shop.cancel(code, lines=[{"line": 1, "qty": qty}]))

    @rule(data=st.data())
    def cancel_all(self, data: st.DataObject) -> None:
        self.try_one(data, self.shop.cancel)

    def try_one(self, data: st.DataObject, act: object) -> None:
        if self.orders:
            code = data.draw(st.sampled_from(self.orders))
            try:
                act(code)  # type: ignore[operator]  # one of the shop's own methods
            except Refused as no:
                assert no.code.startswith("order.")  # noqa: PT017 - a refusal is one of two right outcomes

    @rule(sku=single, difference=st.integers(-5, 5).filter(bool))
    def count(self, sku: str, difference: int) -> None:
        self.shop.count(sku, difference, PLACE)

    @rule(sku=single, grade=st.sampled_from(["A", "B", None]), qty=st.integers(1, 2))
    def come_back(self, sku: str, grade: str | None, qty: int) -> None:
        before = self.shop.free(sku)
        self.shop.disposition(sku, qty, grade=grade, status=Status.SELLABLE)
        if grade == "B" and not self.b_is_new:
            assert self.shop.free(sku) == before

    @rule(sku=single, qty=units)
    def authorize(self, sku: str, qty: int) -> None:
        before = [self.shop.free(entry) for entry in SKUS]
        self.shop.authorize({sku: qty}, customer="c-1")
        assert [self.shop.free(entry) for entry in SKUS] == before

    @rule(grade_b=st.booleans())
    def publish(self, grade_b: bool) -> None:
        self.day += 1
        self.shop.policy(f"v{self.day}", b_as_new=grade_b)
        self.b_is_new = grade_b

    @invariant()
    def nothing_is_promised_twice(self) -> None:
        assert self.shop.ask(check_claims) == ()

    def teardown(self) -> None:
        self.shop.prove()
        self.shop.database.close()
        shutil.rmtree(self.folder)


TestTrade = Trade.TestCase
TestTrade.settings = settings(max_examples=settings().max_examples // 3)
