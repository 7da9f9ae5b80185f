"""How far an RMA is: the fold of what stations did under its code and did not undo.

It follows anew from everything that was done, so that no order of events and no undo leaves a count behind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from app.domain.event import EventKind
from app.domain.fields import Fields
from app.domain.returns import LineState

COUNTED = frozenset(
    {
        EventKind.RETURN_DISPOSITIONED,
        EventKind.RETURN_MATCHED,
        EventKind.RETURN_ACCEPTED,
        EventKind.RETURN_NAMED,
    }
)
"""What counts units for a line: a bench's own work, and what the centre matched, accepted or named."""
ABOUT_RETURNS = COUNTED | {
    EventKind.RETURN_ARRIVED,
    EventKind.RETURN_SERIAL_ACCEPTED,
    EventKind.RETURN_FINISHED,
    EventKind.RETURN_SENT,
    EventKind.RETURN_ENDED,
}
ENDS = frozenset({LineState.CANCELLED, LineState.EXPIRED})
"""How an RMA ends whose units will not come."""


class Line(Protocol):
    """An RMA line: its number, its item and the units it authorizes."""

    @property
    def line(self) -> int:
        """Its number on the RMA."""

    @property
    def sku(self) -> str:
        """The item."""

    @property
    def qty(self) -> int:
        """Units authorized."""


AnyLine = TypeVar("AnyLine", bound=Line)


@dataclass(frozen=True, slots=True)
class Deed:
    """What a station did about a return."""

    event_id: str
    kind: str
    origin: str
    facts: Fields

    @property
    def code(self) -> str | None:
        """The RMA it was done under; None for a blind return."""
        return self.facts.maybe_text("rma")

    def qty(self) -> int:
        """Units of a disposition."""
        return self.facts.whole("qty", least=1)

    def check(self) -> None:
        """Reads everything that will ever be asked of it, whatever RMA it turns out to belong to.

        Raises:
            Refused: something of it cannot be read.
        """
        if self.kind in COUNTED:
            self.facts.text("sku")
            self.facts.maybe_text("label")
            self.facts.flag("wrong_item", default=False)
            self.qty()
        elif self.kind == EventKind.RETURN_FINISHED:
            self.missing()
        elif self.kind == EventKind.RETURN_ENDED:
            self.end()

    def end(self) -> LineState:
        """How the RMA ended.

        Raises:
            Refused: it names no way of ending.
        """
        found = self.facts.text("exit")
        if found not in ENDS:
            raise self.facts.wrong("exit", f"one of {', '.join(sorted(ENDS))}")
        return LineState(found)

    def missing(self) -> Counter[int]:
        """Units a finish names as missing, by line."""
        found = Counter[int]()
        for entry in self.facts.objects("missing"):
            found[entry.whole("line", least=1)] += entry.whole("qty", least=1)
        return found

    def line(self, lines: Sequence[AnyLine]) -> AnyLine | None:
        """The line a disposition is about; None when the RMA has none of that number and item."""
        number, sku = self.facts.raw().get("line"), self.facts.text("sku")
        if isinstance(number, bool):
            # True equals 1, and is no number of a line.
            return None
        return next((line for line in lines if line.line == number and line.sku == sku), None)


@dataclass(slots=True)
class Progress:
    """What was done so far.

    `done` counts units by line and station; `named` holds the missing units of a line as the last finish
    that names the line has them.
    """

    sent: bool = False
    ended: LineState | None = None
    received: bool = False
    finished: bool = False
    done: Counter[tuple[int, str]] = field(default_factory=Counter)
    named: dict[int, int] = field(default_factory=dict)

    def add(self, deed: Deed, lines: Sequence[Line]) -> None:
        """One deed more, in the order they were posted.

        Raises:
            Refused: the facts of the deed cannot be read.
        """
        if deed.kind in COUNTED:
            line = deed.line(lines)
            if line is not None:
                self.done[line.line, deed.origin] += deed.qty()
            return
        if deed.kind == EventKind.RETURN_SENT:
            self.sent = True
            return
        if deed.kind == EventKind.RETURN_ENDED:
            # It ends once; an end said again changes nothing.
            self.ended = self.ended or deed.end()
            return
        self.received = True
        if deed.kind == EventKind.RETURN_FINISHED:
            self.finished = True
            self.named |= deed.missing()

    def units(self, line: Line) -> int:
        """Units of a line done at all stations."""
        return sum(qty for (number, _), qty in self.done.items() if number == line.line)

    def missing(self, line: Line) -> int:
        """Units of a line known to be missing: what turned up is missing no more."""
        return min(self.named.get(line.line, 0), max(0, line.qty - self.units(line)))

    def state(self, line: Line) -> LineState:
        """Where a line stands."""
        done, missing = self.units(line), self.missing(line)
        if done >= line.qty:
            return LineState.DISPOSITIONED
        if missing and done + missing >= line.qty:
            return LineState.MISSING
        if self.ended is not None:
            # What came before it ended was decided about; the rest will not come.
            return LineState.DISPOSITIONED if done else self.ended
        if done:
            return LineState.ON_BENCH
        if self.received:
            return LineState.RECEIVED
        return LineState.IN_TRANSIT if self.sent else LineState.AUTHORIZED

    def stands(self, lines: Sequence[Line]) -> str:
        """The RMA as a whole: cancelled, closed once every line has ended, or open."""
        if self.ended is not None:
            return "cancelled"
        came = all(self.units(line) + self.missing(line) >= line.qty for line in lines)
        return "closed" if came else "open"
