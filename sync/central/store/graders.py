"""Two people who grade one unit differently: one case for the unit, until somebody settles it."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from app.domain.approvals import Verdict
from app.domain.event import Event, EventKind
from sync.central.rules.discards import word
from sync.central.rules.graders import Dispute, Graded, dispute
from sync.central.store import labelled, undoing
from sync.central.store.chain import CENTRE
from sync.central.store.exceptions import Case, close_cases, open_case
from sync.central.store.journal import Fact
from sync.central.store.prepared import asking
from sync.central.store.savepoint import tried
from sync.central.store.tables import event, event_approval
from sync.central.store.undoing import Standing

_log = logging.getLogger(__name__)

_LOOKS = frozenset({EventKind.RETURN_DISPOSITIONED, EventKind.RETURN_REGRADED})
_SETTLES = frozenset(
    {
        EventKind.UNIT_REDECIDED,
        EventKind.RETURN_ACCEPTED,
        EventKind.RETURN_NAMED,
        EventKind.UNIT_REFURBISHED,
        EventKind.UNIT_GIVEN_UP,
    }
)
_TELLS = _SETTLES | {EventKind.RETURN_REGRADED}


def graders_key(first: str) -> str:
    """The key of the case of a unit whose graders disagree, by the event that recorded it first."""
    return f"return.graders_disagree:{first}"


def follow(conn: Connection, facts: Sequence[Fact], loose: AbstractSet[str], at: datetime) -> None:
    """Opens the case of a unit that another person graded otherwise, and closes it once that is settled.

    A word that is `loose`, which nobody with the right to it gave, settles nothing, and neither does what the
    centre does because of one.

    What takes a grade or a word back is followed too. Whatever fails in it, what happened stands.
    """
    for fact in facts:
        happened = fact.event
        if happened.event_id in loose or _centres_own(happened.kind, happened.operator):
            continue
        if happened.kind in _TELLS or happened.corrects:

            def look(happened: Event = happened) -> None:
                _follow(conn, happened, at)

            tried(conn, look, _log, "grades were not compared after %s", happened.event_id)


def _follow(conn: Connection, happened: Event, at: datetime) -> None:
    said = undoing.standing(conn, happened.event_id if happened.kind in _TELLS else _undone(conn, happened))
    if said is None:
        return
    story = _story(conn, said)
    found, key = dispute(map(_graded, story)), graders_key(story[0].event_id)
    if found is not None:
        open_case(conn, _case(key, said, found), at)
        return
    by = f"Event {happened.event_id} ({happened.kind}) of {happened.operator} settled it."
    close_cases(conn, [key], at, by, happened.event_id)


def _undone(conn: Connection, happened: Event) -> str:
    """The event before the grade or the word that is taken back; empty when it takes back something else."""
    row = _row.first(conn, of=happened.corrects)
    if row is None or row.kind not in _TELLS:
        return ""
    return labelled.named_before(json.loads(row.body)) or ""


def _story(conn: Connection, said: Standing) -> list[Standing]:
    """What was said of the unit from the first time on."""
    found = [said]
    while len(found) < labelled.MOST_STEPS:
        earlier = labelled.before(conn, found[-1])
        if earlier is None or any(earlier.event_id == one.event_id for one in found):
            break
        found.append(earlier)
    told = [one for one in reversed(found) if one.kind in _LOOKS | _SETTLES and word(one.body, "grade")]
    return [one for one in told if not _loose(conn, one)] or [found[-1]]


def _loose(conn: Connection, said: Standing) -> bool:
    """Whether it is a word that nobody with the right to it gave, or what the centre did because of one."""
    if said.kind != EventKind.UNIT_REDECIDED:
        return False
    row = _verdict.first(conn, of=said.event_id)
    return _centres_own(said.kind, said.operator) or (row is not None and row.verdict != Verdict.VALID)


def _centres_own(kind: str, operator: str) -> bool:
    return kind == EventKind.UNIT_REDECIDED and operator == CENTRE


def _graded(said: Standing) -> Graded:
    before = said.moves[0].source.grade if said.moves else None
    return Graded(said.operator, word(said.body, "grade") or "", before, said.kind in _SETTLES)


def _case(key: str, said: Standing, found: Dispute) -> Case:
    unit, first, second = said.moves[-1].target, found.first, found.second
    name = f"unit {unit.label} ({unit.item})" if unit.label else f"a unit of {unit.item}"
    return Case(
        key=key,
        type="return.graders_disagree",
        subject=f"label:{unit.label}" if unit.label else f"event:{said.event_id}",
        owner_role="supervisor",
        fix=f"Two people grade {name} differently: {first.operator} {first.grade}, {second.operator} "
        f"{second.grade}. Look at it and decide, have a third person grade it, or say in a note which holds.",
        sku=unit.item,
        qty=said.moves[-1].qty,
        at=f"event:{said.event_id}",
    )


_verdict = asking(
    lambda _: select(event_approval.c.verdict).where(event_approval.c.event_id == bindparam("of"))
)
_row = asking(lambda _: select(event.c.kind, event.c.body).where(event.c.event_id == bindparam("of")))
