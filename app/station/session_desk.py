"""The session at a station: locked, signed out, open again; each change is an event before it is seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.domain.clock import to_ms
from app.domain.event import EventKind
from app.ledger.writer import Ledger
from app.scanning.meaning import Command, Meaning
from app.station.setup import Setup
from app.workflows.notice import Notice
from app.workflows.session.events import session_event
from app.workflows.session.screen import Shown, draw
from app.workflows.session.state import Phase, SessionState
from app.workflows.session.step import Turn, comes_back, leaves
from app.workflows.view import BenchView


class SessionDesk:
    """See the module. Every method is called on the station's thread."""

    def __init__(self, ledger: Ledger, setup: Setup, *, on_recorded: Callable[[], None]) -> None:
        self._ledger = ledger
        self._setup = setup
        self._on_recorded = on_recorded
        self.state = SessionState()

    @property
    def closed(self) -> bool:
        """True while this screen stands before every job."""
        return self.state.closed

    @property
    def person_shown(self) -> str:
        """Who works here, as the top bar says it."""
        if self.state.phase is Phase.OUT:
            return self._setup.texts.say("session.nobody")
        return self._setup.person.shown

    def answer(self, meaning: Meaning) -> Turn | None:
        """What a scan does to the session; None when it is for the job in front.

        Raises:
            Unavailable: the event was not recorded, and the session is as it was.
        """
        word = meaning.word.value if isinstance(meaning, Command) else ""
        turn = comes_back(self.state, word) if self.closed else leaves(self.state, word)
        if turn is not None:
            self._take(turn)
        return turn

    def tell(self, notice: Notice) -> None:
        """Shows a message over the session's screen."""
        self.state = replace(self.state, notice=notice)

    def view(self, under: BenchView) -> BenchView:
        """The session's screen over the one of the job in front."""
        return draw(self.state, Shown(self._setup.texts, self._setup.person.name, under.job))

    def _take(self, turn: Turn) -> None:
        if turn.event is not None:
            now = to_ms(self._setup.clock.now())
            person = self._setup.person
            if turn.event is EventKind.SESSION_STARTED:
                person = replace(person, session=self._setup.ids.event_id(now))
            event_id = self._setup.ids.event_id(now)
            self._ledger.record(session_event(turn.event, event_id, person.id, person.session, {}))
            self._setup.seat.person = person
            self._on_recorded()
        self.state = turn.state
