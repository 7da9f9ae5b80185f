"""A shop whose customers want something else for what they send back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.domain.account import Account, Status
from app.domain.clock import to_text
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.commands import refunds, replacing
from sync.central.commands.catalogue import publish_policy
from sync.central.commands.exchanges_asked import ReplacementDecision
from sync.central.commands.refunds import Payout, RefundNote
from sync.central.commands.return_exits import end
from sync.central.commands.return_exits_asked import ReturnExit
from sync.central.commands.returns import rma_document
from sync.central.store.journal_listing import Period, entries
from sync.central.store.refund_listing import listed
from tests.sync.central.shop import OWNER, POLICY, Shop, at, open_shop

AT_ONCE = (
    '[[refund]]\nid = "D"\nname = "opened: nothing"\ngrades = ["B"]\npercent = {b}\n'
    '[[refund]]\nid = "R"\nname = "all of it"\npercent = 100\napproved_up_to_minor = 99999\n'
)
Json = dict[str, Any]
EXCHANGE: Json = {"kind": "exchange"}
ADVANCE: Json = {"kind": "advance"}


class Exchanging(Shop):
    """Item A costs 10.00 with 2.00 of tax; L is a larger size of it."""

    def start(self, *, b_percent: int = 0) -> None:
        """Some of each on the shelf, and a policy that books refunds of good units at once."""
        self.items("A", "L")
        self.receive({"A": 9, "L": 9})
        source = POLICY.format(version="1", b_as_new="false") + AT_ONCE.format(b=b_percent)
        self.act(lambda act: publish_policy(act, source))

    def sold(self, qty: int = 1, *, ship: str = "available", **more: Any) -> str:
        """Somebody bought A a day ago; the order."""
        line = {"line": 1, "sku": "A", "qty": qty, "unit_minor": 1000, "tax_minor": 200 * qty}
        answer = self.order([line | {"currency": "GBP"}], ship=ship, customer="c-1", **more)
        if ship == "later":
            self.ship(str(answer["order"]))
        # What comes back on the day it left is asked about.
        self.clock.pass_by(days=1)
        return str(answer["order"])

    def wants(self, instead: Json, qty: int = 1) -> Json:
        """Authorizes a return of A with a replacement; the answer."""
        line = {"line": 1, "sku": "A", "qty": qty, "reason": "late", "instead": instead}
        return self.authorize([line], customer="c-1", at=to_text(self.now()))

    def back(self, rma: str, qty: int = 1, grade: str = "A") -> str:
        """A bench judges units of it; the event."""
        return self.disposition("A", qty, rma=rma, line=1, grade=grade)

    def undone(self, event_id: str, qty: int = 1, grade: str = "A") -> None:
        """The bench takes that back."""
        bench = Account(OWNER, "A", "BENCH-07", Status.RETURN_PENDING, label="L07-1-X")
        shelf = Account(OWNER, "A", "R-03", Status.SELLABLE, label="L07-1-X", grade=grade)
        moves = [
            Move(qty, shelf, bench, MoveKind.UNDO),
            Move(qty, bench, Account(OWNER, "A", Virtual.CUSTOMER), MoveKind.UNDO),
        ]
        self.at_station(EventKind.RETURN_UNDONE, moves, corrects=event_id, undoes="x", reason="wrong")

    def replacement(self, rma: str) -> Json:
        """The replacement of the first line."""
        found: Any = self.ask(lambda conn: rma_document(conn, rma))
        return dict(found["lines"][0]["replacement"])

    def state(self, rma: str) -> str:
        return str(self.replacement(rma)["state"])

    def refunds(self) -> list[Json]:
        found: Any = self.ask(lambda conn: listed(conn, None, None, None, 100))
        return list(found["refunds"])

    def approve(self, code: str) -> None:
        self.act(lambda act: refunds.approve(act, code, RefundNote()))

    def reject(self, code: str) -> None:
        self.act(lambda act: refunds.reject(act, code, RefundNote()))

    def pay(self, code: str, result: str) -> None:
        asked = Payout.model_validate({"result": result})
        self.act(lambda act: refunds.pay(act, code, asked))

    def ends(self, rma: str) -> None:
        asked = ReturnExit.model_validate({"reason": "r", "at": at(12)})
        self.act(lambda act: end(act, rma, asked))

    def decides(self, rma: str, decision: str) -> Json:
        asked = ReplacementDecision.model_validate({"decision": decision, "reason": "r"})
        return self.act(lambda act: replacing.decide(act, rma, 1, asked))

    def money(self) -> Json:
        """What stands on each account but those of stock and its cost."""
        found: dict[str, int] = {}
        for entry in self.ask(lambda conn: list(entries(conn, Period(OWNER)))):
            for account, minor, _, _ in entry.lines:
                name = account.partition(":")[2]
                found[name] = found.get(name, 0) + minor
        others = {"Inventory", "CostOfSales", "GoodsReceived", "CostVariance"}
        return {name: minor for name, minor in found.items() if minor and name not in others}


@contextmanager
def open_exchanging(
    folder: Path, url: str | None = None, *, b_percent: int = 0, prove: bool = True
) -> Iterator[Exchanging]:
    """Such a shop, whose ledger is proven at the end."""
    with open_shop(folder, url, prove=prove) as plain:
        plain.__class__ = Exchanging
        assert isinstance(plain, Exchanging)
        plain.start(b_percent=b_percent)
        yield plain
