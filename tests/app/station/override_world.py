"""A real bench at a red stop, with supervisors whose keys were made at it and whose certificates allow it."""

from __future__ import annotations

from typing import Any

from app.domain.account import Account
from app.domain.approvals import Action
from app.domain.feed import Held, Page, StockPage
from app.domain.place import Location, LocationKind
from app.ledger import site_stock
from app.ledger.mirror import apply_page
from app.queries import balances
from app.station.approving import Approver
from tests.app.station.bench_world import RMA
from tests.app.station.review_world import ReviewWorld

# Whoever works at the bench, when she approves there, too.
ANA = Approver("ANA", "161803", b"badge of ANA....")
SOLD, CAME = "SN-994471", "SN-994417"
# The kettle of the RMA, with a serial that was not sold on it.
OTHER_KETTLE = f"]C1010950600013435221{CAME}"
MAY = frozenset({Action.WRITE_OFF, Action.UNLOCK, Action.OVERRIDE})


class OverrideWorld(ReviewWorld):
    """See the module."""

    def enrol(self, who: Approver, **more: Any) -> bytes:
        """A key here, and a certificate that lets its holder override."""
        return super().enrol(who, **({"actions": MAY} | more))

    def stop(self) -> None:
        """A unit with another serial stops the bench."""
        self.scan(RMA.code, OTHER_KETTLE)

    def held(self, *held: tuple[Account, int], site: str = "WH1") -> None:
        """The centre tells all it holds at the site; every own event is counted in."""
        for account, _ in held:
            place = Location(account.location, LocationKind.BIN, "Returns", site)
            self.tell("location", place.code, place.to_json())

        def apply() -> None:
            cursor, seq = self.ledger.cursor, self.ledger.head.seq
            number = str(int(site_stock.asks_from(self.ledger) or 0) + 1)
            told = StockPage(number, seq, tuple(Held(account, qty) for account, qty in held))
            apply_page(self.ledger, Page(cursor.gen, cursor.pos, stock=told))

        self.thread.ask(apply)

    def moves_on(self, label: str, site: str = "WH1") -> None:
        """The centre decided otherwise about a unit, and this station is told where it is not any more."""
        before = self.thread.ask(lambda: balances.of_label(self.ledger.connection, label))
        self.held(*((account, 0) for account in before), site=site)

    @property
    def phase(self) -> str:
        """What the bench waits for."""
        return self.thread.ask(lambda: self.bench._engine.bench.state.phase.value)

    def said(self) -> str:
        """The code of the message over the question, empty when there is none."""
        notice = self.thread.ask(lambda: self.bench._engine.notice)
        return notice.code if notice else ""
