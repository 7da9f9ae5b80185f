"""Work in any order of steps, ends and second thoughts: one place, sellable by an end alone, and balance."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from app.domain.refusal import Refused
from sync.central.rules.work import WorkState
from sync.central.store.tables import journal_line
from tests.sync.central.shop import open_shop
from tests.sync.central.working import Workshop

_PARTS = st.sampled_from([[], [{"sku": "BOX", "qty": 1}], [{"sku": "BOX", "qty": 7}]])


class Working(RuleBasedStateMachine):
    """Units come at a bench and are worked on; what is refused changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._open = open_shop(Path(self._folder.name))
        self.workshop = Workshop(self._open.__enter__())
        self.came = 0

    def teardown(self) -> None:
        try:
            self._open.__exit__(None, None, None)
        finally:
            self._folder.cleanup()

    def _sellable(self) -> int:
        """Sellable units of returns."""
        places = {**self.workshop.stock("K"), **self.workshop.stock("K-R")}
        return sum(qty for place, qty in places.items() if "sellable" in place)

    def _codes(self) -> list[str]:
        live = [order["work_order"] for order in self.workshop.orders()]
        ended = (WorkState.DONE, WorkState.GIVEN_UP, WorkState.CANCELLED)
        return [*live, *(one["work_order"] for state in ended for one in self.workshop.orders(state=state))]

    @rule(grade=st.sampled_from("BC"))
    def come(self, grade: str) -> None:
        self.came += 1
        self.workshop.unit(f"L-{self.came}", grade)

    @rule(
        pick=st.integers(0, 9),
        parts=_PARTS,
        cost=st.integers(0, 900),
        result=st.sampled_from(["done", "done", "done", "skipped", "failed"]),
    )
    def step(self, pick: int, parts: list[Any], cost: int, result: str) -> None:
        before = self._sellable()
        self._try(
            pick, lambda code: self.workshop.step(code, result, parts=parts, cost_minor=cost, reason="r")
        )
        assert self._sellable() == before

    @rule(pick=st.integers(0, 9), grade=st.sampled_from("ABC"), sku=st.sampled_from([None, "K-R"]))
    def finish(self, pick: int, grade: str, sku: str | None) -> None:
        self._try(pick, lambda code: self.workshop.finish(code, grade, sku=sku))

    @rule(pick=st.integers(0, 9))
    def give_up(self, pick: int) -> None:
        before = self._sellable()
        self._try(pick, self.workshop.give_up)
        assert self._sellable() == before

    @rule(pick=st.integers(0, 9))
    def take_back(self, pick: int) -> None:
        before = self._sellable()
        self._try(pick, self.workshop.undo)
        assert self._sellable() <= before

    @rule(pick=st.integers(0, 9))
    def grade_again(self, pick: int) -> None:
        orders = self.workshop.orders()
        if orders:
            order = orders[pick % len(orders)]
            self.workshop.regrade(order["label"], order["grade"])

    @rule(hours=st.integers(1, 90))
    def time_passes(self, hours: int) -> None:
        self.workshop.shop.clock.pass_by(hours=hours)
        self.workshop.time_tells()

    def _try(self, pick: int, do: Any) -> None:
        codes = self._codes()
        if codes:
            with suppress(Refused):
                do(codes[pick % len(codes)])

    @invariant()
    def each_unit_is_in_one_place(self) -> None:
        places = [*self.workshop.stock("K").values(), *self.workshop.stock("K-R").values()]
        assert sum(places) == self.came
        assert all(qty > 0 for qty in places)

    @invariant()
    def an_order_stands_for_each_unit_that_is_refurbished(self) -> None:
        standing = sum(qty for place, qty in self.workshop.stock("K").items() if "refurbish" in place)
        assert len(self.workshop.orders()) == standing

    @invariant()
    def entries_balance(self) -> None:
        asked = select(journal_line.c.event, journal_line.c.entry, journal_line.c.minor)
        sums: dict[tuple[int, int], int] = {}
        for event, entry, minor in self.workshop.shop.ask(lambda conn: conn.execute(asked).all()):
            sums[event, entry] = sums.get((event, entry), 0) + int(minor)
        assert not any(sums.values())


TestWorking = Working.TestCase
TestWorking.settings = settings(max_examples=5, stateful_step_count=12, deadline=None)
