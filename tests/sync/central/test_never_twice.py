"""No unit is ever promised twice, whatever comes in which order: a random trade against the laws.

After every step the promises are compared with an independent judge's, unit by unit, at every scope.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection, insert

from app.domain.account import Status
from app.domain.refusal import Refused
from app.domain.reservation import ANY, Scope
from sync.central.checks.claims import check_claims
from sync.central.checks.orders import check_orders
from sync.central.rules.outcomes import Declined
from sync.central.store.stock import look
from sync.central.store.tables import site_safety
from tests.sync.central.judge import Verdict, kit_scopes, most_kits, rebuilt
from tests.sync.central.shop import FAR, OWNER, PLACE, Shop

SKUS = ("A", "B", "KIT")
PARTS = {"A": 2, "B": 1}
KIT = {"sku": "KIT", "name": "kit", "kit": [{"sku": sku, "qty": qty} for sku, qty in PARTS.items()]}
SITES = {"WH1": PLACE, "WH2": FAR}
SOON, LATER = 5, 40
# The clock starts on 2026-11-22: one lot is good for a week, another for longer than any trade takes.
LOTS = {"L1": "2026-11-29", "L2": "2027-11-29"}
SCOPES = (
    ANY,
    Scope(site="WH1"),
    Scope(site="WH2"),
    Scope(lot="L1"),
    Scope(site="WH2", lot="L2"),
    Scope(grade="B"),
    Scope(fresh="2027-01-01"),
)
some_sku = st.sampled_from(SKUS)
single = st.sampled_from(SKUS[:2])
units = st.integers(1, 6)
place = st.sampled_from([PLACE, FAR])
maybe_site = st.sampled_from([None, None, *SITES])
maybe_lot = st.sampled_from([None, None, *LOTS])
some_line = st.fixed_dictionaries(
    {"sku": some_sku, "qty": units, "lot": maybe_lot, "grade": st.sampled_from([None, None, None, "B"])}
)
some_lines = st.lists(some_line, min_size=1, max_size=3)
Lines = list[dict[str, Any]]


def numbered(lines: Lines, **more: Any) -> Lines:
    return [{"line": n} | line | more for n, line in enumerate(lines, 1)]


class Trade(RuleBasedStateMachine):
    """Captures, baskets, receipts, shipments, cancellations, counts, returns, time: in any order."""

    url: Callable[[Path], str] = staticmethod(lambda folder: f"sqlite:///{folder / 'centre.db'}")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.shop = Shop(self.url(self.folder))
        self.orders: list[str] = []
        self.baskets: list[str] = []
        self.version = 1
        self.as_new = {"A"}

    @initialize()
    def begin(self) -> None:
        self.shop.items("A", {"sku": "B", "name": "B", "safety": 1, "min_remaining_days": SOON}, KIT)
        self.shop.places(FAR)
        self.shop.policy()
        for sku in SKUS:
            self.shop.dated(sku, **LOTS)
        self.shop.act(lambda act: act.conn.execute(insert(site_safety).values(sku="A", site="WH1", qty=1)))

    # --- stock ---

    @rule(sku=some_sku, qty=units, place=place, lot=maybe_lot)
    def receive(self, sku: str, qty: int, place: str, lot: str | None) -> None:
        self.shop.receive({sku: qty}, place=place, lot=lot)

    @rule(sku=single, difference=st.integers(-5, 5).filter(bool), place=place)
    def count(self, sku: str, difference: int, place: str) -> None:
        self.shop.count(sku, difference, place)

    @rule(sku=single, grade=st.sampled_from(["A", "B", None]), qty=st.integers(1, 2))
    def come_back(self, sku: str, grade: str | None, qty: int) -> None:
        before = self.shop.free(sku)
        self.shop.disposition(sku, qty, grade=grade, status=Status.SELLABLE)
        if grade is not None and grade not in self.as_new:
            assert self.shop.free(sku) == before

    @rule(sku=single, qty=units)
    def authorize(self, sku: str, qty: int) -> None:
        before = [self.shop.free(entry) for entry in SKUS]
        self.shop.authorize({sku: qty}, customer="c-1")
        assert [self.shop.free(entry) for entry in SKUS] == before

    @rule(grade_b=st.booleans())
    def publish(self, grade_b: bool) -> None:
        self.version += 1
        self.shop.policy(f"v{self.version}", b_as_new=grade_b)
        self.as_new = {"A", "B"} if grade_b else {"A"}

    @rule(days=st.sampled_from([0, SOON, LATER]))
    def ask_for_fresher(self, days: int) -> None:
        """How much of its life a unit must have left when it is promised."""
        self.shop.items({"sku": "A", "name": "A", "min_remaining_days": days})

    # --- orders ---

    @rule(sku=some_sku, qty=units)
    def capture_what_is_promised(self, sku: str, qty: int) -> None:
        """An order without wishes gets what was said to be available."""
        self.shop.expire()
        before = self.shop.atp(sku)
        answer = self.shop.order({sku: qty}, customer="c-1")
        self.orders.append(answer["order"])
        assert answer["lines"][0]["reserved"] == min(qty, before)

    @rule(
        lines=some_lines,
        life=st.sampled_from([0, 0, SOON, LATER]),
        terms=st.fixed_dictionaries(
            {
                "ship": st.sampled_from(["later", "available"]),
                "priority": st.integers(1, 3),
                "site": maybe_site,
                "fill": st.sampled_from([None, None, "complete"]),
                "claim": st.sampled_from([None, "soft"]),
            }
        ),
    )
    def capture(self, lines: Lines, life: int, terms: dict[str, Any]) -> None:
        before = {sku: self.shop.atp(sku) for sku in SKUS}
        answer = self.shop.order(numbered(lines, min_life_days=life), customer="c-1", **terms)
        self.orders.append(answer["order"])
        got = [line["reserved"] + line["shipped"] for line in answer["lines"]]
        if all(line["grade"] is None for line in lines):
            for sku in SKUS:
                of_sku = [n for line, n in zip(lines, got, strict=True) if line["sku"] == sku]
                assert sum(of_sku) <= before[sku]
        if terms["fill"]:
            assert got in ([line["qty"] for line in lines], [0] * len(lines))

    @rule(lines=some_lines, site=maybe_site)
    def capture_or_decline(self, lines: Lines, site: str | None) -> None:
        """What is declined leaves every promise as it was."""
        before, claims = [self.shop.atp(sku) for sku in SKUS], self.shop.claims()
        answer = self.shop.try_order(numbered(lines), short="refuse", site=site)
        if isinstance(answer, Declined):
            assert ([self.shop.atp(sku) for sku in SKUS], self.shop.claims()) == (before, claims)
        else:
            assert all(line["backordered"] == 0 for line in answer["lines"])
            self.orders.append(answer["order"])

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

    def try_one(self, data: st.DataObject, act: Callable[[str], object]) -> None:
        if self.orders:
            code = data.draw(st.sampled_from(self.orders))
            try:
                act(code)
            except Refused as no:
                assert no.code.startswith("order.")  # noqa: PT017 - a refusal is one of two right outcomes

    # --- baskets ---

    @rule(lines=some_lines, site=maybe_site, partial=st.booleans(), minutes=st.sampled_from([5, 60]))
    def hold(self, lines: Lines, site: str | None, partial: bool, minutes: int) -> None:
        before = [self.shop.atp(sku) for sku in SKUS]
        asked = numbered(lines, site=site)
        answer = self.shop.hold({}, lines=asked, partial=partial, minutes=minutes)
        if isinstance(answer, Declined):
            assert not partial
            assert [self.shop.atp(sku) for sku in SKUS] == before
        else:
            self.baskets.append(answer["hold"])

    @rule(data=st.data(), lines=st.none() | some_lines, partial=st.booleans())
    def rehold(self, data: st.DataObject, lines: Lines | None, partial: bool) -> None:
        asked = {"lines": numbered(lines), "partial": partial} if lines else {"minutes": 30}
        self.try_basket(data, lambda code: self.shop.rehold(code, **asked))

    @rule(data=st.data())
    def let_go(self, data: st.DataObject) -> None:
        self.try_basket(data, self.shop.let_go)

    @rule(data=st.data(), lines=some_lines, short=st.sampled_from(["backorder", "refuse"]))
    def take_over(self, data: st.DataObject, lines: Lines, short: str) -> None:
        if not self.baskets:
            return
        code, claims = data.draw(st.sampled_from(self.baskets)), self.shop.claims()
        try:
            answer = self.shop.try_order(numbered(lines), hold=code, short=short)
        except Refused as no:
            assert no.code == "hold.ended"  # noqa: PT017 - a refusal is one of the right outcomes
            return
        if isinstance(answer, Declined):
            assert short == "refuse"
            assert self.shop.claims() == claims
        else:
            self.orders.append(answer["order"])

    def try_basket(self, data: st.DataObject, act: Callable[[str], object]) -> None:
        if self.baskets:
            try:
                act(data.draw(st.sampled_from(self.baskets)))
            except Refused as no:
                assert no.code == "hold.ended"  # noqa: PT017 - a refusal is one of two right outcomes

    # --- time ---

    @rule(minutes=st.sampled_from([4, 20]))
    def wait(self, minutes: int) -> None:
        """Baskets expire by the clock alone; who ends them comes later."""
        self.shop.clock.pass_by(minutes=minutes)

    @rule()
    def expire(self) -> None:
        self.shop.expire()

    @rule()
    def sleep(self) -> None:
        """Days go by, and what goes with them is settled."""
        self.shop.clock.pass_by(days=3)
        self.shop.expire()

    # --- the laws ---

    @invariant()
    def promises_are_what_the_judge_says(self) -> None:
        self.shop.ask(self.judge)

    def judge(self, conn: Connection) -> None:
        now = self.shop.clock.now()
        verdicts = {sku: Verdict(conn, OWNER, sku, now, self.as_new) for sku in SKUS}
        stock = look(conn, OWNER, SKUS, now)
        assert stock.short == {}
        for sku, verdict in verdicts.items():
            assert verdict.unserved == 0
            pool = stock.pools[sku]
            assert stock.too_close.get(sku, 0) == verdict.judge.room(ANY) - verdict.promise(ANY)
            assert (pool.reserved, pool.basket) == (verdict.claimed["reserved"], verdict.claimed["basket"])
            for scope in SCOPES:
                expected = verdict.promise(scope)
                if sku == "KIT" and scope.lot is None and scope.grade is None:
                    judges = {part: verdicts[part].judge for part in PARTS}
                    least = {part: verdicts[part].least for part in PARTS}
                    expected += most_kits(PARTS, judges, kit_scopes(judges, scope, least))
                assert stock.offer.promise(sku, stock.kit(sku), scope) == expected >= 0
                assert stock.covers[sku].tight(scope).room == verdict.judge.room(scope)

    @invariant()
    def nothing_is_promised_twice(self) -> None:
        assert self.shop.ask(check_claims) == ()
        assert self.shop.ask(lambda conn: list(check_orders(conn))) == []

    @invariant()
    def balances_are_all_moves_added_up(self) -> None:
        folded, stored = self.shop.ask(rebuilt)
        assert folded == stored

    @invariant()
    def what_was_lost_is_told_once(self) -> None:
        cases = [case for case in self.shop.cases() if case in {"promise.lost", "allocation.failed"}]
        assert "allocation.failed" not in cases
        assert len(cases) <= len(SKUS)

    def teardown(self) -> None:
        self.shop.prove()
        self.shop.database.close()
        shutil.rmtree(self.folder)


TestTrade = Trade.TestCase
TestTrade.settings = settings(max_examples=settings().max_examples // 6)


@pytest.fixture
def on_postgres(cluster: Any) -> type[Trade]:
    """The same trade, each run of it in a database of its own on the server."""

    class OnPostgres(Trade):
        url = staticmethod(lambda _: cluster.ready())

    return OnPostgres


def test_the_same_on_postgresql(on_postgres: type[Trade]) -> None:
    few = settings(max_examples=max(1, settings().max_examples // 20), stateful_step_count=15)
    run_state_machine_as_test(on_postgres, settings=few)
