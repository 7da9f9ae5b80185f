"""What stations report of the audit trail: a checkpoint that contradicts one they were told before.

One of a newer generation, by which the centre's lists begin anew, is a case of its own: an honest restore is
known to whoever closes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def case_key(station: str, restarted: int | None = None) -> str:
    """The key of the exception that answers for what a station found.

    `restarted` is the generation by which the centre's lists began anew; None when they are contradicted.
    """
    return f"trail.differs:{station}" if restarted is None else f"trail.restarted:{station}:{restarted}"


def _case(fact: Fact) -> Case:
    why = fact.event.body.get("why")
    said = str(why)[:_LONGEST] if isinstance(why, str) else "it does not say how"
    restarted = _restarted(fact.event.body.get("restarted"))
    if restarted is not None:
        return Case(
            key=case_key(fact.origin, restarted),
            type="trail.restarted",
            subject=f"event:{fact.event.event_id}",
            owner_role="admin",
            fix=f"By generation {restarted} of the feed this centre's record begins otherwise than it told "
            f"station {fact.origin} before: {said}. If this centre was put back from a backup then, say so "
            "and close this. If not, somebody told its history anew: keep this database as it is, and "
            "compare exports (backhaul verify) with that station's.",
        )
    return Case(
        key=case_key(fact.origin),
        type="trail.differs",
        subject=f"event:{fact.event.event_id}",
        owner_role="admin",
        fix=f"Station {fact.origin} holds a checkpoint of this centre that a newer one contradicts: {said}. "
        "If nobody restored a back-up beside backhaul central restore, somebody changed what was recorded: "
        "keep this database as it is, and compare exports (backhaul verify) with that station's.",
    )


def _restarted(said: object) -> int | None:
    """The generation that a report names; None for one of a contradiction, or that cannot be read."""
    found = said.get("feed_gen") if isinstance(said, Mapping) else None
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else None
