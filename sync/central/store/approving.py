"""Judging the approvals of posted events against what the centre has on record, and keeping the verdicts.

What stations may not do alone is judged with or without approvals: one that is left out is missing. A verdict
is given once, in the transaction that posts the event, and changes authorization and money only.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from app.domain.approvals import (
    OVERRIDES,
    Judged,
    Judgement,
    Presented,
    Reason,
    Verdict,
    judge,
    needs_word,
)
from app.domain.approvals.needing import LOSSES, centres_unlock, losses
from app.domain.clock import to_text
from app.domain.envelope import Envelope
from app.domain.event import UNDOING, Event, EventKind
from sync.central.rules.authorizing import answers, authorization_of, explained, spends
from sync.central.store import undoing, unlocks, whose_work
from sync.central.store.approval_keys import root_key
from sync.central.store.approval_record import (
    arrived,
    asked_by,
    known_about,
    newest_known,
    site_of,
)
from sync.central.store.at_risk import MoneyOf
from sync.central.store.exceptions import Case, open_case, plain
from sync.central.store.journal import Fact
from sync.central.store.known_certificates import heard_by
from sync.central.store.prepared import inserting
from sync.central.store.savepoint import tried
from sync.central.store.stakes import proved, stake_of
from sync.central.store.tables import approval, event_approval

_log = logging.getLogger(__name__)
_NOBODY = bytes(32)
_NO_MONEY = OVERRIDES | {EventKind.APPROVAL_UNLOCKED}
_FAILED = Judgement((), (Reason.UNREADABLE,))
_MISSING = Judgement((), (Reason.NOT_APPROVED,))


def case_key(event_id: str) -> str:
    """The key of the exception that answers for an event whose approvals are not valid."""
    return f"approval:{event_id}"


def judge_approvals(conn: Connection, facts: Sequence[Fact], at: datetime) -> frozenset[str]:
    """Judges every event that came with approvals or needed some; the ids of those that nobody may have done.

    Args:
        conn: inside the one writer's transaction; the receipts are stored.
        facts: what happened, in its order.
        at: now, by the centre's clock.
    """
    loose, happened = set[str](), [fact.event for fact in facts]
    for fact in facts:
        if fact.sealed is None or not (fact.event.approvals or _needed(conn, fact)):
            continue
        verdict = _judged(conn, fact, fact.sealed, happened, at)
        if verdict is not Verdict.VALID:
            loose.add(fact.event.event_id)
    return frozenset(loose)


def _needed(conn: Connection, fact: Fact) -> bool:
    """Whether a station may not do it without somebody's word."""
    event, number = fact.event, centres_unlock(fact.event)
    if number is not None:
        return not unlocks.given(conn, fact.origin, event.body, number)
    return needs_word(event) or loses_more(conn, event)


def loses_more(conn: Connection, happened: Event) -> bool:
    """Whether what takes an event back has units lost that this event had not from there."""
    if happened.kind not in UNDOING or not happened.corrects:
        return False
    if all(move.target.location not in LOSSES for move in happened.moves):
        return False
    return bool(losses(happened, undoing.moved_by(conn, happened.corrects)))


def _judged(
    conn: Connection, fact: Fact, sealed: Envelope, happened: Sequence[Event], at: datetime
) -> Verdict:
    found = list[Verdict]()

    def judged() -> None:
        found.append(_judge(conn, fact, sealed, happened, at))

    if tried(conn, judged, _log, "the approvals of event %s were not judged", fact.event.event_id):
        return found[0]
    _keep(conn, fact, None, _FAILED if fact.event.approvals else _MISSING, at)
    return Verdict.INVALID


def _judge(
    conn: Connection, fact: Fact, sealed: Envelope, happened: Sequence[Event], at: datetime
) -> Verdict:
    came = arrived(conn, sealed)
    asked = asked_by(fact.event.approvals)
    site = site_of(conn, sealed.station_id)
    heard = heard_by(sealed.header, site)
    stake = stake_of(conn, fact.event, proved(conn, heard, asked.certificates))
    shown = Presented.of(sealed, site, stake.now, newest_known(conn, sealed))
    workers = (*shown.workers, *whose_work.workers(conn, fact.event, happened))
    shown = replace(shown, workers=workers, told=stake.told, unpriced=stake.unpriced)
    known = known_about(conn, asked, root_key(conn) or _NOBODY, came, heard)
    judgement = judge(shown, fact.event.approvals, known)
    _keep(conn, fact, shown, judgement, at)
    return judgement.verdict


def _keep(conn: Connection, fact: Fact, shown: Presented | None, judgement: Judgement, at: datetime) -> None:
    """Writes the verdict on the event and on each approval, and opens the one case that answers for it."""
    event, verdict = fact.event, judgement.verdict
    worth = max((one.worth for one in judgement.approvals), default=0) or (shown.value if shown else None)
    currency = _currency(shown, judgement)
    _new_verdict.one(
        conn,
        event_id=event.event_id,
        station=fact.origin,
        action=shown.action if shown else None,
        operator=plain(event.operator),
        verdict=verdict.value,
        reasons=json.dumps(list(judgement.reasons)),
        authorization=authorization_of(verdict).value,
        money_minor=worth if currency else None,
        currency=currency,
        judged_at=to_text(at),
    )
    rows = [_row(event.event_id, n, one, at) for n, one in enumerate(judgement.approvals, 1)]
    _new_approvals.run(conn, rows)
    if verdict is Verdict.VALID:
        return
    case = Case(
        key=case_key(event.event_id),
        type=f"approval.{verdict}",
        subject=f"event:{event.event_id}",
        owner_role=answers(verdict),
        fix=explained(
            event.kind.replace("_", " ").replace(".", " "), judgement, money=event.kind not in _NO_MONEY
        ),
        money=(worth, currency) if worth is not None and currency else None,
        money_of=MoneyOf.ITEM_VALUE,
    )
    open_case(conn, case, at)


def _currency(shown: Presented | None, judgement: Judgement) -> str | None:
    if shown is not None and shown.currency:
        return shown.currency
    return next((one.statement.currency for one in judgement.approvals if one.statement), None)


def _row(event_id: str, n: int, one: Judged, at: datetime) -> dict[str, object]:
    said, certificate = one.statement, one.certificate
    return {
        "event_id": event_id,
        "n": n,
        "verdict": one.verdict.value,
        "reasons": json.dumps(list(one.reasons)),
        "approver": certificate.approver if certificate else "",
        "public_key": certificate.public_key.hex() if certificate else "",
        "certificate": one.counts_under,
        "statement": one.proof,
        "station": said.given_at.station if said else "",
        "epoch": said.given_at.epoch if said else 0,
        "counter": said.counter if said else 0,
        "nonce": said.nonce if said else "",
        "worth_minor": one.worth,
        "currency": said.currency if said else "",
        "reason": plain(said.reason) if said else "",
        "judged_at": to_text(at),
        "used": said is not None and spends(one.reasons),
    }


_new_verdict = inserting(
    event_approval, *(column.name for column in event_approval.columns if column.name != "id")
)
_new_approvals = inserting(approval)
