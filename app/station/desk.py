"""What the engine asks of each kind of job at a station: its look-ups, its steps, its screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from app.scanning.meaning import Meaning
from app.station.status import LinkFacts
from app.workflows.notice import Notice
from app.workflows.step import Step
from app.workflows.view import BenchView


class Front(StrEnum):
    """The screens of a station, each with its kind of job."""

    BENCH = "bench"
    RECEIVING = "receiving"
    COUNTING = "counting"
    APPROVALS = "approvals"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One scan as it reached the station; `started` is on the clock's monotonic milliseconds."""

    number: int
    raw: str
    source: str
    started: float

    @property
    def typed(self) -> bool:
        """True for a code entered by hand."""
        return self.source == "typed"


Label = tuple[Mapping[str, object], bool]
"""The document of a label, and whether it is printed as a copy."""


class Desk(Protocol):
    """One kind of job. It owns where that job stands, and changes it only when told that a step is done."""

    @property
    def front(self) -> Front:
        """Its screen."""

    @property
    def open_value(self) -> str:
        """Under which name the record keeps the key of the open job."""

    @property
    def undo_name(self) -> str:
        """What an UNDO would take back, for the sentence that refuses it."""

    @property
    def latched(self) -> bool:
        """True while a stop waits for its own ways out."""

    def resume(self) -> None:
        """Takes up the job that was open when the program ended, at the same question."""

    def answer(self, arrival: Arrival, meaning: Meaning, *, more: bool) -> Step[Any] | None:
        """The step for a scan; None for one that adds nothing.

        `more` marks the other code of the pack in the hand, which counts no unit.
        """

    def job_of(self, step: Step[Any] | None) -> str | None:
        """The key of the job that is open after a step, or now."""

    def done(self, step: Step[Any]) -> list[Label]:
        """What follows a commit: the new state first, so that nothing after it can take it back.

        Answers with the labels to print.
        """

    def tell(self, notice: Notice) -> None:
        """Shows a message over the present question."""

    def notice(self) -> Notice | None:
        """The message that is shown."""

    def view(self, link: LinkFacts) -> BenchView:
        """The screen as it stands."""
