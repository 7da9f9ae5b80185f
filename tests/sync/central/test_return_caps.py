"""Returns in any order of what people do about them: caps and laws hold after each step."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import func, select

from app.domain.account import Status
from app.domain.event import EventKind
from app.domain.move import Move
from app.domain.refusal import Refused
from sync.central.commands import refunds
from sync.central.commands.catalogue import publish_policy, put_locations
from sync.central.commands.refunds import CreditAsked, Payout, RefundNote
from sync.central.commands.return_exits import end
from sync.central.commands.return_exits_asked import ReturnExit, Reversal
from sync.central.commands.reversing import reverse
from sync.central.rules.books import Book
from sync.central.rules.discards import AWAITING
from sync.central.rules.outcomes import Conflict, Forbidden, Missing
from sync.central.rules.refunds import FREES
from sync.central.store import moves, return_sheets
from sync.central.store.refunds import payable_of
from sync.central.store.remainders import REMAINDER
from sync.central.store.tables import (
    account,
    balance,
    blind_unit,
    customer_order,
    event,
    exception,
    journal_line,
    move,
    order_line,
    refund,
    rma,
    sale_worth,
    stock_worth,
    write_off,
)
from tests.books_recomputed import value_of_stock
from tests.sync.central.blind import came, matched, with_bench
from tests.sync.central.discarding import discard, says
from tests.sync.central.shop import Shop, at
from tests.sync.central.unit_words import SHIPPED, back, decide, keep_unnamed, name

SOLD = {"o-1": 2, "o-2": 1}
COSTS = 203, 777


class Returned(RuleBasedStateMachine):
    """Two sales of one item, what always holds of what comes back of them, and how to look."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.shop = with_bench(Shop(f"sqlite:///{Path(self._folder.name) / 'centre.db'}"))
        self.shop.items("A")
        places = ("R-03", "F-01", "HOLD-1", "HOLD-2", "HOLD-3")
        bins = [{"code": code, "kind": "bin", "name": code, "site": "WH1"} for code in places]
        self.shop.act(lambda act: put_locations(act, bins))
        self.shop.act(lambda act: publish_policy(act, SHIPPED))
        for (code, qty), cost in zip(SOLD.items(), COSTS, strict=True):
            self.shop.receive({"A": qty}, cost_minor=cost)
            line = {
                "line": 1,
                "sku": "A",
                "qty": qty,
                "unit_minor": 1000,
                "tax_minor": 101,
                "currency": "GBP",
            }
            self.shop.order([line], ship="available", customer="c-1", order=code)
        self._labels = (f"L07-{n}-X" for n in itertools.count(1))
        self.undoable = list[str]()
        self.waiting = list[str]()
        self.labels = list[str]()
        self.things = list[str]()

    def teardown(self) -> None:
        self.shop.database.close()
        self._folder.cleanup()

    # --- what always holds ----------------------------------------------------------------------------

    @invariant()
    def no_sale_takes_back_more_than_was_sold(self) -> None:
        rows = self.shop.ask(lambda conn: conn.execute(select(order_line)).all())
        assert all(0 <= row.returned <= row.shipped for row in rows)

    @invariant()
    def no_more_goes_back_than_was_paid(self) -> None:
        rows = self.shop.ask(lambda conn: conn.execute(select(sale_worth)).all())
        for row in rows:
            mine = [found for found in self._refunds() if found.order == row.order]
            live = [found for found in mine if found.state not in FREES]
            given = tuple(sum(getattr(one, name) for one in live) for name in ("qty", "base_net", "base_tax"))
            assert given == (row.credited, row.credited_net, row.credited_tax)
            assert row.credited <= row.qty
            assert sum(one.net + one.tax for one in live) <= row.net + row.tax
            if row.credited == row.qty:
                # All of its units: all of its price, to the cent.
                given_up = [one for one in mine if one.rule == REMAINDER and one.state in FREES]
                assert given_up or (row.credited_net, row.credited_tax) == (row.net, row.tax)

    @invariant()
    def the_books_owe_what_refunds_say(self) -> None:
        owed = sum(payable_of(n) for n in self._refunds() if n.state in {"posted", "paying", "failed"})
        asked = select(func.coalesce(func.sum(journal_line.c.minor), 0)).where(
            journal_line.c.book == Book.REFUNDS_DUE.value
        )
        assert self.shop.ask(lambda conn: conn.scalar(asked)) == -owed

    @invariant()
    def the_stock_is_worth_what_another_count_of_the_moves_says(self) -> None:
        asked = select(func.sum(stock_worth.c.qty), func.sum(stock_worth.c.value))
        kept = tuple(self.shop.ask(lambda conn: conn.execute(asked).one()))
        assert kept == self.shop.ask(value_of_stock)

    @invariant()
    def every_law_holds(self) -> None:
        self.shop.prove()

    @invariant()
    def sellable_is_what_dispositions_made_so(self) -> None:
        sellable, disposed = 0, 0
        asked = moves.MOVES.where(moves.SOURCE.c.item == "A")
        for row in self.shop.ask(lambda conn: conn.execute(asked).all()):
            entry = moves.move_of(row)
            change = entry.qty * (
                (entry.target.status is Status.SELLABLE) - (entry.source.status is Status.SELLABLE)
            )
            sellable += change
            if entry.kind in {"dispose", "undo"}:
                disposed += change
        assert sellable == disposed
        stored = select(func.sum(balance.c.qty)).where(balance.c.status == "sellable")
        assert (self.shop.ask(lambda conn: conn.scalar(stored)) or 0) == sellable

    @invariant()
    def each_blind_unit_that_waits_has_one_open_case(self) -> None:
        units = select(blind_unit.c.case_key).where(blind_unit.c.state == "waiting")
        asked = select(exception.c.key, exception.c.fix).where(
            exception.c.state == "open", exception.c.key.in_(select(blind_unit.c.case_key))
        )
        waiting = self.shop.ask(lambda conn: sorted(conn.scalars(units)))
        cases = self.shop.ask(lambda conn: conn.execute(asked).all())
        # A unit that was taken back after its match is told about, too.
        told = {row.key for row in cases if "match and its refund" in row.fix}
        assert sorted({row.key for row in cases} - told) == [key for key in waiting if key not in told]

    @invariant()
    def each_unit_that_waits_to_be_written_off_is_asked_for_once(self) -> None:
        held = (
            select(account.c.id, balance.c.qty)
            .join_from(balance, account)
            .where(account.c.reason == AWAITING, balance.c.qty > 0)
        )
        asked = select(write_off.c.account, func.sum(write_off.c.qty)).group_by(write_off.c.account)
        rows = self.shop.ask(lambda conn: conn.execute(asked.where(write_off.c.account.is_not(None))).all())
        found = {row[0]: int(row[1]) for row in rows}
        assert found == {row.id: int(row.qty) for row in self.shop.ask(lambda conn: conn.execute(held).all())}

    @invariant()
    def every_unit_is_in_one_place(self) -> None:
        """What came and went of each label is there, once, or its account answers for what is missing."""
        short = (
            select(account.c.label)
            .join_from(balance, account)
            .where(balance.c.qty < 0, account.c.label != "")
        )
        held = (
            select(account.c.label, func.count().label("places"))
            .join_from(balance, account)
            .where(balance.c.qty > 0, account.c.label != "")
            .group_by(account.c.label)
        )
        below = set(self.shop.ask(lambda conn: conn.scalars(short).all()))
        rows = self.shop.ask(lambda conn: conn.execute(held).all())
        assert all(row.places == 1 for row in rows if row.label not in below)

    def _refunds(self) -> list[Any]:
        return list(self.shop.ask(lambda conn: conn.execute(select(refund)).all()))

    # --- looking --------------------------------------------------------------------------------------

    def _with_rma(self, which: int, do: Callable[[str], Any]) -> None:
        codes = self._rmas()
        if codes:
            do(codes[which % len(codes)])

    def _rmas(self) -> list[str]:
        return self.shop.ask(lambda conn: list(conn.scalars(select(rma.c.code).order_by(rma.c.code))))

    def _left(self, order: str | None) -> int:
        asked = select(customer_order.c.code, order_line.c.shipped - order_line.c.returned).join_from(
            order_line, customer_order, customer_order.c.id == order_line.c.order
        )
        asked = asked.where(customer_order.c.code.in_(SOLD))
        left = {code: int(qty) for code, qty in self.shop.ask(lambda conn: conn.execute(asked).all())}
        return left[order] if order else sum(left.values())

    def _moves(self, event_id: str) -> list[Move]:
        number = select(event.c.id).where(event.c.event_id == event_id).scalar_subquery()
        asked = moves.MOVES.where(move.c.event == number).order_by(move.c.n.desc())
        rows = self.shop.ask(lambda conn: conn.execute(asked).all())
        return [moves.move_of(row).reversed("undo at the bench") for row in rows]

    def _was_taken_back(self, event_id: str) -> bool:
        asked = select(event.c.id).where(event.c.corrects == event_id)
        return self.shop.ask(lambda conn: conn.execute(asked).first()) is not None


