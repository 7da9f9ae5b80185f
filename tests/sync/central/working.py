"""A workshop at WH1: units come into refurbish stock, and somebody works on them step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.domain.account import Account, Status
from app.domain.clock import to_text
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual, is_virtual
from sync.central.commands import work, work_ends
from sync.central.commands.catalogue import publish_policy
from sync.central.commands.upkeep import upkeep
from sync.central.commands.work_asked import (
    StepDone,
    WorkFinished,
    WorkGivenUp,
    WorkOpened,
    WorkStarted,
    WorkUndone,
)
from sync.central.store import work_orders
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.tables import account, balance, exception, journal_line
from tests.app.domain.policy.worked import WORKED
from tests.sync.central.shop import OWNER, STATION, Shop, open_shop

Json = dict[str, Any]
PLACES = ("F-01", "R-03", "HOLD-1", "HOLD-3", "Q-04", "WH1-A")


class Workshop:
    """A shop whose returns policy has work; units are told apart by their labels."""

    def __init__(self, shop: Shop, *, policy: str = WORKED) -> None:
        self.shop = shop
        shop.items(
            {"sku": "K", "name": "Kettle", "value_minor": 900},
            {"sku": "K-R", "name": "Kettle, refurbished", "value_minor": 600},
            {"sku": "BOX", "name": "Box", "value_minor": 40},
        )
        shop.sites(**dict.fromkeys(PLACES, "WH1"))
        if policy:
            shop.act(lambda act: publish_policy(act, policy))
        shop.receive({"K": 4}, cost_minor=4000)
        shop.receive({"BOX": 10}, cost_minor=400)

    def unit(self, label: str, grade: str = "B", sku: str = "K", qty: int = 1, **body: Any) -> str:
        """A bench puts units of a return into refurbish stock; the event."""
        customer, bench = Account(OWNER, sku, Virtual.CUSTOMER), self.bench(label, sku)
        return self.shop.at_station(
            EventKind.RETURN_DISPOSITIONED,
            [
                Move(qty, customer, bench, MoveKind.RETURN),
                Move(qty, bench, self.held(label, grade, sku), MoveKind.DISPOSE),
            ],
            rma="R-9",
            sku=sku,
            qty=qty,
            label=label,
            grade=grade,
            rule="5",
            **body,
        )

    @staticmethod
    def bench(label: str, sku: str = "K") -> Account:
        return Account(OWNER, sku, "BENCH-07", Status.RETURN_PENDING, label=label)

    @staticmethod
    def held(label: str, grade: str | None = "B", sku: str = "K") -> Account:
        """Where such a unit stands while it is worked on."""
        return Account(OWNER, sku, "F-01", Status.REFURBISH, label=label, grade=grade)

    def regrade(self, label: str, grade: str = "B", **to: Any) -> str:
        """A bench grades a unit again: it goes to the shelf, under another label; the event."""
        shelf = Account(OWNER, "K", "R-03", Status.SELLABLE, label=f"{label}-2", grade="A")
        move = Move(1, self.held(label, grade), to.get("target", shelf), MoveKind.DISPOSE)
        return self.shop.at_station(EventKind.RETURN_REGRADED, [move], sku="K", qty=1, label=f"{label}-2")

    def undo_at_bench(self, event_id: str, *moves: Move) -> str:
        """A bench takes back what it did."""
        back = [move.reversed("wrong") for move in reversed(moves)]
        return self.shop.at_station(EventKind.RETURN_UNDONE, back, corrects=event_id)

    # --- somebody works -------------------------------------------------------------------------------

    @property
    def now(self) -> str:
        return to_text(self.shop.clock.now())

    def orders(self, **which: Any) -> list[Json]:
        wanted, now = work_orders.Wanted(**which), self.shop.clock.now()
        page: Any = self.shop.ask(
            lambda conn: work_orders.listed(conn, wanted, None, 100, now=now, sites=None)
        )
        return list(page["work_orders"])

    def code(self) -> str:
        """The only order that is live."""
        (order,) = self.orders()
        return str(order["work_order"])

    def order(self, code: str) -> Json:
        now = self.shop.clock.now()
        return self.shop.ask(lambda conn: work_orders.document(conn, code, now))

    def open(self, **unit: Any) -> Json:
        asked = WorkOpened.model_validate({"owner": OWNER, "sku": "K", "at": self.now} | unit)
        return self.shop.act(lambda act: work.open_work(act, asked))

    def start(self, code: str) -> Json:
        return self.shop.act(lambda act: work.start(act, code, WorkStarted.model_validate({"at": self.now})))

    def step(self, code: str, result: str = "done", operator: str = "kim", **asked: Any) -> Json:
        told = StepDone.model_validate({"result": result, "at": self.now} | asked)
        return self.shop.act(lambda act: work.step(act, code, told), operator=operator)

    def finish(self, code: str, grade: str = "B", **asked: Any) -> Json:
        told = WorkFinished.model_validate({"grade": grade, "at": self.now} | asked)
        return self.shop.act(lambda act: work_ends.finish(act, code, told))

    def give_up(self, code: str, reason: str = "dead") -> Json:
        told = WorkGivenUp.model_validate({"reason": reason, "at": self.now})
        return self.shop.act(lambda act: work_ends.give_up(act, code, told))

    def undo(self, code: str, reason: str = "wrong") -> Json:
        told = WorkUndone.model_validate({"reason": reason, "at": self.now})
        return self.shop.act(lambda act: work_ends.undo_end(act, code, told))

    def done(self, label: str = "L-1", **step: Any) -> str:
        """An order of an opened unit all of whose steps are done."""
        self.unit(label)
        code = self.code()
        for _ in self.order(code)["steps"]:
            self.step(code, **step)
        return code

    def time_tells(self) -> int:
        return self.shop.act(upkeep).get("late", 0)

    # --- what is so -----------------------------------------------------------------------------------

    def stock(self, sku: str = "K") -> dict[str, int]:
        """Where units of an item stand, those that were bought left out: `{"F-01 refurbish B": 1}`."""
        asked = (
            select(balance.c.qty, *ACCOUNT_COLUMNS)
            .join_from(balance, account, account.c.id == balance.c.account)
            .where(account.c.item == sku, balance.c.qty != 0)
        )
        found = Counter[str]()
        for qty, *parts in self.shop.ask(lambda conn: conn.execute(asked).all()):
            held = account_of(parts)
            if not is_virtual(held.location) and held.label is not None:
                found[" ".join(filter(None, (held.location, held.status, held.grade)))] += qty
        return dict(found)

    def books(self) -> dict[str, int]:
        """What stands on each account of the books that is not at nothing."""
        rows = self.shop.ask(
            lambda conn: conn.execute(select(journal_line.c.book, journal_line.c.minor)).all()
        )
        found = Counter[str]()
        for book, minor in rows:
            found[book] += int(minor)
        return {book: minor for book, minor in found.items() if minor}

    def case(self, kind: str) -> Json:
        """The only open case of a kind."""
        asked = select(exception).where(exception.c.type == kind, exception.c.state == "open")
        (row,) = self.shop.ask(lambda conn: conn.execute(asked).all())
        return dict(row._mapping)


@contextmanager
def open_workshop(folder: Path, url: str | None = None, *, policy: str = WORKED) -> Iterator[Workshop]:
    """A workshop whose ledger is proven at the end."""
    with open_shop(folder, url) as shop:
        yield Workshop(shop, policy=policy)


__all__ = ["OWNER", "PLACES", "STATION", "Workshop", "open_workshop"]
