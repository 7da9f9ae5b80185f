"""One `Theme`: the colours of light or dark, the sizes of one Text %, fonts and icons.

Immutable: a change of theme or Text % makes another one, and the window draws itself anew.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF

from ui.theme import fonts
from ui.theme.icons import Icons
from ui.theme.scale import Scale
from ui.theme.tokens import Role, Style, Tokens

_ADVANCES_KEPT = 4096
_TEXTS_KEPT = 4096

T = TypeVar("T")


class ThemeChoice(StrEnum):
    """The person's setting. SYSTEM follows the desktop where it says anything, else it is light."""

    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


def is_dark(choice: ThemeChoice, desktop: Qt.ColorScheme) -> bool:
    """Whether to draw dark; `desktop` is what Qt knows, often Unknown."""
    if choice is ThemeChoice.SYSTEM:
        return desktop is Qt.ColorScheme.Dark
    return choice is ThemeChoice.DARK


class Theme:
    """Everything a widget needs to draw itself."""

    def __init__(self, tokens: Tokens, *, dark: bool, scale: Scale, icons: Icons | None = None) -> None:
        self.tokens = tokens
        self.dark = dark
        self.scale = scale
        self.icons = icons or Icons(tokens.icon)
        self.hexes: Mapping[Role, str] = tokens.dark if dark else tokens.light
        self._colors = {role: QColor(value) for role, value in self.hexes.items()}
        self._fonts: dict[tuple[Style, int | None, float], QFont] = {}
        self._advances: dict[tuple[str, Style, int | None, float], float] = {}
        self._metrics: dict[tuple[Style, int | None, float], QFontMetricsF] = {}
        self._kept: dict[Hashable, Any] = {}
        self._softened: Theme | None = None

    def color(self, role: Role) -> QColor:
        """The colour of a role."""
        return self._colors[role]

    def font(self, style: Style, weight: int | None = None, shrink: float = 1.0) -> QFont:
        """The font of a text role at this Text %."""
        key = (style, weight, round(shrink, 3))
        made = self._fonts.get(key)
        if made is None:
            made = self._fonts[key] = fonts.font(self.tokens, self.scale, style, weight, shrink)
        return made

    def metrics(self, style: Style, weight: int | None = None, shrink: float = 1.0) -> QFontMetricsF:
        """What texts in that font measure."""
        key = (style, weight, round(shrink, 3))
        made = self._metrics.get(key)
        if made is None:
            made = self._metrics[key] = QFontMetricsF(self.font(style, weight, shrink))
        return made

    def advance(self, text: str, style: Style, weight: int | None = None, shrink: float = 1.0) -> float:
        """The width of a text in that font, in pixels; the same few texts are asked for again and again."""
        key = (text, style, weight, round(shrink, 3))
        width = self._advances.get(key)
        if width is None:
            if len(self._advances) >= _ADVANCES_KEPT:
                self._advances.clear()
            width = self._advances[key] = self.metrics(style, weight, shrink).horizontalAdvance(text)
        return width

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What follows from this theme and `key` alone, made once; never None."""
        found: T | None = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _TEXTS_KEPT:
                self._kept.clear()
            found = self._kept[key] = make()
        return found

    def line_height(self, style: Style) -> float:
        """The height of one line of a text role, in pixels at this Text %."""
        return self.scale.text(self.tokens.text[style].line)

    def softened(self) -> Theme:
        """The same theme on a soft scale (see `Scale`)."""
        if self.scale.soft:
            return self
        if self._softened is None:
            soft = self.scale.softened()
            self._softened = Theme(self.tokens, dark=self.dark, scale=soft, icons=self.icons)
        return self._softened
