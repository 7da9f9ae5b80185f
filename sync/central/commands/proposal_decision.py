"""The word of a record's owner on a proposal: the record is written as proposed, or stays as it is."""

from __future__ import annotations

import json
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, select, update

from app.domain.clock import to_text
from app.domain.refusal import Refused
from sync.central.commands.catalogue import put_locations
from sync.central.commands.items import put_items
from sync.central.commands.proposals import digest, stored_text
from sync.central.commands.shapes import Asked, Words, shown
from sync.central.rules.outcomes import Conflict, Forbidden, missing
from sync.central.rules.ownership import CENTRE, RecordKind, Speaker
from sync.central.store.act import Act
from sync.central.store.record_owners import owners_of
from sync.central.store.tables import proposal

_WRITERS = {RecordKind.ITEM: put_items, RecordKind.LOCATION: put_locations}
_STATES = {"accept": "accepted", "reject": "rejected"}


class ProposalDecision(Asked):
    """Accept writes the record as it was proposed; reject leaves it as it is."""

    model_config = shown(decision="accept", reason="Weight checked on the scale.")

    decision: Literal["accept", "reject"]
    reason: Words | None = None


def decide(act: Act, number: int, asked: ProposalDecision, speaker: Speaker) -> dict[str, object]:
    """Decides an open proposal, whole or not at all; `speaker` speaks for who owns the record.

    Raises:
        Missing: there is none of that number.
        Conflict: it is decided already, or the record was changed since.
        Forbidden: the proposer decides, or somebody who does not speak for the owner.
        Refused: the record does not fit any more; the proposal stays open.
    """
    row = act.conn.execute(_one, {"number": number}).one_or_none()
    if row is None:
        raise missing("proposal", str(number))
    _require_open(row, act.operator)
    kind = RecordKind(row.kind)
    document = json.loads(row.document)
    _require_owner(act.conn, row, document, speaker)
    if asked.decision == "accept":
        _require_fresh(row, digest(stored_text(act.conn, kind, row.key)))
        answer: Any = _WRITERS[kind](act, [document])
        if answer["rejected"]:
            no = answer["rejected"][0]
            raise Refused(
                no["code"],
                f"Proposal {number} does not fit: {no['reason']}",
                "Expected a record that can be taken whole.",
                "Reject it, or mend what stands in its way first.",
            )
    state = _STATES[asked.decision]
    act.conn.execute(
        _decide,
        {
            "number": number,
            "state": state,
            "decided_by": act.operator,
            "decided_at": to_text(act.posted_at),
            "reason": asked.reason,
        },
    )
    return {"id": number, "kind": row.kind, "key": row.key, "state": state}


def _require_open(row: Any, operator: str) -> None:
    if row.state != "open":
        raise Conflict(
            "proposal.decided",
            f"Proposal {row.id} is {row.state}, by {row.decided_by}.",
            "Expected an open one.",
            "Propose the change again if it is still wanted.",
        )
    if row.proposed_by == operator:
        raise Forbidden(
            "proposal.own",
            f"Proposal {row.id} was made by {operator}.",
            "Expected somebody else's word.",
            "Ask another who speaks for the owner.",
        )


def _require_owner(conn: Connection, row: Any, document: object, speaker: Speaker) -> None:
    """As with writing: the owner before and after has the word, the centre where nobody is named."""
    for owner in sorted(owners_of(conn, RecordKind(row.kind), row.key, document)):
        if not speaker.speaks_for(owner):
            raise Forbidden(
                "proposal.not_owner",
                f"Proposal {row.id} is about the {row.kind} {row.key}, which {owner} owns.",
                f"Expected a word of {owner}.",
                "Ask a planner or an admin." if owner == CENTRE else f"Decide it with the token of {owner}.",
            )


def _require_fresh(row: Any, now: str) -> None:
    if row.against != now:
        raise Conflict(
            "proposal.stale",
            f"The {row.kind} {row.key} was changed after proposal {row.id} was made.",
            "Expected the record that the proposal was made against.",
            "Reject it and ask for a new one.",
        )


_one = select(proposal).where(proposal.c.id == bindparam("number"))
_decide = update(proposal).where(proposal.c.id == bindparam("number"))
