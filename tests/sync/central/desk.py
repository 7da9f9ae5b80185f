"""Where commands are run straight on a real database, with a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection

from app.domain.signing import Ed25519Signer
from sync.central.store.act import Act
from sync.central.store.chain import CentreChain
from sync.central.store.database import create_database
from tests.centre import START, SeededIds

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


class Desk:
    """One database with its chain."""

    def __init__(self, url: str) -> None:
        self.clock, self.ids = StillClock(), SeededIds()
        self.database = create_database(url)
        self.chain = CentreChain(Ed25519Signer(bytes([7] * 32)), self.ids, self.clock, "0.1.0")
        with self.database.write() as conn:
            self.centre_id = self.chain.establish(conn)

    def act(self, do: Callable[[Act], T], operator: str = "sam") -> T:
        """Runs one command in one transaction."""
        now = self.clock.now()
        with self.database.write() as conn:
            return do(Act(conn, self.chain, operator, "request:1", now, now))

    def ask(self, question: Callable[[Connection], T]) -> T:
        """One look."""
        with self.database.read() as conn:
            return question(conn)
