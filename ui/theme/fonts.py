"""Inter, shipped with the program, as Qt fonts with figures of one width."""

from __future__ import annotations

from importlib.resources import files

from PySide6.QtGui import QFont, QFontDatabase

from ui.theme.scale import Scale
from ui.theme.tokens import Style, Tokens

WEIGHTS = ("Regular", "Medium", "SemiBold", "Bold")


def install(family: str) -> bool:
    """Make the shipped font known to Qt, once a process; needs a QGuiApplication.

    False when Qt cannot read it: Qt then falls back to the platform's sans, and the window still works.
    """
    if family in QFontDatabase.families():
        return True
    folder = files("resources.fonts")
    ids = [
        QFontDatabase.addApplicationFontFromData((folder / f"{family}-{weight}.otf").read_bytes())
        for weight in WEIGHTS
    ]
    return -1 not in ids


def font(tokens: Tokens, scale: Scale, style: Style, weight: int | None = None, shrink: float = 1.0) -> QFont:
    """The font of a text role; `weight` replaces the role's own, `shrink` makes it smaller to fit."""
    token = tokens.text[style]
    made = QFont(tokens.family)
    made.setPixelSize(max(1, round(scale.text(token.px) * shrink)))
    made.setWeight(QFont.Weight(weight or token.weight))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setStyleHint(QFont.StyleHint.SansSerif)
    if token.spacing:
        spacing = scale.text(token.spacing) * shrink
        made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, spacing)
    for feature in tokens.features:
        made.setFeature(QFont.Tag(feature), 1)
    return made
