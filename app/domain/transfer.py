"""A transfer between two sites as stations know it: its lines, and the units that are on their way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.domain.account import Account
from app.domain.event import Event
from app.domain.fields import Fields
from app.domain.place import is_virtual
from app.domain.refusal import Refused

BOOKED_OVER = "transfer_over"
"""The reason of moves that book in what arrived and never left, or take that back."""

BOOKED_SHORT = "transfer_short"
"""The reason of moves that book out what left and never arrived, or take that back."""

ENDED = frozenset({"closed", "cancelled"})
"""Milestones after which nothing of a transfer is expected any more."""


@dataclass(frozen=True, slots=True)
class Coming:
    """Units that left with a transfer, as they are in the lane between the sites."""

    account: Account
    qty: int

    def to_json(self) -> dict[str, object]:
        """As it travels."""
        return {"account": self.account.to_json(), "qty": self.qty}


@dataclass(frozen=True, slots=True)
class ComingLine:
    """Units of one item, of one lot when `lot` is not empty.

    `qty` were ordered, `left` are on their way and not yet received, `here` were received.
    """

    line: int
    sku: str
    qty: int
    left: int
    here: int = 0
    lot: str = ""

    def to_json(self) -> dict[str, object]:
        """As it travels."""
        return {
            "line": self.line,
            "sku": self.sku,
            "lot": self.lot,
            "qty": self.qty,
            "left": self.left,
            "here": self.here,
        }


@dataclass(frozen=True, slots=True)
class Transfer:
    """See the module. `state` is the milestone it has reached.

    `receipts` are the events that are counted in.
    """

    code: str
    owner: str
    source: str
    target: str
    state: str
    lines: tuple[ComingLine, ...]
    units: tuple[Coming, ...] = ()
    receipts: tuple[str, ...] = ()

    def after(self, events: Iterable[Event]) -> Transfer:
        """The same once these receipts, and what takes receipts back, are counted in too.

        Events that are counted in already change nothing.
        """
        gone, arrived = Counter[Account](), Counter[int]()
        for event in events:
            if event.event_id in self.receipts:
                continue
            sign = -1 if event.corrects else 1
            for move in event.moves:
                if is_virtual(move.source.location) and move.source.status is not None:
                    gone[move.source] += move.qty
                if is_virtual(move.target.location) and move.target.status is not None:
                    gone[move.target] -= move.qty
            for line in Fields(event.body, "receipt").objects("lines"):
                here = line.whole_or("received", 0) + line.whole_or("damaged", 0)
                arrived[line.whole("line")] += sign * (here + line.whole_or("short", 0))
        units = {unit.account: unit.qty for unit in self.units}
        for account, qty in gone.items():
            units[account] = units.get(account, 0) - qty
        return replace(
            self,
            lines=tuple(
                replace(
                    line, left=max(0, line.left - arrived[line.line]), here=line.here + arrived[line.line]
                )
                for line in self.lines
            ),
            units=tuple(Coming(account, qty) for account, qty in units.items() if qty > 0),
        )

    @property
    def open(self) -> bool:
        """True while something of it may still arrive."""
        return self.state not in ENDED

    def line(self, number: int) -> ComingLine:
        """The line of that number; KeyError when there is none."""
        for line in self.lines:
            if line.line == number:
                return line
        raise KeyError(number)

    def to_json(self) -> dict[str, object]:
        """The record as it travels."""
        return {
            "transfer": self.code,
            "owner": self.owner,
            "source": self.source,
            "target": self.target,
            "state": self.state,
            "lines": [line.to_json() for line in self.lines],
            "units": [unit.to_json() for unit in self.units],
            "receipts": list(self.receipts),
        }

    @classmethod
    def from_json(cls, data: object) -> Transfer:
        """Reads what `to_json` wrote."""
        f = Fields(data, "transfer")
        lines = tuple(
            ComingLine(
                line=entry.whole("line"),
                sku=entry.text("sku"),
                qty=entry.whole("qty"),
                left=entry.whole("left"),
                here=entry.whole_or("here", 0),
                lot=entry.text_or("lot", ""),
            )
            for entry in f.objects("lines")
        )
        if len({line.line for line in lines}) != len(lines):
            raise Refused(
                "transfer.lines",
                f"Transfer {f.text('transfer')} numbers a line twice.",
                "Expected lines with a number each.",
                "Correct the lines.",
            )
        return cls(
            code=f.text("transfer"),
            owner=f.text("owner"),
            source=f.text("source"),
            target=f.text("target"),
            state=f.text("state"),
            lines=lines,
            units=tuple(
                Coming(Account.from_json(entry.inner("account").raw()), entry.whole("qty", least=1))
                for entry in f.objects("units")
            ),
            receipts=f.texts("receipts"),
        )
