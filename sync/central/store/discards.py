"""Write-offs that dispositions ask for: one for units that wait, none for units that do not any more.

After every batch each account where units wait has requests for exactly those: what came gets one, in the
same transaction; what left, however it left, is waited for no more.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, null, select, update

from app.domain.account import Account, Status
from app.domain.clock import from_text, to_text
from app.domain.codes import CodeFamily
from app.domain.event import Event
from sync.central.rules.discards import AWAITING, MOST_WORDS, Wish, awaits, why, wishes, word, words
from sync.central.store import photos
from sync.central.store.accounts import numbers
from sync.central.store.exceptions import Case, close_cases, open_case, plain
from sync.central.store.journal import Fact
from sync.central.store.numbers import next_code
from sync.central.store.prepared import asking, inserting, updating
from sync.central.store.savepoint import tried
from sync.central.store.tables import balance, event, move, write_off
from sync.central.store.whose_work import deciders
from sync.central.store.write_off_rows import NOTHING_LEFT, answering

REQUESTED, APPROVED, REJECTED, WITHDRAWN = "requested", "approved", "rejected", "withdrawn"

_log = logging.getLogger(__name__)
_BY = "centre"
_BACK = "It was taken back."


def follow(conn: Connection, facts: Sequence[Fact], posted_at: datetime) -> None:
    """Brings requests in line with units that wait, after facts were entered.

    Whatever fails in it, what happened to the goods stands, and a case says what was not asked for.
    """
    touched = {
        end
        for fact in facts
        for move in fact.event.moves
        for end in (move.source, move.target)
        if awaits(end)
    }
    undone = {fact.event.corrects for fact in facts if fact.event.corrects}
    if not touched and not undone:
        return

    def ask() -> None:
        _unapprove(conn, undone, posted_at)
        if touched:
            settle(conn, touched, posted_at, facts)

    last = facts[-1].event
    if not tried(conn, ask, _log, "no write-off was asked for after %s", last.event_id):
        open_case(conn, _not_asked(last), posted_at)


def settle(conn: Connection, accounts: Collection[Account], at: datetime, facts: Sequence[Fact] = ()) -> None:
    """Brings the requests for some accounts in line with the units that wait in them.

    Args:
        conn: inside the one writer's transaction.
        accounts: those where units wait, or waited.
        at: now, by the centre's clock.
        facts: what just happened to them, in its order.
    """
    _Waiting(conn, facts, at).settle(accounts)


def _unapprove(conn: Connection, undone: Collection[str], at: datetime) -> None:
    """Write-offs whose own event was taken back: those of a disposition wait again, others are withdrawn."""
    for row in _by_event.rows(conn, events=sorted(undone)) if undone else ():
        close_cases(conn, [overdue_key(row.code)], at, "The write-off was taken back.")
        if row.cause is None:
            _revoke.run(
                conn, [{"which": row.code, "to": WITHDRAWN, "by": _BY, "when": to_text(at), "why": _BACK}]
            )
            continue
        parts = {name: getattr(row, name) for name in ("lot", "serial", "label", "grade")}
        held = Account(row.owner, row.sku, row.location, Status.QUARANTINED, AWAITING, **parts)
        _reopen.run(conn, [{"which": row.code, "to": REQUESTED, "at_": numbers(conn, [held])[held]}])


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for what: a wish, and the event that it came with."""

    wish: Wish
    cause: str
    by: str
    at: datetime
    policy_ver: str | None


