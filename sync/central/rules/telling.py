"""What happened, told in one sentence: who, what, how many, from where to where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.account import Account
from app.domain.event import EventKind
from app.domain.move import Move
from app.domain.place import TRANSIT_PREFIX, Virtual

# Moves that one sentence names; the others are counted.
_NAMED = 3
_DID: Mapping[str, str] = {
    EventKind.RETURN_ARRIVED: "noted that a return arrived",
    EventKind.RETURN_DISPOSITIONED: "took a return back and put it where it belongs",
    EventKind.RETURN_REGRADED: "graded a returned unit again",
    EventKind.RETURN_UNIDENTIFIED: "kept a thing that nobody could name",
    EventKind.RETURN_FINISHED: "finished a return",
    EventKind.RETURN_UNDONE: "took back an earlier step",
    EventKind.RETURN_SENT: "noted that a return is on its way",
    EventKind.RETURN_ENDED: "ended a return that will not come",
    EventKind.RETURN_MATCHED: "matched a unit that nobody announced with its return",
    EventKind.RETURN_ACCEPTED: "accepted a unit in the place of the one that was sold",
    EventKind.RETURN_SERIAL_ACCEPTED: "had a serial accepted that was not the one sold",
    EventKind.RETURN_NAMED: "named a thing that nobody could name before",
    EventKind.UNIT_REDECIDED: "decided otherwise about a unit than a rule did",
    EventKind.GOODS_RECEIVED: "received goods",
    EventKind.ORDER_SHIPPED: "shipped",
    EventKind.STOCK_WRITTEN_OFF: "wrote stock off",
    EventKind.STOCK_ADJUSTED: "corrected stock after a count",
    EventKind.TRANSFER_SHIPPED: "sent units on their way to another site",
    EventKind.TRANSFER_RECEIVED: "took in units from another site",
    EventKind.TRANSFER_CLOSED: "closed a transfer and booked out what never arrived",
    EventKind.WORK_STEP: "recorded a step of the work on a unit",
    EventKind.UNIT_REFURBISHED: "finished the work on a unit",
    EventKind.UNIT_GIVEN_UP: "gave up the work on a unit, which cannot be made fit",
    EventKind.CONSIGNMENT_DEPARTED: "sent goods away for good",
    EventKind.CONSIGNMENT_REVERSED: "took back goods that had left for good",
    EventKind.CONSIGNMENT_SETTLED: "settled what had left for good",
    EventKind.TRANSFER_UNDONE: "took back the receipt of a transfer",
    EventKind.BIN_COUNTED: "counted a bin",
    EventKind.BIN_UNDONE: "took back the count of a bin",
    EventKind.REFUND_POSTED: "approved and booked a refund",
    EventKind.REFUND_PAID: "paid a refund out",
    EventKind.REFUND_FAILED: "could not pay a refund out",
    EventKind.REFUND_REVERSED: "reversed a refund",
    EventKind.REPLACEMENT_HELD: "reserved a replacement that waits for the returned units",
    EventKind.REPLACEMENT_ADVANCED: "let a replacement go before the returned units are here",
    EventKind.REPLACEMENT_RELEASED: "released a replacement, because the returned units pay for it",
    EventKind.REPLACEMENT_LAPSED: "gave up the reservation of a replacement that waited too long",
    EventKind.REPLACEMENT_OVERDUE: "found that what a replacement was sent ahead for did not come",
    EventKind.REPLACEMENT_SETTLED: "settled a replacement that was sent ahead with the returned units",
    EventKind.REPLACEMENT_CHARGED: "charged the customer for a replacement",
    EventKind.REPLACEMENT_WAIVED: "gave a replacement away without the returned units",
    EventKind.REPLACEMENT_CANCELLED: "cancelled a replacement",
    EventKind.REPLACEMENT_PAID: "noted what a customer paid of what a replacement is dearer",
    EventKind.REPLACEMENT_UNPAID: "took back that a customer had paid for a replacement",
    EventKind.WRITE_OFF_REJECTED: "rejected a write-off at the station",
    EventKind.WRITE_OFF_QUERIED: "asked again about a write-off",
    EventKind.APPROVAL_GIVEN: "noted what an approver signed",
    EventKind.APPROVAL_PIN_FAILED: "noted a wrong PIN of an approver",
    EventKind.APPROVAL_LOCKED: "locked an approver after too many wrong PINs",
    EventKind.APPROVAL_UNLOCKED: "unlocked an approver",
    EventKind.PERSONAL_KEPT: "kept somebody's name or address",
    EventKind.PERSONAL_READ: "read somebody's name or address",
    EventKind.PERSONAL_ERASED: "erased somebody's name or address",
    EventKind.PRIVATE_ERASED: "erased at the bench what the centre had erased",
    EventKind.CENTRE_GOVERNED: "changed who may join, call or approve",
    EventKind.CHECKPOINT_DIFFERED: "found that the centre's signed checkpoints contradict each other",
    EventKind.EXCEPTION_RESOLVED: "said what was done about what did not fit",
    EventKind.SESSION_STARTED: "began to work",
    EventKind.SESSION_LOCKED: "locked the screen",
    EventKind.SESSION_UNLOCKED: "unlocked the screen",
    EventKind.SESSION_ENDED: "signed out",
    EventKind.LEDGER_REPAIRED: "brought what repeats the rows of the ledger back in line with them",
}
_ENDS: Mapping[str, str] = {
    Virtual.SUPPLIER: "a supplier",
    Virtual.CUSTOMER: "a customer",
    Virtual.SCRAP: "scrap",
    Virtual.LIQUIDATION: "liquidation",
    Virtual.VENDOR_RETURN: "a return to the vendor",
    Virtual.DONATED: "a donation",
    Virtual.RECYCLED: "recycling",
    Virtual.COUNT: "the count",
    Virtual.OPENING: "the opening stock",
    Virtual.CONVERSION: "the conversion",
    Virtual.UNIDENTIFIED: "what nobody could name",
}
# What a body names beside the moves, and how it is said.
_NAMES: Mapping[str, str] = {
    "rma": "return",
    "order": "order",
    "document": "document",
    "write_off": "write-off",
    "consignment": "consignment",
    "label": "label",
    "refund": "refund",
    "work": "work order",
    "step": "step",
    "result": "result",
    "exception": "exception",
}


def told(
    kind: str,
    operator: str,
    where: str,
    body: Mapping[str, object],
    moves: Sequence[Move],
    *,
    omitted: int = 0,
) -> str:
    """An event as one sentence.

    Args:
        kind: of the event; one that is not known is named as it is.
        operator: whose word it is.
        where: the station, or the centre.
        body: the facts beside the moves.
        moves: those to be told.
        omitted: moves of the event that are not among them.
    """
    did = _DID.get(kind, f"recorded {kind}")
    about = [f"{said} {body[name]}" for name, said in _NAMES.items() if isinstance(body.get(name), str)]
    parts = [f"{operator} at {where} {did}{_bracketed(about)}"]
    parts += [tell_move(move) for move in moves[:_NAMED]]
    rest = max(0, len(moves) - _NAMED) + omitted
    if rest:
        parts.append(f"and {rest} more {'move' if rest == 1 else 'moves'}")
    reason = body.get("reason")
    why = f" Reason: {reason}." if isinstance(reason, str) and reason else ""
    head, *tail = parts
    return f"{head}{': ' if tail else ''}{'; '.join(tail)}.{why}"


def tell_move(move: Move) -> str:
    """A move as part of a sentence."""
    unit = [f"{name} {part}" for name, part in _unit(move).items() if part]
    ends = f"from {place(move.source)} to {place(move.target)}"
    return f"{move.qty} of {move.source.item}{_bracketed(unit)} {ends}"


def place(account: Account) -> str:
    """Where units are and in which state."""
    if account.location.startswith(TRANSIT_PREFIX):
        start, _, end = account.location.removeprefix(TRANSIT_PREFIX).partition(">")
        return f"the lane from {start} to {end}"
    if account.location in _ENDS:
        return _ENDS[account.location]
    state = str(account.status).replace("_", " ") if account.status else ""
    why = f" for {account.reason}" if account.reason else ""
    grade = [f"grade {account.grade}"] if account.grade else []
    return f"{account.location}{_bracketed([f'{state}{why}', *grade] if state else grade)}"


def _bracketed(words: Sequence[str]) -> str:
    return f" ({', '.join(words)})" if words else ""


def _unit(move: Move) -> dict[str, str | None]:
    """What both ends say of the unit; the target knows it best."""
    return {
        "lot": move.target.lot or move.source.lot,
        "serial": move.target.serial or move.source.serial,
        "label": move.target.label or move.source.label,
    }
