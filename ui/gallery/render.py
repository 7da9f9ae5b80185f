"""Rendering a screen to pixels, without a display."""

from __future__ import annotations

from importlib.resources import files

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from app.workflows.view import Screen
from ui.actions import by_id
from ui.settings import UiSettings
from ui.shell.port import OnUpdate
from ui.shell.window import FLOOR_TABS, BenchWindow, WindowParts
from ui.widgets.drawer import DemoCode

CODES = (
    DemoCode("Return R-20871", "R-20871", "printed on the parcel"),
    DemoCode("Coffee grinder", "4006381333931", "EAN on the box"),
    DemoCode("Serial of the grinder", "CG80-204417"),
    DemoCode("GRADE A", "XKGRIB", "on the mat"),
    DemoCode("UNDO", "XKUNDOG", "on the mat"),
)


class StillPort:
    """A port that shows one screen and remembers what was submitted."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self.submitted: list[tuple[str, str]] = []
        self.words: list[str] = []

    def submit(self, raw: str, source: str) -> None:
        """Remember a code."""
        self.submitted.append((raw, source))

    def command(self, word: str) -> None:
        """Remember a word."""
        self.words.append(word)

    def enter_pin(self, pin: str) -> None:
        """Nobody takes it."""

    def screen(self) -> Screen:
        """The one screen."""
        return self._screen

    def subscribe(self, callback: OnUpdate) -> None:
        """Nothing ever changes."""


def drawn_picture(address: str) -> bytes | None:
    """A drawn item by its name under `resources/icons`, as PNG."""
    source = files("resources.icons") / f"{address}.svg"
    if not source.is_file():
        return None
    image = QImage(QSize(720, 600), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(source.read_bytes())).render(painter, QRectF(image.rect()))
    painter.end()
    return png(image)


def png(image: QImage) -> bytes:
    """An image as PNG bytes."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def window_for(screen: Screen, settings: UiSettings, size: QSize) -> BenchWindow:
    """A window of that size showing one screen."""
    window = BenchWindow(
        StillPort(screen), settings, WindowParts(tabs=FLOOR_TABS, fetch=drawn_picture, codes=CODES)
    )
    window.resize(size)
    return window


def render(screen: Screen, settings: UiSettings, size: QSize, opens: str = "") -> QImage:
    """A screen as pixels; `opens` is the action whose drawer is open, if one is."""
    window = window_for(screen, settings, size)
    window.show()
    action = by_id(opens)
    if action is not None:
        window.perform(action)
    QApplication.processEvents()
    image = window.grab().toImage()
    window.close()
    window.deleteLater()
    return image
