"""How one line stands while a play goes on: what it waits for, holds, and has had shipped."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.item import Component
from app.domain.reservation import Scope
from sync.central.rules.allocation_policy import AllocationPolicy
from sync.central.rules.promise import Claimed, Grant, Parts, Want, times
from sync.central.rules.simulation.shapes import Line, Outcome


@dataclass(slots=True)
class Standing:
    """One line.

    `want` is what it asks for under its policy. `own` are units of its item by scope and `made` those put
    together, by the claims on components that make one, both not left yet; `left` units left, `out` of them
    (or more) were really shipped. `since` is when it began to wait.
    """

    line: Line
    want: Want
    since: datetime
    own: Counter[Scope] = field(default_factory=Counter)
    made: Counter[Parts] = field(default_factory=Counter)
    left: int = 0
    out: int = 0
    last_at: datetime | None = None
    whole_at: datetime | None = None

    @classmethod
    def of(
        cls, line: Line, kit: tuple[Component, ...], policy: AllocationPolicy, since: datetime
    ) -> Standing:
        """A line that has nothing yet."""
        scope = line.scope_under(policy)
        to = (line.order.channel, line.order.region)
        want = Want(line.number, line.sku, line.qty, kit, line.serials, scope, *to)
        return cls(line, want, since)

    def under(self, policy: AllocationPolicy) -> None:
        """Asks from now on as another policy says; what it holds it keeps."""
        self.want = replace(self.want, scope=self.line.scope_under(policy))

    @property
    def held(self) -> int:
        """Units promised that have not left."""
        return sum(self.own.values()) + sum(self.made.values())

    @property
    def open(self) -> int:
        """Units it waits for."""
        return self.line.qty - self.held - self.left

    def asking(self) -> Want:
        """What it would take now."""
        want, serials = self.want, self.want.serials
        if serials:
            taken = {scope.serial for scope, qty in self.own.items() if qty}
            serials = tuple(serial for serial in serials if serial not in taken)
        # Far quicker than `replace`, and this is asked at every turn of a play.
        return Want(want.line, want.sku, self.open, want.kit, serials, want.scope, want.channel, want.region)

    def take(self, grant: Grant, at: datetime) -> tuple[Claimed, ...]:
        """Is promised units; the claims they become."""
        claims = grant.claims()
        for claim in claims:
            if claim.item == self.line.sku:
                self.own[claim.scope] += claim.qty
        for parts, kits in grant.made:
            self.made[parts] += kits
        self.last_at = at
        if not self.open:
            self.whole_at = at
        return claims

    def give(self, qty: int) -> list[Claimed]:
        """Takes up to `qty` held units out, its own item's before kits; the claims they were."""
        found, rest = list[Claimed](), qty
        for scope, held in list(self.own.items()):
            units = min(held, rest)
            if units:
                found.append(Claimed(self.line.sku, scope, units))
                self.own[scope] -= units
                rest -= units
        for parts, held in list(self.made.items()):
            units = min(held, rest)
            if units:
                found += self._apart(parts, units)
                rest -= units
        return found

    def give_of(self, item: str, scope: Scope, qty: int) -> tuple[int, list[Claimed]]:
        """Takes out held units that claim an item under a scope, at least `qty` of it: units, claims."""
        if item == self.line.sku:
            units = min(self.own[scope], qty)
            self.own[scope] -= units
            return units, [Claimed(item, scope, units)]
        per = next(part.qty for part in self.want.kit if part.sku == item)
        left, found = -(-qty // per), list[Claimed]()
        for parts, held in list(self.made.items()):
            if any(part.item == item and part.scope == scope for part in parts):
                units = min(held, left)
                found += self._apart(parts, units)
                left -= units
        return -(-qty // per) - left, found

    def _apart(self, parts: Parts, kits: int) -> Parts:
        self.made[parts] -= kits
        return times(parts, kits)

    def claims(self) -> list[Claimed]:
        """All it holds."""
        found = [Claimed(self.line.sku, scope, qty) for scope, qty in self.own.items() if qty]
        units = Counter[tuple[str, Scope, int]]()
        for parts, kits in self.made.items():
            for part in times(parts, kits):
                units[part.item, part.scope, part.per] += part.qty
        return found + [Claimed(item, scope, qty, per) for (item, scope, per), qty in units.items() if qty]

    def lose(self) -> None:
        """It is not promised whole any more."""
        if self.open:
            self.whole_at = None

    def outcome(self, end: datetime, why: str) -> Outcome:
        """How it stands at the end."""
        until = self.whole_at or end
        waited = max(0, int((until - self.since).total_seconds()))
        promised = self.held + self.left
        return Outcome(self.line, promised, self.last_at, waited, why if self.open else "")
