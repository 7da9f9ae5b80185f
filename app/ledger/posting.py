"""Writing an event's rows inside an open transaction: the event, its moves, and what follows from them."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.domain import canonical
from app.domain.account import Account
from app.domain.clock import Hlc, to_text
from app.domain.digests import photos_named
from app.domain.envelope import Envelope
from app.domain.event import Event, EventKind
from app.domain.move import MoveKind
from app.ledger.also import (
    Also,
    DropDraft,
    ErasePrivate,
    LabelPrinted,
    PinAttempt,
    QueueLabel,
    SaveDraft,
    SetValue,
    SpendLimit,
    TakeNumber,
)
from app.ledger.database import Transaction
from app.ledger.meta import VALUE_PREFIX, put
from app.ledger.statements import Statements

WAITING = "waiting"
"""The state of a photo that is to be sent."""

_REMEMBERED = 20_000
_1970 = datetime(1970, 1, 1, tzinfo=UTC)
UNIT_PREFIX = "unit:"
RMA_FIELD, LINE_FIELD, QTY_FIELD, LABEL_FIELD = "rma", "line", "qty", "label"


class AccountIds:
    """The ids of the accounts used last, so that a busy account is looked up once.

    Holds what an uncommitted transaction made too: whoever rolls back throws the whole object away.
    """

    def __init__(self, sql: Statements) -> None:
        self._sql = sql
        self._known: OrderedDict[Account, int] = OrderedDict()

    def id_of(self, tx: Transaction, account: Account) -> int:
        """The row of this account, made when it is new."""
        found = self._known.get(account)
        if found is not None:
            self._known.move_to_end(account)
            return found
        key = _row_of(account)
        made = tx.run(self._sql.account, key)
        if made.rowcount != 1:
            made = tx.run(self._sql.account_id, key)
            found = int(made.fetchone()[0])
        else:
            found = int(made.lastrowid)
        self._known[account] = found
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return found


def _row_of(account: Account) -> tuple[str, ...]:
    # In the order of tables.ACCOUNT_KEY.
    owner, item, location, status, reason, lot, serial, label, grade = account.key
    return (label, serial, item, location, owner, status, reason, lot, grade)


@dataclass(frozen=True, slots=True)
class Progress:
    """What an event did to one line of an RMA; negative when it took a disposition back."""

    rma: str
    line: int
    qty: int


def progress_of(event: Event, undone: Event | None) -> Progress | None:
    """The change of return progress an event makes; `undone` is the event it takes back, if it does."""
    if event.kind == EventKind.RETURN_UNDONE:
        taken = progress_of(undone, None) if undone is not None else None
        return Progress(taken.rma, taken.line, -taken.qty) if taken is not None else None
    if event.kind != EventKind.RETURN_DISPOSITIONED:
        return None
    rma, line, qty = (event.body.get(name) for name in (RMA_FIELD, LINE_FIELD, QTY_FIELD))
    if isinstance(rma, str) and isinstance(line, int) and isinstance(qty, int):
        return Progress(rma, line, qty)
    return None


def subjects_of(event: Event) -> tuple[str, ...]:
    """What the timeline finds the event by: its own subjects, and every serial and unit label it moved."""
    found = dict.fromkeys(event.subject)
    for move in event.moves:
        for account in (move.source, move.target):
            for unit in (account.serial, account.label):
                if unit:
                    found[UNIT_PREFIX + unit] = None
    return tuple(found)


def units_of(event: Event) -> int:
    """Base units this event gave a disposition: what figures count."""
    return sum(move.qty for move in event.moves if move.kind is MoveKind.DISPOSE)


def wall_text(wall_ms: int) -> str:
    """When an event happened by the station's clock (RFC 3339), from the column that keeps it."""
    return to_text(_1970 + timedelta(milliseconds=wall_ms))


