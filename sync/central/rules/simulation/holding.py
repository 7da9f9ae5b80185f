"""The units of one item while a play goes on: what is there by cell, and what is promised of it by scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from app.domain.reservation import ANY, Scope
from sync.central.rules.cover import Cell, Cover
from sync.central.rules.eligible import ANYTHING, NOTHING, Asks, Eligible
from sync.central.rules.promise import BASKET, RESERVED, SAFETY
from sync.central.rules.simulation.shapes import Fixed


@dataclass(slots=True)
class Holding:
    """One item's units.

    `have` are units by cell (cells without quantity), `held` units promised to lines that have not left yet,
    `fixed` the claims that nothing moves, `safety` units that are promised to nobody. `today` is a date: what
    was good until an earlier one is promised to nobody. `asks` is what the item's record asks of a unit.
    """

    have: Counter[Cell]
    fixed: list[Fixed]
    safety: int = 0
    today: str = ""
    asks: Asks = NOTHING
    held: Counter[Scope] = field(default_factory=Counter)
    dated: bool = False
    _cover: Cover | None = None
    _cells: list[Cell] = field(default_factory=list)
    _lost: int = 0

    @classmethod
    def of(
        cls, opening: Mapping[Cell, int], fixed: Iterable[Fixed], safety: int, asks: Asks = NOTHING
    ) -> Holding:
        """The units at the start."""
        dated = any(cell.good_until is not None for cell in opening)
        return cls(Counter(opening), list(fixed), safety, asks=asks, dated=dated)

    @property
    def units(self) -> int:
        """All units that are there, below zero when more left than came."""
        return sum(self.have.values())

    @property
    def sellable(self) -> int:
        """Units that are sold as new today."""
        return sum(qty for cell, qty in self.have.items() if cell.as_new and self._good(cell))

    @property
    def cover(self) -> Cover:
        """The units with every claim placed on them."""
        if self._cover is None:
            self._cover, self._lost = self._covered()
        return self._cover

    @property
    def lost(self) -> int:
        """Units promised to lines that are not there."""
        _ = self.cover
        return self._lost

    @property
    def rule(self) -> Eligible:
        """What the item's record asks of a unit today."""
        return self.asks.on(date.fromisoformat(self.today)) if self.today else ANYTHING

    def serials(self) -> dict[str, str | None]:
        """Serials that are there once and claimed by nobody, with their sites."""
        taken = {scope.serial for scope, qty in self.held.items() if qty}
        taken |= {claim.scope.serial for claim in self.fixed}
        once = (cell for cell, qty in self.have.items() if qty == 1)
        return {cell.serial: cell.site for cell in once if cell.serial and cell.serial not in taken}

    def change(self, cell: Cell, qty: int) -> None:
        """Units came, or went when below zero."""
        self.have[cell] += qty
        self.dated = self.dated or cell.good_until is not None
        if not self.have[cell]:
            del self.have[cell]
        self.stale()

    def stale(self) -> None:
        """Claims are to be placed anew."""
        self._cover = None

    def leave(self, scope: Scope, qty: int) -> None:
        """Promised units go for good."""
        for place, units in self.cover.draw(RESERVED, scope, qty):
            cell = self._cells[place]
            self.have[cell] -= units
            if not self.have[cell]:
                del self.have[cell]
        self.held[scope] -= qty

    def bare(self) -> Cover:
        """The units with nothing but those claims placed on them that stand above every line's."""
        self._cells = [cell for cell in self.have if self._good(cell)]
        # In the order of picking: what expires first goes first.
        self._cells.sort(key=lambda cell: (cell.good_until or "9999-12-31", cell.site or "", cell.lot or ""))
        cover = Cover([cell._replace(qty=self.have[cell]) for cell in self._cells])
        for claim in self.fixed:
            if claim.kind == RESERVED:
                cover.place(RESERVED, claim.scope, claim.qty)
        return cover

    def _covered(self) -> tuple[Cover, int]:
        cover, lost, rule = self.bare(), 0, self.rule
        for scope, qty in self.held.items():
            if qty:
                lost += qty - cover.place(RESERVED, scope, qty)
        for kind in (BASKET, SAFETY):
            for claim in self.fixed:
                if claim.kind == kind:
                    cover.place(kind, rule.within(claim.scope) if kind == SAFETY else claim.scope, claim.qty)
        cover.place(SAFETY, rule.within(ANY), self.safety)
        return cover, lost

    def _good(self, cell: Cell) -> bool:
        return cell.good_until is None or cell.good_until >= self.today
