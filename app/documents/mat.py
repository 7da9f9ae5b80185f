"""The bench mat as a PDF: every command a bench handles as a code to scan, under its caption.

It is printed at its true size, laminated and laid under the hand. The caption is what people read and the
code what the scanner reads; the payload stands in small print for typing it when both fail.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.documents.lettering import clean, fit
from app.documents.mat_plan import (
    HEAD,
    MARGIN,
    PAD,
    PANEL_TITLE,
    Cell,
    MatCode,
    MatGroup,
    MatPlan,
    Panel,
    Paper,
    bars_x,
    plan,
)
from app.documents.sheet import BLACK, Colour, Sheet, draw
from app.documents.typeface import inter
from app.scanning.commands import Word, payload

__all__ = ["MatCode", "MatGroup", "Paper", "render"]

_MM = 72 / 25.4
_GREY: Colour = (0.42, 0.47, 0.52)
# The stop fill of the screens, so that the one command that destroys looks the same here.
_RED: Colour = (0.70, 0.08, 0.11)
_TITLE, _NOTE, _GROUP, _CAPTION, _SIGN, _PAYLOAD = 16.0, 9.0, 9.0, 14.0, 24.0, 6.5


def render(groups: Sequence[MatGroup], title: str, paper: Paper = Paper.A3, note: str = "") -> bytes:
    """The mat as PDF bytes: one A3 sheet or two of A4, lying.

    `note` is set at the top right, for "Print at 100 %" in the people's language.

    Raises:
        Refused: no codes, or more than the paper holds.
    """
    laid_out = plan(groups, paper)
    width, height = paper.size

    def paint(sheet: Sheet) -> None:
        for number, page in enumerate(laid_out.pages):
            if number:
                sheet.next_page()
            _head(sheet, title, note, laid_out, number + 1)
            for panel in page:
                _panel(sheet, panel, laid_out.module)

    return draw(width * _MM, height * _MM, title, paint)


def _head(sheet: Sheet, title: str, note: str, laid_out: MatPlan, number: int) -> None:
    pages = len(laid_out.pages)
    shown = clean(f"{title} · {number}/{pages}" if pages > 1 else title)
    baseline = (MARGIN + HEAD / 2) * _MM
    inner = (laid_out.paper.size[0] - 2 * MARGIN) * _MM
    fitted = fit(shown, inter(), True, inner * 0.6, _TITLE, least=0.6)
    sheet.text(fitted.text, MARGIN * _MM, baseline, fitted.em, bold=True)
    small = fit(clean(note), inter(), False, inner * 0.38, _NOTE, least=0.7)
    sheet.text(small.text, MARGIN * _MM + inner - small.wide, baseline, small.em)


def _panel(sheet: Sheet, panel: Panel, module: float) -> None:
    sheet.frame(
        panel.x * _MM,
        panel.top * _MM,
        panel.width * _MM,
        panel.height * _MM,
        line=0.6,
        colour=_GREY,
        radius=2 * _MM,
    )
    # Titles and captions begin where the bars do.
    left = bars_x(panel.cells[0], module)
    room = (panel.x + panel.width - left) * _MM
    title = fit(clean(panel.title), inter(), True, room, _GROUP, least=0.7)
    sheet.text(
        title.text, left * _MM, (panel.top + PANEL_TITLE - 1.6) * _MM, title.em, bold=True, colour=_GREY
    )
    signs = all(len(clean(cell.code.caption)) == 1 for cell in panel.cells)
    for cell in panel.cells:
        _cell(sheet, cell, module, _SIGN if signs else _CAPTION)


def _cell(sheet: Sheet, cell: Cell, module: float, em: float) -> None:
    destroys = cell.code.payload == payload(Word.DISCARD)
    if destroys:
        sheet.frame(
            (cell.x + PAD / 2) * _MM,
            cell.top * _MM,
            (cell.width - PAD) * _MM,
            (cell.height - PAD / 2) * _MM,
            line=2.4,
            colour=_RED,
            radius=1.5 * _MM,
        )
    left = bars_x(cell, module)
    room = (cell.x + cell.width - PAD - left) * _MM
    caption = fit(clean(cell.code.caption), inter(), True, room, em, least=0.6)
    cap = em * inter().cap
    baseline = cell.top * _MM + cap + 1.6 * _MM
    sheet.text(caption.text, left * _MM, baseline, caption.em, bold=True, colour=_RED if destroys else BLACK)
    foot = (cell.top + cell.height - 2.2) * _MM
    top = baseline + 1.7 * _MM
    bottom = foot - _PAYLOAD * inter().cap - 1.0 * _MM
    sheet.bars(cell.code.payload, left * _MM, top, module * _MM, bottom - top)
    sheet.text(cell.code.payload, left * _MM, foot, _PAYLOAD)
