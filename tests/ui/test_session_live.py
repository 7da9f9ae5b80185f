"""The real window over the real bench: Ctrl+L in the middle of a job, then any key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.workflows.view import SignInWork
from tests.app.station.bench_world import GOOD_KETTLE, RMA, BenchWorld
from tests.ui.keyboard import Keyboard
from tests.ui.live_window import live_window
from ui.shell.window import BenchWindow

CTRL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


@pytest.fixture
def world(tmp_path: Path) -> Iterator[BenchWorld]:
    made = BenchWorld(tmp_path)
    yield made
    made.close()


@pytest.fixture
def window(world: BenchWorld, qtbot: QtBot) -> Iterator[BenchWindow]:
    with live_window(world, qtbot) as found:
        yield found


@pytest.mark.parametrize(
    ("key", "text"), [(Key.Key_Space, " "), (Key.Key_G, "g"), (Key.Key_Escape, "\x1b"), (Key.Key_F8, "")]
)
def test_ctrl_l_locks_and_any_key_opens_the_same_question(
    world: BenchWorld, window: BenchWindow, qtbot: QtBot, key: Qt.Key, text: str
) -> None:
    def locked() -> bool:
        return isinstance(window.screen_shown.bench.work, SignInWork)

    before = world.scan(RMA.code, GOOD_KETTLE)
    hands = Keyboard(window)
    hands.stroke(Key.Key_L, "\x0c", CTRL)
    qtbot.waitUntil(locked)
    hands.stroke(Key.Key_Control)
    hands.stroke(Key.Key_F1)
    qtbot.waitUntil(lambda: window.frame.drawer is not None)
    assert locked(), "help is the window's own, and a modifier alone is no key"
    hands.stroke(Key.Key_F1)
    hands.now_ms += 500
    hands.stroke(key, text)
    qtbot.waitUntil(lambda: not locked())
    assert window.screen_shown.bench == before.bench, "the key opened the screen and did nothing else"
    assert [trace.route for trace in world.traces[-2:]] == ["session:open>locked", "session:locked>open"]
