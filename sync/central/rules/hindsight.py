"""The sums of a returns policy tried on past dispositions: what would have become of how much, worth what."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field

from app.domain.policy import Decision
from app.domain.policy.hindsight import Candidate, Judged

LISTED = 10
"""Units that change are listed singly up to here, the most valuable of each currency."""

_HELD = "held"


@dataclass(frozen=True, slots=True)
class Dispositioned:
    """Units that went somewhere by one event. `value_minor` is of all of them, in minor units.

    `unit` is None where the item is not known any more, or the event does not say how it was judged.
    """

    event_id: str
    occurred_at: str
    sku: str
    qty: int
    value_minor: int
    currency: str
    disposition: str
    rule: str
    unit: Judged | None


@dataclass(slots=True)
class Sum:
    """So many events, units, and their value by currency."""

    events: int = 0
    units: int = 0
    value_minor: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, done: Dispositioned) -> None:
        """Counts one event."""
        self.events += 1
        self.units += done.qty
        self.value_minor[done.currency] += done.value_minor

    def to_json(self) -> dict[str, object]:
        """The sums as data."""
        return {
            "events": self.events,
            "units": self.units,
            "value_minor": dict(sorted(self.value_minor.items())),
        }


class Tally:
    """What a candidate would have made of dispositions, added one by one; keeps sums, never the list."""

    def __init__(self, candidate: Candidate) -> None:
        self._candidate = candidate
        self._all, self._held, self._same = Sum(), Sum(), Sum()
        self._changed: defaultdict[tuple[str, str], Sum] = defaultdict(Sum)
        self._unknown: defaultdict[str, Sum] = defaultdict(Sum)
        self._largest: defaultdict[str, list[tuple[int, str, dict[str, object]]]] = defaultdict(list)

    def add(self, done: Dispositioned) -> None:
        """Tries the candidate on one disposition; what the bench itself held is counted apart."""
        self._all.add(done)
        if done.rule == _HELD:
            self._held.add(done)
            return
        if done.unit is None:
            self._unknown["the item or its grade is not on record"].add(done)
            return
        found = self._candidate.of(done.unit)
        if found.decision is None:
            why = (
                f"not asked then: {', '.join(found.unasked)}"
                if found.unasked
                else (f"the candidate has no grade {done.unit.grade}")
            )
            self._unknown[why].add(done)
            return
        would = found.decision.outcome.disposition
        if would == done.disposition:
            self._same.add(done)
            return
        self._changed[done.disposition, would].add(done)
        self._list(done, found.decision)

    def _list(self, done: Dispositioned, would: Decision) -> None:
        entry: dict[str, object] = {
            "event_id": done.event_id,
            "occurred_at": done.occurred_at,
            "sku": done.sku,
            "qty": done.qty,
            "grade": done.unit.grade if done.unit else None,
            "was": done.disposition,
            "was_rule": done.rule,
            "would": would.outcome.disposition,
            "would_rule": would.rule,
            "value_minor": done.value_minor,
            "currency": done.currency,
        }
        kept = self._largest[done.currency]
        # Event ids are unique, so that two entries are never compared themselves.
        push = heapq.heappush if len(kept) < LISTED else heapq.heappushpop
        push(kept, (done.value_minor, done.event_id, entry))

    def result(self) -> dict[str, object]:
        """The sums by (was, would be), largest first, and the units that change listed by value."""
        changed = sorted(self._changed.items(), key=lambda one: (-one[1].units, one[0]))
        unknown = sorted(self._unknown.items(), key=lambda one: (-one[1].units, one[0]))
        largest = [
            entry
            for currency in sorted(self._largest)
            for _, _, entry in sorted(self._largest[currency], key=lambda one: (-one[0], one[1]))
        ]
        return {
            "all": self._all.to_json(),
            "held": self._held.to_json(),
            "same": self._same.to_json(),
            "changed": [{"was": was, "would": would, **found.to_json()} for (was, would), found in changed],
            "cannot_say": [{"why": why, **found.to_json()} for why, found in unknown],
            "largest": largest,
        }
