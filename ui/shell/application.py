"""The Qt application: Fusion, our font, nothing else global."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QApplication

from ui.theme import fonts
from ui.theme.tokens import Tokens


def make_application(arguments: Sequence[str], tokens: Tokens) -> QApplication:
    """The process's one application; made once, before any widget."""
    running = QApplication.instance()
    application = running if isinstance(running, QApplication) else QApplication(list(arguments))
    application.setApplicationName("backhaul")
    application.setApplicationDisplayName("Backhaul")
    application.setStyle("Fusion")
    fonts.install(tokens.family)
    return application
