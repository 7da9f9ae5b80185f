"""An event: one thing that happened, with the moves it caused; the unit of recording, signing and syncing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.fields import Fields
from app.domain.move import Move


class EventKind(StrEnum):
    """What can happen. A kind the reader does not know is stored and counted, never refused."""

    RETURN_ARRIVED = "return.arrived"
    RETURN_DISPOSITIONED = "return.dispositioned"
    RETURN_REGRADED = "return.regraded"
    RETURN_UNIDENTIFIED = "return.unidentified"
    RETURN_FINISHED = "return.finished"
    RETURN_UNDONE = "return.undone"
    RETURN_MATCHED = "return.matched"
    RETURN_SENT = "return.sent"
    RETURN_ENDED = "return.ended"
    RETURN_ACCEPTED = "return.accepted"
    RETURN_SERIAL_ACCEPTED = "return.serial_accepted"
    RETURN_NAMED = "return.named"
    UNIT_REDECIDED = "unit.redecided"
    GOODS_RECEIVED = "goods.received"
    ORDER_SHIPPED = "order.shipped"
    STOCK_WRITTEN_OFF = "stock.written_off"
    WRITE_OFF_REJECTED = "write_off.rejected"
    WRITE_OFF_QUERIED = "write_off.queried"
    STOCK_ADJUSTED = "stock.adjusted"
    LEDGER_REPAIRED = "ledger.repaired"
    TRANSFER_SHIPPED = "transfer.shipped"
    TRANSFER_RECEIVED = "transfer.received"
    TRANSFER_CLOSED = "transfer.closed"
    WORK_STEP = "work.step"
    UNIT_REFURBISHED = "unit.refurbished"
    UNIT_GIVEN_UP = "unit.given_up"
    CONSIGNMENT_DEPARTED = "consignment.departed"
    CONSIGNMENT_REVERSED = "consignment.reversed"
    CONSIGNMENT_SETTLED = "consignment.settled"
    TRANSFER_UNDONE = "transfer.undone"
    BIN_COUNTED = "bin.counted"
    BIN_UNDONE = "bin.undone"
    REFUND_POSTED = "refund.posted"
    REFUND_PAID = "refund.paid"
    REFUND_FAILED = "refund.failed"
    REFUND_REVERSED = "refund.reversed"
    REPLACEMENT_HELD = "replacement.held"
    REPLACEMENT_ADVANCED = "replacement.advanced"
    REPLACEMENT_RELEASED = "replacement.released"
    REPLACEMENT_LAPSED = "replacement.lapsed"
    REPLACEMENT_OVERDUE = "replacement.overdue"
    REPLACEMENT_SETTLED = "replacement.settled"
    REPLACEMENT_CHARGED = "replacement.charged"
    REPLACEMENT_WAIVED = "replacement.waived"
    REPLACEMENT_CANCELLED = "replacement.cancelled"
    REPLACEMENT_PAID = "replacement.paid"
    REPLACEMENT_UNPAID = "replacement.unpaid"
    APPROVAL_GIVEN = "approval.given"
    APPROVAL_PIN_FAILED = "approval.pin_failed"
    APPROVAL_LOCKED = "approval.locked"
    APPROVAL_UNLOCKED = "approval.unlocked"
    PERSONAL_KEPT = "personal.kept"
    PERSONAL_READ = "personal.read"
    PERSONAL_ERASED = "personal.erased"
    PRIVATE_ERASED = "private.erased"
    CENTRE_GOVERNED = "centre.governed"
    CHECKPOINT_DIFFERED = "checkpoint.differed"
    EXCEPTION_RESOLVED = "exception.resolved"
    SESSION_STARTED = "session.started"
    SESSION_LOCKED = "session.locked"
    SESSION_UNLOCKED = "session.unlocked"
    SESSION_ENDED = "session.ended"


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, before it is sealed into a chain.

    `kind` is text because other versions know other kinds. `body` holds the facts of this kind beside the
    moves (JSON values, never personal data); `private` holds notes and references that can be erased.
    `subject` lists what it is about, as `rma:R-1`, `unit:SN1`, `sku:K-17`, `order:8841`, `event:<id>`.
    `approvals` are signed words of approvers about exactly this event (`app.domain.approvals`), kept as they
    came: what cannot be read is judged, never refused.
    """

    event_id: str
    kind: str
    subject: tuple[str, ...]
    operator: str
    session: str
    moves: tuple[Move, ...] = ()
    body: Mapping[str, object] = field(default_factory=dict)
    private: Mapping[str, object] | None = None
    corrects: str | None = None
    policy_ver: str | None = None
    kind_ver: int = 1
    approvals: tuple[object, ...] = ()

    def __post_init__(self) -> None:
        """An event that could be sealed but not read back is a defect of whoever made it."""
        if not (self.event_id and self.kind and self.operator and self.session):
            raise ValueError(f"event {self.event_id!r}: id, kind, operator and session must not be empty")
        if "moves" in self.body:
            raise ValueError(f"event {self.event_id!r}: moves stand beside the body, not in it")

    def facts(self) -> dict[str, object]:
        """What is signed for ever: the body and the moves."""
        return {**self.body, "moves": [move.to_json() for move in self.moves]}


def erased_by(body: Mapping[str, object]) -> tuple[str, ...]:
    """The events whose private parts an erasure names; nothing where it names none that can be read."""
    named = body.get("events")
    return tuple(one for one in named if isinstance(one, str)) if isinstance(named, list | tuple) else ()


def standing_by(body: Mapping[str, object]) -> tuple[str, ...]:
    """The returns and customers (`rma:`, `customer:`) whose words go as they come, by such an event."""
    names = body.get("standing")
    return tuple(one for one in names if isinstance(one, str)) if isinstance(names, list | tuple) else ()


def split_facts(facts: object) -> tuple[tuple[Move, ...], dict[str, object]]:
    """The moves of a facts document and the rest of its body."""
    f = Fields(facts, "facts")
    moves = tuple(Move.from_json(entry.raw()) for entry in f.objects("moves"))
    return moves, {name: value for name, value in f.raw().items() if name != "moves"}


_UNDONE_BY = {
    EventKind.BIN_COUNTED.value: EventKind.BIN_UNDONE,
    EventKind.TRANSFER_RECEIVED.value: EventKind.TRANSFER_UNDONE,
}
UNDOING = frozenset({EventKind.RETURN_UNDONE, *_UNDONE_BY.values()})
"""The kinds that take an earlier event back whole."""


def _lines_undone(undone: Event) -> dict[str, object]:
    """What the lines of a receipt were told, so that whoever follows need not look them up."""
    if undone.kind != EventKind.TRANSFER_RECEIVED:
        return {}
    return {name: undone.body[name] for name in ("transfer", "lines") if name in undone.body}


def undo(event_id: str, undone: Event, operator: str, session: str, reason: str) -> Event:
    """The counter-event: every move of `undone` taken back, newest first."""
    return Event(
        event_id=event_id,
        kind=_UNDONE_BY.get(str(undone.kind), EventKind.RETURN_UNDONE),
        subject=(*undone.subject, f"event:{undone.event_id}"),
        operator=operator,
        session=session,
        moves=tuple(move.reversed(reason) for move in reversed(undone.moves)),
        body={"undoes": undone.kind, "reason": reason} | _lines_undone(undone),
        corrects=undone.event_id,
        policy_ver=undone.policy_ver,
    )
