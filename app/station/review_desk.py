"""Reviews of write-offs at a station, between the engine, the approvers and the pure workflow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.approvals import Action
from app.domain.approvals.badge import badge_digest
from app.domain.approvals.pin import locked
from app.domain.clock import from_text, to_ms
from app.domain.event import Event, EventKind
from app.domain.refusal import Refused
from app.ledger import approvers
from app.ledger.writer import Ledger
from app.queries import catalogue, desk, history
from app.scanning.meaning import Badge, Command, Damaged, Meaning, OwnCode, Text, shown
from app.station.approving import Approver, Approving
from app.station.desk import Arrival, Front, Label
from app.station.lookup import Lookup
from app.station.pin_answer import pin_refused
from app.station.requests import Requests
from app.station.reviewing import Request
from app.station.setup import Setup
from app.station.status import LinkFacts, age
from app.workflows.approvals import events
from app.workflows.approvals.context import (
    BadgeRead,
    DigitsScanned,
    Input,
    Moment,
    Picked,
    PinRefused,
    Signed,
    Unlocked,
)
from app.workflows.approvals.drafts import event_from_json, event_to_json, from_draft
from app.workflows.approvals.halves import signing_key
from app.workflows.approvals.screen import Shown, draw
from app.workflows.approvals.state import WORK, Half, Holder, Mark, Marked, Pending, Phase, ReviewState
from app.workflows.approvals.step import advance, outgrown, settled, signed_summary
from app.workflows.notice import Notice
from app.workflows.scanned import NotFound, Other, Said, Unreadable
from app.workflows.step import Step
from app.workflows.view import BenchView, LastAction, Link, Marker

LATE_MINUTES = 4 * 60


@dataclass(frozen=True, slots=True)
class _Words:
    """Who decides, in which session, and at what time of day."""

    code: str
    session: str
    at: str


class ReviewDesk:
    """See the module. Every method is called on the station's thread."""

    front = Front.APPROVALS
    open_value = "approvals.open_job"
    undo_name = ""
    latched = False

    def __init__(self, ledger: Ledger, setup: Setup) -> None:
        self._ledger = ledger
        self._setup = setup
        self._lookup = Lookup(ledger, setup)
        self._requests = Requests(ledger, setup)
        self._badge = b""
        self._ages: dict[str, tuple[str, bool]] = {}
        self.state = ReviewState()

    @property
    def wants_pin(self) -> bool:
        """True while a PIN is asked for."""
        return self.state.wants_pin

    def resume(self) -> None:
        """Takes up the marks that were made when the program ended; a badge is scanned again."""
        found = desk.load_draft(self._ledger.connection, WORK, WORK)
        if found is not None:
            self.state = from_draft(found.document)

    def answer(self, arrival: Arrival, meaning: Meaning, *, more: bool) -> Step[ReviewState] | None:
        """The step for a scan."""
        del more
        return advance(self.state, self._given(arrival, meaning), self._moment())

    def enter_pin(self, pin: str) -> Step[ReviewState]:
        """What a PIN does with the marks; it is used here and kept nowhere."""
        self.state = replace(self.state, halves=self._standing_halves())
        return advance(self.state, self._tried(pin), self._moment())

    def forget_badge(self) -> None:
        """Whoever was to sign steps back, as the screen is locked; the marks stay."""
        if self.state.phase in {Phase.SIGN, Phase.UNLOCK, Phase.LOCKED}:
            self.state = replace(self.state, phase=Phase.LIST, holder=None, locked=None, notice=None)
        self._badge = b""

    def job_of(self, step: Step[Any] | None) -> str | None:
        """A review is no open job: its marks lie on the desk."""
        del step
        return None

    def done(self, step: Step[Any]) -> list[Label]:
        """Takes the new state over; nothing is printed."""
        self.state = step.state
        if not self.state.wants_pin:
            self._badge = b""
        return []

    def tell(self, notice: Notice) -> None:
        """Shows a message over the present question."""
        self.state = replace(self.state, notice=notice)

    def notice(self) -> Notice | None:
        """The message that is shown."""
        return self.state.notice

    def view(self, link: LinkFacts) -> BenchView:
        """The screen as it stands."""
        moment = self._moment()
        # While a PIN is typed nothing else on the screen moves, or its field would be made anew.
        held = self._ages if self.state.wants_pin else {}
        self._ages = {p.cause: held.get(p.cause) or self._age(p) for p in moment.waiting}
        ages = tuple(self._ages.values())
        return draw(
            settled(self.state, moment),
            Shown(
                self._setup.texts,
                moment.waiting,
                ages,
                letters=self._setup.letters,
                offline=link.link is not Link.ONLINE,
                two_above=approvers.second_above(self._ledger.connection),
                last=self._last(),
            ),
        )

    def _given(self, arrival: Arrival, meaning: Meaning) -> Input:
        match meaning:
            case Badge(secret=secret):
                return self._badge_read(secret)
            case Command(word=word):
                return Said(word.value)
            case _ if self.state.wants_pin and arrival.source != "screen" and meaning.text.isdigit():
                return DigitsScanned()
            case Damaged():
                return Unreadable(shown(meaning.raw), meaning.expected, meaning.do)
            case OwnCode(code=code) | Text(text=code):
                found = next((p for p in self._pending() if p.label == code), None)
                if found is not None:
                    return Picked(found.cause)
                known = desk.unit_label(self._ledger.connection, code)
                return Other(shown(code), "BENCH") if known else NotFound(shown(code), code, digits=False)
            case _:
                return NotFound(shown(meaning.raw), meaning.text, digits=meaning.text.isdigit())

    def _badge_read(self, secret: bytes) -> BadgeRead:
        code = approvers.holder_of(self._ledger, badge_digest(secret))
        approving = self._setup.approving() if code else None
        if code is None or approving is None:
            return BadgeRead(None)
        self._badge = secret
        approving.unlock_by_centre(code)
        return BadgeRead(Holder(code, self._setup.name_of(code)), locked(approving.attempts(code).failed))

    def _tried(self, pin: str) -> Input:
        holder, approving = self.state.holder, self._setup.approving()
        if holder is None or approving is None or not self.state.wants_pin:
            return PinRefused("approval.no_key")
        if not pin:
            return PinRefused("pin.empty")
        who = Approver(holder.code, pin, self._badge)
        try:
            if self.state.phase is Phase.UNLOCK:
                return self._unlock(approving, who)
            return self._sign(approving, who, holder)
        except Refused as no:
            return pin_refused(approving, holder.code, no)

    def _unlock(self, approving: Approving, who: Approver) -> Input:
        other = self.state.locked
        if other is None:
            raise AssertionError("nobody is to be unlocked")
        held = approvers.certified(self._ledger.connection, who.code)
        above = approvers.second_above(self._ledger.connection)
        approving.unlock_by_approver(other.code, who, next(iter(above), "GBP") if held else "GBP")
        return Unlocked(other)

    def _sign(self, approving: Approving, who: Approver, holder: Holder) -> Input:
        if outgrown(self.state, self._moment()):
            # What was marked is not what the first approver signed: it is shown anew before anybody signs.
            return PinRefused("approvals.half_changed")
        now = self._setup.clock.now()
        words = _Words(who.code, self._setup.ids.event_id(to_ms(now)), self._time_of_day())
        marked = [(mark, pending) for mark in self.state.marks if (pending := self._of(mark.cause))]
        shown_events = [self._event_of(pending) for mark, pending in marked if mark.mark is Mark.APPROVE]
        asked = [
            Request(event, Action.WRITE_OFF, p.value, p.currency, events.reason_of(p))
            for event, p in shown_events
        ]
        if asked:
            given = approving.approve(who, asked)
        else:
            approving.confirm(who)
            given = ()
        halves = {half.cause: half for half in self.state.halves}
        above = self._above(who.code)
        kept = list(self.state.halves)
        half = 0
        for (event, pending), approval in zip(shown_events, given, strict=True):
            first = halves.get(pending.cause)
            if first is None and pending.value > above:
                kept.append(Half(pending.cause, who.code, event_to_json(event), approval.to_json()))
                half += 1
                continue
            before = (first.approval,) if first else ()
            self._ledger.record(replace(event, approvals=(*before, approval.to_json())))
            kept = [other for other in kept if other.cause != pending.cause]
        self._decline(marked, words)
        return Signed(signed_summary(self.state, holder.name, words.at, half), tuple(kept))

    def _standing_halves(self) -> tuple[Half, ...]:
        """First signatures by keys that were not revoked since: another would make the write-off invalid."""
        ended = approvers.revocations(self._ledger.connection)
        return tuple(
            half for half in self.state.halves if ended.number_of(signing_key(half.approval)) is None
        )

    def _decline(self, marked: Sequence[tuple[Marked, Pending]], words: _Words) -> None:
        for mark, pending in marked:
            if mark.mark is Mark.APPROVE:
                continue
            again = mark.mark is Mark.ASK
            code = f"approvals.{'question' if again else 'why'}_{mark.why}"
            said = (mark.why, self._setup.texts.say(code))
            event_id = self._setup.ids.event_id(to_ms(self._setup.clock.now()))
            self._ledger.record(
                events.declined(pending, event_id, (words.code, words.session), said, again=again)
            )

    def _event_of(self, pending: Pending) -> tuple[Event, Pending]:
        """The write-off as it is signed: the very one that a first approver saw, or a new one."""
        half = next((half for half in self.state.halves if half.cause == pending.cause), None)
        if half is not None:
            return event_from_json(half.event), pending
        policy, item = self._lookup.policy(), pending.item
        rule = policy.regulation(item.category, hazardous=item.hazardous, serial_traced=item.has_serial)
        event_id = self._setup.ids.event_id(to_ms(self._setup.clock.now()))
        return events.written_off(pending, event_id, policy.version, rule), pending

    def _above(self, code: str) -> int:
        held = approvers.certified(self._ledger.connection, code)
        return approvers.limits_of(held).two_person_above if held else 0

    def _pending(self) -> tuple[Pending, ...]:
        return self._requests.pending(self._lookup.policy(), self.state.halves)

    def _of(self, cause: str) -> Pending | None:
        return next((pending for pending in self._pending() if pending.cause == cause), None)

    def _moment(self) -> Moment:
        return Moment(self._pending())

    def _age(self, pending: Pending) -> tuple[str, bool]:
        minutes = int((self._setup.clock.now() - from_text(pending.since)).total_seconds() // 60)
        return age(max(0, minutes), self._setup.texts), minutes >= LATE_MINUTES

    def _time_of_day(self) -> str:
        return f"{self._setup.clock.now().astimezone(self._setup.zone):%H:%M}"

    def _last(self) -> LastAction | None:
        """The newest decision here, and whether the centre has it."""
        kinds = {
            EventKind.STOCK_WRITTEN_OFF: "approved",
            EventKind.WRITE_OFF_REJECTED: "rejected",
            EventKind.WRITE_OFF_QUERIED: "asked",
        }
        found = [entry for kind in kinds for entry in history.newest_of(self._ledger.connection, kind, 1)]
        if not found:
            return None
        entry = max(found, key=lambda entry: entry.seq)
        sku = str(entry.event.body.get("sku"))
        item = catalogue.by_sku(self._ledger.connection, sku)
        marker = Marker.SENT if entry.acknowledged else Marker.WAITS_TO_SEND
        local = from_text(entry.wall).astimezone(self._setup.zone)
        name = kinds[EventKind(entry.event.kind)]
        text = self._setup.texts.say(f"approvals.last.{name}", item=item.name if item else sku)
        return LastAction(marker, f"{local:%H:%M:%S}", text, undo=False)
