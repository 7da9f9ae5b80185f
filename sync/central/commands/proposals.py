"""What somebody would write into records they do not own: kept whole until the owner's side decides."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from app.domain.clock import to_text
from sync.central.commands.documents import Intake, Sent, changed
from sync.central.rules.ownership import RecordKind
from sync.central.store.act import Act
from sync.central.store.record_owners import STORED
from sync.central.store.tables import proposal


def propose(act: Act, kind: RecordKind, asked: Intake[Any]) -> None:
    """Keeps what was taken as proposals, one open for each record and proposer; a newer one replaces it.

    What is word for word stored needs no proposal. The numbers stand in the intake's answer.
    """
    fresh = changed(act.conn, asked.taken, STORED[kind])
    keys = [sent.key for sent in fresh]
    stored = {row[0]: row[1] for row in STORED[kind].rows(act.conn, keys=keys)}
    waiting = {
        row.key: row.id
        for row in act.conn.execute(_open, {"kind": str(kind), "keys": keys, "who": act.operator})
    }
    for sent in fresh:
        asked.propose(sent, _put(act, kind, sent, digest(stored.get(sent.key)), waiting.get(sent.key)))


def _put(act: Act, kind: RecordKind, sent: Sent[Any], against: str, waiting: int | None) -> int:
    row = {"document": sent.text, "against": against, "proposed_at": to_text(act.posted_at)}
    if waiting is not None:
        act.conn.execute(_again, {"number": waiting, **row})
        return waiting
    new = {"kind": str(kind), "key": sent.key, "state": "open", "proposed_by": act.operator, **row}
    return int(act.conn.execute(_new, new).scalar_one())


def digest(text: str | None) -> str:
    """What a proposal remembers of the document it would change; empty when there was none."""
    return "" if text is None else hashlib.sha256(text.encode()).hexdigest()


def stored_text(conn: Connection, kind: RecordKind, key: str) -> str | None:
    """A record's document as it is stored; None when there is no such record."""
    row = STORED[kind].first(conn, keys=[key])
    return None if row is None else str(row[1])


_open = select(proposal.c.key, proposal.c.id).where(
    proposal.c.kind == bindparam("kind"),
    proposal.c.key.in_(bindparam("keys", expanding=True)),
    proposal.c.proposed_by == bindparam("who"),
    proposal.c.state == "open",
)
_again = update(proposal).where(proposal.c.id == bindparam("number"))
_new = proposal.insert().returning(proposal.c.id)
