"""What happens to orders between their capture and the door, in short words for tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection

from sync.central.commands import parcels as parcel_steps
from sync.central.commands.blocks import block, unblock
from sync.central.commands.changes import change_order
from sync.central.commands.dispatch_asked import (
    Blocking,
    Change,
    Despatch,
    Packing,
    Picking,
    Unblocking,
    WaveAsked,
)
from sync.central.commands.numbers import new_parcel
from sync.central.commands.wave_planning import look_ahead, planned
from sync.central.commands.waves import release_wave
from sync.central.rules.line_claims import by_line, of_line, take
from sync.central.rules.sourcing.standing import Planned
from sync.central.store import orders, parcels
from sync.central.store.act import Act
from sync.central.store.order_claims import spread
from sync.central.store.releasing import Sending, release
from sync.central.store.stock import look
from sync.central.store.told import of_order

T = TypeVar("T")
Json = dict[str, Any]


class Dispatching:
    """Blocks, changes, parcels and waves."""

    clock: Any

    def act(self, do: Callable[[Act], T], operator: str = "sam") -> T:
        """Runs one command in one transaction; the shop knows how."""
        raise AssertionError((do, operator))

    def ask(self, question: Callable[[Connection], T]) -> T:
        """One look; the shop knows how."""
        raise AssertionError(question)

    def block(self, code: str, kind: str, **more: Any) -> Json:
        """Blocks an order."""
        return self.act(lambda act: block(act, code, Blocking.model_validate({"kind": kind} | more)))

    def unblock(self, code: str) -> Json:
        return self.act(lambda act: unblock(act, code, Unblocking()))

    def change(self, code: str, lines: dict[int, int] | None = None, **more: Any) -> Any:
        """Gives lines of an order other quantities, or it another site."""
        changes = [{"line": line, "qty": qty} for line, qty in (lines or {}).items()]
        return self.act(lambda act: change_order(act, code, Change.model_validate({"lines": changes} | more)))

    def release(self, code: str, site: str = "WH1", lines: dict[int, int] | None = None) -> str:
        """Releases what an order has free, or some units of its lines, to a site; the parcel's code."""

        def do(act: Act) -> str:
            row, mine = orders.find(act.conn, code), spread(act.conn, orders.find(act.conn, code).id)
            units = by_line(mine.free) if lines is None else lines
            claims = [claim for n, qty in units.items() for claim in take(of_line(mine.free, n), qty)]
            covers = look(act.conn, row.owner, (claim.item for claim in claims), act.posted_at).covers
            made = release(
                act, row, [Sending(site, tuple(claims))], covers, new_code=lambda: new_parcel(act.conn)
            )
            assert not made.misfits, made.misfits
            return made.parcels[0][0]

        return self.act(do)

    def wave(self, **asked: Any) -> Json:
        """Releases a wave of the shop's orders."""
        plan = self.plan(**asked) if asked.get("method") == "optimise" else None
        return self.wave_as(plan, **asked)

    def plan(self, **asked: Any) -> Planned:
        """What is found for a wave of the shop's orders before it is released."""
        given = WaveAsked.model_validate({"owner": "ACME"} | asked)
        wave = self.ask(lambda conn: look_ahead(conn, given, self.clock.now()))
        return planned(wave, given, lambda: self.clock.monotonic_ms() / 1000)

    def wave_as(self, plan: Planned | None, **asked: Any) -> Json:
        """Releases a wave that was planned earlier."""
        given = WaveAsked.model_validate({"owner": "ACME"} | asked)
        return self.act(lambda act: release_wave(act, given, plan))

    def pick(self, parcel: str, found: dict[int, int] | None = None, **more: Any) -> Json:
        """Picks a parcel whole, or with what was found of these lines."""
        lines = [{"line": line, "qty": qty} | more for line, qty in (found or {}).items()]
        return self.act(lambda act: parcel_steps.pick(act, parcel, Picking.model_validate({"lines": lines})))

    def pack(self, parcel: str, scanned: dict[int, list[str]] | None = None) -> Json:
        """Packs a parcel, with the serials that were scanned into it by line."""
        lines = [{"line": line, "serials": serials} for line, serials in (scanned or {}).items()]
        return self.act(lambda act: parcel_steps.pack(act, parcel, Packing.model_validate({"lines": lines})))

    def send(self, parcel: str, tracking: str | None = None) -> Json:
        """Ships a parcel."""
        return self.act(lambda act: parcel_steps.send(act, parcel, Despatch(tracking=tracking)))

    def take_apart(self, parcel: str) -> Json:
        """Cancels a parcel."""
        return self.act(lambda act: parcel_steps.cancel(act, parcel))

    def parcel(self, code: str) -> Json:
        """The parcel as it is now."""
        return self.ask(lambda conn: parcels.document(conn, code))

    def why(self, code: str) -> list[str]:
        """Every sentence about an order."""
        told: Any = self.ask(lambda conn: of_order(conn, code))
        return [sentence for decision in told["decisions"] for sentence in decision["why"]]
