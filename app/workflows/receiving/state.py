"""Where a receipt stands between two scans; saved with every scan, so that no line is forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.fields import Fields
from app.domain.item import Item
from app.domain.refusal import Refused
from app.domain.transfer import ComingLine, Transfer
from app.workflows.notice import Notice

WORK = "receiving"
"""What drafts of receipts are marked with."""
DRAFT_VERSION = 1


class Phase(StrEnum):
    """What the receipt waits for."""

    IDLE = "idle"
    LINES = "lines"
    HAND = "hand"
    OVER = "over"
    REASON = "reason"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Here:
    """What was found of a line in this receipt: sound and damaged units.

    Where serials were read, `serials` are those of the sound units and `broken` those of the damaged ones.
    """

    sound: int = 0
    damaged: int = 0
    serials: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """All units that are here."""
        return self.sound + self.damaged

    @property
    def read(self) -> tuple[str, ...]:
        """Every serial that was read."""
        return (*self.serials, *self.broken)


@dataclass(frozen=True, slots=True)
class Hand:
    """The line whose item was scanned last. `line` is 0 for an item that is on no line.

    `qty` units are added to what was found before; `entering` says that digits make one number.
    """

    line: int
    item: Item
    qty: int
    lot: str = ""
    damaged: bool = False
    serials: tuple[str, ...] = ()
    entering: bool = False
    digits: str = ""


@dataclass(frozen=True, slots=True)
class Extra:
    """Units of an item that is on no line; `serials` where they were read."""

    item: Item
    qty: int
    lot: str = ""
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """How things were before a scan, for UNDO: the line it changed, `here` None where that was untouched."""

    phase: Phase
    hand: Hand | None
    line: int = 0
    here: Here | None = None
    extras: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """One document that is being received.

    `asked` are lines (or, below zero, extras) without a reason yet.
    """

    transfer: Transfer
    items: Mapping[str, Item]
    here: Mapping[int, Here] = field(default_factory=dict)
    extras: tuple[Extra, ...] = ()
    reasons: Mapping[int, str] = field(default_factory=dict)
    asked: tuple[int, ...] = ()
    taken: tuple[Taken, ...] = ()
    touched: str = ""
    last: str = ""

    @property
    def job(self) -> str:
        """Under which name its draft is kept."""
        return job_of(self.transfer.code)

    def item(self, line: ComingLine) -> Item:
        """The item of a line, or its SKU while nobody here knows it."""
        return self.items.get(line.sku) or Item(line.sku, line.sku)

    def found(self, line: ComingLine) -> Here:
        """What was found of a line."""
        return self.here.get(line.line, Here())

    def left(self, line: ComingLine) -> int:
        """Units of a line that may still be found: that were sent, and not found so far."""
        found = self.found(line)
        return max(0, expected(line) - found.total + len(self.strange(line, found.read)))

    def strange(self, line: ComingLine, serials: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the serials that did not leave with the document."""
        sent = {unit.account.serial for unit in self.transfer.units if unit.account.item == line.sku}
        return tuple(serial for serial in serials if serial not in sent) if sent - {None} else ()

    def over(self, line: ComingLine) -> int:
        """Units that were found of a line and not sent, those with a strange serial among them."""
        found = self.found(line)
        strange = len(self.strange(line, found.read))
        return strange + max(0, found.total - strange - expected(line))

    @property
    def differing(self) -> tuple[int, ...]:
        """Lines that were touched and are not as expected, then extras as -1, -2, ..."""
        lines = tuple(
            line.line
            for line in self.transfer.lines
            if line.line in self.here and (self.left(line) or self.over(line))
        )
        return (*lines, *(-n for n in range(1, len(self.extras) + 1)))

    @property
    def any_damaged(self) -> bool:
        """True when something arrived damaged."""
        return any(here.damaged for here in self.here.values())


def expected(line: ComingLine) -> int:
    """Units that are to be found: those on their way; what was ordered, while nobody told of a shipment."""
    return line.left if line.left or line.here else line.qty


def job_of(code: str) -> str:
    """Under which name the draft of a document is kept; no return's code looks like it."""
    return f"{WORK}/{code}"


@dataclass(frozen=True, slots=True)
class Received:
    """A receipt that was recorded, for the screen that says so and for UNDO."""

    event_id: str
    code: str
    units: int
    lines: int
    open_lines: int = 0
    differing: int = 0