class _Waiting:
    """The units that wait after some facts, and the requests for them."""

    def __init__(self, conn: Connection, facts: Sequence[Fact], posted_at: datetime) -> None:
        self._conn, self._facts, self._at = conn, facts, posted_at
        self._undone = {fact.event.corrects for fact in facts if fact.event.corrects}

    def settle(self, touched: Collection[Account]) -> None:
        ids = numbers(self._conn, touched)
        here = {row.account: int(row.qty) for row in _here.rows(self._conn, accounts=list(ids.values()))}
        held = defaultdict[int, list[Any]](list)
        for row in _held.rows(self._conn, accounts=list(ids.values())):
            held[row.account].append(row)
        for account, number in sorted(ids.items(), key=lambda entry: entry[1]):
            waiting = max(0, here.get(number, 0)) if awaits(account) else 0
            asked = sum(int(row.qty) for row in held[number])
            if asked > waiting:
                asked -= self._let_go(held[number], asked - waiting)
            if asked < waiting:
                self._ask(account, number, waiting - asked)

    def _let_go(self, held: Sequence[Any], gone: int) -> int:
        """Ends requests for units that left, what was undone first, then the oldest; their units."""
        freed = 0
        for row in sorted(held, key=lambda row: row.cause not in self._undone):
            if freed >= gone:
                break
            freed += int(row.qty)
            undone = row.cause in self._undone
            release(self._conn, row, self._at, _BACK if undone else "Its units are elsewhere.")
        return freed

    def _ask(self, account: Account, number: int, units: int) -> None:
        """One request for each event that put units there, the newest first; what else waits as before."""
        asked = list[Asking]()
        for fact in reversed(self._facts):
            for wish in wishes(fact.event):
                qty = min(units, wish.qty) if wish.held == account else 0
                if qty > 0:
                    asked.append(_asking(self._conn, fact, wish, qty))
                    units -= qty
        if units:
            asked.append(self._again(account, units))
        for entry in reversed(asked):
            request(self._conn, entry, number)

    def _again(self, account: Account, units: int) -> Asking:
        """Units that are back where they waited before, as they were asked for then; else by who put them."""
        wish = Wish(account, units, "back again", None, None, ())
        asked = {"owner": account.owner, "sku": account.item, "label": account.label or ""}
        before = _before.first(self._conn, **asked)
        if before is not None:
            seen = tuple(json.loads(before.photos or "[]"))
            wish = Wish(account, units, before.reason, before.rule, before.rma, seen)
            return Asking(wish, before.cause, before.requested_by, self._at, before.policy_ver)
        came = self._conn.execute(_came, {"target": numbers(self._conn, [account])[account]}).one()
        body = json.loads(came.body)
        rma = word(body, "rma") or word(body, "return")
        wish = Wish(account, units, why(body), word(body, "rule"), rma, words(body, "photos"))
        by = deciders(self._conn, came.event_id, came.kind, came.operator, body)[0]
        return Asking(wish, came.event_id, by, from_text(came.occurred_at), came.policy_ver)


def _asking(conn: Connection, fact: Fact, wish: Wish, qty: int) -> Asking:
    event = fact.event
    part = Wish(wish.held, qty, wish.reason, wish.rule, wish.rma, wish.photos)
    by = deciders(conn, event.event_id, event.kind, event.operator, event.body)[0]
    return Asking(part, event.event_id, by, fact.occurred_at, event.policy_ver)


def request(conn: Connection, asked: Asking, number: int) -> str:
    """Notes a request for units that wait in the account of that number; its code."""
    wish = asked.wish
    code = next_code(conn, CodeFamily.WRITE_OFF, write_off.c.code)
    # A word or an end of work takes no photo: what was seen of the unit before says why it is discarded.
    seen = wish.photos or (photos.of_unit(conn, wish.held.label)[:MOST_WORDS] if wish.held.label else ())
    row: dict[str, object] = {
        "code": code,
        "owner": wish.held.owner,
        "sku": wish.held.item,
        "qty": wish.qty,
        "location": wish.held.location,
        "reason": plain(wish.reason),
        "note": None,
        "state": REQUESTED,
        "requested_by": asked.by,
        "requested_at": to_text(asked.at),
        "cause": asked.cause,
        "account": number,
        **{name: getattr(wish.held, name) for name in ("label", "serial", "lot", "grade")},
        "rma": plain(wish.rma) if wish.rma else None,
        "rule": plain(wish.rule) if wish.rule else None,
        "policy_ver": asked.policy_ver,
        "photos": json.dumps([plain(photo) for photo in seen]),
        # Said when it is decided.
        "regulated": None,
        "dispose_by": None,
    }
    _new.run(conn, [row])
    return code


