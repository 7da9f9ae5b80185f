"""Verdicts on approvals: each follows from its reasons, is answered for, and is booked as it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, and_, select

from app.domain.approvals import (
    CERTIFICATE_TAG,
    OVERRIDES,
    POLICY_KEY_TAG,
    STATEMENT_TAG,
    Approval,
    Certificate,
    PolicyKey,
    Reason,
    Statement,
    Verdict,
    body_digest,
    needs_word,
)
from app.domain.approvals.needing import LOSSES
from app.domain.approvals.reasons import verdict_of
from app.domain.envelope import event_of, reopen
from app.domain.event import EventKind
from app.domain.laws import Violation
from app.domain.move import MoveKind
from app.domain.refusal import Refused
from sync.central.checks.events import read_facts
from sync.central.rules.authorizing import authorization_of
from sync.central.rules.books import Book
from sync.central.store.approval_keys import root_key
from sync.central.store.approval_record import judged_after
from sync.central.store.approving import case_key
from sync.central.store.chain import CENTRE
from sync.central.store.exceptions import stored_key
from sync.central.store.tables import (
    account,
    approval,
    approver_revocation,
    event,
    event_approval,
    exception,
    journal_line,
    move,
    receipt,
)

_LAW = "approval"
_NEEDING = (
    # Any kind whose moves lose goods needs a word as well.
    EventKind.STOCK_WRITTEN_OFF,
    EventKind.STOCK_ADJUSTED,
    EventKind.APPROVAL_UNLOCKED,
    *sorted(OVERRIDES),
)
_NOBODY = bytes(32)


def check_approvals(conn: Connection) -> Iterator[Violation]:
    """Every verdict against its reasons, its case, its books and, where it is valid, the signed bytes."""
    answered = set(conn.scalars(_cases))
    each = dict[str, list[Any]]()
    for row in conn.execute(_each):
        each.setdefault(row.event_id, []).append(row)
    for row in conn.execute(_verdicts):
        wrong = _unlike(row, each.get(row.event_id, []))
        if wrong:
            yield Violation(_LAW, f"event {row.event_id}", *wrong)
        if row.verdict != Verdict.VALID and stored_key(case_key(row.event_id)) not in answered:
            yield Violation("answered", f"approvals of event {row.event_id}", "no exception", "one")
    for booked in conn.execute(_booked):
        found = f"{booked.verdict}, booked as {booked.book}"
        yield Violation(_LAW, f"event {booked.event_id}", found, "its verdict")
    yield from _unjudged(conn)
    yield from _signed(conn)
    numbers = list(conn.scalars(_numbers))
    if numbers != list(range(1, len(numbers) + 1)):
        yield Violation(_LAW, "revocations", f"numbers {numbers[:10]}", "numbers without a gap, from 1")


def _unlike(row: Any, approvals: list[Any]) -> tuple[str, str] | None:
    """What a verdict says beside what follows from its reasons and from those of its approvals."""
    if row.origin != row.station:
        return f"event of {row.origin}", f"an event of station {row.station}"
    reasons = _reasons(row.reasons)
    if reasons is None or any(_reasons(one.reasons) is None for one in approvals):
        return "reasons that are none", "known reasons"
    verdict = verdict_of(reasons)
    if (row.verdict, row.authorization) != (verdict, authorization_of(verdict)):
        return f"{row.verdict}, {row.authorization}", f"{verdict}, {authorization_of(verdict)}"
    for one in approvals:
        found = _reasons(one.reasons) or frozenset()
        if not found <= reasons or one.verdict != verdict_of(found):
            return f"approval {one.n} {one.verdict}", "what follows from its reasons"
    return None


def _reasons(text: str) -> frozenset[Reason] | None:
    try:
        return frozenset(Reason(code) for code in json.loads(text))
    except (ValueError, TypeError):
        return None


def _unjudged(conn: Connection) -> Iterator[Violation]:
    """Events that came with approvals, or needed some and came since that is judged, and have no verdict."""
    after = judged_after(conn)
    for row in conn.execute(_without):
        header = read_facts(row.header)
        if header is not None and header.get("approvals"):
            yield Violation(_LAW, f"event {row.event_id}", "approvals without a verdict", "one")
        elif row.id > after and _needs_word(row):
            yield Violation(_LAW, f"event {row.event_id}", "neither an approval nor a verdict", "one")


def _needs_word(row: Any) -> bool:
    """What cannot be read is named by the check of the chains."""
    try:
        return needs_word(event_of(reopen(row.header, row.facts, None, None, bytes.fromhex(row.sig))))
    except Refused:
        return False


def _signed(conn: Connection) -> Iterator[Violation]:
    """Valid approvals whose stored bytes are not signed, from the pinned root down to what was shown."""
    root = root_key(conn) or _NOBODY
    for row in conn.execute(_valid):
        if not _stands(row, root):
            yield Violation(_LAW, f"event {row.event_id}", "valid, bytes that are not signed", "signed")


def _stands(row: Any, root: bytes) -> bool:
    try:
        found = event_of(reopen(row.header, row.facts, None, None, bytes.fromhex(row.sig)))
        header = read_facts(row.header) or {}
        shown = body_digest(found, str(header.get("facts_hash")))
        return bool(found.approvals) and all(_held(entry, root, shown) for entry in found.approvals)
    except Refused:
        return False


def _held(entry: object, root: bytes, shown: str) -> bool:
    one = Approval.from_json(entry)
    if not one.policy_key.holds(POLICY_KEY_TAG, root):
        return False
    if not one.certificate.holds(CERTIFICATE_TAG, PolicyKey.read(one.policy_key).public_key):
        return False
    key = Certificate.read(one.certificate).public_key
    return one.statement.holds(STATEMENT_TAG, key) and Statement.read(one.statement).body == shown


_verdicts = (
    select(event_approval, event.c.origin)
    .join_from(event_approval, event, event.c.event_id == event_approval.c.event_id, isouter=True)
    .order_by(event_approval.c.id)
)
_each = select(approval.c.event_id, approval.c.n, approval.c.verdict, approval.c.reasons).order_by(
    approval.c.event_id, approval.c.n
)
_cases = select(exception.c.key).where(exception.c.type.in_([f"approval.{v}" for v in Verdict]))
_wrong_book = (
    (event_approval.c.verdict == Verdict.VALID.value) & (journal_line.c.book == Book.UNAPPROVED_LOSS.value)
) | ((event_approval.c.verdict != Verdict.VALID.value) & (journal_line.c.book == Book.WRITE_OFF.value))
_booked = (
    select(event_approval.c.event_id, event_approval.c.verdict, journal_line.c.book)
    .join_from(event_approval, event, event.c.event_id == event_approval.c.event_id)
    .join(journal_line, journal_line.c.event == event.c.id)
    .where(_wrong_book)
    .order_by(event_approval.c.id, journal_line.c.n)
)
_posted = and_(receipt.c.event_id == event.c.event_id, receipt.c.state == "posted")
_lost = (
    select(move.c.n)
    .join(account, account.c.id == move.c.target)
    .where(
        move.c.event == event.c.id,
        (move.c.kind == str(MoveKind.WRITE_OFF)) | account.c.location.in_(sorted(LOSSES)),
    )
    .correlate(event)
    .exists()
)
_without = (
    select(event.c.event_id, receipt.c.id, receipt.c.header, receipt.c.facts, receipt.c.sig)
    .join_from(event, receipt, _posted)
    .join(event_approval, event_approval.c.event_id == event.c.event_id, isouter=True)
    .where(
        event.c.kind.in_([str(kind) for kind in _NEEDING]) | _lost,
        event.c.origin != CENTRE,
        event_approval.c.event_id.is_(None),
    )
    .order_by(event.c.id)
)
_valid = (
    select(event_approval.c.event_id, receipt.c.header, receipt.c.facts, receipt.c.sig)
    .join_from(event_approval, event, event.c.event_id == event_approval.c.event_id)
    .join(receipt, _posted)
    .where(event_approval.c.verdict == Verdict.VALID.value)
    .order_by(event_approval.c.id)
)
_numbers = select(approver_revocation.c.number).order_by(approver_revocation.c.number)
