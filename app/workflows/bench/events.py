"""The facts of the bench as events: arrival, disposition, and a box finished with something missing."""

from __future__ import annotations

from app.domain.account import Account, Status
from app.domain.event import Event, EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.domain.policy import Decision, Policy
from app.domain.policy.asides import Aside, told
from app.domain.policy.inspection import answers, photo_asked
from app.workflows.bench.context import Moment
from app.workflows.bench.inputs import FoundReturn
from app.workflows.bench.state import Job, Pick

# Of a large sale any of very many may come: what this one stands for is said beside them.
_MOST_SOLD = 20


def arrived(found: FoundReturn, moment: Moment) -> Event:
    """The box is on the bench; a fact without moves, since nothing was counted yet."""
    return Event(
        event_id=moment.event_id,
        kind=EventKind.RETURN_ARRIVED,
        subject=(f"rma:{found.rma.code}",),
        operator=moment.bench.operator,
        session=moment.bench.session,
        body={"rma": found.rma.code},
        # A carrier's number leads to a person.
        private={"parcel": found.parcel} if found.parcel else None,
        policy_ver=moment.policy.version,
    )


def dispositioned(
    job: Job, pick: Pick, decision: Decision, moment: Moment, *, grade: str, label: str
) -> Event:
    """Units came in from the customer and went where the rule says: two moves, one fact."""
    owner = job.rma.owner if job.rma else moment.bench.owner
    outcome = decision.outcome
    document = job.rma.code if job.rma else None

    def account(location: str, status: Status | None, **more: str | None) -> Account:
        return Account(owner, pick.item.sku, location, status, lot=pick.lot, serial=pick.serial, **more)

    customer = account(Virtual.CUSTOMER, None)
    bench = account(moment.bench.location, Status.RETURN_PENDING, label=label)
    place = account(outcome.place, outcome.status, reason=outcome.reason, label=label, grade=grade)
    subjects = [f"label:{label}", f"sku:{pick.item.sku}"]
    if job.rma:
        subjects.insert(0, f"rma:{job.rma.code}")
    if pick.serial:
        subjects.append(f"serial:{pick.serial}")
    return Event(
        event_id=moment.event_id,
        kind=EventKind.RETURN_DISPOSITIONED,
        subject=tuple(subjects),
        operator=moment.bench.operator,
        session=moment.bench.session,
        moves=(
            Move(pick.qty, customer, bench, MoveKind.RETURN, None, document),
            Move(pick.qty, bench, place, MoveKind.DISPOSE, f"rule {decision.rule}", document),
        ),
        body={
            "blind": job.rma is None,
            "disposition": outcome.disposition,
            "grade": grade,
            "label": label,
            "line": pick.line,
            "lot": pick.lot,
            "place": outcome.place,
            "qty": pick.qty,
            "rma": document,
            "rule": decision.rule,
            "serial": pick.serial,
            "sku": pick.item.sku,
            "wrong_item": pick.wrong_item,
        }
        # The figures as they stood, so that the choice can be computed again.
        | ({"route": decision.weighing.to_json()} if decision.weighing else {})
        | (pick.accepted.body() if pick.accepted else {})
        | _said(pick, moment.policy, grade),
        private={"found_on": job.found_on} if job.found_on != document else None,
        policy_ver=decision.policy_ver,
    )


def expected_serials(job: Job | None, pick: Pick) -> tuple[str, ...]:
    """The serials that were sold on the line of the unit in the hand; of very many the first few."""
    line = job.rma.line(pick.line) if job and job.rma and pick.line is not None else None
    return line.serials[:_MOST_SOLD] if line is not None else ()


def serial_accepted(
    job: Job, pick: Pick, instead_of: str, said: tuple[str, str, str], moment: Moment
) -> Event:
    """A supervisor's word that this serial stands for one that was sold; the unit is recorded after it.

    Args:
        job: the open box.
        pick: the unit in the hand, of a line.
        instead_of: the serial that was sold.
        said: who says so, and the id and the words of why.
        moment: now; whoever works at the bench is its operator.
    """
    if job.rma is None or pick.serial is None:
        raise ValueError("a serial is accepted onto a line of a return")
    by, why, words = said
    return Event(
        event_id=moment.event_id,
        kind=EventKind.RETURN_SERIAL_ACCEPTED,
        subject=(f"rma:{job.rma.code}", f"sku:{pick.item.sku}", f"serial:{pick.serial}"),
        operator=moment.bench.operator,
        session=moment.bench.session,
        body={
            "by": by,
            "instead_of": instead_of,
            "line": pick.line,
            "qty": pick.qty,
            "reason": words,
            "rma": job.rma.code,
            "serial": pick.serial,
            "sku": pick.item.sku,
            "sold": list(expected_serials(job, pick)),
            "why": why,
        },
        policy_ver=moment.policy.version,
    )


