"""The facts of a review as events: what is written off, what is not, what is asked again."""

from __future__ import annotations

from dataclasses import replace

from app.domain.account import Account, Status
from app.domain.event import Event, EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.domain.policy.leaving import Regulated
from app.workflows.approvals.state import Pending


def written_off(pending: Pending, event_id: str, policy_ver: str, rule: Regulated | None) -> Event:
    """The write-off that is shown and signed: it is the work of who discarded the units, not the approver's.

    Regulated goods stay where they are, quarantined until they are disposed of as their rule says.
    """
    here = pending.account
    away = (
        replace(here, reason=rule.reason)
        if rule is not None
        else Account(here.owner, here.item, Virtual.SCRAP, Status.DISPOSED, lot=here.lot, serial=here.serial)
    )
    reason = reason_of(pending)
    return Event(
        event_id=event_id,
        kind=EventKind.STOCK_WRITTEN_OFF,
        subject=_subject(pending),
        operator=pending.by,
        session=pending.session,
        moves=(Move(pending.qty, here, away, MoveKind.WRITE_OFF, reason),),
        body=_body(pending)
        | {
            "reason": reason,
            "requested_by": pending.by,
            "regulated": rule.name if rule else None,
        },
        policy_ver=policy_ver,
    )


def declined(
    pending: Pending, event_id: str, approver: tuple[str, str], said: tuple[str, str], *, again: bool
) -> Event:
    """A request that is not granted, or not yet: `said` is the id and the words of why.

    Args:
        pending: the request.
        event_id: the new event's.
        approver: who decided, and the session.
        said: a reason, or a question.
        again: whether it is only asked again, and goes on waiting.
    """
    who, session = approver
    return Event(
        event_id=event_id,
        kind=EventKind.WRITE_OFF_QUERIED if again else EventKind.WRITE_OFF_REJECTED,
        subject=_subject(pending),
        operator=who,
        session=session,
        body=_body(pending) | {"why": said[0], "reason": said[1], "requested_by": pending.by},
    )


def reason_of(pending: Pending) -> str:
    """Why the units are to be written off: the rule, and what was answered."""
    return ": ".join(filter(None, (f"rule {pending.rule}" if pending.rule else "", pending.why))) or "discard"


def _subject(pending: Pending) -> tuple[str, ...]:
    serial = (f"serial:{pending.account.serial}",) if pending.account.serial else ()
    return (f"label:{pending.label}", f"sku:{pending.item.sku}", *serial, f"event:{pending.cause}")


def _body(pending: Pending) -> dict[str, object]:
    return {
        "cause": pending.cause,
        "label": pending.label,
        "qty": pending.qty,
        "rma": pending.rma or None,
        "sku": pending.item.sku,
    }
