"""Where one bench stands between two scans; saved with every scan, so that nothing is asked twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.domain.fields import Fields
from app.domain.item import Item
from app.domain.policy.asides import Aside, told
from app.domain.policy.routes import Weighing
from app.domain.refusal import Refused
from app.domain.returns import Rma, RmaLine
from app.workflows.bench.known_unit import Again, GivenGrade, KnownUnit
from app.workflows.bench.override import Accepted, Override
from app.workflows.notice import Notice as Notice  # noqa: PLC0414 - callers know it from here

DRAFT_VERSION = 4


class Phase(StrEnum):
    """What the bench waits for."""

    IDLE = "idle"
    ITEM = "item"
    SERIAL = "serial"
    LOT = "lot"
    GRADE = "grade"
    COUNT = "count"
    NOTE = "note"
    PART = "part"
    REASON = "reason"
    STOP = "stop"
    BADGE = "badge"
    CHOICE = "choice"
    WHY = "why"
    PIN = "pin"
    SAVED = "saved"


@dataclass(frozen=True, slots=True)
class Job:
    """One box on the bench. `rma` is None for a return nobody announced.

    `done` counts dispositioned units per line (anywhere), `missing` the lines the inspector declared not in
    the box, `outcomes` the words shown per line ("A, RESTOCK"). `closed_with` is what the newest record of
    the return says is missing per line, None when that record is of something else.
    """

    key: str
    rma: Rma | None
    items: Mapping[str, Item]
    found_on: str
    done: Mapping[int, int] = field(default_factory=dict)
    missing: frozenset[int] = frozenset()
    outcomes: Mapping[int, str] = field(default_factory=dict)
    kept: int = 0
    closed_with: Mapping[int, int] | None = None

    @property
    def missing_units(self) -> dict[int, int]:
        """Units per line that finishing the box now would record as missing."""
        lines = self.rma.lines if self.rma else ()
        return {line.line: self.wanting(line) for line in lines if self.wanting(line)}

    def left(self, line: RmaLine) -> int:
        """Units of a line not yet dispositioned nor declared missing."""
        return 0 if line.line in self.missing else self.wanting(line)

    def wanting(self, line: RmaLine) -> int:
        """Units of a line not yet dispositioned, declared missing or not."""
        return max(0, line.qty - self.done.get(line.line, 0))

    @property
    def total_wanting(self) -> int:
        """Units of all lines not yet dispositioned."""
        return sum(self.wanting(line) for line in self.rma.lines) if self.rma else 0

    @property
    def open_lines(self) -> tuple[RmaLine, ...]:
        """Lines that still want units, in the RMA's order."""
        return tuple(line for line in self.rma.lines if self.left(line)) if self.rma else ()


@dataclass(frozen=True, slots=True)
class Pick:
    """The unit or batch in the hand. `line` is None when it belongs to no line of the RMA.

    `said` is what the inspector said of it so far, in order: answers, grades and photos, under policy
    `policy_ver`. `no_photo` says why the last try of the camera gave none. `unknown` marks a thing that
    nobody could name; its item stands for none. `parts` are the names of a kit's parts, in their order.
    `again` is set for a unit that is graded again, `accepted` for one whose serial was not the one sold.
    """

    item: Item
    line: int | None
    qty: int = 1
    serial: str | None = None
    lot: str | None = None
    wrong_item: bool = False
    said: tuple[str, ...] = ()
    policy_ver: str = ""
    no_photo: str = ""
    unknown: bool = False
    parts: tuple[str, ...] = ()
    again: Again | None = None
    accepted: Accepted | None = None

    def part_name(self, at: int) -> str:
        """The name of a kit's part, or its SKU while nobody here knows its name."""
        return self.parts[at] if at < len(self.parts) else self.item.kit[at].sku

    def missing_parts(self) -> tuple[tuple[int, int], ...]:
        """Which parts of the kit were marked as missing, by their place in it, and how many of each."""
        marked = told(Aside.PART, self.said)
        counts = ((at, marked.count(part.sku)) for at, part in enumerate(self.item.kit))
        return tuple((at, qty) for at, qty in counts if qty)


@dataclass(frozen=True, slots=True)
class Saved:
    """What was just recorded, for the screen that says so and for UNDO.

    `answers` are the inspection's questions with their answers, in words, and so are `notes` and
    `missing_parts`. `photos` are addresses, `photo_missing` says why a photo that was wanted is not there.
    `before` are the grades given earlier. `closed` says that its box was closed afterwards with something
    missing. `weighing` is what its route was chosen by. `decided_by` is a supervisor who chose it over a
    rule, `decided_why` the reason in words. `again` says that it was saved before, so that no line
    counts it, and `kept_from_sale` that only a supervisor's word keeps it from being sellable.
    """

    event_id: str
    item: Item
    rma: str | None
    line: int | None
    pick_qty: int
    serial: str | None
    lot: str | None
    grade: str
    grade_caption: str
    outcome: str
    place: str
    rule: str
    label: str
    time: str
    date: str
    answers: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()
    photo_missing: str = ""
    notes: tuple[str, ...] = ()
    missing_parts: tuple[str, ...] = ()
    before: tuple[GivenGrade, ...] = ()
    closed: bool = False
    weighing: Weighing | None = None
    decided_by: str = ""
    decided_why: str = ""
    again: bool = False
    kept_from_sale: bool = False

    @property
    def decided(self) -> str:
        """Grade and outcome in a word; what nobody could name has no grade."""
        return decided(self.grade, self.outcome)

    @property
    def headline(self) -> str:
        """The same as its label says it."""
        return f"{self.grade} {self.outcome}".strip()


