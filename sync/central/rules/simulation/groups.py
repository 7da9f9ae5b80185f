"""Items that have to be played together: kits with their components, orders that want all or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator


class Groups:
    """Which items hang together; everything else is independent and may be played by itself."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def join(self, skus: Iterable[str]) -> None:
        """These belong together; a single one becomes known."""
        first: str | None = None
        for sku in skus:
            top = self._top(sku)
            if first is None:
                first = top
            elif top != first:
                self._above[top] = first

    def batches(self, most: int) -> list[list[str]]:
        """All items, those that belong together in one batch; only one large group goes above `most`."""
        groups: defaultdict[str, list[str]] = defaultdict(list)
        for sku in self._above:
            groups[self._top(sku)].append(sku)
        found = list[list[str]]()
        for group in sorted(map(sorted, groups.values())):
            if found and len(found[-1]) + len(group) <= most:
                found[-1] += group
            else:
                found.append(group)
        return found

    def of(self, skus: Iterable[str]) -> list[list[str]]:
        """Some items, by group."""
        groups: defaultdict[str, list[str]] = defaultdict(list)
        for sku in sorted(skus):
            groups[self._top(sku)].append(sku)
        return list(groups.values())

    def __iter__(self) -> Iterator[str]:
        return iter(self._above)

    def _top(self, sku: str) -> str:
        at = self._above.setdefault(sku, sku)
        while (above := self._above[at]) != at:
            # Halving the way each time keeps it short.
            self._above[at] = at = self._above[above]
        return at