def regraded(job: Job, pick: Pick, decision: Decision, moment: Moment, *, grade: str, label: str) -> Event:
    """A unit graded again goes from where it is to where the rule says, under a label of its own.

    What was recorded before stays as it is; the event names it, and why another look was taken.
    """
    if pick.again is None:
        raise ValueError(f"nothing was graded before under {job.key}")
    unit, outcome = pick.again.unit, decision.outcome
    target = unit.moved(outcome, label, grade)
    return Event(
        event_id=moment.event_id,
        kind=EventKind.RETURN_REGRADED,
        subject=unit.subjects(label, pick.serial),
        operator=moment.bench.operator,
        session=moment.bench.session,
        moves=(Move(unit.qty, unit.account, target, MoveKind.DISPOSE, f"rule {decision.rule}", unit.rma),),
        body={
            "before": unit.grades[-1].grade,
            "blind": unit.blind,
            "disposition": outcome.disposition,
            "grade": grade,
            "label": label,
            "lot": pick.lot,
            "place": outcome.place,
            "qty": unit.qty,
            "reason": pick.again.reason,
            "regrades": unit.event_id,
            "replaces": unit.label,
            "return": unit.rma,
            "rule": decision.rule,
            "serial": pick.serial,
            "sku": pick.item.sku,
            "wrong_item": pick.wrong_item,
        }
        | ({"route": decision.weighing.to_json()} if decision.weighing else {})
        | _said(pick, moment.policy, grade),
        policy_ver=decision.policy_ver,
    )


def photo_missing(pick: Pick, policy: Policy, grade: str) -> str:
    """Why the photo that such a unit wants is not there; empty when it is, or none was wanted."""
    if told(Aside.PHOTO, pick.said) or not (pick.unknown or photo_asked(policy, pick.said, grade)):
        return ""
    return next(iter(told(Aside.NO_PHOTO, pick.said)), "")


def _said(pick: Pick, policy: Policy, grade: str) -> dict[str, object]:
    """What the inspector said, each part only when there is some."""
    parts: dict[str, object] = {
        # In the order they were given; the version of the policy says what was asked.
        "answers": list(answers(pick.said)),
        # The names of files that follow the event to the centre; a picture of goods, never of a person.
        "photos": list(told(Aside.PHOTO, pick.said)),
        # Of each kit, when there are several.
        "missing_parts": [{"sku": pick.item.kit[at].sku, "qty": qty} for at, qty in pick.missing_parts()],
        "notes": list(told(Aside.NOTE, pick.said)),
        "photo_missing": photo_missing(pick, policy, grade),
    }
    return {name: part for name, part in parts.items() if part}


def unidentified(job: Job, pick: Pick, decision: Decision, moment: Moment, *, label: str) -> Event:
    """A thing nobody could name is kept: a fact without moves, for it is stock once somebody names it."""
    outcome, document = decision.outcome, job.rma.code if job.rma else None
    return Event(
        event_id=moment.event_id,
        kind=EventKind.RETURN_UNIDENTIFIED,
        subject=(*([f"rma:{document}"] if document else []), f"label:{label}"),
        operator=moment.bench.operator,
        session=moment.bench.session,
        body={
            "blind": job.rma is None,
            "disposition": outcome.disposition,
            "label": label,
            "place": outcome.place,
            "qty": pick.qty,
            "rma": document,
        }
        | _said(pick, moment.policy, ""),
        private={"found_on": job.found_on} if job.found_on != document else None,
        policy_ver=decision.policy_ver,
    )


def finished(job: Job, moment: Moment) -> Event:
    """The box is done and these units were not in it."""
    if job.rma is None:
        raise ValueError("only a job with an RMA can miss units")
    missing = [{"line": line, "qty": qty} for line, qty in job.missing_units.items()]
    return Event(
        event_id=moment.event_id,
        kind=EventKind.RETURN_FINISHED,
        subject=(f"rma:{job.rma.code}",),
        operator=moment.bench.operator,
        session=moment.bench.session,
        body={"rma": job.rma.code, "missing": missing},
        policy_ver=moment.policy.version,
    )