def post(
    tx: Transaction,
    sql: Statements,
    accounts: AccountIds,
    sealed: tuple[Event, Envelope, Hlc, int, int],
    undone: tuple[Event, int] | None,
) -> None:
    """Writes all rows of one sealed event.

    Args:
        tx: the open transaction.
        sql: the compiled statements.
        accounts: the account ids known so far; grows.
        sealed: the event, its envelope, its hybrid time, its wall clock in milliseconds, and its number among
            all that is recorded here.
        undone: for an undo, the event it takes back and its sequence number.
    """
    event, envelope, hlc, wall_ms, seq = sealed
    tx.run(
        sql.event,
        (
            seq,
            envelope.epoch,
            envelope.event_id,
            envelope.kind,
            envelope.hash,
            str(hlc),
            wall_ms,
            units_of(event),
            event.corrects,
            envelope.header,
            envelope.facts,
            envelope.private,
            envelope.salt,
            envelope.sig,
        ),
    )
    _many(tx, sql.subject, [(subject, seq) for subject in subjects_of(event)])
    _post_moves(tx, sql, accounts, event, seq)
    progress = progress_of(event, undone[0] if undone else None)
    if progress is not None:
        tx.run(sql.progress, (progress.rma, progress.line, progress.qty))
    if undone is not None and isinstance(code := undone[0].body.get(LABEL_FIELD), str):
        tx.run(sql.label_void, ("void", code, undone[1]))
    tx.run(sql.outbox, (seq,))
    photos, _ = photos_named(event.body)
    _many(tx, sql.photo, [(digest, seq, WAITING, None, None) for digest in photos])


def _post_moves(tx: Transaction, sql: Statements, accounts: AccountIds, event: Event, seq: int) -> None:
    rows = []
    net: defaultdict[int, int] = defaultdict(int)
    for line, move in enumerate(event.moves, 1):
        source, target = accounts.id_of(tx, move.source), accounts.id_of(tx, move.target)
        net[source] -= move.qty
        net[target] += move.qty
        rows.append((seq, line, move.qty, source, target, str(move.kind), move.reason, move.document))
    _many(tx, sql.move, rows)
    # The bench a return passes over ends where it began: no row is touched for it.
    _many(tx, sql.balance, [(account, qty) for account, qty in net.items() if qty])


def _many(tx: Transaction, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    if rows:
        tx.run_many(statement, rows)


def write_also(tx: Transaction, sql: Statements, also: Sequence[Also], seq: int | None, wall: str) -> None:
    """Writes what goes with an event, or without one (`seq` is None); `wall` is now, in RFC 3339.

    Raises:
        ValueError: a number was taken that is not the next of its series; the caller rolls back.
    """
    for part in also:
        match part:
            case SaveDraft(job, document):
                tx.run(sql.draft, (job, _text(document), wall))
            case DropDraft(job):
                tx.run(sql.draft_drop, (job,))
            case QueueLabel(code, document):
                tx.run(sql.label, (code, _text(document), "queued", seq, wall))
            case LabelPrinted(code, printed):
                tx.run(sql.label_printed, ("printed", printed, code))
            case TakeNumber(series, number):
                first = number == 1 and tx.run(sql.counter_start, (series, 2)).rowcount == 1
                if not first and tx.run(sql.counter_take, (number + 1, series, number)).rowcount != 1:
                    raise ValueError(f"number {number} of {series} is not the next one")
            case SetValue(name, value):
                put(tx, sql, VALUE_PREFIX + name, value)
            case PinAttempt(approver, failed, pending, unlocked):
                tx.run(sql.pin_attempt, (approver, failed, int(pending), unlocked))
            case ErasePrivate(events):
                tx.run_many(sql.private_gone, [(event_id,) for event_id in events])
            case SpendLimit(certificate, spent):
                tx.run(sql.spent, (certificate, spent, 1))


def _text(document: Mapping[str, object]) -> str:
    return canonical.encode(dict(document)).decode()
