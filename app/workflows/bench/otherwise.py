"""Another disposition than a rule's: which may be chosen, and what is recorded and shown of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.account import Status
from app.domain.event import Event, EventKind
from app.domain.move import Move, MoveKind
from app.domain.policy import Outcome, Policy
from app.domain.policy.reach import decidable
from app.domain.policy.scope import Case
from app.workflows.bench.context import Moment
from app.workflows.bench.known_unit import KnownUnit
from app.workflows.bench.mat import DISPOSITION_WORDS
from app.workflows.bench.override import Override
from app.workflows.bench.state import Saved

_WORDS: Mapping[str, str] = {disposition: word for word, disposition in DISPOSITION_WORDS.items()}


@dataclass(frozen=True, slots=True)
class Way:
    """A disposition that a person may name for a unit; `blocked` is the limit that keeps it from being taken.

    `word` is its word on the mat, empty where it has none.
    """

    outcome: Outcome
    word: str
    blocked: str = ""


def ways(policy: Policy, unit: KnownUnit) -> tuple[Way, ...]:
    """Where a unit might go instead, in the policy's order; where it stands already is none of them."""
    case = Case(policy.known(unit.item.category), unit.account.grade or "", unit.item.hazardous)
    found = list[Way]()
    for name in decidable(policy):
        outcome = policy.outcome(name)
        block = policy.routes.blocked(name, case)
        goes = (outcome.place, outcome.status, outcome.reason)
        if goes != (unit.account.location, unit.account.status, unit.account.reason):
            found.append(Way(outcome, _WORDS.get(name, ""), block.name if block is not None else ""))
    return tuple(found)


def redecided(over: Override, words: str, moment: Moment) -> Event:
    """A supervisor's word over what was decided, in the shape of the centre's own; the unit goes at once.

    What was decided before stays on record: the event names it, and whose work it was. `words` say why.
    """
    unit, holder = over.unit, over.holder
    if unit is None or holder is None:
        raise ValueError("nobody decides about a unit")
    outcome = moment.policy.outcome(over.disposition)
    held, before = unit.account, unit.decided
    target = unit.moved(outcome, moment.label, held.grade)
    return Event(
        event_id=moment.event_id,
        kind=EventKind.UNIT_REDECIDED,
        subject=unit.subjects(moment.label, held.serial),
        operator=moment.bench.operator,
        session=moment.bench.session,
        moves=(Move(unit.qty, held, target, MoveKind.DISPOSE, "a supervisor's word", unit.rma),),
        body={
            "decided_by": holder.code,
            "disposition": outcome.disposition,
            "grade": held.grade,
            "label": moment.label,
            "lot": held.lot,
            "overrides": {
                "by": before.by,
                "disposition": before.disposition,
                "event": unit.event_id,
                "grade": held.grade,
                "policy_ver": before.policy_ver,
                "rule": before.rule,
            },
            "place": outcome.place,
            "qty": unit.qty,
            "reason": words,
            "replaces": unit.label,
            "return": unit.rma,
            "serial": held.serial,
            "sku": held.item,
            "why": over.why,
        },
        policy_ver=moment.policy.version,
    )


def keeps_from_sale(event: Event) -> bool:
    """Whether a supervisor's word took units out of what is for sale: nobody else puts them back."""
    return event.kind == EventKind.UNIT_REDECIDED and any(
        move.source.status == Status.SELLABLE and move.target.status != Status.SELLABLE
        for move in event.moves
    )


def saved_otherwise(event: Event, over: Override, words: str, moment: Moment) -> Saved:
    """What the screen says of it, and UNDO takes back."""
    unit = over.unit
    if unit is None:
        raise ValueError("no unit was decided about")
    outcome, grade = moment.policy.outcome(over.disposition), unit.account.grade or ""
    return Saved(
        event_id=event.event_id,
        item=unit.item,
        rma=unit.rma,
        line=None,
        pick_qty=unit.qty,
        serial=unit.account.serial,
        lot=unit.account.lot,
        grade=grade,
        grade_caption=moment.policy.grade(grade).caption if grade else "",
        outcome=outcome.caption,
        place=outcome.place,
        rule="",
        label=moment.label,
        time=f"{moment.local:%H:%M:%S}",
        date=f"{moment.local.day} {moment.local:%b %Y}",
        decided_by=over.name,
        decided_why=words,
        again=True,
        kept_from_sale=keeps_from_sale(event),
    )


def label_document(saved: Saved, unit: KnownUnit, moment: Moment) -> dict[str, object]:
    """The new label, which goes over the old one."""
    return {
        "code": saved.label,
        "headline": saved.headline,
        "place": saved.place,
        "item_name": unit.item.name,
        "sku": unit.item.sku,
        "serial": saved.serial,
        "lot": saved.lot,
        "quantity": unit.qty,
        "rma": unit.rma,
        "date": moment.local.date().isoformat(),
        "station": moment.bench.station,
        "holding": False,
        "remark": "",
    }