def decided(grade: str | None, outcome: str) -> str:
    """As lists say it: "A, RESTOCK", or "HOLD" for what has no grade."""
    return f"{grade}, {outcome}" if grade else outcome


@dataclass(frozen=True, slots=True)
class BenchState:
    """Everything the bench remembers. Replaced, never changed.

    `last_gone` is the line that NOT IN BOX marked in the last step, `undo_asked` the event a first UNDO
    named, `unknown` the last code nobody knew (perhaps the parcel of a blind return). `override` is a
    supervisor who is about to decide.
    """

    phase: Phase = Phase.IDLE
    job: Job | None = None
    pick: Pick | None = None
    digits: str = ""
    asked_large: bool = False
    expected_serial: str = ""
    notice: Notice | None = None
    saved: Saved | None = None
    last_gone: int | None = None
    undo_asked: str = ""
    unknown: str = ""
    override: Override | None = None

    @property
    def wants_pin(self) -> bool:
        """True while digits are a PIN's, which nothing here ever keeps."""
        return self.phase is Phase.PIN


def to_draft(state: BenchState) -> dict[str, object]:
    """The part of the state that survives a power cut, as JSON."""
    job, pick = state.job, state.pick
    if job is None:
        raise ValueError("an idle bench has no draft")
    return {
        "version": DRAFT_VERSION,
        "phase": _kept_phase(state),
        "digits": state.digits,
        "asked_large": state.asked_large,
        "expected_serial": state.expected_serial,
        "job": {
            "key": job.key,
            "rma": job.rma.to_json() if job.rma else None,
            "items": [item.to_json() for item in job.items.values()],
            "found_on": job.found_on,
            "done": [[line, qty] for line, qty in job.done.items()],
            "missing": sorted(job.missing),
            "outcomes": [[line, text] for line, text in job.outcomes.items()],
            "kept": job.kept,
            "closed_with": None
            if job.closed_with is None
            else [[line, qty] for line, qty in job.closed_with.items()],
        },
        "pick": None
        if pick is None
        else {
            "item": pick.item.to_json(),
            "line": pick.line,
            "qty": pick.qty,
            "serial": pick.serial,
            "lot": pick.lot,
            "wrong_item": pick.wrong_item,
            "said": list(pick.said),
            "policy_ver": pick.policy_ver,
            "no_photo": pick.no_photo,
            "unknown": pick.unknown,
            "parts": list(pick.parts),
            "again": pick.again.unit.to_json() if pick.again else None,
            "again_reason": pick.again.reason if pick.again else "",
            "accepted": pick.accepted.to_json() if pick.accepted else None,
        },
    }


def _kept_phase(state: BenchState) -> Phase:
    if state.override is not None:
        # Whoever was about to decide scans the badge again.
        return _kept_phase(replace(state, phase=Phase(state.override.came), override=None))
    return Phase.ITEM if state.phase is Phase.SAVED else state.phase


def from_draft(document: object) -> BenchState:
    """Reads a draft back.

    Raises:
        Refused: the draft was written by a newer version of the program.
    """
    f = Fields(document, "draft")
    if f.whole("version") > DRAFT_VERSION:
        raise Refused(
            "draft.too_new",
            f"Read a parked job of version {f.whole('version')}.",
            f"This program reads version {DRAFT_VERSION}.",
            "Open it with the newer program.",
        )
    inner = f.inner("pick") if f.raw().get("pick") else None
    return BenchState(
        phase=Phase(f.text("phase")),
        job=_job(f.inner("job")),
        pick=_pick(inner) if inner else None,
        digits=f.text_or("digits", ""),
        asked_large=f.flag("asked_large", default=False),
        expected_serial=f.text_or("expected_serial", ""),
    )


def _job(f: Fields) -> Job:
    items = [Item.from_json(entry.raw()) for entry in f.objects("items")]
    return Job(
        key=f.text("key"),
        rma=Rma.from_json(f.inner("rma").raw()) if f.raw().get("rma") else None,
        items={item.sku: item for item in items},
        found_on=f.text("found_on"),
        done=_units(f, "done"),
        missing=frozenset(n for n in _list(f, "missing") if isinstance(n, int)),
        outcomes={line: str(text) for line, text in _pairs(f, "outcomes")},
        kept=f.whole_or("kept", 0),
        closed_with=_units(f, "closed_with") if f.raw().get("closed_with") is not None else None,
    )


def _pick(f: Fields) -> Pick:
    return Pick(
        item=Item.from_json(f.inner("item").raw()),
        line=f.whole("line") if f.raw().get("line") is not None else None,
        qty=f.whole("qty", least=1),
        serial=f.maybe_text("serial"),
        lot=f.maybe_text("lot"),
        wrong_item=f.flag("wrong_item", default=False),
        said=f.texts("said"),
        policy_ver=f.text_or("policy_ver", ""),
        no_photo=f.text_or("no_photo", ""),
        unknown=f.flag("unknown", default=False),
        parts=f.texts("parts"),
        again=Again(KnownUnit.from_json(f.inner("again").raw()), f.text_or("again_reason", ""))
        if f.raw().get("again")
        else None,
        accepted=Accepted.from_json(f.inner("accepted").raw()) if f.raw().get("accepted") else None,
    )


def _units(f: Fields, name: str) -> dict[int, int]:
    return {line: qty for line, qty in _pairs(f, name) if isinstance(qty, int)}


def _list(f: Fields, name: str) -> list[object]:
    value = f.raw().get(name)
    return list(value) if isinstance(value, list) else []


def _pairs(f: Fields, name: str) -> list[tuple[int, object]]:
    return [
        (pair[0], pair[1]) for pair in _list(f, name) if isinstance(pair, list) and isinstance(pair[0], int)
    ]
