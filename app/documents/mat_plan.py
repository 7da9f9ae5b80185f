"""Where each command code stands on the bench mat, in millimetres from the top left corner.

Groups keep the caller's order and stay whole. They are set in shelves from the top: the groups of one shelf
have the same number of rows, and the shelves are chosen so that the pages need the least height. The module
is the widest at which everything fits, because a mat is read from a distance and by worn scanners.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from app.documents.bars import QUIET, symbol
from app.domain.refusal import Refused

MARGIN = 10.0
HEAD = 12.0
PANEL_TITLE = 6.5
GAP = 4.0
PAD = 1.5
# Heights of a cell: comfortable first, then the lowest whose bars a hand still hits.
_CELLS = (25.0, 20.0)
_MOST_CELL = 40.0
# Whole dots of a 600 dpi office printer, from 0.51 down to 0.34 mm.
_MODULES = tuple(dots * 25.4 / 600 for dots in (12, 11, 10, 9, 8))


class Paper(Enum):
    """Sheets a mat is printed on, lying: width and height in millimetres, and how many of them."""

    A3 = (420.0, 297.0, 1)
    A4_PAIR = (297.0, 210.0, 2)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of one sheet."""
        return self.value[0], self.value[1]

    @property
    def sheets(self) -> int:
        """How many sheets make the mat."""
        return self.value[2]


@dataclass(frozen=True, slots=True)
class MatCode:
    """One command: its caption in the people's language and the payload that is scanned."""

    caption: str
    payload: str


@dataclass(frozen=True, slots=True)
class MatGroup:
    """Commands that belong together, in reading order."""

    title: str
    codes: Sequence[MatCode]


