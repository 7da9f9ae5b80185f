"""Covering claims with stock: which units may serve which claims, and how many more could be claimed.

A claim names what it may be met from (a site, a lot, ...) or leaves that open, and an open claim must count
once, not once at every site. So units are put into cells that are alike in all a claim may ask for, and
claims are spread over the cells that fit them; a claim moves over to another cell when that makes room for
one that has no choice. A claim that was placed stays placed: whoever comes later displaces nobody.
This is bipartite flow by augmenting paths; the cells no path leads out of are the pool that is exhausted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from app.domain.reservation import ANY, Scope


class Cell(NamedTuple):
    """Units of one item that are alike: where they are, which, and until when (a date) they are good.

    `site` is None at a place the centre does not know. `as_new` units serve claims without a grade. `supply`
    names the dated line they are to come with, None for units that are here. Below zero more left than was
    recorded.
    """

    qty: int
    site: str | None = None
    lot: str | None = None
    serial: str | None = None
    grade: str | None = None
    as_new: bool = True
    supply: str | None = None
    good_until: str | None = None

    def fits(self, scope: Scope) -> bool:
        """Whether its units may serve a claim of that scope."""
        return (
            self.supply == scope.supply
            and (self.as_new if scope.grade is None else self.grade == scope.grade)
            and scope.site in {None, self.site}
            and scope.lot in {None, self.lot}
            and scope.serial in {None, self.serial}
            and (scope.fresh is None or self.good_until is None or self.good_until >= scope.fresh)
        )


class Holder(NamedTuple):
    """Who holds units: the kind of claim (reserved, basket, safety, ...) and its scope."""

    kind: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class Tight:
    """The pool that limits a promise: `room` = the units of its cells - what is claimed of exactly them.

    `claimed` sums units by the kind of claim.
    """

    cells: tuple[Cell, ...]
    claimed: dict[str, int]

    @property
    def units(self) -> int:
        """Units in the pool, a cell below zero counting as what it owes."""
        return sum(cell.qty for cell in self.cells)

    @property
    def room(self) -> int:
        """What is left of it."""
        return self.units - sum(self.claimed.values())


@dataclass(slots=True)
class Cover:
    """The units of one item, in order of preference, and the claims placed on them."""

    cells: Sequence[Cell]
    _spare: list[int] = field(init=False)
    # By holder the units it holds, by cell: one that names its unit holds one cell among thousands.
    _uses: dict[Holder, dict[int, int]] = field(default_factory=dict, init=False)
    _of_serial: dict[str, list[int]] | None = field(default=None, init=False)
    _fits: dict[Scope, list[int]] = field(default_factory=dict, init=False)
    _fit_any: list[int] | None = field(default=None, init=False)
    _sites: frozenset[str | None] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """What a cell owes is taken from its own site first, then from wherever there is such a unit."""
        self._spare = [cell.qty for cell in self.cells]
        if min(self._spare, default=0) >= 0:
            return
        self._spare = [max(0, units) for units in self._spare]
        for cell in self.cells:
            if cell.qty < 0:
                grade = None if cell.as_new else cell.grade
                near = Scope(site=cell.site, grade=grade, supply=cell.supply)
                owed = -cell.qty - self.place("owed", near, -cell.qty)
                self.place("owed", Scope(grade=grade, supply=cell.supply), owed)

    @property
    def sites(self) -> frozenset[str | None]:
        """Where there are units, claimed or not; None among them for places the centre does not know."""
        if self._sites is None:
            self._sites = frozenset(cell.site for cell in self.cells if cell.qty > 0)
        return self._sites

    def copy(self) -> Self:
        """A second one to try things on."""
        made = object.__new__(type(self))
        made.cells, made._fits, made._fit_any = self.cells, self._fits, self._fit_any
        made._of_serial, made._sites, made._spare = self._of_serial, self._sites, list(self._spare)
        made._uses = {holder: dict(used) for holder, used in self._uses.items()}
        return made

    def place(self, kind: str, scope: Scope, qty: int) -> int:
        """Claims up to `qty` units; how many there was room for."""
        if qty <= 0:
            return 0
        holder, left, spare = Holder(kind, scope), qty, self._spare
        used = self._uses.get(holder)
        if used is None:
            used = self._uses[holder] = {}
        for cell in self._fitting(scope):
            if units := spare[cell]:
                take = min(left, units)
                spare[cell] = units - take
                used[cell] = used.get(cell, 0) + take
                left -= take
                if not left:
                    return qty
        while left and (moved := self._augment(holder, left)):
            left -= moved
        return qty - left

    def release(self, kind: str, scope: Scope, qty: int) -> None:
        """Gives `qty` placed units of a claim back."""
        for cell, take in self._held(Holder(kind, scope), qty):
            self._uses[Holder(kind, scope)][cell] -= take
            self._spare[cell] += take

    def draw(self, kind: str, scope: Scope, qty: int) -> list[tuple[int, int]]:
        """Takes `qty` placed units of a claim out for good: (place of the cell in `cells`, units)."""
        drawn = self._held(Holder(kind, scope), qty)
        for cell, take in drawn:
            self._uses[Holder(kind, scope)][cell] -= take
        return drawn

    def room(self, scope: Scope) -> int:
        """How many more units could be claimed under a scope."""
        fitting = self._fitting(scope)
        spare = sum([self._spare[cell] for cell in fitting])
        if len(fitting) == len(self._spare) or not self._uses:
            return spare
        if spare == sum([max(0, self.cells[cell].qty) for cell in fitting]):
            # Nobody holds a unit of these.
            return spare
        everything = sum(self._spare)
        if spare == everything:
            # Whatever moves, it moves within what is there.
            return spare
        return self.copy().place("asked", scope, everything)

    def tight(self, scope: Scope) -> Tight:
        """What limits `room`: the cells that fit, and those that claims on them could move to."""
        trial = self.copy()
        asked = Holder("asked", scope)
        trial.place(asked.kind, scope, sum(self._spare))
        reached, holders = trial.reach(asked)
        claimed: dict[str, int] = {}
        for holder in holders:
            units = sum(self._uses.get(holder, {}).values())
            if units and holder.kind != "owed":
                claimed[holder.kind] = claimed.get(holder.kind, 0) + units
        owed = sum(sum(self._uses.get(holder, {}).values()) for holder in holders if holder.kind == "owed")
        cells = tuple(self.cells[cell] for cell in sorted(reached) if self.cells[cell].qty > 0)
        return Tight((*cells, Cell(-owed)) if owed else cells, claimed)

    def placed(self, kind: str, scope: Scope | None = None) -> int:
        """Units that claims of a kind hold, under one scope when it is given."""
        return sum(
            sum(used.values())
            for holder, used in self._uses.items()
            if holder.kind == kind and scope in {None, holder.scope}
        )

    def spare(self) -> int:
        """Units that nobody claims."""
        return sum(self._spare)

    def _fitting(self, scope: Scope) -> list[int]:
        if scope is ANY:
            # Nearly every claim: found without a look into the scope, which costs more than the answer.
            if self._fit_any is None:
                self._fit_any = [
                    n for n, cell in enumerate(self.cells) if cell.as_new and cell.supply is None
                ]
            return self._fit_any
        found = self._fits.get(scope)
        if found is None:
            among = range(len(self.cells)) if scope.serial is None else self._with_serial(scope.serial)
            found = self._fits[scope] = [n for n in among if self.cells[n].fits(scope)]
        return found

    def _with_serial(self, serial: str) -> Sequence[int]:
        if self._of_serial is None:
            by_serial = defaultdict[str, list[int]](list)
            for number, cell in enumerate(self.cells):
                by_serial[cell.serial or ""].append(number)
            self._of_serial = dict(by_serial)
        return self._of_serial.get(serial, ())

    def _held(self, holder: Holder, qty: int) -> list[tuple[int, int]]:
        found, left = list[tuple[int, int]](), qty
        for cell, units in sorted(self._uses.get(holder, {}).items()):
            take = min(units, left)
            if take:
                found.append((cell, take))
                left -= take
        if left:
            raise RuntimeError(f"{holder} holds {qty - left} units, not {qty}")
        return found

    def _augment(self, asked: Holder, most: int) -> int:
        """Moves claims over along the shortest path to a spare unit; how many units that made room for."""
        via, back = dict[int, Holder](), dict[Holder, int]()
        queue = [asked]
        for holder in queue:
            for cell in self._fitting(holder.scope):
                if cell in via:
                    continue
                via[cell] = holder
                if self._spare[cell]:
                    return self._shift(asked, cell, via, back, most)
                queue += self._others(cell, asked, back)
        return 0

    def _others(self, cell: int, asked: Holder, back: dict[Holder, int]) -> list[Holder]:
        """Who else holds units of a cell and was not reached yet; noted as reached through it."""
        found = [
            other
            for other, used in self._uses.items()
            if used.get(cell) and other != asked and other not in back
        ]
        back.update((other, cell) for other in found)
        return found

    def _shift(
        self, asked: Holder, end: int, via: dict[int, Holder], back: dict[Holder, int], most: int
    ) -> int:
        steps, cell, units = list[tuple[Holder, int]](), end, min(most, self._spare[end])
        while True:
            holder = via[cell]
            steps.append((holder, cell))
            if holder == asked:
                break
            cell = back[holder]
            units = min(units, self._uses[holder][cell])
        self._spare[end] -= units
        for holder, cell in steps:
            self._uses[holder][cell] = self._uses[holder].get(cell, 0) + units
            if holder != asked:
                self._uses[holder][back[holder]] -= units
        return units

    def reach(self, asked: Holder) -> tuple[Iterable[int], list[Holder]]:
        """Every cell a claim could come to by moving others, and those others."""
        cells, back = set[int](), dict[Holder, int]()
        queue = [asked]
        for holder in queue:
            for cell in self._fitting(holder.scope):
                if cell not in cells:
                    cells.add(cell)
                    queue += self._others(cell, asked, back)
        return cells, queue[1:]
