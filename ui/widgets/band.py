"""`Band`: the one ask of the screen, painted by hand: fill, shape, icon, headline, hint, context, steps."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.workflows import view
from app.workflows.view import BandState
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Style
from ui.typeset import Face, Setting, Typesetter, plain, shorten
from ui.widgets import shapes

_HEADLINE = Face(Style.HEADLINE)
_HINT = Face(Style.HINT)
_CONTEXT = Face(Style.HINT, 600)
_MARGIN = 24
_TEETH = 4
# What to do about trouble matters more than where one is.
_WHOLE_HINT = {BandState.ATTENTION, BandState.STOP}

OnPainted = Callable[[int, float], None]
"""Called with a scan's id and the `perf_counter` at which the band that answers it had been painted."""


@dataclass(frozen=True, slots=True)
class Fill:
    """The colours of one state: ground, texts, second text, the left shape and what stands on it."""

    ground: Role
    text: Role
    hint: Role
    shape: Role
    icon: Role


FILLS: dict[BandState, Fill] = {
    BandState.REST: Fill(Role.REST, Role.ON_REST, Role.TEXT2, Role.REST, Role.ON_REST),
    BandState.ASK: Fill(Role.ASK, Role.ON_ASK, Role.ON_ASK, Role.ASK_TAB, Role.ON_ASK),
    BandState.OK: Fill(Role.OK, Role.ON_OK, Role.ON_OK, Role.OK, Role.ON_OK),
    BandState.ATTENTION: Fill(Role.WARN, Role.ON_WARN, Role.ON_WARN, Role.WARN_TAB, Role.ON_WARN_TAB),
    BandState.STOP: Fill(Role.STOP, Role.ON_STOP, Role.ON_STOP, Role.STOP_TAB, Role.ON_STOP),
}
"""Every state's colours; the contrast test reads them too."""

_NOTHING = view.Band(BandState.REST, "", "", "")


