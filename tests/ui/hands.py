"""Finding and touching what a window shows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from ui.shell.window import BenchWindow
from ui.widgets.drawer import Drawer


def find(window: BenchWindow, name: str) -> QAbstractButton:
    """The one button of that object name that is shown."""
    found = [button for button in window.findChildren(QAbstractButton, name) if button.isVisible()]
    assert len(found) == 1, f"{name}: {len(found)} shown"
    return found[0]


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def foot_names(window: BenchWindow) -> list[str]:
    """The object names of the keys shown in the foot."""
    buttons = window.frame.foot.findChildren(QAbstractButton)
    return [button.objectName() for button in buttons if button.isVisible()]


def drawer_of(window: BenchWindow) -> Drawer:
    """The drawer, which must be open."""
    assert window.frame.drawer is not None
    return window.frame.drawer


def drawer_lines(window: BenchWindow) -> list[str]:
    """The sentences in the open drawer."""
    return [label.text() for label in drawer_of(window).inside.children() if isinstance(label, QLabel)]
