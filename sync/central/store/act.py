"""One act of the centre: in which transaction, on whose word, when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.domain.event import Event
from app.domain.move import Move
from sync.central.store.booking import book
from sync.central.store.chain import CENTRE, CentreChain
from sync.central.store.journal import Entered, Fact, enter
from sync.central.store.recovered import close_recovered


@dataclass(frozen=True, slots=True)
class Act:
    """What a command or a follow-up needs to change the ledger.

    `operator` is the principal whose word it is, `session` the request; `occurred_at` is when it happened,
    `posted_at` the centre's time now.
    """

    conn: Connection
    chain: CentreChain
    operator: str
    session: str
    occurred_at: datetime
    posted_at: datetime

    def event(
        self,
        kind: str,
        subject: tuple[str, ...],
        moves: tuple[Move, ...],
        body: Mapping[str, object],
        private: Mapping[str, object] | None = None,
    ) -> Event:
        """A centre-made event, not recorded yet."""
        return Event(
            event_id=self.chain.event_id(),
            kind=kind,
            subject=subject,
            operator=self.operator,
            session=self.session,
            moves=moves,
            body=body,
            private=private,
        )

    def record(self, event: Event) -> Entered:
        """Seals the event into the centre's chain, enters its moves and books it; nothing else follows."""
        self.chain.seal(self.conn, event, self.posted_at)
        facts = [Fact(event, CENTRE, self.occurred_at)]
        entered = enter(self.conn, facts, self.posted_at)
        book(self.conn, facts, entered.rows)
        close_recovered(self.conn, facts, entered, self.posted_at)
        return entered