class Caps(Returned):
    """Whatever people do about what comes back."""

    @rule(qty=st.integers(1, 3), order=st.sampled_from([None, *SOLD]))
    def authorize(self, qty: int, order: str | None) -> None:
        left = self._left(order)
        more: dict[str, Any] = {"order": order} if order else {"customer": "c-1"}
        line = self.shop.authorize({"A": qty}, **more)["lines"][0]
        # Never more than is out, and what is not authorized is said.
        assert (line["authorized"], line["blind"]) == (min(qty, left), qty - min(qty, left))

    @rule(which=st.integers(0, 9))
    def arrive(self, which: int) -> None:
        self._with_rma(which, lambda code: self.shop.at_station(EventKind.RETURN_ARRIVED, rma=code))

    @rule(which=st.integers(0, 9), qty=st.integers(1, 2))
    def dispose(self, which: int, qty: int) -> None:
        def work(code: str) -> None:
            label = next(self._labels)
            self.labels.append(label)
            self.undoable.append(self.shop.disposition("A", qty, rma=code, line=1, label=label))

        self._with_rma(which, work)

    @rule()
    def come_blind(self) -> None:
        label = next(self._labels)
        self.undoable.append(came(self.shop, label))
        self.waiting.append(label)
        self.labels.append(label)

    @rule(which=st.integers(0, 9), qty=st.integers(1, 2))
    def discard(self, which: int, qty: int) -> None:
        def work(code: str) -> None:
            label = next(self._labels)
            self.labels.append(label)
            self.undoable.append(discard(self.shop, label, qty, rma=code, line=1, grade="D"))

        self._with_rma(which, work)

    @rule(which=st.integers(0, 9), decision=st.sampled_from(["approve", "reject"]))
    def decide_write_off(self, which: int, decision: str) -> None:
        asked = select(write_off.c.code).order_by(write_off.c.code)
        codes = self.shop.ask(lambda conn: list(conn.scalars(asked)))
        if codes:
            with suppress(Conflict, Forbidden):
                says(self.shop, codes[which % len(codes)], decision)

    @rule(which=st.integers(0, 9), way=st.sampled_from(["restock", "refurbish", "quarantine", "scrap"]))
    def decide_otherwise(self, which: int, way: str) -> None:
        if self.labels:
            with suppress(Conflict, Missing):
                decide(self.shop, self.labels[which % len(self.labels)], way)

    @rule(which=st.integers(0, 9))
    def take_a_word_back(self, which: int) -> None:
        if self.labels:
            with suppress(Conflict, Missing):
                back(self.shop, self.labels[which % len(self.labels)])

    @rule(which=st.integers(0, 9), on_return=st.booleans())
    def keep_without_a_name(self, which: int, on_return: bool) -> None:
        label = next(self._labels)
        codes = self._rmas() if on_return else []
        kept = keep_unnamed(self.shop, label, codes[which % len(codes)] if codes else None)
        self.undoable.append(kept)
        self.things.append(label)

    @rule(which=st.integers(0, 9), grade=st.sampled_from(["A", "B", "D", None]))
    def name_a_thing(self, which: int, grade: str | None) -> None:
        if self.things:
            label = self.things[which % len(self.things)]
            with suppress(Conflict):
                answer = name(self.shop, label, grade=grade)
                self.labels.append(label)
                if answer["rma"] is None:
                    self.waiting.append(label)

    @rule(which=st.integers(0, 9))
    def undo(self, which: int) -> None:
        if not self.undoable:
            return
        event_id = self.undoable.pop(which % len(self.undoable))
        if self._was_taken_back(event_id):
            return
        moved = self._moves(event_id)
        self.shop.at_station(
            EventKind.RETURN_UNDONE, moved, corrects=event_id, undoes="return.dispositioned", reason="r"
        )

    @rule(which=st.integers(0, 9), order=st.sampled_from([*SOLD]))
    def match(self, which: int, order: str) -> None:
        if not self.waiting:
            return
        label, left = self.waiting[which % len(self.waiting)], self._left(order)
        try:
            matched(self.shop, label, order=order)
            refused = ""
        except Conflict as no:
            refused = no.code
        assert (refused in {"", "blind.matched", "blind.taken_back"}) or (left == 0), refused

    @rule(which=st.integers(0, 9))
    def cancel(self, which: int) -> None:
        def do(code: str) -> None:
            asked = ReturnExit.model_validate({"reason": "r", "at": at(12)})
            with suppress(Conflict):
                self.shop.act(lambda act: end(act, code, asked))

        self._with_rma(which, do)

    @rule(which=st.integers(0, 9), deed=st.integers(0, 9))
    def reverse(self, which: int, deed: int) -> None:
        def do(code: str) -> None:
            deeds = self.shop.ask(lambda conn: return_sheets.deeds_of(conn, code))
            if not deeds:
                return
            event_id = deeds[deed % len(deeds)].event_id
            asked = Reversal.model_validate({"event_id": event_id, "reason": "r", "at": at(12)})
            with suppress(Conflict, Missing):
                self.shop.act(lambda act: reverse(act, code, asked))

        self._with_rma(which, do)

    @rule(
        which=st.integers(0, 9),
        to=st.sampled_from(["approve", "reject", "paid", "failed", "begun", "reverse"]),
    )
    def decide_money(self, which: int, to: str) -> None:
        codes = self.shop.ask(lambda conn: list(conn.scalars(select(refund.c.code).order_by(refund.c.code))))
        if not codes:
            return
        code, note = codes[which % len(codes)], RefundNote()
        with suppress(Conflict):
            if to in {"paid", "failed", "begun"}:
                asked = Payout.model_validate({"result": to})
                self.shop.act(lambda act: refunds.pay(act, code, asked))
            else:
                self.shop.act(lambda act: getattr(refunds, to)(act, code, note))

    @rule(which=st.integers(0, 9), what=st.sampled_from([{"qty": 1}, {"qty": 2}, {"net_minor": 700}]))
    def credit_without_goods(self, which: int, what: dict[str, int]) -> None:
        def do(code: str) -> None:
            asked = CreditAsked.model_validate({"line": 1, "reason": "kept"} | what)
            with suppress(Refused):
                self.shop.act(lambda act: refunds.credit(act, code, asked))

        self._with_rma(which, do)


Caps.TestCase.settings = settings(max_examples=5, stateful_step_count=12)
TestCaps = Caps.TestCase
