"""What stations report of the audit trail: a checkpoint that contradicts one they were told before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from app.domain.event import EventKind
from sync.central.store.exceptions import Case, open_case
from sync.central.store.journal import Fact

_LONGEST = 500


def note_differences(conn: Connection, facts: Sequence[Fact], at: datetime) -> None:
    """Opens a case for each station that found one; what it holds is in its event, signed."""
    for fact in facts:
        if fact.event.kind == EventKind.CHECKPOINT_DIFFERED:
            open_case(conn, _case(fact), at)


def case_key(station: str) -> str:
    """The key of the exception that answers for what a station found."""
    return f"trail.differs:{station}"


def _case(fact: Fact) -> Case:
    why = fact.event.body.get("why")
    said = str(why)[:_LONGEST] if isinstance(why, str) else "it does not say how"
    return Case(
        key=case_key(fact.origin),
        type="trail.differs",
        subject=f"event:{fact.event.event_id}",
        owner_role="admin",
        fix=f"Station {fact.origin} holds a checkpoint of this centre that a newer one contradicts: {said}. "
        "If nobody restored a back-up beside backhaul central restore, somebody changed what was recorded: "
        "keep this database as it is, and compare exports (backhaul verify) with that station's.",
    )
