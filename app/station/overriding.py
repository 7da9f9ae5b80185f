"""A supervisor at the bench's own screen: whose badge it is, what the PIN signs, and what is refused.

The word is an approval like any other: it is signed by the supervisor's key for exactly the event that is
recorded, within their certificate, and wrong PINs count with all others.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain.approvals import Action, Certificate
from app.domain.approvals.badge import badge_digest
from app.domain.approvals.people import same_person
from app.domain.approvals.pin import locked
from app.domain.event import Event, EventKind
from app.domain.money import amount_text
from app.domain.policy.leaving import GIVEN_OUTRIGHT
from app.domain.refusal import Refused
from app.ledger import approvers
from app.ledger.writer import Ledger
from app.queries import catalogue, history
from app.station.approving import Approver
from app.station.known import known_unit
from app.station.people import with_badge
from app.station.pin_answer import pin_refused
from app.station.reviewing import Request, judge_requests
from app.station.setup import Setup
from app.workflows.bench import events
from app.workflows.bench.context import Moment
from app.workflows.bench.goods import nearest
from app.workflows.bench.inputs import OverrideSigned, Overriding, PinRefused, SupervisorRead
from app.workflows.bench.known_unit import KnownUnit
from app.workflows.bench.otherwise import redecided, ways
from app.workflows.bench.override import Holder, Override
from app.workflows.bench.state import BenchState, Phase, Pick

_NO_UNIT = "override.no_unit"


class OverrideDesk:
    """See the module. Used on the station's thread; the badge is kept until the PIN came, or nobody waits."""

    def __init__(self, ledger: Ledger, setup: Setup) -> None:
        self._ledger = ledger
        self._setup = setup
        self._badge = b""

    def takes(self, secret: bytes, state: BenchState) -> bool:
        """Whether a badge is for the bench: a supervisor's at a stop, anybody's while one decides."""
        if state.override is not None:
            return True
        if state.phase is not Phase.STOP:
            return False
        code = approvers.holder_of(self._ledger, badge_digest(secret))
        if code is not None and approvers.certified(self._ledger.connection, code) is not None:
            return True
        known = with_badge(self._ledger, badge_digest(secret))
        return known is not None and known.role == "supervisor"

    def read(self, secret: bytes, state: BenchState, moment: Moment) -> SupervisorRead:
        """Whose badge it is, and what keeps that person from deciding this here."""
        code = approvers.holder_of(self._ledger, badge_digest(secret))
        approving = self._setup.approving() if code else None
        if code is None or approving is None:
            return self._keyless(secret)
        holder = Holder(code, self._setup.name_of(code))
        approving.unlock_by_centre(code)
        if locked(approving.attempts(code).failed):
            return SupervisorRead(holder, PinRefused("approval.locked", locked=True))
        try:
            self._allowed(state, code, moment)
        except Refused as no:
            return SupervisorRead(holder, PinRefused(no.code, detail=f"{no.read} {no.expected}"))
        self._badge = secret
        return SupervisorRead(holder, sold=self._sold(state))

    def _keyless(self, secret: bytes) -> SupervisorRead:
        """A badge without a key at this station: of somebody who works here, or of nobody."""
        known = with_badge(self._ledger, badge_digest(secret))
        if known is None:
            return SupervisorRead(None)
        missing = "Read a badge without a key. Expected a key that was made at this station."
        return SupervisorRead(Holder(known.code, known.name), PinRefused("approval.no_key", detail=missing))

    def tried(self, pin: str, state: BenchState, moment: Moment) -> Overriding:
        """What came of a PIN; it is used here and kept nowhere.

        Raises:
            Unavailable: the record cannot be written; nothing was accepted.
        """
        over, approving = state.override, self._setup.approving()
        if over is None or over.holder is None or approving is None or not state.wants_pin:
            return PinRefused("approval.no_key")
        if not pin:
            return PinRefused("pin.empty")
        code = over.holder.code
        try:
            # What it is and where it stands may have come from the centre since it was chosen.
            now = replace(over, unit=self._anew(over.unit)) if over.unit is not None else over
            state = replace(state, override=now, pick=self._priced(state.pick))
            self._allowed(state, code, moment)
            request = self._request(state, now, moment)
            (approval,) = approving.approve(Approver(code, pin, self._badge), [request])
        except Refused as no:
            return pin_refused(approving, code, no)
        return OverrideSigned(replace(request.event, approvals=(approval.to_json(),)), request.reason)

    def _sold(self, state: BenchState) -> str:
        """The serial of the line that is nearest to the one that came, of those that came not yet."""
        job, pick = state.job, state.pick
        line = job.rma.line(pick.line) if job and job.rma and pick and pick.line is not None else None
        if job is None or pick is None or line is None or not pick.serial:
            return ""
        told = history.timeline(self._ledger.connection, f"rma:{job.key}")
        bodies = [
            entry.event.body
            for entry in told
            if entry.event.kind == EventKind.RETURN_DISPOSITIONED and not entry.undone
        ]
        came = {body.get("instead_of") or body.get("serial") for body in bodies}
        left = tuple(serial for serial in line.serials if serial not in came)
        return nearest(pick.serial, left) if left else ""

    def settle(self, state: BenchState) -> None:
        """After a step: with nobody deciding any more the badge is forgotten."""
        if state.override is None:
            self._badge = b""

    def _allowed(self, state: BenchState, code: str, moment: Moment) -> None:
        """Refuses a supervisor who may not decide this here, before anything is asked of them."""
        held = approvers.certified(self._ledger.connection, code)
        # Whose work and what it is worth is known before what is decided.
        event = Event(moment.event_id, "override", (), moment.bench.operator, moment.bench.session)
        request = Request(event, Action.OVERRIDE, *_stake(state), "")
        judge_requests(self._ledger, code, held, [request], self._setup.clock.now())
        if state.override is not None and state.override.unit is not None:
            self._another(code, state.override, state.override.unit)
        _alone(request, held)

    def _another(self, code: str, over: Override, unit: KnownUnit) -> None:
        """Refuses one person alone: on their own decision, or on goods whose write-off they rejected."""
        if same_person(code, unit.decided.by):
            raise _own(f"{code} decided this.")
        told = history.timeline(self._ledger.connection, f"label:{unit.label}")
        rejected = (e for e in told if e.event.kind == EventKind.WRITE_OFF_REJECTED and not e.undone)
        if over.disposition in GIVEN_OUTRIGHT and any(same_person(code, e.event.operator) for e in rejected):
            raise _own(f"{code} rejected its write-off.")

    def _priced(self, pick: Pick | None) -> Pick | None:
        """The unit in the hand by the item's newest record: the centre judges by what it is worth now."""
        item = catalogue.by_sku(self._ledger.connection, pick.item.sku) if pick is not None else None
        return replace(pick, item=item) if pick is not None and item is not None else pick

    def _anew(self, unit: KnownUnit) -> KnownUnit:
        """The unit as it is known now, refused when it is not any more where the supervisor saw it."""
        now = known_unit(self._ledger, self._setup, unit.label)
        if now is None:
            raise Refused(
                _NO_UNIT,
                f"{unit.label} is no longer in {unit.account.location}, as far as this station was told.",
                "Expected a unit that nobody moved meanwhile.",
                "The centre decides about it.",
            )
        if not now.stands_as(unit):
            raise Refused(
                "override.changed",
                f"{unit.label} was decided about meanwhile.",
                "Expected the unit as it was shown.",
                "Choose anew.",
            )
        return now

    def _request(self, state: BenchState, over: Override, moment: Moment) -> Request:
        words = self._setup.texts.say(over.reason_code(over.why))
        if over.unit is not None:
            _still_open(over, over.unit, moment)
            return Request(redecided(over, words, moment), Action.OVERRIDE, *_stake(state), words)
        job, pick = state.job, state.pick
        if job is None or pick is None or over.holder is None:
            raise ValueError("a supervisor decides about a unit in the hand")
        said = (over.holder.code, over.why, words)
        event = events.serial_accepted(job, pick, state.expected_serial, said, moment)
        return Request(event, Action.OVERRIDE, *_stake(state), words)


