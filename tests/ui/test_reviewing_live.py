"""The real window over the real bench: two requests decided by one key each, a badge and a PIN."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bootstrap.desktop import WindowPort
from app.scanning import badges
from tests.app.station.review_world import RUTH, ReviewWorld
from tests.ui.keyboard import Keyboard
from ui.settings import UiSettings
from ui.shell.window import FLOOR_TABS, BenchWindow, WindowParts
from ui.widgets.pin_pad import PinField


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ReviewWorld]:
    made = ReviewWorld(tmp_path)
    yield made
    made.close()


@pytest.fixture
def window(world: ReviewWorld, qtbot: QtBot) -> Iterator[BenchWindow]:
    port = WindowPort(cast("Any", SimpleNamespace(bench=world.bench)))
    found = BenchWindow(port, UiSettings(), WindowParts(tabs=FLOOR_TABS))
    found.show()
    qtbot.waitExposed(found)
    yield found
    found.close()
    found.deleteLater()


def test_one_key_a_request_then_badge_and_pin(world: ReviewWorld, window: BenchWindow, qtbot: QtBot) -> None:
    world.discard(2)
    world.traces.clear()
    hands = Keyboard(window)

    def said() -> str:
        return window.screen_shown.bench.band.headline

    hands.stroke(Qt.Key.Key_6, "", Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: said().startswith("Write off Mug set of 4"))
    hands.type("a", 200)
    qtbot.waitUntil(lambda: len(world.traces) == 2)
    hands.type("a", 200)
    qtbot.waitUntil(lambda: said() == "All 2 are marked")
    hands.scan(badges.payload(RUTH.badge))
    qtbot.waitUntil(lambda: said() == "RUTH: sign 2 with your PIN")
    field = window.findChild(PinField)
    assert isinstance(field, PinField)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is field)
    hands.type(RUTH.pin[0], 200)
    qtbot.waitUntil(lambda: field.text() == RUTH.pin[0])
    hands.scan("314159")
    qtbot.waitUntil(lambda: said() == "A scan never fills the PIN")
    world.clock.pass_minutes(3)
    world.bench.refresh()
    world.thread.ask(lambda: None)
    QApplication.processEvents()
    assert field.text() == RUTH.pin[0], "neither a scan nor a minute that passes changes what is typed"
    for digit in RUTH.pin[1:]:
        hands.type(digit, 200)
        QApplication.processEvents()
    qtbot.waitUntil(lambda: field.text() == RUTH.pin)
    hands.stroke(Qt.Key.Key_Return, "\r")
    qtbot.waitUntil(lambda: said() == "2 approved")
    assert len(world.newest("stock.written_off", 5)) == 2
    raws = [trace.raw for trace in world.traces]
    assert len(raws) == 5, "the screen, a key each, the badge, and the scan that was no PIN"
    assert raws[-2:] == ["", ""], "neither a badge nor digits over a PIN are written down"
    assert not any(RUTH.pin in raw for raw in raws)
