"""An independent judge of promises: single units matched to single claims (Kuhn's way), in the claims' order.

It knows nothing of how the centre spreads claims; it reads rows of its own and tries every way.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import Connection, text

from app.domain.clock import to_text
from app.domain.reservation import ANY, Scope
from sync.central.rules.cover import Cell


class Judge:
    """Units one by one, and the claims of one unit each that they serve; who was served stays served."""

    def __init__(self, cells: Iterable[Cell] = ()) -> None:
        self.units: list[Cell] = []
        self.claims: list[Scope] = []
        self._serves: dict[int, int] = {}
        owing = list[Cell]()
        for cell in cells:
            self.units += [cell] * cell.qty
            owing += [cell] * -cell.qty
        for cell in owing:
            # What is missing is missing where it was recorded, or else anywhere.
            grade = None if cell.as_new else cell.grade
            if not self.serve(Scope(site=cell.site, grade=grade, supply=cell.supply)):
                self.serve(Scope(grade=grade, supply=cell.supply))

    def serve(self, scope: Scope) -> bool:
        """Gives a claim of one unit its unit, if any way of giving units out allows it."""
        self.claims.append(scope)
        if self._augment(len(self.claims) - 1, set()):
            return True
        self.claims.pop()
        return False

    def serve_all(self, scope: Scope, qty: int) -> int:
        """How many of `qty` units of one scope are given."""
        return sum(self.serve(scope) for _ in range(qty))

    def room(self, scope: Scope) -> int:
        """How many more units of a scope could be given."""
        trial = self.copy()
        return trial.serve_all(scope, len(self.units) + 1)

    def copy(self) -> Self:
        """A second one to try things on."""
        made = type(self)()
        made.units, made.claims, made._serves = self.units, list(self.claims), dict(self._serves)
        return made

    def _augment(self, claim: int, seen: set[int]) -> bool:
        for unit, cell in enumerate(self.units):
            if unit not in seen and cell.fits(self.claims[claim]):
                seen.add(unit)
                if unit not in self._serves or self._augment(self._serves[unit], seen):
                    self._serves[unit] = claim
                    return True
        return False


def matched(cells: Sequence[Cell], claims: Sequence[Scope]) -> int:
    """The most claims of one unit each that units can serve."""
    judge = Judge(cells)
    return sum(judge.serve(scope) for scope in claims)


class Verdict:
    """What the rows say of one item: its units with every live claim served, and the claims that are not.

    `claimed` sums live rows on units sold as new by `reserved` and `basket`; `unserved` counts units claimed
    and not there. `least` is the date until which a unit must be good by the item's own record.
    """

    def __init__(
        self, conn: Connection, owner: str, sku: str, now: datetime, as_new: Collection[str]
    ) -> None:
        which: dict[str, Any] = {"owner": owner, "sku": sku, "now": to_text(now), "today": to_text(now)[:10]}
        self.judge = Judge(_cells(conn, which, as_new))
        self.claimed, self.unserved = Counter[str](), 0
        for row in conn.execute(_CLAIMS, which):
            scope = Scope(row.site or None, row.lot or None, None, row.grade or None, None, row.fresh or None)
            if not row.grade:
                self.claimed["basket" if row.claim == "basket" else "reserved"] += row.qty
            self.unserved += row.qty - self.judge.serve_all(scope, row.qty)
        record = json.loads(conn.scalar(_RECORD, which) or "{}")
        days = record.get("min_remaining_days", 0)
        self.least = to_text(now + timedelta(days=days))[:10] if days else None
        for row in conn.execute(_SITE_SAFETY, which):
            self.judge.serve_all(self.within(Scope(site=row.site)), row.qty)
        self.judge.serve_all(self.within(ANY), record.get("safety", 0))

    def within(self, scope: Scope) -> Scope:
        """The scope without units that are too close to their date."""
        return replace(scope, fresh=max(filter(None, (scope.fresh, self.least)), default=None))

    def promise(self, scope: Scope) -> int:
        """Units that may be promised to whoever asks for them."""
        return self.judge.room(self.within(scope))


def kit_scopes(
    judges: Mapping[str, Judge], scope: Scope, least: Mapping[str, str | None]
) -> list[dict[str, Scope]]:
    """Where kits may be put together, as the scope of each component there.

    Places nobody knows put nothing together while there is any unit at a site.
    """
    known = {unit.site for judge in judges.values() for unit in judge.units if unit.site is not None}
    sites: list[str | None] = [scope.site]
    if scope.site is None and known:
        sites = [*sorted(known)]
    fresh = {sku: max(filter(None, (scope.fresh, least.get(sku))), default=None) for sku in judges}
    return [{sku: Scope(site=site, fresh=fresh[sku]) for sku in judges} for site in sites]


def most_kits(
    parts: Mapping[str, int], judges: Mapping[str, Judge], places: Sequence[dict[str, Scope]]
) -> int:
    """The most kits that could be put together, each at one place: every way of sharing them out is tried."""
    ways: list[list[int]] = [[]]
    for at in places:
        top = min(judges[sku].room(at[sku]) // per for sku, per in parts.items())
        ways = [[*way, n] for way in ways for n in range(top + 1)]
    for way in sorted(ways, key=sum, reverse=True):
        trials = {sku: judges[sku].copy() for sku in parts}
        if all(
            trials[sku].serve_all(at[sku], n * per) == n * per
            for at, n in zip(places, way, strict=True)
            for sku, per in parts.items()
        ):
            return sum(way)
    return 0


def _cells(conn: Connection, which: dict[str, Any], as_new: Collection[str]) -> list[Cell]:
    """Units that are alike added up, in no special order; what is past its date is left out."""
    found = Counter[tuple[str | None, str | None, str | None, bool, str | None]]()
    for row in conn.execute(_UNITS, which):
        new = not row.grade or row.grade in as_new
        found[row.site or None, row.lot or None, row.grade or None, new, row.good_until or None] += row.qty
    return [
        Cell(qty, site, lot, None, grade, new, None, good_until)
        for (site, lot, grade, new, good_until), qty in found.items()
    ]


def rebuilt(conn: Connection) -> tuple[dict[int, int], dict[int, int]]:
    """Balances added up from all moves, and balances as they are stored; by account."""
    folded = {row.account: int(row.qty) for row in conn.execute(_FOLD) if row.qty}
    return folded, {row.account: int(row.qty) for row in conn.execute(_STORED)}


_UNITS = text(
    """
    SELECT b.qty, a.lot, a.grade, l.site, d.good_until
    FROM balance b JOIN account a ON a.id = b.account
    LEFT JOIN location l ON l.code = a.location
    LEFT JOIN lot d ON d.sku = a.item AND d.lot = a.lot
    WHERE a.owner = :owner AND a.item = :sku AND a.status = 'sellable'
      AND (d.good_until IS NULL OR d.good_until >= :today)
    """
)
_CLAIMS = text(
    """
    SELECT claim, qty, site, lot, grade, fresh FROM reservation
    WHERE owner = :owner AND item = :sku AND serial = '' AND supply = ''
      AND (expires IS NULL OR expires > :now)
    ORDER BY CASE claim WHEN 'basket' THEN 1 ELSE 0 END, id
    """
)
_SITE_SAFETY = text("SELECT site, qty FROM site_safety WHERE sku = :sku ORDER BY site")
_RECORD = text("SELECT document FROM item WHERE sku = :sku")
_FOLD = text(
    """
    SELECT account, SUM(qty) AS qty FROM (
        SELECT target AS account, qty FROM move UNION ALL SELECT source AS account, -qty FROM move
    ) AS ends GROUP BY account
    """
)
_STORED = text("SELECT account, qty FROM balance")
