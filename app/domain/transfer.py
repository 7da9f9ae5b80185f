"""A transfer between two sites as stations know it: its lines, and the units that are on their way."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.account import Account
from app.domain.fields import Fields
from app.domain.refusal import Refused

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
    """See the module. `state` is the milestone it has reached."""

    code: str
    owner: str
    source: str
    target: str
    state: str
    lines: tuple[ComingLine, ...]
    units: tuple[Coming, ...] = ()

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
        )