@dataclass(frozen=True, slots=True)
class ReceivingState:
    """Everything a receipt remembers. Replaced, never changed."""

    phase: Phase = Phase.IDLE
    job: Job | None = None
    hand: Hand | None = None
    notice: Notice | None = None
    saved: Received | None = None


def to_draft(state: ReceivingState) -> dict[str, object]:
    """The open document as JSON."""
    job = state.job
    if job is None:
        raise ValueError("an idle receipt has no draft")
    return {
        "work": WORK,
        "version": DRAFT_VERSION,
        "phase": state.phase,
        "transfer": job.transfer.to_json(),
        "items": [item.to_json() for item in job.items.values()],
        "here": [[n, _here_json(found)] for n, found in job.here.items()],
        "extras": [
            {"item": e.item.to_json(), "qty": e.qty, "lot": e.lot, "serials": list(e.serials)}
            for e in job.extras
        ],
        "reasons": [[n, reason] for n, reason in job.reasons.items()],
        "asked": list(job.asked),
        "touched": job.touched,
        "last": job.last,
        "taken": [
            {
                "phase": taken.phase,
                "hand": _hand_json(taken.hand),
                "line": taken.line,
                "here": _here_json(taken.here),
                "extras": taken.extras,
            }
            for taken in job.taken
        ],
        "hand": _hand_json(state.hand),
    }


def _here_json(here: Here | None) -> list[object] | None:
    return None if here is None else [here.sound, here.damaged, list(here.serials), list(here.broken)]


def _hand_json(hand: Hand | None) -> dict[str, object] | None:
    if hand is None:
        return None
    return {
        "line": hand.line,
        "item": hand.item.to_json(),
        "qty": hand.qty,
        "lot": hand.lot,
        "damaged": hand.damaged,
        "serials": list(hand.serials),
        "entering": hand.entering,
        "digits": hand.digits,
    }


def from_draft(document: Mapping[str, object]) -> ReceivingState:
    """Reads a draft back.

    Raises:
        Refused: the draft was written by a newer version of the program.
    """
    f = Fields(document, "draft of a receipt")
    if f.whole("version") > DRAFT_VERSION:
        raise Refused(
            "draft.too_new",
            f"Read a receipt of version {f.whole('version')}.",
            f"This program reads version {DRAFT_VERSION}.",
            "Open it with the newer program.",
        )
    items = [Item.from_json(entry.raw()) for entry in f.objects("items")]
    job = Job(
        transfer=Transfer.from_json(f.inner("transfer").raw()),
        items={item.sku: item for item in items},
        here={n: found for n, row in _rows(f, "here") if (found := _here(row)) is not None},
        extras=tuple(
            Extra(
                Item.from_json(e.inner("item").raw()),
                e.whole("qty"),
                e.text_or("lot", ""),
                e.texts("serials"),
            )
            for e in f.objects("extras")
        ),
        reasons={n: str(reason) for n, reason in _rows(f, "reasons")},
        asked=_list(f, "asked"),
        taken=tuple(_taken(entry) for entry in f.objects("taken")),
        touched=f.text_or("touched", ""),
        last=f.text_or("last", ""),
    )
    return ReceivingState(Phase(f.text("phase")), job, _hand(f))


def _taken(f: Fields) -> Taken:
    return Taken(
        Phase(f.text("phase")), _hand(f), f.whole("line"), _here(f.raw().get("here")), f.whole("extras")
    )


def _here(row: object) -> Here | None:
    if not isinstance(row, list):
        return None
    sound, damaged, serials, *broken = row
    return Here(int(sound), int(damaged), tuple(map(str, serials)), tuple(map(str, *broken or ((),))))


def _hand(whole: Fields) -> Hand | None:
    if whole.raw().get("hand") is None:
        return None
    f = whole.inner("hand")
    return Hand(
        line=f.whole("line"),
        item=Item.from_json(f.inner("item").raw()),
        qty=f.whole("qty"),
        lot=f.text_or("lot", ""),
        damaged=f.flag("damaged", default=False),
        serials=f.texts("serials"),
        entering=f.flag("entering", default=False),
        digits=f.text_or("digits", ""),
    )


def _list(f: Fields, name: str) -> tuple[int, ...]:
    value = f.raw().get(name)
    return tuple(int(entry) for entry in value) if isinstance(value, list) else ()


def _rows(f: Fields, name: str) -> list[tuple[int, object]]:
    value = f.raw().get(name)
    return [(int(number), row) for number, row in value] if isinstance(value, list) else []
