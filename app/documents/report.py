"""A paper that goes with goods as a PDF: A4, page after page, each with its code and number.

Everything is measured and placed first and drawn then, so that a page can say how many there are. The same
paper gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.documents.bars import module_widths
from app.documents.composition import Align
from app.documents.lettering import clean
from app.documents.sheet import BLACK, Colour, Sheet, draw, picture_size
from app.documents.typeface import inter
from app.domain.paper import Facts, Grid, Paper, Part, Picture

_MM = 72 / 25.4
_WIDTH, _HEIGHT = 210 * _MM, 297 * _MM
_LEFT, _TOP, _FOOT = 18 * _MM, 16 * _MM, 18 * _MM
_INNER = _WIDTH - 2 * _LEFT
_BOTTOM = _HEIGHT - _FOOT
_GREY: Colour = (0.40, 0.44, 0.49)
_PALE: Colour = (0.93, 0.94, 0.95)
_TITLE, _PART, _TEXT, _SMALL = 18.0, 11.5, 9.0, 7.5
_LEADING = 1.35
_NAME = 34 * _MM
_GAP = 5 * _MM
_CELL = 1.6 * _MM
_PHOTO_WIDE, _PHOTO_HIGH = 84 * _MM, 63 * _MM
_BARS_HIGH, _MODULE = 10 * _MM, 0.33 * _MM
_NOT_HERE, _NO_PICTURE = "Photo not here yet", "Not a photo that can be shown"
_SIGN_HIGH = 22 * _MM
_PIECE = 200

Paint = Callable[[Sheet], None]


@dataclass(slots=True)
class _Pages:
    """Pages being filled; `top` is where the next thing goes."""

    pages: list[list[Paint]] = field(default_factory=lambda: [[]])
    top: float = _TOP
    bottom: float = _BOTTOM

    def room(self, height: float) -> bool:
        """Starts a new page when that much is not left of this one; True when it did."""
        if self.top + height <= self.bottom or self.top <= _TOP:
            return False
        self.pages.append([])
        self.top = _TOP
        return True

    def put(self, paint: Paint) -> None:
        """Draws something on this page, later."""
        self.pages[-1].append(paint)

    def text(
        self,
        said: str,
        x: float,
        baseline: float,
        size: float,
        *,
        bold: bool = False,
        colour: Colour = BLACK,
        align: Align = Align.LEFT,
    ) -> None:
        """Draws one line, later."""
        self.put(lambda sheet: sheet.text(said, x, baseline, size, bold=bold, colour=colour, align=align))


def render(paper: Paper) -> bytes:
    """The paper as PDF bytes."""
    laid_out = _Pages()
    _head(laid_out, paper)
    for part in paper.parts:
        _part(laid_out, part)
    if paper.signatures:
        _signatures(laid_out, paper.signatures)
    count = len(laid_out.pages)

    def paint(sheet: Sheet) -> None:
        for number, page in enumerate(laid_out.pages, 1):
            if number > 1:
                sheet.next_page()
            for one in page:
                one(sheet)
            _foot(sheet, paper, number, count)

    return draw(_WIDTH, _HEIGHT, f"{paper.title} {paper.code}", paint)


def _head(pages: _Pages, paper: Paper) -> None:
    bars = _bars(pages, paper.code)
    baseline = _TOP
    for line in _lines(paper.title, _INNER - bars - _GAP, _TITLE, bold=True):
        baseline += _TITLE * 1.1
        pages.text(line, _LEFT, baseline, _TITLE, bold=True)
    pages.text(paper.code, _LEFT + _INNER, _TOP + _BARS_HIGH + 10, _TEXT, align=Align.RIGHT)
    pages.top = max(baseline, _TOP + _BARS_HIGH + 10) + _GAP
    _facts(pages, paper.facts)


def _bars(pages: _Pages, code: str) -> float:
    """Draws the code as bars at the right; how wide they are, 0 for a code that has none."""
    if not (code.isascii() and code.isprintable()):
        return 0.0
    wide = sum(module_widths(code)) * _MODULE
    if wide > _INNER / 2:
        return 0.0
    pages.put(lambda sheet: sheet.bars(code, _LEFT + _INNER - wide, _TOP, _MODULE, _BARS_HIGH))
    return wide


def _part(pages: _Pages, part: Part) -> None:
    # A title stands on no page without what it is the title of.
    pages.top += _GAP
    pages.room(min(_together(part), _BOTTOM - _TOP))
    top = pages.top
    pages.put(lambda sheet: sheet.rule(_LEFT, top, _INNER, line=0.8, colour=BLACK))
    for line in _lines(part.title, _INNER, _PART, bold=True):
        pages.top += _PART * _LEADING
        pages.text(line, _LEFT, pages.top, _PART, bold=True)
    pages.top += 2 * _CELL
    _facts(pages, part.facts)
    if part.grid is not None:
        _grid(pages, part.grid)
    _pictures(pages, part.pictures)


def _together(part: Part) -> float:
    """How much of a part stays on one page: its title with its facts, and a photo with what it shows."""
    aside = _Pages(bottom=float("inf"))
    _facts(aside, part.facts)
    facts = aside.top - _TOP + 2 * _PART
    if part.pictures:
        return facts + _PHOTO_HIGH + 4 * _SMALL * _LEADING
    return facts + (6 * _TEXT * _LEADING if part.grid is not None else 0)


def _facts(pages: _Pages, facts: Facts) -> None:
    """Two columns of names and what they are; one that needs the whole width has it."""
    half = (_INNER - _GAP) / 2
    row = list[tuple[str, list[str], float]]()
    for name, said in facts:
        lines = _lines(said, half - _NAME, _TEXT)
        if len(lines) > 2:  # noqa: PLR2004 - more would make its neighbour stand alone
            _fact_row(pages, row)
            _fact_row(pages, [(name, _lines(said, _INNER - _NAME, _TEXT), _LEFT)])
            row = []
            continue
        row.append((name, lines, _LEFT + len(row) * (half + _GAP)))
        if len(row) == 2:  # noqa: PLR2004 - both columns are full
            _fact_row(pages, row)
            row = []
    _fact_row(pages, row)


def _fact_row(pages: _Pages, row: Sequence[tuple[str, list[str], float]]) -> None:
    step = _TEXT * _LEADING
    longest = max((len(lines) for _, lines, _ in row), default=0)
    for at in range(longest):
        pages.room(step)
        pages.top += step
        for name, lines, x in row:
            if at == 0:
                shown = _lines(name, _NAME - _CELL, _SMALL)[:1]
                pages.text("".join(shown), x, pages.top, _SMALL, colour=_GREY)
            if at < len(lines):
                pages.text(lines[at], x + _NAME, pages.top, _TEXT)
    if row:
        pages.top += 1.5


def _grid(pages: _Pages, grid: Grid) -> None:
    total = sum(grid.widths)
    widths = [_INNER * width / total for width in grid.widths]
    pages.room(6 * _TEXT * _LEADING)
    _row(pages, grid, widths, grid.headings, head=True)
    for row in grid.rows:
        high = _row_height(row, widths)
        if pages.room(high):
            _row(pages, grid, widths, grid.headings, head=True)
        _row(pages, grid, widths, row, head=False)


def _row_height(row: Sequence[str], widths: Sequence[float]) -> float:
    most = max(len(_lines(cell, wide - 2 * _CELL, _TEXT)) for cell, wide in zip(row, widths, strict=True))
    return max(1, most) * _TEXT * _LEADING + _CELL


def _row(pages: _Pages, grid: Grid, widths: Sequence[float], row: Sequence[str], *, head: bool) -> None:
    size = _SMALL if head else _TEXT
    cells = [_lines(cell, wide - 2 * _CELL, size, bold=head) for cell, wide in zip(row, widths, strict=True)]
    high = max(1, *map(len, cells)) * size * _LEADING + _CELL
    top = pages.top
    if head:
        pages.put(lambda sheet: sheet.tint(_LEFT, top, _INNER, high, _PALE))
    x = _LEFT
    for number, (lines, wide) in enumerate(zip(cells, widths, strict=True)):
        right = number in grid.numbers
        for at, line in enumerate(lines, 1):
            pages.text(
                line,
                x + wide - _CELL if right else x + _CELL,
                top + at * size * _LEADING,
                size,
                bold=head,
                align=Align.RIGHT if right else Align.LEFT,
            )
        x += wide
    pages.top += high
    below = pages.top
    pages.put(lambda sheet: sheet.rule(_LEFT, below, _INNER, line=0.3, colour=_GREY))


def _pictures(pages: _Pages, pictures: Sequence[Picture]) -> None:
    """Two beside each other, each with its address, so that the file can be found."""
    for at in range(0, len(pictures), 2):
        high = _PHOTO_HIGH + 2 * _SMALL * _LEADING
        pages.top += _CELL
        pages.room(high)
        for column, picture in enumerate(pictures[at : at + 2]):
            _picture(pages, picture, _LEFT + column * (_INNER - _PHOTO_WIDE))
        pages.top += high


def _picture(pages: _Pages, picture: Picture, x: float) -> None:
    top, data = pages.top, picture.data
    size = picture_size(data) if data is not None else None
    if data is not None and size is not None:
        scale = min(_PHOTO_WIDE / size[0], _PHOTO_HIGH / size[1])
        wide, high = size[0] * scale, size[1] * scale
        pages.put(lambda sheet: sheet.picture(data, x, top, wide, high))
    else:
        pages.put(lambda sheet: sheet.frame(x, top, _PHOTO_WIDE, _PHOTO_HIGH, line=0.6, colour=_GREY))
        said = _NOT_HERE if data is None else _NO_PICTURE
        pages.text(said, x + _GAP, top + _PHOTO_HIGH / 2, _TEXT, colour=_GREY)
    half = len(picture.digest) // 2
    for line, said in enumerate((f"sha256 {picture.digest[:half]}", picture.digest[half:]), 1):
        pages.text(said, x, top + _PHOTO_HIGH + line * _SMALL * _LEADING, _SMALL, colour=_GREY)


def _signatures(pages: _Pages, names: Sequence[str]) -> None:
    wide = (_INNER - (len(names) - 1) * _GAP) / len(names)
    pages.top += _GAP
    pages.room(_SIGN_HIGH + _GAP)
    below = pages.top + _SIGN_HIGH
    for at, name in enumerate(names):
        x = _LEFT + at * (wide + _GAP)
        _line_to_sign(pages, name, x, below, wide)
    pages.top = below + _GAP


def _line_to_sign(pages: _Pages, name: str, x: float, below: float, wide: float) -> None:
    pages.put(lambda sheet: sheet.rule(x, below - 12, wide, line=0.6, colour=BLACK))
    pages.text(_lines(name, wide, _SMALL)[0], x, below - 2, _SMALL, colour=_GREY)


def _foot(sheet: Sheet, paper: Paper, number: int, count: int) -> None:
    baseline = _HEIGHT - 10 * _MM
    sheet.rule(_LEFT, baseline - 10, _INNER, line=0.3, colour=_GREY)
    said = _lines(paper.foot, _INNER * 0.72, _SMALL)[:1]
    sheet.text("".join(said), _LEFT, baseline, _SMALL, colour=_GREY)
    shown = f"{paper.code} · page {number} of {count}"
    sheet.text(shown, _LEFT + _INNER, baseline, _SMALL, align=Align.RIGHT, colour=_GREY)


def _lines(said: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """All of a text in lines that fit; a word that is wider than a line is cut."""
    found, line = list[str](), ""
    for word in _words(said, room, size, bold=bold):
        longer = f"{line} {word}" if line else word
        if line and inter().width(longer, bold=bold) * size > room:
            found.append(line)
            line = word
        else:
            line = longer
    return [*found, line] if line else found


def _words(said: str, room: float, size: float, *, bold: bool) -> list[str]:
    found = list[str]()
    for word in said.split():
        rest = "".join(clean(word[at : at + _PIECE]) for at in range(0, len(word), _PIECE))
        while rest and inter().width(rest, bold=bold) * size > room:
            fits = 1
            while fits < len(rest) and inter().width(rest[: fits + 1], bold=bold) * size <= room:
                fits += 1
            found.append(rest[:fits])
            rest = rest[fits:]
        if rest:
            found.append(rest)
    return found
