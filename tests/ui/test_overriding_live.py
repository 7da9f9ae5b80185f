"""The real window over the real bench: a stop, a supervisor's badge, one key for why, and the PIN."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.scanning import badges
from tests.app.station.override_world import OverrideWorld
from tests.app.station.review_world import RUTH
from tests.ui.keyboard import Keyboard
from tests.ui.live_window import live_window, pin_field, said, type_digits
from ui.shell.window import BenchWindow


@pytest.fixture
def world(tmp_path: Path) -> Iterator[OverrideWorld]:
    made = OverrideWorld(tmp_path)
    yield made
    made.close()


@pytest.fixture
def window(world: OverrideWorld, qtbot: QtBot) -> Iterator[BenchWindow]:
    with live_window(world, qtbot) as found:
        yield found


def test_badge_key_and_pin_accept_a_unit_and_ctrl_r_begins_to_decide_otherwise(
    world: OverrideWorld, window: BenchWindow, qtbot: QtBot
) -> None:
    hands = Keyboard(window)

    world.stop()
    qtbot.waitUntil(lambda: said(window).startswith("This is a different"))
    hands.scan(badges.payload(RUTH.badge))
    qtbot.waitUntil(lambda: said(window) == "RUTH: why is it accepted?")
    hands.type("1", 200)
    qtbot.waitUntil(lambda: said(window) == "RUTH: accept it with your PIN")
    field = pin_field(window, qtbot)
    type_digits(hands, RUTH.pin)
    qtbot.waitUntil(lambda: field.text() == RUTH.pin)
    hands.stroke(Qt.Key.Key_Return, "\r")
    qtbot.waitUntil(lambda: world.phase == "grade")
    world.say("GRI")
    qtbot.waitUntil(lambda: said(window).startswith("Saved here"))
    hands.stroke(Qt.Key.Key_R, "\x12", Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: said(window) == "Decide otherwise: a supervisor's badge")
    assert not any(RUTH.pin in trace.raw for trace in world.traces)
