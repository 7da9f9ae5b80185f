"""The session at a station: locked, signed out, open again; each change is an event before it is seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from app.domain.approvals.badge import badge_digest
from app.domain.approvals.pin import LOCKED_AT, locked
from app.domain.clock import to_ms, to_text
from app.domain.event import EventKind
from app.domain.refusal import Refused
from app.ledger.also import Also, SetValue
from app.ledger.writer import Ledger
from app.scanning.meaning import Badge, Command, Meaning
from app.station.approving import Approver, Approving
from app.station.people import Known, keeping, people, with_badge
from app.station.setup import Person, Setup
from app.workflows.notice import Notice
from app.workflows.session import signing_in
from app.workflows.session.events import session_event
from app.workflows.session.screen import Shown, draw
from app.workflows.session.signing_in import Came, Deed, Facts, Move
from app.workflows.session.state import Holder, Phase, SessionState
from app.workflows.session.step import comes_back, leaves
from app.workflows.view import BenchView

LAST = "session.last"
"""Whose session it is, or was last: their work is not asked about when they come back."""
Parks = Callable[[], bool]


class SessionDesk:
    """See the module. Every method is called on the station's thread."""

    def __init__(self, ledger: Ledger, setup: Setup, *, on_recorded: Callable[[], None]) -> None:
        self._ledger = ledger
        self._setup = setup
        self._on_recorded = on_recorded
        self._badge = b""
        self.guarded = bool(people(ledger))
        # Somebody signs in before anything else, where people are set up.
        self.state = SessionState(Phase.OUT if self.guarded else Phase.OPEN)

    @property
    def closed(self) -> bool:
        """True while this screen stands before every job."""
        return self.state.closed

    @property
    def wants_pin(self) -> bool:
        """True while a PIN is asked for."""
        return self.state.wants_pin

    @property
    def person_shown(self) -> str:
        """Who works here, as the top bar says it."""
        out = self.state.phase is Phase.OUT or (self.closed and self.state.came is Phase.OUT)
        return self._setup.texts.say("session.nobody") if out else self._setup.person.shown

    def answer(self, meaning: Meaning, *, job: bool, parks: Parks) -> Move | None:
        """What a scan does to the session; None when it is for the job in front.

        Args:
            meaning: of the scan.
            job: whether one is open in front.
            parks: parks it; False when it cannot be parked now.

        Raises:
            Unavailable: the event was not recorded, and the session is as it was.
        """
        word = meaning.word.value if isinstance(meaning, Command) else ""
        if not self.guarded:
            turn = comes_back(self.state, word) if self.closed else leaves(self.state, word)
            if turn is None:
                return None
            if turn.event is not None:
                self._record(turn.event, self._sitting(turn.event, None))
            self.state = turn.state
            return Move(turn.state, over=turn.over)
        if isinstance(meaning, Badge):
            move: Move | None = signing_in.badge(self.state, self._came(meaning.secret), self._facts(job=job))
        elif self.state.wants_pin and meaning.text.isdigit():
            move = Move(replace(self.state, notice=Notice("approvals.scan_is_no_pin")))
        else:
            move = signing_in.word(self.state, word)
        return self._carried_out(move, job=job, parks=parks) if move is not None else None

    def enter_pin(self, pin: str, *, job: bool) -> Notice | None:
        """A PIN typed in the window; it is used here and kept nowhere.

        Returns:
            What is to be said over the open job, when the screen does not stand before it any more.
        """
        who, approving = self.state.who, self._setup.approving()
        if who is None or approving is None or not self.state.wants_pin:
            return None
        if not pin:
            self.tell(Notice("pin.empty"))
            return None
        try:
            approving.prove(Approver(who.code, pin, self._badge))
        except Refused as no:
            notice = self._no(no, who, approving)
            self.tell(notice)
            return None if self.closed else notice
        move = signing_in.proved(self.state, self._facts(job=job))
        return self._carried_out(move, job=job, parks=lambda: False).over

    def tell(self, notice: Notice) -> None:
        """Shows a message over the session's screen."""
        self.state = replace(self.state, notice=notice)

    def view(self, under: BenchView) -> BenchView:
        """The session's screen over the one of the job in front."""
        shown = Shown(self._setup.texts, self._setup.person.name, under.job, guarded=self.guarded)
        return draw(self.state, shown)

    def _came(self, secret: bytes) -> Came:
        known = with_badge(self._ledger, badge_digest(secret))
        if known is None:
            return Came(None)
        self._badge = secret
        holder = Holder(known.code, known.name, known.pin)
        if not known.remembered(self._setup.clock.now()):
            return Came(holder, Notice("session.forgotten", {"name": known.name}))
        approving = self._setup.approving() if known.pin else None
        if approving is not None:
            approving.unlock_by_centre(known.code)
            if locked(approving.attempts(known.code).failed):
                return Came(holder, Notice("session.pin_locked", {"name": known.name}))
        return Came(holder)

    def _facts(self, *, job: bool) -> Facts:
        return Facts(self._ledger.value(LAST) or "", job)

    def _carried_out(self, move: Move, *, job: bool, parks: Parks) -> Move:
        who = move.who
        if move.deed is Deed.PARK_AND_START and not parks():
            self.tell(Notice("session.cannot_park"))
            return Move(self.state)
        match move.deed:
            case Deed.LOCK:
                self._record(EventKind.SESSION_LOCKED, self._setup.person)
            case Deed.END:
                self._record(EventKind.SESSION_ENDED, self._setup.person)
            case Deed.UNLOCK:
                self._record(EventKind.SESSION_UNLOCKED, self._setup.person)
            case Deed.START | Deed.PARK_AND_START | Deed.TAKE_OVER if who is not None:
                self._begin(who, move, job=job)
            case _:
                pass
        self.state = move.state
        if not self.state.wants_pin:
            self._badge = b""
        return move

    def _begin(self, who: Holder, move: Move, *, job: bool) -> None:
        """One session ends, if one was open, and the next begins; what became of the job stays with both."""
        left = {Deed.PARK_AND_START: "parked", Deed.TAKE_OVER: "taken_over"}.get(move.deed or Deed.START)
        said = {"job": left} if left and job else {}
        if move.came is not Phase.OUT:
            self._record(EventKind.SESSION_ENDED, self._setup.person, said | {"to": who.code})
        everybody = people(self._ledger)
        known = next(known for known in everybody if known.code == who.code)
        seen = replace(known, seen=to_text(self._setup.clock.now()))
        also = (keeping(everybody, seen), SetValue(LAST, who.code))
        self._record(EventKind.SESSION_STARTED, self._sitting(EventKind.SESSION_STARTED, known), said, also)

    def _sitting(self, kind: EventKind, known: Known | None) -> Person:
        """Who sits here after an event: the same person, in a new session when one begins."""
        person = self._setup.person
        if kind is not EventKind.SESSION_STARTED:
            return person
        session = self._setup.ids.event_id(to_ms(self._setup.clock.now()))
        if known is None:
            return replace(person, session=session)
        return Person(known.code, known.name, known.role.capitalize(), session)

    def _record(
        self,
        kind: EventKind,
        who: Person,
        said: Mapping[str, object] | None = None,
        also: tuple[Also, ...] = (),
    ) -> None:
        event_id = self._setup.ids.event_id(to_ms(self._setup.clock.now()))
        self._ledger.record(session_event(kind, event_id, who.id, who.session, said or {}), also)
        self._setup.seat.person = who
        self._on_recorded()

    def _no(self, no: Refused, who: Holder, approving: Approving) -> Notice:
        failed = approving.attempts(who.code).failed
        parts = {
            "name": who.name,
            "left": max(0, LOCKED_AT - failed),
            "seconds": -(-approving.wait_ms(who.code) // 1000),
            "detail": "",
        }
        if locked(failed):
            self.state = SessionState(self.state.came)
            return Notice("session.pin_locked", parts)
        return Notice(no.code, parts)
