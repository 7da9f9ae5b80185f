"""A centre after an honest and busy day: two benches, every kind of record, most kinds of case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from app.domain.account import Account, Status
from app.domain.envelope import Envelope
from app.domain.laws import Violation
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.domain.signing import Ed25519Signer
from sync.central.audit import AuditReport, audit, audit_connection
from sync.central.commands.requests import Decision, WriteOff
from sync.central.commands.write_offs import decide, request
from sync.central.store.database import Database
from sync.central.store.enrolment import enrol, issue_code, lock_station
from sync.central.store.receipt import receive
from sync.central.store.tables import event, receipt
from sync.wire.answers import Answer
from sync.wire.messages import Enrol, Push
from sync.wire.sealed import Sealed, sealed
from tests.sync.central.receiving import Bench
from tests.sync.central.shop import OWNER, PLACE, Shop, at

T = TypeVar("T")
KIT = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}
SERIAL = {"sku": "S", "name": "S", "tracking": "serial", "value_minor": 900}


class _BackAgain(Exception):  # noqa: N818 - no error: how a transaction is left without a trace
    pass


def update(table: str, change: str, where: str) -> str:
    """A planted change."""
    return f"UPDATE {table} SET {change} WHERE {where}"  # noqa: S608 - made of this test's own words


def delete(table: str, where: str) -> str:
    """A planted loss."""
    return f"DELETE FROM {table} WHERE {where}"  # noqa: S608 - made of this test's own words


class Busy:
    """The centre of that day; what is planted in it is gone again once it was audited."""

    def __init__(self, url: str) -> None:
        self.shop = Shop(url)
        self.one = Bench()
        self.two = Bench(Ed25519Signer(bytes(range(32, 64))), "6a" * 16)
        self.rma = self.serial_rma = ""
        self._stock_and_orders()
        for bench in (self.one, self.two):
            self._enrol(bench)
        self._returns()
        self._what_does_not_fit()
        self._write_offs()
        self.names = self.shop.ask(self._names)

    def _names(self, conn: Connection) -> dict[str, str]:
        """Stations, RMAs and events as the planted faults call them."""
        centres = select(event.c.event_id).where(event.c.origin == "centre").order_by(event.c.id)
        received, _, sold, serial, *_, scrapped = conn.scalars(centres)
        evidence = conn.scalar(select(receipt.c.event_id).where(receipt.c.state == "evidence")) or ""
        return {
            "one": self.one.station_id,
            "two": self.two.station_id,
            "rma": self.rma,
            "serial_rma": self.serial_rma,
            "received": received,
            "sold": sold,
            "sold_serial": serial,
            "scrapped": scrapped,
            "evidence": evidence[:12],
            **{f"e{envelope.seq}": envelope.event_id for envelope in self.one.events},
        }

    @property
    def database(self) -> Database:
        """The centre's database."""
        return self.shop.database

    def audit(self) -> AuditReport:
        """The audit of the day as it was."""
        return audit(self.database)

    def planted(self, *changes: str) -> tuple[Violation, ...]:
        """What the audit finds after these changes of rows, which do not last; `{name}` is one of `names`."""
        return self.after(lambda conn: audit_connection(conn).violations, *changes)

    def after(self, ask: Callable[[Connection], T], *changes: str) -> T:
        """An answer after such changes, which do not last."""
        found = list[T]()
        with suppress(_BackAgain), self.database.write() as conn:
            for change in changes:
                written = change.format_map(self.names)
                assert conn.exec_driver_sql(written).rowcount > 0, f"changes nothing: {written}"
            found.append(ask(conn))
            raise _BackAgain
        return found[0]

    def broken(self, *changes: str) -> set[str]:
        """The same as texts of law and subject."""
        return {f"{violation.law}: {violation.subject}" for violation in self.planted(*changes)}

    def named(self, *expected: str) -> set[str]:
        """Texts with names put in."""
        return {text.format_map(self.names) for text in expected}

    def push(self, bench: Bench, *events: Envelope | Sealed) -> Answer:
        """One push of a bench."""
        parts = tuple(sealed(entry) if isinstance(entry, Envelope) else entry for entry in events)
        with self.database.write() as conn:
            caller = lock_station(conn, bench.station_id)
            return receive(conn, caller, Push(1, parts), self.shop.clock.now(), self.shop.chain)

    def _enrol(self, bench: Bench) -> None:
        now, secret = self.shop.clock.now(), self.shop.ids.secret(16)
        with self.database.write() as conn:
            issued = issue_code(
                conn, secret, name="Bench", site="WH1", owner=OWNER, now=now, life=timedelta(minutes=9)
            )
            asked = Enrol(issued.code, bench.station_id, bench.install_id, bench.signer.public_key, "mine")
            enrol(conn, asked, now)

    def _stock_and_orders(self) -> None:
        shop = self.shop
        shop.items("A", "B", SERIAL, KIT)
        shop.policy()
        shop.receive({"A": 20, "B": 6})
        shop.receive({"S": 3}, serials=["s1", "s2", "s3"])
        shop.order({"A": 2, "B": 1}, ship="available", customer="c-1")
        shop.order({"A": 3}, customer="c-2", priority=5)
        for serial, ship in (("s1", "available"), ("s2", "later")):
            line = {"line": 1, "sku": "S", "qty": 1, "serials": [serial]}
            shop.order([line], ship=ship, customer="c-1")
        shop.order({"KIT": 2}, customer="c-3")
        shop.order({"B": 9, "A": 1}, customer="c-3")
        shop.cancel("o6", lines=[{"line": 1, "qty": 1}])
        shop.ship("o6", lines=[{"line": 2, "qty": 1}])
        shop.order([{"line": 1, "sku": None, "qty": 1, "description": "gift card"}])
        shop.order({"B": 1})
        shop.cancel("o8")

    def _returns(self) -> None:
        self.rma = self.shop.authorize({"A": 2, "B": 1}, customer="c-1")["rma"]
        named = [{"line": 1, "sku": "S", "qty": 1, "reason": "late", "serials": ["s1"]}]
        self.serial_rma = self.shop.authorize(named, order="o3")["rma"]
        self.shop.clock.pass_by(minutes=5)
        one, rma = self.one, self.rma
        arrived = self.record(one, kind="return.arrived", subject=(f"rma:{rma}",), body={"rma": rma})
        done = self.disposition(one, "A", rma=rma, line=1)
        undone = self.disposition(one, "A", rma=rma, line=1)
        moves = tuple(move.reversed("wrong") for move in reversed(_moves("A", 3)))
        undo = self.record(
            one,
            kind="return.undone",
            subject=(f"event:{undone.event_id}",),
            corrects=undone.event_id,
            moves=moves,
            body={"undoes": "return.dispositioned", "reason": "wrong"},
        )
        missing = {"rma": rma, "missing": [{"line": 2, "qty": 1}]}
        finished = self.record(one, kind="return.finished", subject=(f"rma:{rma}",), body=missing)
        self.push(one, arrived, done, undone, undo, finished)
        self.push(one, self.disposition(one, "A"), self.disposition(one, "A", rma="R-77-7", line=1))

    def _what_does_not_fit(self) -> None:
        one, two = self.one, self.two
        stuck = self.record(one, subject=("label:L-9",), body={"rma": 5}, moves=())
        behind = self.disposition(one, "A", subject=("label:L-9",))
        novel = self.record(one, kind="tariff.changed", subject=("tariff:1",), body={}, moves=())
        shipped = self.record(
            one,
            kind="order.shipped",
            subject=("order:o2",),
            moves=(Move(1, _shelf("A"), _customer("A"), MoveKind.SHIP, document="o2"),),
            body={"order": "o2", "lines": [{"line": 1, "sku": "A", "qty": 1}]},
        )
        short = self.record(
            one,
            kind="stock.adjusted",
            subject=(),
            body={},
            moves=(Move(3, _shelf("B", "WH1-B"), _customer("B"), MoveKind.SHIP),),
        )
        self.push(one, stuck, behind, novel, shipped, short)
        again = self.disposition(two, "A", number=2, event_id=one.events[1].event_id, rma=self.rma, line=1)
        other = self.disposition(two, "B", number=9, event_id=one.events[5].event_id)
        self.push(two, again, other)
        honest = self.disposition(two, "A")
        self.push(two, replace(sealed(honest), facts=b"{}"))
        self.push(two, honest)

    def _write_offs(self) -> None:
        for code, word in (("W-A", None), ("W-B", "reject"), ("W-C", "approve")):
            asked = WriteOff.model_validate(
                {"write_off": code, "owner": OWNER, "sku": "A", "qty": 2, "reason": "broken", "at": at(5)}
            )
            self.shop.act(lambda act, asked=asked: request(act, asked))  # type: ignore[misc]
            if word:
                said = Decision.model_validate({"decision": word, "at": at(6)})
                self.shop.act(
                    lambda act, code=code, said=said: decide(act, code, said),  # type: ignore[misc]
                    operator="ann",
                )

    def record(self, bench: Bench, **parts: object) -> Envelope:
        """An event of a bench without a private part, sealed and not pushed."""
        return bench.record(**({"moves": (), "private": None} | parts))

    def disposition(self, bench: Bench, sku: str, number: int | None = None, **parts: Any) -> Envelope:
        """One unit from a customer to the returns shelf; `number` tells units apart."""
        number = number or len(bench.events) + 1
        body = {name: parts.pop(name, None) for name in ("rma", "line")}
        whole: dict[str, Any] = {
            "kind": "return.dispositioned",
            "subject": (f"label:L-{bench.station_id[:2]}-{number}", f"sku:{sku}"),
            "moves": _moves(sku, number),
            "body": {**body, "sku": sku, "qty": 1, "label": f"L-{number}"},
        }
        return self.record(bench, **(whole | parts))


def _customer(sku: str) -> Account:
    return Account(OWNER, sku, Virtual.CUSTOMER)


def _shelf(sku: str, place: str = PLACE) -> Account:
    return Account(OWNER, sku, place, Status.SELLABLE)


def _moves(sku: str, number: int) -> tuple[Move, ...]:
    bench = Account(OWNER, sku, "BENCH-07", Status.RETURN_PENDING, label=f"L-{number}")
    shelf = Account(OWNER, sku, "R-03", Status.SELLABLE, label=f"L-{number}", grade="B")
    return (
        Move(1, _customer(sku), bench, MoveKind.RETURN),
        Move(1, bench, shelf, MoveKind.DISPOSE),
    )


@contextmanager
def busy_at(url: str) -> Iterator[Busy]:
    """Such a centre in an empty database."""
    busy = Busy(url)
    try:
        yield busy
    finally:
        busy.database.close()