def _still_open(over: Override, unit: KnownUnit, moment: Moment) -> None:
    """Refuses what the policy, which may be another by now, does not leave possible."""
    may = [way.outcome.disposition for way in ways(moment.policy, unit) if not way.blocked]
    if over.disposition not in may:
        raise Refused(
            "override.changed",
            f"Policy {moment.policy.version} does not let it go there ({over.disposition}).",
            f"Expected {', '.join(may)}.",
            "Choose anew.",
        )


def _own(read: str) -> Refused:
    return Refused("approval.own_work", read, "Expected somebody else's word.", "Ask another supervisor.")


def _stake(state: BenchState) -> tuple[int, str]:
    """What the unit that is decided about is worth by its record, in whole minor units, and the currency."""
    known = state.override.unit if state.override else None
    if known is not None:
        return known.item.value_minor * known.qty, known.item.currency
    if state.pick is None:
        raise ValueError("a supervisor decides about a unit")
    return state.pick.item.value_minor * state.pick.qty, state.pick.item.currency


def _alone(request: Request, held: approvers.Certified | None) -> None:
    """Refuses what takes two approvers: at a stop there is one."""
    if held is None:
        return
    limits = Certificate.read(held.certificate).limits
    if request.value > limits.two_person_above:
        above = amount_text(limits.two_person_above, limits.currency)
        raise Refused(
            "override.two",
            f"It is worth {amount_text(request.value, request.currency)}.",
            f"Above {above} two supervisors decide, at the centre.",
            "Keep the unit; the centre decides about it.",
        )