class Band(QWidget):
    """The band. Its accessible name is headline and hint; a change raises an alert."""

    def __init__(
        self, theme: Theme, on_painted: OnPainted | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._set = Typesetter(theme)
        self._band = _NOTHING
        self._on_painted = on_painted
        self._awaiting: list[int] = []
        self.setObjectName("band")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.scale.frame(theme.tokens.frame.band))

    @property
    def band(self) -> view.Band:
        """What is shown."""
        return self._band

    def show_band(self, band: view.Band, scan_id: int | None = None) -> None:
        """Show another band; `scan_id` is the scan that it answers, reported once it has been painted."""
        changed = band != self._band
        self._band = band
        if scan_id is not None:
            self._awaiting.append(scan_id)
        if changed:
            self.setAccessibleName(f"{plain(band.headline)}. {plain(band.hint)}")
            self.setAccessibleDescription(plain(band.context))
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        self.update()

    def sizeHint(self) -> QSize:
        """The band is as wide as the window."""
        return QSize(0, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw everything, then report the scans that this answers."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = FILLS[self._band.state]
        painter.fillRect(self.rect(), self._theme.color(fill.ground))
        self._paint_shape(painter, fill)
        right = self._paint_context(painter, fill)
        headline, hint = self._settings(right)
        upper = self._set.line_height(_HEADLINE)
        lower = self._set.line_height(_HINT)
        top = (self.height() - upper - lower) / 2
        x = self._x()
        box = QRectF(x, top, self.width() - x, upper)
        self._set.draw(painter, headline, _HEADLINE, box, self._theme.color(fill.text))
        box = QRectF(x, top + upper, self.width() - x, lower)
        self._set.draw(painter, hint, _HINT, box, self._theme.color(fill.hint))
        painter.end()
        self._report()

    def cut_texts(self) -> list[str]:
        """Headline, if it is cut, and hint, if a word of it is."""
        headline, hint = self._settings(self._context_left())
        return [
            text
            for text, setting in ((self._band.headline, headline), (self._band.hint, hint))
            if setting.cut or any(piece.text.endswith("\u2026") for line in setting.lines for piece in line)
        ]

    def _report(self) -> None:
        awaiting, self._awaiting = self._awaiting, []
        if self._on_painted is not None:
            painted = perf_counter()
            for scan_id in awaiting:
                self._on_painted(scan_id, painted)

    def _x(self) -> int:
        return self._theme.scale.frame(self._theme.tokens.frame.headline_x)

    def _settings(self, right: float) -> tuple[Setting, Setting]:
        room = right - self._x()
        headline = self._set.fit(self._band.headline, _HEADLINE, room, floor=0.35)

        def fits(text: str) -> bool:
            return not self._set.fit(text, _HINT, room, floor=0.9).cut

        hint = self._band.hint
        if self._context_folds():
            hint = self._folded_hint(fits)
        return headline, self._set.fit(shorten(hint, fits), _HINT, room, floor=0.75)

    def _folded_hint(self, fits: Callable[[str], bool]) -> str:
        """The hint with the context at its end, the hint giving way; without context if there is no room."""
        context = self._band.context.replace("\n", ", ")
        if self._band.state in _WHOLE_HINT and not fits(f"{self._band.hint} {context}"):
            return self._band.hint
        best = shorten(self._band.hint, lambda text: fits(f"{text} {context}"))
        joined = f"{best} {context}".strip()
        return joined if fits(joined) else self._band.hint

    def _context_folds(self) -> bool:
        """In a narrow band the context stands at the end of the hint, not at the right."""
        if not self._band.context:
            return False
        return self._set.width(self._band.headline, _HEADLINE) > self._context_left() - self._x() or (
            self.width() < self._theme.scale.text(900)
        )

    def _context_width(self) -> float:
        if not (self._band.context or self._band.steps):
            return 0.0
        width = self._set.width(self._band.context, _CONTEXT) if self._band.context else 0.0
        return width + self._steps_width()

    def _steps_width(self) -> float:
        if self._band.steps is None:
            return 0.0
        size, gap = self._theme.scale.frame((24, 38)), self._theme.scale.gap(8)
        return self._band.steps[1] * (size + gap) + (gap if self._band.context else -gap)

    def _context_left(self) -> float:
        wide = self._context_width()
        return self.width() - self._margin() - (wide + self._margin() if wide else 0)

    def _margin(self) -> int:
        return self._theme.scale.gap(_MARGIN) if self._theme.scale.percent == 100 else _MARGIN  # noqa: PLR2004

    def _paint_context(self, painter: QPainter, fill: Fill) -> float:
        """Draw context and steps at the right; returns where the room for headline and hint ends."""
        if self._context_folds():
            return self.width() - self._margin()
        color = self._theme.color(fill.text)
        right = self.width() - self._margin() - self._steps_width()
        if self._band.context:
            lines = self._band.context.count("\n") + 1
            setting = self._set.fit(
                self._band.context, _CONTEXT, self.width() / 2, max_lines=lines, floor=0.6
            )
            box = QRectF(self.width() / 2, 0, right - self.width() / 2, self.height())
            self._set.draw(painter, setting, _CONTEXT, box, color, align=Qt.AlignmentFlag.AlignRight)
        if self._band.steps is not None:
            current, total = self._band.steps
            size, gap = self._theme.scale.frame((24, 38)), self._theme.scale.gap(8)
            height = self._theme.scale.frame((8, 12))
            for step in range(total):
                x = self.width() - self._margin() - (total - step) * (size + gap) + gap
                box = QRectF(x, (self.height() - height) / 2, size, height)
                if step < current:
                    painter.fillPath(shapes.rounded(box, height / 2), color)
                else:
                    painter.setPen(QPen(color, 2))
                    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), height / 2 - 1, height / 2 - 1)
        return self._context_left()

    def _paint_shape(self, painter: QPainter, fill: Fill) -> None:
        frame, scale = self._theme.tokens.frame, self._theme.scale
        shoulder, tip = scale.frame(frame.tab_width), scale.frame(frame.tab_tip)
        ground, ink = self._theme.color(fill.shape), self._theme.color(fill.icon)
        high = float(self.height())
        centre = shoulder * 0.55
        match self._band.state:
            case BandState.ASK:
                painter.fillPath(shapes.arrow_tab(QRectF(0, 0, tip, high), shoulder), ground)
            case BandState.ATTENTION:
                self._paint_attention(painter, fill, QRectF(0, 0, shoulder + 12, high))
            case BandState.OK:
                side = high * 0.77
                centre = 14 + high * 0.39
                painter.setPen(QPen(ink, 3 * high / 96))
                painter.drawEllipse(QRectF(centre - side / 2, (high - side) / 2, side, side))
            case BandState.STOP:
                side = high - 10
                centre = 14 + side / 2
                outline = shapes.octagon(QRectF(14, 5, side, side))
                painter.fillPath(outline, ground)
                pen = QPen(ink, 4 * high / 96)
                pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
                painter.strokePath(outline, pen)
            case BandState.REST:
                line = QRectF(0, high - 1, self.width(), 1)
                painter.fillRect(line, self._theme.color(Role.LINE))
        side = scale.frame(frame.icon_band) * (1.26 if self._band.state is not BandState.REST else 1.0)
        box = QRectF(centre - side / 2, (high - side) / 2, side, side)
        self._theme.icons.draw(painter, self._band.icon, box, ink, 2.4)

    def _paint_attention(self, painter: QPainter, fill: Fill, tab: QRectF) -> None:
        painter.fillPath(shapes.notched_tab(tab, 12, _TEETH), self._theme.color(fill.shape))
        edge, color = self._theme.tokens.edge.band_attention, self._theme.color(fill.shape)
        painter.fillRect(QRectF(0, 0, self.width(), edge), color)
        painter.fillRect(QRectF(0, self.height() - edge, self.width(), edge), color)
