"""What a centre shows, asked of its database with no web in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from app.domain.reservation import ANY, Scope
from sync.central.store import orders
from sync.central.store.availability import Asked, availability
from sync.central.store.database import Database
from sync.central.store.stock import Stock, look
from sync.central.store.tables import exception, reservation, station
from tests.centre import START

T = TypeVar("T")
Json = dict[str, Any]


class StillClock:
    """Stands at `START` until told otherwise."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> Any:
        return self.at

    def monotonic_ms(self) -> float:
        return (self.at - START).total_seconds() * 1000

    def pass_by(self, **by: float) -> None:
        self.at += timedelta(**by)


class Shown:
    """Questions about one owner's trade."""

    def __init__(self, database: Database, owner: str) -> None:
        self.clock, self.database, self.owner = StillClock(), database, owner

    def ask(self, question: Callable[[Connection], T]) -> T:
        """One look."""
        with self.database.read() as conn:
            return question(conn)

    def shown(self, code: str) -> Json:
        """The order as it is now."""
        return self.ask(lambda conn: orders.found(conn, code))

    def line(self, code: str, number: int = 1) -> tuple[int, int, int, int]:
        """Reserved, shipped, backordered and cancelled units of a line."""
        line = self.shown(code)["lines"][number - 1]
        return line["reserved"], line["shipped"], line["backordered"], line["cancelled"]

    def available(self, sku: str, scope: Scope = ANY, channel: str = "") -> Any:
        """Available to promise within a scope, with its breakdown."""
        asked, now = Asked(scope, channel), self.clock.now()
        entries: Any = self.ask(lambda conn: availability(conn, self.owner, [sku], now, asked))["items"]
        return entries[0]

    def atp(self, sku: str, scope: Scope = ANY, channel: str = "") -> int:
        """Available to promise."""
        return int(self.available(sku, scope, channel)["atp"])

    def look(self, *skus: str) -> Stock:
        """What there is of some items."""
        return self.ask(lambda conn: look(conn, self.owner, skus, self.clock.now()))

    def claims(self) -> list[tuple[str, str, int]]:
        """Every claim as (document, item, units), in the order they were made."""
        asked = select(reservation).order_by(reservation.c.id)
        return [(row.document, row.item, row.qty) for row in self.ask(lambda c: c.execute(asked).all())]

    def free(self, sku: str) -> int:
        """Sellable minus everything claimed, below zero when too much was promised."""
        pool = self.look(sku).pools[sku]
        return pool.sellable - pool.reserved - pool.basket - pool.safety

    def cases(self) -> list[str]:
        """The types of the open exceptions, oldest first."""
        asked = select(exception.c.type).where(exception.c.state == "open").order_by(exception.c.id)
        return self.ask(lambda conn: list(conn.scalars(asked)))

    def stations(self) -> int:
        return len(self.ask(lambda conn: conn.execute(select(station)).all()))
