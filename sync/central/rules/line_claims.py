"""The claims of order lines as units of the line: its own item's, and kits put together from components.

A kit's components are claimed under one site and equally strongly: what one site holds of them so makes whole
kits.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.reservation import Scope


@dataclass(frozen=True, slots=True)
class LineClaim:
    """Units claimed for a line that asks for `sku`; `row` is where the claim is stored.

    `per` units make one unit of the line, above 1 only in kits; `claim` is how strong it is.
    """

    row: int
    line: int
    sku: str
    item: str
    scope: Scope
    qty: int
    per: int
    claim: str

    @property
    def own(self) -> bool:
        """True for units of the line's own item, False for a component of a kit."""
        return self.item == self.sku


@dataclass(frozen=True, slots=True)
class Promised:
    """Units of one line that were promised alike.

    `fresh` says by item until when its units must be good, None when any will do; for kits that are put
    together it has the components and the kit. `serials` are the units that were promised by name.
    """

    qty: int
    fresh: Mapping[str, str | None]
    serials: tuple[str, ...] = ()


def take(claims: Iterable[LineClaim], qty: int) -> tuple[LineClaim, ...]:
    """Up to `qty` units of one line out of its claims: its own item's first, then assembled kits."""
    mine, taken, left = tuple(claims), list[LineClaim](), qty
    for claim in mine:
        units = min(claim.qty, left) if claim.own else 0
        if units:
            taken.append(replace(claim, qty=units))
            left -= units
    for parts in kits_of(mine):
        kits = min(left, parts[0].qty // parts[0].per)
        if kits:
            taken += [replace(part, qty=kits * part.per) for part in parts]
            left -= kits
    return together(taken)


def rest(claims: Iterable[LineClaim], taken: Iterable[LineClaim]) -> tuple[LineClaim, ...]:
    """What is left of claims once some were taken out."""
    gone, left = Counter[int](), list[LineClaim]()
    for claim in taken:
        gone[claim.row] += claim.qty
    for claim in claims:
        less = min(claim.qty, gone[claim.row])
        gone[claim.row] -= less
        if claim.qty > less:
            left.append(replace(claim, qty=claim.qty - less))
    return tuple(left)


def together(claims: Iterable[LineClaim]) -> tuple[LineClaim, ...]:
    """The same claims, parts of one row put together."""
    found = dict[int, LineClaim]()
    for claim in claims:
        had = found.get(claim.row)
        found[claim.row] = replace(claim, qty=claim.qty + had.qty) if had else claim
    return tuple(found.values())


def units(claims: Iterable[LineClaim]) -> int:
    """How many units of one line its claims make."""
    mine = tuple(claims)
    own = sum(claim.qty for claim in mine if claim.own)
    return own + sum(parts[0].qty // parts[0].per for parts in kits_of(mine))


def of_line(claims: Iterable[LineClaim], line: int) -> tuple[LineClaim, ...]:
    """Those of one line."""
    return tuple(claim for claim in claims if claim.line == line)


def named(claims: Iterable[LineClaim]) -> list[tuple[int, str]]:
    """(line, serial) of the units that are claimed by name."""
    return [(claim.line, claim.scope.serial) for claim in claims if claim.scope.serial]


def by_line(claims: Sequence[LineClaim]) -> dict[int, int]:
    """Units by line."""
    lines = dict.fromkeys(claim.line for claim in claims)
    return {line: units(of_line(claims, line)) for line in lines}


def promised(claims: Iterable[LineClaim]) -> list[Promised]:
    """The units of one line with the dates they were promised under, its own item's first."""
    mine, own = tuple(claims), defaultdict[str | None, list[LineClaim]](list)
    for claim in mine:
        if claim.own:
            own[claim.scope.fresh].append(claim)
    found = [
        Promised(
            sum(c.qty for c in its), {its[0].sku: fresh}, tuple(c.scope.serial for c in its if c.scope.serial)
        )
        for fresh, its in own.items()
    ]
    for parts in kits_of(mine):
        dates = {part.item: part.scope.fresh for part in parts}
        # A component is at least as good as was asked of the kit.
        of_kit = min((fresh or "" for fresh in dates.values()), default="") or None
        found.append(Promised(parts[0].qty // parts[0].per, {**dates, parts[0].sku: of_kit}))
    return found


def kits_of(claims: Iterable[LineClaim]) -> list[tuple[LineClaim, ...]]:
    """Components of one line that belong together: as many kits of each, of one site and equally strong.

    A claim may be in several: components that were claimed on different days may differ in how fresh they
    must be. What makes no whole kit is in none.
    """
    sets = defaultdict[tuple[str, str], defaultdict[str, list[LineClaim]]](lambda: defaultdict(list))
    for claim in claims:
        if not claim.own:
            sets[claim.scope.site or "", claim.claim][claim.item].append(claim)
    found = list[tuple[LineClaim, ...]]()
    for _, parts in sorted(sets.items()):
        left = {item: [part for part in rows if part.qty >= part.per] for item, rows in parts.items()}
        while all(left.values()):
            first = [rows[0] for rows in left.values()]
            kits = min(part.qty // part.per for part in first)
            found.append(tuple(replace(part, qty=kits * part.per) for part in first))
            for part, rows in zip(first, left.values(), strict=True):
                rows[:1] = [replace(part, qty=part.qty - kits * part.per)]
                if rows[0].qty < part.per:
                    del rows[0]
    return found
