"""The Qt palette and the short style sheet, both from tokens; everything else is painted by our widgets."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from ui.theme.theme import Theme
from ui.theme.tokens import Role

_SRGB_KNEE = 0.04045
_GROUPS: tuple[tuple[QPalette.ColorRole, Role], ...] = (
    (QPalette.ColorRole.Window, Role.BG),
    (QPalette.ColorRole.WindowText, Role.TEXT),
    (QPalette.ColorRole.Base, Role.SURFACE),
    (QPalette.ColorRole.AlternateBase, Role.SURFACE2),
    (QPalette.ColorRole.Text, Role.TEXT),
    (QPalette.ColorRole.PlaceholderText, Role.TEXT2),
    (QPalette.ColorRole.Button, Role.SURFACE),
    (QPalette.ColorRole.ButtonText, Role.TEXT),
    (QPalette.ColorRole.Highlight, Role.ASK),
    (QPalette.ColorRole.HighlightedText, Role.ON_ASK),
    (QPalette.ColorRole.ToolTipBase, Role.SURFACE),
    (QPalette.ColorRole.ToolTipText, Role.TEXT),
    (QPalette.ColorRole.Link, Role.ASK_TEXT),
    (QPalette.ColorRole.Mid, Role.LINE),
    (QPalette.ColorRole.Dark, Role.EDGE),
)


def palette(theme: Theme) -> QPalette:
    """The palette for Fusion: fields, menus and scroll bars follow it."""
    made = QPalette()
    for qt_role, role in _GROUPS:
        made.setColor(qt_role, theme.color(role))
    faded = theme.color(Role.TEXT2)
    for qt_role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        made.setColor(QPalette.ColorGroup.Disabled, qt_role, faded)
    return made


def style_sheet(theme: Theme) -> str:
    """The few rules that Fusion needs on top: fields, menus, tool tips, thin scroll bars."""
    hexes = theme.hexes
    return f"""
QLineEdit {{ background: {hexes[Role.SURFACE]}; color: {hexes[Role.TEXT]};
  border: 1px solid {hexes[Role.EDGE]}; border-radius: {theme.tokens.radius.button}px; padding: 0 12px; }}
QLineEdit:focus {{ border: 2px solid {hexes[Role.FOCUS]}; padding: 0 11px; }}
QScrollArea:focus {{ border: {theme.tokens.edge.focus}px solid {hexes[Role.FOCUS]}; }}
QMenu {{ background: {hexes[Role.SURFACE]}; color: {hexes[Role.TEXT]}; border: 1px solid {hexes[Role.EDGE]};
  padding: 4px; }}
QMenu::item {{ padding: 12px 24px; border-radius: {theme.tokens.radius.chip}px; }}
QMenu::item:selected {{ background: {hexes[Role.ASK_TINT]}; color: {hexes[Role.TEXT]}; }}
QToolTip {{ background: {hexes[Role.SURFACE]}; color: {hexes[Role.TEXT]};
  border: 1px solid {hexes[Role.EDGE]}; padding: 4px; }}
QScrollBar:vertical {{ background: transparent; width: 14px; margin: 0; border: none; }}
QScrollBar::handle:vertical {{ background: {hexes[Role.EDGE]}; min-height: 48px; border-radius: 4px;
  margin: 3px; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
  background: none; border: none; height: 0; }}
"""


def contrast(first: QColor, second: QColor) -> float:
    """The WCAG contrast ratio of two opaque colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= _SRGB_KNEE else ((channel + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())
