"""A centre without the web: commands run straight on a real database, with a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import insert

from app.domain.account import Account, Status
from app.domain.event import Event, EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.domain.signing import Ed25519Signer
from sync.central.audit import AuditReport, audit
from sync.central.commands.baskets import change, place, release
from sync.central.commands.baskets_asked import Basket, BasketChange
from sync.central.commands.capture import capture
from sync.central.commands.catalogue import publish_policy, put_locations
from sync.central.commands.counting import adjust
from sync.central.commands.fulfilment import ship_order
from sync.central.commands.items import put_items
from sync.central.commands.replacing import cancel
from sync.central.commands.requests import Cancellation, Count, Order, Receipt, Return, Shipment
from sync.central.commands.returns import authorize
from sync.central.commands.stock import receive
from sync.central.commands.upkeep import upkeep
from sync.central.rules.outcomes import Declined
from sync.central.store.act import Act
from sync.central.store.chain import CentreChain
from sync.central.store.database import create_database
from sync.central.store.journal import Fact
from sync.central.store.posting import post
from sync.central.store.tables import lot
from tests.centre import SeededIds
from tests.ready import ready
from tests.sync.central.dispatching import Dispatching
from tests.sync.central.sending import Sending
from tests.sync.central.shown import Shown

OWNER = "ACME"
PLACE = "WH1-A"
FAR = "WH2-A"
STATION = "5f" * 16
T = TypeVar("T")
Json = dict[str, Any]

POLICY = """
version = "{version}"
categories = ["default"]
[grade.A]
caption = "Like new"
number = 1
as_new = true
[grade.B]
caption = "Opened"
number = 2
as_new = {b_as_new}
[disposition.restock]
caption = "RESTOCK"
status = "sellable"
place = "R-03"
[disposition.hold_blind]
caption = "HOLD"
status = "quarantined"
reason = "blind_return"
place = "HOLD-1"
[disposition.hold_wrong_item]
caption = "HOLD"
status = "quarantined"
reason = "wrong_item"
place = "HOLD-1"
[reason]
late = "Came too late"
[[rule]]
id = "1"
name = "everything is put back"
grades = ["A", "B"]
categories = ["*"]
disposition = "restock"
"""


def _basket_lines(units: dict[str, int], more: Json) -> list[Json]:
    return [{"line": n, "sku": sku, "qty": qty} | more for n, (sku, qty) in enumerate(units.items(), 1)]


def at(day: int) -> str:
    """An instant on a day of January, as callers write it."""
    return f"2026-01-{day:02d}T09:00:00Z"


class Shop(Shown, Sending, Dispatching):
    """One owner's trade; quantities are given as `{sku: qty}`."""

    def __init__(self, url: str) -> None:
        super().__init__(create_database(ready(url)), OWNER)
        self.ids = SeededIds()
        self.chain = CentreChain(Ed25519Signer(bytes([7] * 32)), self.ids, self.clock, "0.1.0")
        with self.database.write() as conn:
            self.centre_id = self.chain.establish(conn)
        self._given = 0
        self._facts: list[Fact] = []
        self._gathering = False

    def act(self, do: Callable[[Act], T], operator: str = "sam") -> T:
        """Runs one command in one transaction."""
        now = self.clock.now()
        with self.database.write() as conn:
            return do(Act(conn, self.chain, operator, "request:1", now, now))

    def items(self, *skus: str | Json) -> None:
        """Makes items known, and two places at the site WH1."""
        documents = [
            {"sku": s, "name": f"Item {s}", "value_minor": 250} if isinstance(s, str) else s for s in skus
        ]
        answer = self.act(lambda act: put_items(act, documents))
        assert answer["rejected"] == []
        self.places(PLACE, "WH1-B")

    def places(self, *codes: str) -> None:
        """Makes bins known, each at the site its code begins with."""
        found = [{"code": code, "kind": "bin", "name": code, "site": code[:3]} for code in codes]
        self.act(lambda act: put_locations(act, found))

    def dated(self, sku: str, **lots: str) -> None:
        """Until when lots of an item are good (a date)."""
        rows = [{"sku": sku, "lot": code, "good_until": date} for code, date in lots.items()]
        self.act(lambda act: act.conn.execute(insert(lot), rows))

    def policy(self, version: str = "1", *, b_as_new: bool = False) -> None:
        source = POLICY.format(version=version, b_as_new=str(b_as_new).lower())
        self.act(lambda act: publish_policy(act, source))

    def receive(
        self,
        units: dict[str, int],
        *,
        place: str = PLACE,
        serials: Sequence[str] = (),
        lot: str | None = None,
        cost_minor: int | None = None,
    ) -> Json:
        """Goods from a supplier, each line for that cost; the far site is known once goods come there."""
        if place == FAR:
            self.places(FAR)
        more = {"serials": list(serials), "lot": lot, "cost_minor": cost_minor}
        lines = [{"line": n, "sku": sku, "qty": units[sku]} | more for n, sku in enumerate(units, 1)]
        asked = Receipt.model_validate(
            {"document": "PO-1", "owner": OWNER, "location": place, "at": at(1), "lines": lines}
        )
        return self.act(lambda act: receive(act, asked))

    def count(self, sku: str, difference: int, place: str = PLACE, **more: Any) -> Json:
        """A difference that a count found; `more` are its lot or its serial."""
        line = {"line": 1, "sku": sku, "difference": difference, "reason": "missing"} | more
        asked = Count.model_validate(
            {"document": "C-1", "owner": OWNER, "location": place, "at": at(2), "lines": [line]}
        )
        return self.act(lambda act: adjust(act, asked))

    def order(
        self, units: dict[str, int] | Sequence[Json], *, ship: str = "later", day: int = 3, **more: Any
    ) -> Json:
        """Captures an order; its code is counted up unless `order` gives one."""
        answer = self.try_order(units, **{"ship": ship, "at": at(day)} | more)
        assert not isinstance(answer, Declined), answer
        return answer

    def try_order(self, units: dict[str, int] | Sequence[Json], **more: Any) -> Json | Declined:
        """Captures an order, or is told why not."""
        asked = self._asked(units, more)
        return self.act(lambda act: capture(act, asked))

    def _asked(self, units: dict[str, int] | Sequence[Json], more: Json) -> Order:
        self._given += 1
        if more.get("site") == FAR[:3]:
            self.places(FAR)
        lines = (
            [{"line": n, "sku": sku, "qty": qty} for n, (sku, qty) in enumerate(units.items(), 1)]
            if isinstance(units, dict)
            else list(units)
        )
        order = {"order": f"o{self._given}", "owner": OWNER, "channel": "web", "at": at(3), "lines": lines}
        return Order.model_validate(order | more)

    def declined(self, units: dict[str, int] | Sequence[Json], **more: Any) -> Declined:
        """Captures an order that is not to wait and cannot be met."""
        answer = self.try_order(units, short="refuse", **more)
        assert isinstance(answer, Declined), answer
        return answer

    def hold(self, units: dict[str, int], *, minutes: int = 15, **more: Any) -> Any:
        """Places a basket claim; what goes into each line (a site, a lot) is given as `line`."""
        lines = _basket_lines(units, more.pop("line", {}))
        asked = {"owner": OWNER, "channel": "web", "minutes": minutes, "lines": lines} | more
        return self.act(lambda act: place(act, Basket.model_validate(asked)))

    def rehold(self, code: str, units: dict[str, int] | None = None, **more: Any) -> Any:
        """Gives a basket claim other lines, another end, or both."""
        asked = ({"lines": _basket_lines(units, {})} if units else {}) | more
        return self.act(lambda act: change(act, code, BasketChange.model_validate(asked)))

    def let_go(self, code: str) -> Json:
        """Releases a basket claim."""
        return self.act(lambda act: release(act, code))

    def expire(self) -> int:
        """Ends the baskets whose time is over, how many; and settles what is past its date."""
        return self.act(upkeep).get("baskets", 0)

    def ship(self, code: str, **asked: Any) -> Json:
        return self.act(lambda act: ship_order(act, code, Shipment.model_validate(asked)))

    def cancel(self, code: str, **asked: Any) -> Json:
        return self.act(lambda act: cancel(act, code, Cancellation.model_validate(asked)))

    def authorize(self, units: dict[str, int] | Sequence[Json], *, day: int = 9, **more: Any) -> Json:
        """Authorizes a return, against the customer's sales unless `order` is given."""
        lines = (
            [
                {"line": n, "sku": sku, "qty": qty, "reason": "late"}
                for n, (sku, qty) in enumerate(units.items(), 1)
            ]
            if isinstance(units, dict)
            else list(units)
        )
        match = {"match": "order" if "order" in more else "customer_sales"}
        asked = Return.model_validate({"owner": OWNER, "at": at(day), "lines": lines} | match | more)
        return self.act(lambda act: authorize(act, asked))

    def at_station(
        self,
        kind: str,
        moves: Sequence[Move] = (),
        origin: str = STATION,
        corrects: str | None = None,
        *,
        operator: str = "kim",
        **body: Any,
    ) -> str:
        """Posts an event of a station, as its receipt would; the chain of that station is not kept here."""
        event = Event(
            event_id=self.ids.event_id(0),
            kind=kind,
            subject=(),
            operator=operator,
            session="s",
            moves=tuple(moves),
            body=body,
            corrects=corrects,
        )
        self._facts.append(Fact(event, origin, self.clock.now()))
        if not self._gathering:
            self._post()
        return event.event_id

    def _post(self) -> None:
        facts, self._facts = self._facts, []
        if facts:
            with self.database.write() as conn:
                post(conn, facts, self.clock.now(), self.chain)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What stations do inside is posted at its end, in one batch."""
        self._gathering = True
        try:
            yield
        finally:
            self._gathering = False
        self._post()

    def disposition(
        self,
        sku: str,
        qty: int = 1,
        *,
        grade: str | None = "A",
        status: Status = Status.SELLABLE,
        serial: str | None = None,
        label: str | None = "L07-1-X",
        reason: str | None = None,
        origin: str = STATION,
        rma: str | None = None,
        line: int | None = None,
    ) -> str:
        """A bench puts units of a return where they belong."""
        bench = Account(OWNER, sku, "BENCH-07", Status.RETURN_PENDING, serial=serial, label=label)
        return self.at_station(
            EventKind.RETURN_DISPOSITIONED,
            [
                Move(qty, Account(OWNER, sku, Virtual.CUSTOMER, serial=serial), bench, MoveKind.RETURN),
                Move(
                    qty,
                    bench,
                    Account(
                        OWNER, sku, "R-03", status, serial=serial, label=label, grade=grade, reason=reason
                    ),
                    MoveKind.DISPOSE,
                ),
            ],
            origin=origin,
            rma=rma,
            line=line,
            sku=sku,
            qty=qty,
            label=label,
            grade=grade,
            serial=serial,
        )

    def audit(self) -> AuditReport:
        return audit(self.database)

    def prove(self) -> None:
        """Every law holds; events that `at_station` posted without a chain are the one thing forgiven."""
        report = self.audit()
        broken = [str(v) for v in report.violations if (v.law, v.subject) != ("facts", "posted events")]
        assert not broken, "\n".join(broken)

    def now(self) -> Any:
        return self.clock.now()


@contextmanager
def open_shop(folder: Path, url: str | None = None, *, prove: bool = True) -> Iterator[Shop]:
    """A shop whose ledger is proven at the end, unless a test breaks it on purpose."""
    shop = Shop(url or f"sqlite:///{folder / 'centre.db'}")
    try:
        yield shop
        if prove:
            shop.prove()
    finally:
        shop.database.close()
