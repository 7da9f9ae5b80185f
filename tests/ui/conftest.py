"""Windows and themes for tests; a window closes with its test and writes no settings of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.workflows.view import Screen
from tests.ui.live_port import LivePort
from ui.gallery.render import CODES, drawn_picture
from ui.settings import UiSettings
from ui.shell.window import BenchWindow, WindowParts
from ui.theme import fonts
from ui.theme.scale import Scale
from ui.theme.theme import Theme
from ui.theme.tokens import Tokens, load

OpenWindow = Callable[..., tuple[BenchWindow, LivePort]]
MakeTheme = Callable[..., Theme]


@pytest.fixture(scope="session")
def tokens() -> Tokens:
    return load()


@pytest.fixture(autouse=True)
def _font(qapp: QApplication, tokens: Tokens) -> None:
    if qapp.style().name() != "fusion":
        qapp.setStyle("Fusion")
    assert fonts.install(tokens.family)


@pytest.fixture
def make_theme(tokens: Tokens) -> MakeTheme:
    def make(percent: int = 100, *, dark: bool = False) -> Theme:
        return Theme(tokens, dark=dark, scale=Scale(percent))

    return make


@pytest.fixture
def theme(make_theme: MakeTheme) -> Theme:
    return make_theme()


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[OpenWindow]:
    opened: list[BenchWindow] = []

    def make(
        screen: Screen,
        settings: UiSettings | None = None,
        parts: WindowParts | None = None,
        size: tuple[int, int] = (1366, 768),
    ) -> tuple[BenchWindow, LivePort]:
        port = LivePort(screen)
        given = parts or WindowParts(fetch=drawn_picture, codes=CODES)
        window = BenchWindow(port, settings or UiSettings(), given)
        window.resize(QSize(*size))
        opened.append(window)
        window.show()
        qtbot.waitExposed(window)
        QApplication.processEvents()
        return window, port

    yield make
    for window in opened:
        window.close()
        window.deleteLater()
    # Without a running event loop nothing else would delete them.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
