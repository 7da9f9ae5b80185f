"""What counts and receipts have in common at a station: state, drafts, UNDO, what was done today."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from app.domain.clock import from_text, to_text
from app.domain.event import EventKind
from app.ledger.writer import Ledger
from app.queries import desk, figures, history
from app.queries.history import Recorded
from app.station.desk import Label
from app.station.floor_lookup import FloorLookup
from app.station.setup import Setup
from app.workflows.effects import Record, Undo
from app.workflows.notice import Notice
from app.workflows.step import Step
from app.workflows.view import LastAction, Marker

RECENT = 5
"""How many entries the idle screen lists."""
UNDO_DEPTH = 20
"""How many of its kind UNDO reaches back."""


class FloorState(Protocol):
    """A state of a job; a dataclass, so that its message can be replaced."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def notice(self) -> Notice | None:
        """The message over the present question."""


class Undoable(Protocol):
    """What an UNDO would take back, by the code that people know it by."""

    @property
    def code(self) -> str:
        """A bin's or a document's."""


S = TypeVar("S", bound=FloorState)
U = TypeVar("U", bound=Undoable)


class FloorDesk(ABC, Generic[S, U]):
    """See the module. Every method is called on the station's thread."""

    kind: ClassVar[EventKind]
    """What the job records."""
    work: ClassVar[str]
    """Under which name its drafts are kept."""
    open_value: ClassVar[str]
    latched = False

    def __init__(self, ledger: Ledger, setup: Setup, state: S) -> None:
        self._ledger = ledger
        self._setup = setup
        self._lookup = FloorLookup(ledger)
        self.state = state
        self._undoable = self._newest_standing()

    @abstractmethod
    def _told(self, entry: Recorded) -> U:
        """What a recorded event of the job says."""

    @abstractmethod
    def _taken_up(self, document: Mapping[str, object]) -> S:
        """The state that a draft was saved from."""

    @property
    def undo_name(self) -> str:
        """What an UNDO would take back."""
        return self._undoable.code if self._undoable else ""

    def resume(self) -> None:
        """Takes up what was open when the program ended, at the same line."""
        key = self._ledger.value(self.open_value)
        parked = self._parked(key) if key else None
        if parked is not None:
            self.state = parked

    def done(self, step: Step[Any]) -> list[Label]:
        """Takes the new state over; these jobs print nothing."""
        self.state = step.state
        if any(isinstance(effect, (Record, Undo)) for effect in step.effects):
            self._undoable = self._newest_standing()
        return []

    def tell(self, notice: Notice) -> None:
        """Shows a message over the present question."""
        self.state = replace(self.state, notice=notice)

    def notice(self) -> Notice | None:
        """The message that is shown."""
        return self.state.notice

    def _parked(self, job: str) -> S | None:
        draft = desk.load_draft(self._ledger.connection, job, self.work)
        return self._taken_up(draft.document) if draft else None

    def _newest(self, most: int = UNDO_DEPTH) -> list[Recorded]:
        return list(history.newest_of(self._ledger.connection, self.kind, most))

    def _newest_standing(self) -> U | None:
        return next((self._told(entry) for entry in self._newest() if not entry.undone), None)

    def _today(self, most: int) -> list[Recorded]:
        """What was recorded since midnight at the site and stands."""
        midnight = to_text(figures.local_midnight(self._setup.clock.now(), self._setup.zone))
        return [entry for entry in self._newest(most) if not entry.undone and entry.wall >= midnight]

    def _last(self, entry: Recorded, text: str) -> LastAction:
        """The last action: what was saved, or that it was taken back."""
        marker = Marker.OK if entry.acknowledged else Marker.WAITS_TO_SEND
        if entry.undone:
            marker = Marker.OPEN
            text = self._setup.texts.say("last.undone", item=self._told(entry).code)
        return LastAction(marker, self._time(entry.wall, "%H:%M:%S"), text, undo=self._undoable is not None)

    def _time(self, wall: str, form: str) -> str:
        return from_text(wall).astimezone(self._setup.zone).strftime(form)