def release(conn: Connection, row: Any, at: datetime, because: str) -> None:
    """The units of a request wait no more: one that nobody decided is withdrawn, and its case is closed."""
    if row.state == REQUESTED:
        _withdraw.run(
            conn, [{"which": row.code, "to": WITHDRAWN, "by": _BY, "when": to_text(at), "why": because}]
        )
    else:
        _let.run(conn, [{"which": row.code}])
    close_cases(conn, [rejected_key(row.code)], at, because)


def rejected_key(code: str) -> str:
    """The key of the case of units whose write-off was rejected."""
    return f"write_off.rejected:{code}"


def overdue_key(code: str) -> str:
    """The key of the case of a write-off whose regulated goods wait too long for their disposal."""
    return f"disposal.overdue:{code}"


def rejected(row: Any) -> Case:
    """Somebody decides anew about units that are not to be written off."""
    unit = row.label or row.cause
    return Case(
        key=rejected_key(row.code),
        type="write_off.rejected",
        subject=f"label:{row.label}" if row.label else f"event:{row.cause}",
        owner_role="supervisor",
        fix=f"Write-off {row.code} was rejected and unit {unit} still waits at {row.location}: decide what "
        "becomes of it, by another disposition or by grading it again.",
        sku=row.sku,
        qty=int(row.qty),
        at=f"bin:{row.location}",
    )


def _not_asked(happened: Event) -> Case:
    return Case(
        key=f"write_off.not_asked:{happened.event_id}",
        type="write_off.not_asked",
        subject=f"event:{happened.event_id}",
        owner_role="supervisor",
        fix="What happened to the goods is posted, but the centre's program failed to ask for their "
        "write-off or to withdraw it: repair the ledger, or ask for it by hand.",
    )


_here = asking(
    lambda among: select(balance.c.account, balance.c.qty).where(among(balance.c.account, "accounts"))
)
_held = asking(
    lambda among: (
        select(write_off)
        .where(among(write_off.c.account, "accounts"))
        .order_by(write_off.c.requested_at, write_off.c.code)
    )
)
_before = asking(
    lambda _: (
        select(write_off)
        .where(
            write_off.c.owner == bindparam("owner"),
            write_off.c.sku == bindparam("sku"),
            write_off.c.label == bindparam("label"),
            write_off.c.cause.is_not(None),
        )
        .order_by(write_off.c.requested_at.desc(), write_off.c.code.desc())
        .limit(1)
    )
)
_came = (
    select(
        event.c.event_id,
        event.c.kind,
        event.c.operator,
        event.c.occurred_at,
        event.c.policy_ver,
        event.c.body,
    )
    .join_from(move, event, move.c.event == event.c.id)
    .where(move.c.target == bindparam("target"))
    .order_by(event.c.id.desc())
    .limit(1)
)
_new = inserting(
    write_off,
    *(
        column.name
        for column in write_off.columns
        if column.name not in {"decided_by", "decided_at", "decision_reason", "event_id"}
    ),
)
_withdraw = answering(account=null())
_by_event = asking(lambda among: select(write_off).where(among(write_off.c.event_id, "events")))
_reopen = updating(
    update(write_off)
    .where(write_off.c.code == bindparam("which"))
    .values(
        state=bindparam("to"),
        account=bindparam("at_"),
        **dict.fromkeys(("decided_by", "decided_at", "decision_reason"), null()),
        **NOTHING_LEFT,
    ),
    "which",
    "to",
    "at_",
)
_revoke = answering(**NOTHING_LEFT)
_let = updating(
    update(write_off).where(write_off.c.code == bindparam("which")).values(account=null()), "which"
)
