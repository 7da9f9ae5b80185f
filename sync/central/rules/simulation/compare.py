"""Adding up who gains and who loses, group after group, keeping only what the answer shows."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sync.central.rules.simulation.shapes import LineKey, Outcome
from sync.central.rules.simulation.telling import Difference, Policies, told

_SECONDS_A_DAY = 86_400


@dataclass(slots=True)
class Counts:
    """How many are better off, worse off, or the same."""

    better: int = 0
    worse: int = 0
    same: int = 0

    def add(self, weight: tuple[int, int]) -> None:
        """Counts one by what it gains."""
        if weight > (0, 0):
            self.better += 1
        elif weight < (0, 0):
            self.worse += 1
        else:
            self.same += 1

    def to_json(self) -> dict[str, object]:
        """As it is answered."""
        return {"better": self.better, "worse": self.worse, "same": self.same}


@dataclass(slots=True)
class Tally:
    """The orders, lines and units of one channel or of all.

    `units` counts units: gained, lost, promised either way. `waited` sums seconds over all lines.
    """

    orders: Counts = field(default_factory=Counts)
    lines: Counts = field(default_factory=Counts)
    units: Counts = field(default_factory=Counts)
    waited_before: int = 0
    waited_after: int = 0

    def add(self, change: Difference) -> None:
        """Counts a line."""
        self.lines.add(change.weight)
        self.units.better += max(0, change.units)
        self.units.worse += max(0, -change.units)
        self.units.same += min(change.before.promised, change.after.promised)
        self.waited_before += change.before.waited
        self.waited_after += change.after.waited

    def to_json(self) -> dict[str, object]:
        """As it is answered; waits as days a line, on average."""
        lines = max(1, self.lines.better + self.lines.worse + self.lines.same)
        return {
            "orders": self.orders.to_json(),
            "lines": self.lines.to_json(),
            "units": self.units.to_json(),
            "average_wait_days": {
                "before": round(self.waited_before / lines / _SECONDS_A_DAY, 2),
                "after": round(self.waited_after / lines / _SECONDS_A_DAY, 2),
            },
        }


class Comparison:
    """Two plays of all groups, compared line by line.

    Args:
        policies: the two, and from when.
        most: how many lines to list that gain most, and that lose most.
        channels: only their lines are counted and listed; all when empty.
        skus: only their lines are counted and listed; all when empty.
    """

    def __init__(
        self, policies: Policies, most: int, channels: Collection[str] = (), skus: Collection[str] = ()
    ) -> None:
        self._policies = policies
        self._most = most
        self._channels = frozenset(channels)
        self._skus = frozenset(skus)
        self._tallies: defaultdict[str, Tally] = defaultdict(Tally)
        # What each order gains over all its lines, in units and seconds, and its channel.
        self._orders: dict[int, tuple[int, int, str]] = {}
        self._best: list[tuple[tuple[int, int], tuple[int, int], dict[str, object]]] = []
        self._worst: list[tuple[tuple[int, int], tuple[int, int], dict[str, object]]] = []

    def add(self, before: Mapping[LineKey, Outcome], after: Mapping[LineKey, Outcome]) -> None:
        """One group, played twice."""
        moved: defaultdict[str, list[Difference]] = defaultdict(list)
        for key, outcome in before.items():
            change = Difference(outcome, after[key])
            if change.weight != (0, 0):
                moved[change.line.sku].append(change)
            channel = change.line.order.channel
            if not self._asked_for(change):
                continue
            self._tallies[channel].add(change)
            units, sooner, _ = self._orders.get(key[0], (0, 0, channel))
            self._orders[key[0]] = (units + change.units, sooner + change.sooner, channel)
        for changes in moved.values():
            self._list(changes)

    def _asked_for(self, change: Difference) -> bool:
        line = change.line
        return (not self._channels or line.order.channel in self._channels) and (
            not self._skus or line.sku in self._skus
        )

    def _list(self, changes: list[Difference]) -> None:
        """Keeps those of one item that belong among the most."""
        changes.sort(key=lambda change: (change.weight, change.line.key))
        most, least = changes[-1], changes[0]
        for change in changes:
            if not self._asked_for(change):
                continue
            gains = change.weight > (0, 0)
            other = least if gains else most
            if (other.weight > (0, 0)) == gains or (change.units and not other.units):
                other_or_none = None
            else:
                other_or_none = other
            units, sooner = change.weight if gains else (-change.units, -change.sooner)
            self._push(self._best if gains else self._worst, (units, sooner), change, other_or_none)

    def _push(
        self,
        heap: list[tuple[tuple[int, int], tuple[int, int], dict[str, object]]],
        weight: tuple[int, int],
        change: Difference,
        other: Difference | None,
    ) -> None:
        row, number = change.line.key
        rank = (weight, (-row, -number))
        if self._most and (len(heap) < self._most or rank > heap[0][:2]):
            entry = (*rank, told(change, other, self._policies))
            (heapq.heappush if len(heap) < self._most else heapq.heapreplace)(heap, entry)

    def result(self) -> dict[str, object]:
        """Everything that was added: all, by channel, and the lines that gain and lose most."""
        whole = Tally()
        for units, sooner, channel in self._orders.values():
            self._tallies[channel].orders.add((units, sooner))
            whole.orders.add((units, sooner))
        for tally in self._tallies.values():
            for name in ("lines", "units"):
                total, part = getattr(whole, name), getattr(tally, name)
                total.better += part.better
                total.worse += part.worse
                total.same += part.same
            whole.waited_before += tally.waited_before
            whole.waited_after += tally.waited_after
        return {
            "all": whole.to_json(),
            "channels": {channel: tally.to_json() for channel, tally in sorted(self._tallies.items())},
            "gain_most": [entry for *_, entry in sorted(self._best, key=lambda e: e[:2], reverse=True)],
            "lose_most": [entry for *_, entry in sorted(self._worst, key=lambda e: e[:2], reverse=True)],
        }
