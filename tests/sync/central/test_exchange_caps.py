"""Returns with replacements in any order of what people do about them: nothing is paid or promised twice."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import Connection, Select, select

from app.domain.account import Status
from app.domain.clock import to_text
from app.domain.refusal import Refused
from sync.central.commands import replacing
from sync.central.commands.catalogue import publish_policy
from sync.central.commands.exchanges_asked import ReplacementDecision, ReplacementPayment
from sync.central.commands.replacement_payments import pay
from sync.central.rules.outcomes import Conflict
from sync.central.rules.replacements import BLOCKED, State
from sync.central.store import moves
from sync.central.store.replacement_rows import standing
from sync.central.store.tables import customer_order, order_line, replacement, reservation
from tests.sync.central.exchanging import AT_ONCE
from tests.sync.central.shop import POLICY
from tests.sync.central.test_return_caps import SOLD, Caps

SPARE = 60
# What the old unit is worth, more, less, and a price whose tax does not divide.
PRICES = [(1000, 101), (1700, 0), (300, 30), (333, 100)]


class Exchanges(Caps):
    """The same two sales, whose customers want a larger size for what they send back."""

    def __init__(self) -> None:
        super().__init__()
        self.shop.items("L")
        self.shop.receive({"L": SPARE})
        source = POLICY.format(version="2", b_as_new="false") + AT_ONCE.format(b=0)
        self.shop.act(lambda act: publish_policy(act, source))

    # --- what people do -------------------------------------------------------------------------------

    @rule(
        kind=st.sampled_from(["exchange", "advance"]),
        qty=st.integers(1, 3),
        order=st.sampled_from([*SOLD]),
        price=st.sampled_from(PRICES),
    )
    def authorize_instead(self, kind: str, qty: int, order: str, price: tuple[int, int]) -> None:
        unit, tax = price
        instead = {"kind": kind, "sku": "L", "unit_minor": unit, "tax_minor": tax, "currency": "GBP"}
        line = {"line": 1, "sku": "A", "qty": qty, "reason": "late", "instead": instead}
        answer = self.shop.authorize([line], order=order, at=to_text(self.shop.now()))["lines"][0]
        found = answer["replacement"]
        assert (found is not None) == bool(answer["authorized"])
        if found is not None:
            # Reserved, or gone already, in the same act.
            got = found["lines"][0]
            assert got["reserved"] + got["shipped"] == answer["authorized"]

    @rule(which=st.integers(0, 9))
    @precondition(lambda self: self.replacements())
    def ship_it(self, which: int) -> None:
        with suppress(Conflict):
            self.shop.ship(self._one(which).order_code)

    @rule(which=st.integers(0, 9), qty=st.integers(1, 2))
    @precondition(lambda self: self.replacements())
    def cancel_it(self, which: int, qty: int) -> None:
        with suppress(Conflict):
            self.shop.cancel(self._one(which).order_code, lines=[{"line": 1, "qty": qty}])

    @rule(which=st.integers(0, 9), word=st.sampled_from(["charge", "waive"]))
    @precondition(lambda self: self.replacements())
    def finance_decides(self, which: int, word: str) -> None:
        row = self._one(which)
        asked = ReplacementDecision.model_validate({"decision": word, "reason": "r"})
        with suppress(Conflict):
            self.shop.act(lambda act: replacing.decide(act, row.rma, row.line, asked))

    @rule(which=st.integers(0, 9), minor=st.sampled_from([1, 700, 1400]))
    @precondition(lambda self: self.replacements())
    def the_customer_pays(self, which: int, minor: int) -> None:
        row = self._one(which)
        asked = ReplacementPayment.model_validate({"minor": minor, "currency": "GBP"})
        with suppress(Refused):
            self.shop.act(lambda act: pay(act, row.rma, row.line, asked))

    @rule(which=st.integers(0, 9))
    @precondition(lambda self: self.replacements())
    def a_bad_unit_comes(self, which: int) -> None:
        label = next(self._labels)
        code = self._one(which).rma
        self.undoable.append(self.shop.disposition("A", 1, rma=code, line=1, label=label, grade="B"))

    @rule(which=st.integers(0, 9))
    @precondition(lambda self: self.replacements())
    def a_good_unit_comes(self, which: int) -> None:
        label = next(self._labels)
        self.undoable.append(self.shop.disposition("A", 1, rma=self._one(which).rma, line=1, label=label))

    @rule(which=st.integers(0, 9))
    @precondition(lambda self: self.replacements())
    def somebody_suspects_fraud(self, which: int) -> None:
        code = self._one(which).order_code
        with suppress(Conflict, Refused):
            if self.shop.shown(code).get("block") == "fraud":
                self.shop.unblock(code)
            else:
                self.shop.block(code, "fraud")

    @rule(days=st.sampled_from([10, 20]))
    def days_pass(self, days: int) -> None:
        self.shop.clock.pass_by(days=days)
        self.shop.expire()

    # --- what always holds ----------------------------------------------------------------------------

    @invariant()
    def it_is_reserved_exactly_while_its_state_says_so(self) -> None:
        for row in self.replacements():
            line, head = self._line(row)
            live = line.qty - line.cancelled
            claims = select(reservation.c.qty).where(reservation.c.document == f"order:{row.order_code}")
            assert sum(self.shop.ask(partial(_scalars, asked=claims))) == line.reserved
            if row.state in {State.LAPSED, State.CANCELLED}:
                # What came back before it lapsed keeps its unit.
                assert line.reserved <= self.shop.ask(partial(standing, row=row)).units.kept
            else:
                assert line.reserved + line.shipped == live
            assert (row.state == State.CANCELLED) == (live == 0)
            if head.state == "open":
                assert (head.block is not None) or row.state not in BLOCKED

    @invariant()
    def no_unit_of_it_is_paid_for_twice(self) -> None:
        for row in self.replacements():
            found = self.shop.ask(partial(standing, row=row))
            assert found.units.opened + found.units.decided <= row.qty
            assert found.taken + row.decided_minor <= found.price.up_to(row.qty)
            assert 0 <= found.recovered <= row.waived
            assert 0 <= found.recovered_minor <= row.waived_minor

    def sellable_is_what_dispositions_made_so(self) -> None:
        """Of what was sold before, as in any return; the replacements are of another item."""
        asked = moves.MOVES.where(moves.SOURCE.c.item == "A")
        made = [moves.move_of(row) for row in self.shop.ask(lambda conn: conn.execute(asked).all())]
        grown = {entry.kind for entry in made if entry.target.status is Status.SELLABLE}
        assert grown <= {"receive", "dispose", "undo", "transfer"}, grown

    # --- looking --------------------------------------------------------------------------------------

    def replacements(self) -> list[Any]:
        asked = select(replacement).order_by(replacement.c.order_code)
        return list(self.shop.ask(lambda conn: conn.execute(asked).all()))

    def _one(self, which: int) -> Any:
        found = self.replacements()
        return found[which % len(found)]

    def _line(self, row: Any) -> tuple[Any, Any]:
        head = select(customer_order).where(customer_order.c.code == row.order_code)
        found: Any = self.shop.ask(lambda conn: conn.execute(head).one())
        mine = select(order_line).where(order_line.c.order == found.id)
        return self.shop.ask(lambda conn: conn.execute(mine).one()), found


def _scalars(conn: Connection, asked: Select[Any]) -> list[int]:
    return [int(found) for found in conn.scalars(asked)]


Exchanges.TestCase.settings = settings(max_examples=4, stateful_step_count=14)
TestExchanges = Exchanges.TestCase
