"""Whatever is announced, claimed, sent, received, lost and counted, in any order: each unit is there once."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.domain.refusal import Refused
from sync.central.checks.claims import check_claims
from sync.central.checks.supplies import check_supplies
from sync.central.checks.transfers import check_transfers
from tests.sync.central.shop import PLACE, Shop

SKUS = ("A", "B")
PLACES = (PLACE, "WH2-A", "WH3-A")
single = st.sampled_from(SKUS)
place = st.sampled_from(PLACES)
units = st.integers(1, 6)
TRANSFERS, SUPPLIES = ("T-1", "T-2", "T-3"), ("P-1", "P-2")


class OnTheWay(RuleBasedStateMachine):
    """Orders, inbound supply, transfers and counts over three sites."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.shop = Shop(f"sqlite:///{self.folder / 'centre.db'}")
        self.orders: list[str] = []

    @initialize()
    def begin(self) -> None:
        self.shop.items("A", {"sku": "B", "name": "B", "safety": 1})
        self.shop.sites(**{"WH2-A": "WH2", "WH3-A": "WH3"})

    def maybe(self, do: Callable[[], Any]) -> None:
        """A decision may be refused; nothing of it is done then, which the invariants see."""
        try:
            do()
        except Refused as no:
            assert no.code.partition(".")[0] in {"order", "supply", "transfer"}  # noqa: PT017 - or it is done

    @rule(sku=single, qty=units, where=place, lot=st.sampled_from([None, "L1", "L2"]))
    def receive(self, sku: str, qty: int, where: str, lot: str | None) -> None:
        self.shop.receive({sku: qty}, place=where, lot=lot)

    @rule(sku=single, difference=st.integers(-5, 5).filter(bool), where=place)
    def count(self, sku: str, difference: int, where: str) -> None:
        self.shop.count(sku, difference, where)

    @rule(
        sku=single,
        qty=units,
        site=st.sampled_from([None, "WH1", "WH2"]),
        ship=st.sampled_from(["later", "available"]),
        priority=st.integers(1, 3),
    )
    def capture(self, sku: str, qty: int, site: str | None, ship: str, priority: int) -> None:
        answer = self.shop.order({sku: qty}, site=site, ship=ship, priority=priority, customer="c-1")
        self.orders.append(answer["order"])

    @rule(data=st.data(), step=st.sampled_from(["ship", "cancel"]))
    def end_order(self, data: st.DataObject, step: str) -> None:
        if self.orders:
            code = data.draw(st.sampled_from(self.orders))
            self.maybe(lambda: getattr(self.shop, step)(code))

    @rule(code=st.sampled_from(SUPPLIES), first=units, second=units, site=st.sampled_from(["WH1", "WH2"]))
    def announce(self, code: str, first: int, second: int, site: str) -> None:
        self.maybe(lambda: self.shop.announce({"A": first, "B": second}, code=code, site=site))

    @rule(code=st.sampled_from(SUPPLIES), line=st.integers(1, 2), qty=units, data=st.data())
    def claim_supply(self, code: str, line: int, qty: int, data: st.DataObject) -> None:
        if self.orders:
            order = data.draw(st.sampled_from(self.orders))
            self.maybe(lambda: self.shop.claim_supply(order, qty, code, of=line))

    @rule(code=st.sampled_from(SUPPLIES), line=st.integers(1, 2), qty=units)
    def change_supply(self, code: str, line: int, qty: int) -> None:
        self.maybe(lambda: self.shop.change_supply({"line": line, "qty": qty}, code=code))

    @rule(code=st.sampled_from(SUPPLIES), lines=st.sampled_from([(), (1,), (2,)]))
    def cancel_supply(self, code: str, lines: tuple[int, ...]) -> None:
        self.maybe(lambda: self.shop.cancel_supply(*lines, code=code))

    @rule(code=st.sampled_from(SUPPLIES), sku=single, qty=units, closes=st.booleans(), where=place)
    def came(self, code: str, sku: str, qty: int, closes: bool, where: str) -> None:
        self.shop.came({sku: qty}, code, closes=closes, location=where)

    @rule(
        code=st.sampled_from(TRANSFERS),
        first=units,
        second=units,
        way=st.sampled_from([("WH1", "WH2"), ("WH2", "WH1"), ("WH1", "WH3")]),
    )
    def draft(self, code: str, first: int, second: int, way: tuple[str, str]) -> None:
        lines = {"A": first, "B": second}
        self.maybe(lambda: self.shop.draft(lines, code, source=way[0], target=way[1]))

    @rule(
        code=st.sampled_from(TRANSFERS),
        steps=st.sampled_from(
            [
                ("approve",),
                ("approve", "pick", "ship"),
                ("approve", "pick", "ship", "depart", "arrive"),
                ("depart",),
                ("close",),
                ("cancel",),
            ]
        ),
    )
    def go_on(self, code: str, steps: tuple[str, ...]) -> None:
        for step in steps:
            self.maybe(lambda step=step: self.shop.step(step, code))  # type: ignore[misc]

    @rule(
        code=st.sampled_from(TRANSFERS),
        line=st.integers(1, 2),
        qty=units,
        step=st.sampled_from(["pick", "ship"]),
    )
    def go_on_in_part(self, code: str, line: int, qty: int, step: str) -> None:
        self.maybe(lambda: self.shop.step(step, code, **{f"n{line}": qty}))

    @rule(
        code=st.sampled_from(TRANSFERS), line=st.integers(1, 2), qty=units, damaged=st.booleans(), where=place
    )
    def take_in(self, code: str, line: int, qty: int, damaged: bool, where: str) -> None:
        came = {"line": line, "qty": qty, "damaged": damaged}
        self.maybe(lambda: self.shop.take_in(came, code=code, place=where))

    @rule(code=st.sampled_from(TRANSFERS))
    def take_all_in(self, code: str) -> None:
        self.maybe(lambda: self.shop.take_in(code=code))

    @invariant()
    def each_unit_is_somewhere_once(self) -> None:
        for check in (check_claims, check_supplies, check_transfers):
            assert self.shop.ask(lambda conn, check=check: list(check(conn))) == []  # type: ignore[misc]

    @invariant()
    def every_law_holds(self) -> None:
        self.shop.prove()

    def teardown(self) -> None:
        self.shop.database.close()
        shutil.rmtree(self.folder)


TestOnTheWay = OnTheWay.TestCase
TestOnTheWay.settings = settings(max_examples=settings().max_examples // 10)