@dataclass(frozen=True, slots=True)
class Cell:
    """The room of one command."""

    code: MatCode
    x: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Panel:
    """The room of one group, its title at the top and its cells beneath."""

    title: str
    x: float
    top: float
    width: float
    height: float
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class MatPlan:
    """A mat laid out; `module` is the width of the narrowest bar."""

    paper: Paper
    module: float
    pages: tuple[tuple[Panel, ...], ...]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Groups `start` to `stop` beside each other with `rows` rows of cells, on sheet `page`."""

    start: int
    stop: int
    rows: int
    page: int
    used: float


def plan(groups: Sequence[MatGroup], paper: Paper = Paper.A3) -> MatPlan:
    """Lays the mat out.

    Raises:
        Refused: no codes at all, or more than the paper holds at the smallest module.
    """
    wanted = [group for group in groups if group.codes]
    if not wanted:
        raise Refused(
            "mat.empty", "Read a mat without commands.", "Expected at least one.", "Name the groups."
        )
    for cell in _CELLS:
        for module in _MODULES:
            press = _Press(wanted, paper, module, cell)
            shelves = press.shelves()
            if shelves:
                return MatPlan(paper, module, press.pages(shelves))
    count = sum(len(group.codes) for group in wanted)
    raise Refused(
        "mat.full",
        f"Read {count} commands for a mat on {paper.name.replace('_', ' ')}.",
        "They do not fit with bars that every scanner reads.",
        "Leave out a group, or choose the larger paper.",
    )


@dataclass(frozen=True, slots=True)
class _Press:
    """One attempt: groups to set on paper with a given module and least height of a cell."""

    groups: Sequence[MatGroup]
    paper: Paper
    module: float
    cell: float

    @property
    def inner(self) -> tuple[float, float]:
        """Width and height for shelves; the last shelf needs no gap under it."""
        width, height = self.paper.size
        return width - 2 * MARGIN, height - 2 * MARGIN - HEAD + GAP

    def cell_width(self, group: MatGroup) -> float:
        """Room for the group's widest code with its quiet zones."""
        modules = max(symbol(code.payload).modules for code in group.codes) + 2 * QUIET
        return modules * self.module + 2 * PAD

    def least_width(self, groups: Sequence[MatGroup], rows: int) -> float:
        """Room for groups beside each other in `rows` rows."""
        cells = sum(_columns(group, rows) * self.cell_width(group) + 2 * PAD for group in groups)
        return cells + GAP * (len(groups) - 1)

    def shelf_height(self, rows: int) -> float:
        """Room for a shelf and the gap under it."""
        return PANEL_TITLE + rows * self.cell + PAD + GAP

    def shelves(self) -> list[_Shelf]:
        """The shelves with the least height in all; empty when the paper is too small."""
        # best[n]: the last shelf of the lowest way to place the first n groups.
        best: list[_Shelf | None] = [_Shelf(0, 0, 0, 0, 0.0), *(None for _ in self.groups)]
        for stop in range(1, len(best)):
            for start in range(stop):
                shelf = self._stack(best[start], start, stop)
                known = best[stop]
                if shelf and (known is None or (shelf.page, shelf.used) < (known.page, known.used)):
                    best[stop] = shelf
        found: list[_Shelf] = []
        last = best[-1]
        while last is not None and last.stop:
            found.append(last)
            last = best[last.start]
        return found[::-1]

    def _stack(self, before: _Shelf | None, start: int, stop: int) -> _Shelf | None:
        """A shelf of these groups under `before` or on the next sheet; None where there is no room."""
        groups = self.groups[start:stop]
        width, height = self.inner
        most = max(len(group.codes) for group in groups)
        rows = next((rows for rows in range(1, most + 1) if self.least_width(groups, rows) <= width), 0)
        own = self.shelf_height(rows)
        if before is None or not rows or own > height:
            return None
        if before.used + own <= height:
            return _Shelf(start, stop, rows, before.page, before.used + own)
        if before.page + 1 < self.paper.sheets:
            return _Shelf(start, stop, rows, before.page + 1, own)
        return None

    def pages(self, shelves: Sequence[_Shelf]) -> tuple[tuple[Panel, ...], ...]:
        """Shelves to panels: what height remains on a sheet makes its cells higher."""
        pages: list[tuple[Panel, ...]] = []
        for page in range(shelves[-1].page + 1):
            own = [shelf for shelf in shelves if shelf.page == page]
            rows = sum(shelf.rows for shelf in own)
            spare = min(_MOST_CELL - self.cell, (self.inner[1] - own[-1].used) / rows)
            top = MARGIN + HEAD
            panels: list[Panel] = []
            for shelf in own:
                panels.extend(self._panels(shelf, top, self.cell + spare))
                top += self.shelf_height(shelf.rows) + shelf.rows * spare
            pages.append(tuple(panels))
        return tuple(pages)

    def _panels(self, shelf: _Shelf, top: float, height: float) -> list[Panel]:
        """One shelf's panels; what width remains is shared by columns, what height by each group's rows."""
        groups = self.groups[shelf.start : shelf.stop]
        columns = sum(_columns(group, shelf.rows) for group in groups)
        spare = (self.inner[0] - self.least_width(groups, shelf.rows)) / columns
        high = PANEL_TITLE + shelf.rows * height + PAD
        x = MARGIN
        panels: list[Panel] = []
        for group in groups:
            across = _columns(group, shelf.rows)
            wide = self.cell_width(group) + spare
            tall = min(_MOST_CELL, shelf.rows * height / -(-len(group.codes) // across))
            cells = tuple(
                Cell(code, x + PAD + n % across * wide, top + PANEL_TITLE + n // across * tall, wide, tall)
                for n, code in enumerate(group.codes)
            )
            panels.append(Panel(group.title, x, top, across * wide + 2 * PAD, high, cells))
            x += panels[-1].width + GAP
        return panels


def _columns(group: MatGroup, rows: int) -> int:
    return -(-len(group.codes) // rows)


def bars_x(cell: Cell, module: float) -> float:
    """Where a cell's first bar stands: after the quiet zone."""
    return cell.x + PAD + QUIET * module
