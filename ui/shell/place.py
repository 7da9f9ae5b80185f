"""Where the window opens: where it was, else as designed, and never larger than its monitor."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget

from ui.settings import UiSettings, WindowMemory

DESIGN_SIZE = QSize(1366, 768)
LEAST_SIZE = QSize(1024, 600)


def place(window: QWidget, memory: WindowMemory, settings: UiSettings, available: QSize) -> None:
    """Give a window that is not shown yet its size and state; `available` is the monitor's free room, pixels.

    A monitor without room for the design and a title bar over it is filled. On one that is smaller than the
    least size filling it would not help.
    """
    window.setMinimumSize(LEAST_SIZE)
    window.resize(DESIGN_SIZE.boundedTo(available).expandedTo(LEAST_SIZE))
    geometry = memory.geometry()
    if geometry is not None:
        window.restoreGeometry(geometry)
    elif _holds(available, LEAST_SIZE) and not _holds(available, DESIGN_SIZE + QSize(1, 1)):
        window.setWindowState(Qt.WindowState.WindowMaximized)
    if settings.full_screen:
        window.setWindowState(Qt.WindowState.WindowFullScreen)


def _holds(room: QSize, size: QSize) -> bool:
    return room.expandedTo(size) == room
