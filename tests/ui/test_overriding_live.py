"""The real window over the real bench: a stop, a supervisor's badge, one key for why, and the PIN."""

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
from tests.app.station.override_world import OverrideWorld
from tests.app.station.review_world import RUTH
from tests.ui.keyboard import Keyboard
from ui.settings import UiSettings
from ui.shell.window import FLOOR_TABS, BenchWindow, WindowParts
from ui.widgets.pin_pad import PinField


@pytest.fixture
def world(tmp_path: Path) -> Iterator[OverrideWorld]:
    made = OverrideWorld(tmp_path)
    yield made
    made.close()


@pytest.fixture
def window(world: OverrideWorld, qtbot: QtBot) -> Iterator[BenchWindow]:
    port = WindowPort(cast("Any", SimpleNamespace(bench=world.bench)))
    found = BenchWindow(port, UiSettings(), WindowParts(tabs=FLOOR_TABS))
    found.show()
    qtbot.waitExposed(found)
    yield found
    found.close()
    found.deleteLater()


def test_badge_key_and_pin_accept_a_unit_and_ctrl_r_begins_to_decide_otherwise(
    world: OverrideWorld, window: BenchWindow, qtbot: QtBot
) -> None:
    hands = Keyboard(window)

    def said() -> str:
        return window.screen_shown.bench.band.headline

    def types_pin() -> None:
        field = window.findChild(PinField)
        assert isinstance(field, PinField)
        qtbot.waitUntil(lambda: QApplication.focusWidget() is field)
        for digit in RUTH.pin:
            hands.type(digit, 200)
            QApplication.processEvents()
        qtbot.waitUntil(lambda: field.text() == RUTH.pin)
        hands.stroke(Qt.Key.Key_Return, "\r")

    world.stop()
    qtbot.waitUntil(lambda: said().startswith("This is a different"))
    hands.scan(badges.payload(RUTH.badge))
    qtbot.waitUntil(lambda: said() == "RUTH: why is it accepted?")
    hands.type("1", 200)
    qtbot.waitUntil(lambda: said() == "RUTH: accept it with your PIN")
    types_pin()
    qtbot.waitUntil(lambda: world.phase == "grade")
    world.say("GRI")
    qtbot.waitUntil(lambda: said().startswith("Saved here"))
    hands.stroke(Qt.Key.Key_R, "\x12", Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: said() == "Decide otherwise: a supervisor's badge")
    assert not any(RUTH.pin in trace.raw for trace in world.traces)
