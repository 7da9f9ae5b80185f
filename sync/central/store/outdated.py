"""Units that a station decided about under a policy in force no more: a case where the new one differs.

What the station recorded stands. The centre decides once more under both policies, the one that the station
knew and the one in force when the event is posted; where they differ, one case shows the difference. Holds
that no rule decides, and what a person decided, are not asked about.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from app.domain.event import Event, EventKind
from app.domain.policy import Decision, Outcome, Policy
from app.domain.policy.hindsight import Candidate, Hindsight, Judged
from app.domain.policy.routes import Worth
from sync.central.rules.discards import word, words
from sync.central.store.chain import CENTRE
from sync.central.store.exceptions import Case, close_cases, open_case, stored_key
from sync.central.store.item_rules import item_records
from sync.central.store.journal import Fact
from sync.central.store.prepared import asking
from sync.central.store.returns_policy import policy_of_version, returns_policy
from sync.central.store.savepoint import tried
from sync.central.store.tables import event, exception, policy

_RULED = frozenset({EventKind.RETURN_DISPOSITIONED, EventKind.RETURN_REGRADED})
_HELD = "held"
_log = logging.getLogger(__name__)


def follow(conn: Connection, facts: Sequence[Fact], loose: AbstractSet[str], at: datetime) -> None:
    """Opens the cases of late decisions, and closes those of units that were decided about since.

    Nothing is decided by a word that is `loose`, which nobody with the right to it gave, nor by what the
    centre does because of one.

    What is taken back gives its case up; with what took its place taken back it is open again.
    """
    late = [fact.event for fact in facts if fact.event.kind in _RULED and fact.origin != CENTRE]
    if any(happened.policy_ver for happened in late):
        for case in _found(conn, late):
            open_case(conn, case, at)
    undone = {fact.event.corrects for fact in facts if fact.event.corrects}
    if undone:
        close_cases(conn, [outdated_key(of) for of in undone], at, "The decision was taken back.")
        for case in _again(conn, undone):
            open_case(conn, case, at)
    stands = [
        fact.event
        for fact in facts
        if fact.event.event_id not in undone | loose
        and (fact.event.kind, fact.event.operator) != (EventKind.UNIT_REDECIDED, CENTRE)
    ]
    since = [of for happened in stands if (of := _replaces(happened.kind, happened.body))]
    close_cases(conn, [outdated_key(of) for of in since], at, "The unit was decided about anew.")


def outdated_key(event_id: str) -> str:
    """The key of the case of a decision under a policy that was in force no more."""
    return f"policy.outdated:{event_id}"


def _replaces(kind: str, body: Mapping[str, Any]) -> str | None:
    """The decision that an event takes the place of."""
    if kind == EventKind.RETURN_REGRADED:
        return word(body, "regrades")
    overrides = body.get("overrides") if kind == EventKind.UNIT_REDECIDED else None
    return word(overrides, "event") if isinstance(overrides, Mapping) else None


def _again(conn: Connection, undone: Collection[str]) -> Iterator[Case]:
    """The cases of decisions that stand again, as they were found when these were posted."""
    rows = _events.rows(conn, ids=sorted(undone))
    back = {of for row in rows if (of := _replaces(row.kind, json.loads(row.body)))} - set(undone)
    had = _known.rows(conn, keys=sorted(stored_key(outdated_key(of)) for of in back)) if back else ()
    for row in had:
        yield Case(row.key, row.type, row.subject, row.owner_role, row.fix, money=_money(row))


def _money(row: Any) -> tuple[int, str] | None:
    return (int(row.money_minor), row.currency) if row.money_minor is not None else None


def _found(conn: Connection, late: Sequence[Event]) -> Sequence[Case]:
    newest = _newest.first(conn)
    outdated = [one for one in late if newest and one.policy_ver and one.policy_ver != newest.version]
    found = list[Case]()

    def look() -> None:
        found.extend(_cases(conn, outdated))

    about = [one.event_id for one in outdated]
    looked = bool(about) and tried(conn, look, _log, "nothing was asked about the policies of %s", about)
    return found if looked else ()


def _cases(conn: Connection, outdated: Sequence[Event]) -> Iterator[Case]:
    now = returns_policy(conn)
    known = item_records(conn, [sku for one in outdated if (sku := word(one.body, "sku"))])
    pairs = dict[str, _Pair | None]()
    for happened in outdated:
        version, its = happened.policy_ver or "", known.get(word(happened.body, "sku") or "")
        if version not in pairs:
            then = policy_of_version(conn, version)
            # A version that nobody published here leaves nothing to compare with.
            pairs[version] = _Pair.of(then, now) if then is not None and now is not None else None
        pair = pairs[version]
        if pair is None or its is None or happened.body.get("rule") == _HELD:
            continue
        unit = Judged(
            its.category,
            its.hazardous,
            word(happened.body, "grade") or "",
            words(happened.body, "answers"),
            version,
            Worth(its.value_minor, its.currency),
        )
        if says := pair.difference(unit):
            yield _case(happened, says)


@dataclass(frozen=True, slots=True)
class _Pair:
    """The policy that a station knew, and the one in force, each tried on units."""

    then: Candidate
    now: Candidate

    @classmethod
    def of(cls, then: Policy, now: Policy) -> _Pair:
        return cls(Candidate(then, [then]), Candidate(now, [then]))

    def difference(self, unit: Judged) -> str:
        """What each says where they differ, in words; empty where they agree, or nobody can say."""
        was, after = self.then.of(unit).decision, self.now.of(unit)
        if was is None or (after.decision and _goes(after.decision.outcome) == _goes(was.outcome)):
            return ""
        new = self.now.policy.version
        return f"policy {was.policy_ver} sends it {_told(was)}, policy {new} {_wants(after, unit)}"


def _goes(outcome: Outcome) -> tuple[object, ...]:
    return outcome.disposition, outcome.place, outcome.status, outcome.reason


def _told(decision: Decision) -> str:
    return f"to {decision.outcome.place} ({decision.outcome.disposition}, rule {decision.rule})"


def _wants(after: Hindsight, unit: Judged) -> str:
    if after.decision is not None:
        return _told(after.decision)
    if after.unasked:
        return f"asks what nobody asked then: {', '.join(after.unasked)}"
    return f"has no grade {unit.grade}"


def _case(happened: Event, says: str) -> Case:
    label, qty = word(happened.body, "label"), happened.body.get("qty")
    about = f"unit {label}" if label else "its units"
    return Case(
        key=outdated_key(happened.event_id),
        type="policy.outdated",
        subject=f"label:{label}" if label else f"event:{happened.event_id}",
        owner_role="supervisor",
        fix=f"The bench decided about {about} by another policy than is in force at the centre now: {says}. "
        "The unit is where the bench put it: decide about it anew, or leave it and say why.",
        sku=word(happened.body, "sku"),
        qty=qty if isinstance(qty, int) else 0,
        at=f"event:{happened.event_id}",
    )


_newest = asking(lambda _: select(policy.c.version).order_by(policy.c.id.desc()).limit(1))
_events = asking(
    lambda among: select(event.c.event_id, event.c.kind, event.c.body).where(among(event.c.event_id, "ids"))
)
_known = asking(
    lambda among: select(
        exception.c.key,
        exception.c.type,
        exception.c.subject,
        exception.c.owner_role,
        exception.c.fix,
        exception.c.money_minor,
        exception.c.currency,
    ).where(among(exception.c.key, "keys"))
)
