"""The real window over the real bench: two requests decided by one key each, a badge and a PIN."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.scanning import badges
from tests.app.station.review_world import RUTH, ReviewWorld
from tests.ui.keyboard import Keyboard
from tests.ui.live_window import live_window, pin_field, said, type_digits
from ui.shell.window import BenchWindow


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ReviewWorld]:
    made = ReviewWorld(tmp_path)
    yield made
    made.close()


@pytest.fixture
def window(world: ReviewWorld, qtbot: QtBot) -> Iterator[BenchWindow]:
    with live_window(world, qtbot) as found:
        yield found


def test_one_key_a_request_then_badge_and_pin(world: ReviewWorld, window: BenchWindow, qtbot: QtBot) -> None:
    world.discard(2)
    world.traces.clear()
    hands = Keyboard(window)

    hands.stroke(Qt.Key.Key_6, "", Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: said(window).startswith("Write off Mug set of 4"))
    hands.type("a", 200)
    qtbot.waitUntil(lambda: len(world.traces) == 2)
    hands.type("a", 200)
    qtbot.waitUntil(lambda: said(window) == "All 2 are marked")
    hands.scan(badges.payload(RUTH.badge))
    qtbot.waitUntil(lambda: said(window) == "RUTH: sign 2 with your PIN")
    field = pin_field(window, qtbot)
    hands.type(RUTH.pin[0], 200)
    qtbot.waitUntil(lambda: field.text() == RUTH.pin[0])
    hands.scan("314159")
    qtbot.waitUntil(lambda: said(window) == "A scan never fills the PIN")
    world.clock.pass_minutes(3)
    world.bench.refresh()
    world.thread.ask(lambda: None)
    QApplication.processEvents()
    assert field.text() == RUTH.pin[0], "neither a scan nor a minute that passes changes what is typed"
    type_digits(hands, RUTH.pin[1:])
    qtbot.waitUntil(lambda: field.text() == RUTH.pin)
    hands.stroke(Qt.Key.Key_Return, "\r")
    qtbot.waitUntil(lambda: said(window) == "2 approved")
    assert len(world.newest("stock.written_off", 5)) == 2
    raws = [trace.raw for trace in world.traces]
    assert len(raws) == 5, "the screen, a key each, the badge, and the scan that was no PIN"
    assert raws[-2:] == ["", ""], "neither a badge nor digits over a PIN are written down"
    assert not any(RUTH.pin in raw for raw in raws)
