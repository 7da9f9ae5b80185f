"""What a shop does with other sites and with suppliers: inbound supply, transfers, their receipts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection

from sync.central.commands import inbound, transfer_receipts, transfers
from sync.central.commands.catalogue import put_locations
from sync.central.commands.inbound_asked import Inbound, InboundCancellation, InboundChange, SupplyClaims
from sync.central.commands.requests import Receipt
from sync.central.commands.stock import receive
from sync.central.commands.transfers_asked import NewTransfer, TransferParts, TransferReceipt
from sync.central.store import supplies
from sync.central.store import transfers as transfer_rows
from sync.central.store.act import Act

T = TypeVar("T")
Json = dict[str, Any]
OWNER, PLACE = "ACME", "WH1-A"
SOON, DUE = "2026-01-05T09:00:00Z", "2026-01-20T09:00:00Z"


def numbered(units: dict[str, int] | Sequence[Json], **more: Any) -> list[Json]:
    """Lines of `{sku: qty}`, or those that are given as they are."""
    if not isinstance(units, dict):
        return list(units)
    return [{"line": n, "sku": sku, "qty": qty, **more} for n, (sku, qty) in enumerate(units.items(), 1)]


class Sending(ABC):
    """The part of a shop that is about goods on their way; quantities are given as `{sku: qty}`."""

    @abstractmethod
    def act(self, do: Callable[[Act], T], operator: str = "sam") -> T:
        """Runs one command in one transaction."""

    @abstractmethod
    def ask(self, question: Callable[[Connection], T]) -> T:
        """One look."""

    @abstractmethod
    def now(self) -> Any:
        """The shop's time."""

    def sites(self, **places: str) -> None:
        """Makes bins known, each with its site: `sites(B1="WH2")`."""
        documents = [{"code": c, "kind": "bin", "name": c, "site": site} for c, site in places.items()]
        self.act(lambda act: put_locations(act, documents))

    def announce(self, units: dict[str, int] | Sequence[Json], code: str = "PO-7", **more: Any) -> Json:
        """Inbound supply to WH1, due on the 20th."""
        asked: Json = {"code": code, "owner": OWNER, "kind": "po", "site": "WH1"}
        asked |= {"lines": numbered(units, due=DUE)} | more
        return self.act(lambda act: inbound.announce(act, Inbound.model_validate(asked)))

    def came(self, units: dict[str, int] | Sequence[Json], document: str = "PO-7", **more: Any) -> Json:
        """A receipt of inbound supply."""
        asked = {
            "document": document,
            "owner": OWNER,
            "location": PLACE,
            "at": SOON,
            "lines": numbered(units),
        }
        asked |= more
        return self.act(lambda act: receive(act, Receipt.model_validate(asked)))

    def claim_supply(self, order: str, qty: int, supply: str = "PO-7", line: int = 1, of: int = 1) -> Json:
        """Has units of an order line met from a line of supply."""
        lines = [{"line": line, "supply": supply, "supply_line": of, "qty": qty}]
        return self.act(lambda act: inbound.claim(act, order, SupplyClaims.model_validate({"lines": lines})))

    def change_supply(self, *lines: Json, code: str = "PO-7") -> Json:
        asked = InboundChange.model_validate({"lines": list(lines)})
        return self.act(lambda act: inbound.change(act, code, asked))

    def cancel_supply(self, *lines: int, code: str = "PO-7") -> Json:
        asked = InboundCancellation(lines=lines)
        return self.act(lambda act: inbound.cancel(act, code, asked))

    def draft(self, units: dict[str, int] | Sequence[Json], code: str | None = "T-A", **more: Any) -> Json:
        """A transfer from WH1 to WH2."""
        asked: Json = {"transfer": code, "owner": OWNER, "source": "WH1", "target": "WH2"}
        asked |= {"lines": numbered(units)} | more
        return self.act(lambda act: transfers.draft(act, NewTransfer.model_validate(asked)))

    def step(self, name: str, code: str = "T-A", **lines: int) -> Any:
        """One step of a transfer; `n1=2` picks or ships two units of line 1."""
        command: Any = getattr(transfers, name)
        if name not in {"pick", "ship"}:
            return self.act(lambda act: command(act, code))
        parts = [{"line": int(number[1:]), "qty": qty} for number, qty in lines.items()]
        asked = TransferParts.model_validate({"lines": parts})
        return self.act(lambda act: command(act, code, asked))

    def sent(self, units: dict[str, int] | Sequence[Json], code: str = "T-A", **more: Any) -> Json:
        """A transfer that is on its way."""
        self.draft(units, code, **more)
        for name in ("approve", "pick", "ship", "depart"):
            answer: Json = self.step(name, code)
        return answer

    def take_in(self, *lines: Json, code: str = "T-A", place: str = "WH2-A") -> Json:
        """What arrives of a transfer; everything when no lines are given."""
        asked = TransferReceipt.model_validate({"location": place, "lines": list(lines)})
        return self.act(lambda act: transfer_receipts.receive(act, code, asked))

    def transfer(self, code: str = "T-A", limit_hours: int | None = None) -> Json:
        """A transfer as it is now."""
        now = self.now()
        return self.ask(lambda conn: transfer_rows.document(conn, code, now, limit_hours))

    def supply(self, code: str = "PO-7") -> Json:
        """Inbound supply as it is now."""
        return self.ask(lambda conn: supplies.document(conn, code))
