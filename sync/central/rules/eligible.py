"""Which units of an item may be promised at all, and where they may go: what the item's own record asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.domain.reservation import Scope
from sync.central.rules.allocation_policy import covers


@dataclass(frozen=True, slots=True)
class Eligible:
    """What holds for every unit of an item, whoever asks for it and whatever it is put into.

    `fresh` is a date (ISO 8601) until which a unit must be good to be promised today, None for any. None of
    them is sent to the `restricted` regions (ISO 3166-1 or -2).
    """

    fresh: str | None = None
    restricted: tuple[str, ...] = ()

    def within(self, scope: Scope) -> Scope:
        """The scope without the units that are too close to their date; units to come have none yet."""
        if self.fresh is None or scope.supply is not None or (scope.fresh or "") >= self.fresh:
            return scope
        return replace(scope, fresh=self.fresh)

    def restriction(self, region: str | None) -> str | None:
        """The restriction that keeps it from a region; one on a country holds for its parts too."""
        if region is None:
            return None
        return next((wide for wide in self.restricted if covers(wide, region)), None)


ANYTHING = Eligible()
"""What holds for an item whose record asks nothing of its units."""


@dataclass(frozen=True, slots=True)
class Asks:
    """What a record asks: `days` that must be left when a unit is promised, and `restricted` regions."""

    days: int = 0
    restricted: tuple[str, ...] = ()

    def on(self, today: date) -> Eligible:
        """What that is on a day."""
        if not self.days and not self.restricted:
            return ANYTHING
        fresh = (today + timedelta(days=self.days)).isoformat() if self.days else None
        return Eligible(fresh, self.restricted)


NOTHING = Asks()
