"""The real window over the real bench, as the program puts them together, and what tests do at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bootstrap.desktop import WindowPort
from tests.app.station.bench_world import BenchWorld
from tests.ui.keyboard import Keyboard
from ui.settings import UiSettings
from ui.shell.window import FLOOR_TABS, BenchWindow, WindowParts
from ui.widgets.pin_pad import PinField

_A_DIGIT_MS = 200


@contextmanager
def live_window(world: BenchWorld, qtbot: QtBot) -> Iterator[BenchWindow]:
    """The window over the bench of this world, shown until the block is left."""
    port = WindowPort(cast("Any", SimpleNamespace(bench=world.bench)))
    found = BenchWindow(port, UiSettings(), WindowParts(tabs=FLOOR_TABS))
    found.show()
    qtbot.waitExposed(found)
    yield found
    found.close()
    found.deleteLater()


def said(window: BenchWindow) -> str:
    """The band's headline."""
    return window.screen_shown.bench.band.headline


def pin_field(window: BenchWindow, qtbot: QtBot) -> PinField:
    """The field for a PIN, once it takes the keys."""
    field = window.findChild(PinField)
    assert isinstance(field, PinField)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is field)
    return field


def type_digits(hands: Keyboard, digits: str) -> None:
    """A person's digits, each seen before the next."""
    for digit in digits:
        hands.type(digit, _A_DIGIT_MS)
        QApplication.processEvents()
