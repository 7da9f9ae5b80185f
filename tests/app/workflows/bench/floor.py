"""A bench without a station: items, returns and words handed to the pure machine, for floor stories."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files

from app.domain.event import Event
from app.domain.item import Component, Item, Tracking
from app.domain.policy import read_policy
from app.domain.returns import Rma, RmaLine
from app.workflows.bench.context import Bench, Moment
from app.workflows.bench.inputs import FoundItem, FoundReturn, Input, NotFound, Photographed, Said
from app.workflows.bench.photos import asks_camera
from app.workflows.bench.screen import draw
from app.workflows.bench.shown import Shown
from app.workflows.bench.state import BenchState, Saved
from app.workflows.bench.step import Step, advance
from app.workflows.effects import Effect, Print, Record
from app.workflows.texts import read_texts
from app.workflows.view import AnswerWork, BenchView

TEXTS = read_texts(files("resources.texts").joinpath("en.toml").read_text(encoding="utf-8"), "en.toml")
POLICY = read_policy(
    files("resources.policies").joinpath("returns.toml").read_text(encoding="utf-8"), "returns"
)

KETTLE = Item("K-17-ST", "Kettle 1.7 L steel", tracking=Tracking.SERIAL, category="electronics")
MUGS = Item("MUG-4", "Mug set of 4", category="kitchen")
TOASTER = Item("T-2S-BK", "Toaster 2-slice", category="electronics")
SOLVENT = Item("SOL-1", "Spot remover", category="consumables", hazardous=True, tracking=Tracking.LOT)
HAMPER = Item("KIT-1", "Breakfast hamper", category="kits", kit=(Component("MUG-4", 1),))
PICNIC = Item(
    "KIT-2",
    "Picnic set",
    category="kits",
    kit=(Component("MUG-4", 2), Component("T-2S-BK", 1), Component("CLOTH", 1)),
)
CATALOGUE = {item.sku: item for item in (KETTLE, MUGS, TOASTER, SOLVENT, HAMPER, PICNIC)}

RMA = Rma(
    "R-10422-6",
    "acme",
    "8841",
    (
        RmaLine(1, "K-17-ST", 1, "changed_mind", serials=("SN-994471",)),
        RmaLine(2, "MUG-4", 2, "damaged_in_transit"),
        RmaLine(3, "T-2S-BK", 1, "defective"),
    ),
    shipped_on="2026-11-03",
)
BENCH = Bench("BENCH 07", "acme", "WH1", "BENCH-07", "ana", "s-1")


def photo(number: int) -> str:
    """The address of the camera's picture of that number."""
    return f"{number:064x}"


class Floor:
    """One bench played by hand; remembers what was recorded and printed."""

    def __init__(self) -> None:
        self.state = BenchState()
        self.step: Step[BenchState] | None = None
        self.events: list[Event] = []
        self.labels: list[str] = []
        self.undoable: Saved | None = None
        self.policy = POLICY
        self.old_labels = 0
        # What the camera gives: photos one after the other, or why it gives none.
        self.no_camera = ""
        self.camera_trouble = ""
        self.shots = 0
        self._n = 0

    def moment(self) -> Moment:
        return Moment(
            BENCH,
            self.policy,
            event_id=f"e-{self._n}",
            label=f"L07-{self._n}-0",
            holding=f"H07-{self._n}-0",
            local=datetime(2026, 11, 22, 10, 41, 7, tzinfo=UTC),
            undoable=self.undoable,
            old_labels=self.old_labels,
            no_camera=self.no_camera,
        )

    def give(self, given: Input) -> BenchState:
        self._n += 1
        self.step = advance(self.state, self._shot(given), self.moment())
        self.state = self.step.state
        for effect in self.step.effects:
            self._carry_out(effect)
        return self.state

    def _shot(self, given: Input) -> Input:
        """As the engine does: PHOTO and RETAKE arrive with what the camera gave."""
        if not isinstance(given, Said) or not asks_camera(self.state, given.word):
            return given
        self.shots += 1
        missing = self.no_camera or self.camera_trouble
        return Photographed(given.word, given.raw, None if missing else photo(self.shots), missing)

    def _carry_out(self, effect: Effect) -> None:
        if isinstance(effect, Record):
            self.events.append(effect.event)
            self.undoable = self.state.saved or self.undoable
        elif isinstance(effect, Print):
            self.labels.append(effect.code)

    def opens(self, rma: Rma = RMA, **more: object) -> BenchState:
        known = {line.sku: CATALOGUE[line.sku] for line in rma.lines}
        done = more.get("done", {})
        assert isinstance(done, dict)
        return self.give(FoundReturn(rma.code, rma, known, done, arrived=bool(more.get("arrived"))))

    def scans(self, item: Item, serial: str | None = None, lot: str | None = None) -> BenchState:
        parts = tuple(CATALOGUE[part.sku].name if part.sku in CATALOGUE else part.sku for part in item.kit)
        return self.give(FoundItem(serial or item.sku, item, serial, lot, parts=parts))

    def reads(self, raw: str) -> BenchState:
        return self.give(NotFound(raw, digits=raw.isdigit()))

    def says(self, *words: str) -> BenchState:
        for word in words:
            self.give(Said(word))
        return self.state

    def view(self) -> BenchView:
        return draw(self.state, Shown(TEXTS, self.policy, no_camera=self.no_camera))

    @property
    def effects(self) -> tuple[Effect, ...]:
        assert self.step is not None
        return self.step.effects


def code(floor: Floor) -> str:
    """The code of the notice that the screen shows."""
    assert floor.state.notice is not None
    return floor.state.notice.code


def listed(floor: Floor) -> AnswerWork:
    """The question that the screen asks, with its answers."""
    work = floor.view().work
    assert isinstance(work, AnswerWork)
    return work
