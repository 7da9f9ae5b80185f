from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.settings import UiSettings, WindowMemory
from ui.shell.place import DESIGN_SIZE, place


def placed(
    qtbot: QtBot, available: tuple[int, int], *, memory: Path | None = None, full_screen: bool = False
) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    place(window, WindowMemory(memory), UiSettings(full_screen=full_screen), QSize(*available))
    return window


@pytest.mark.parametrize("available", [(1280, 720), (1280, 1024), (1366, 768), (1366, 728), (1024, 600)])
def test_a_monitor_without_room_for_the_design_is_filled(qtbot: QtBot, available: tuple[int, int]) -> None:
    window = placed(qtbot, available)
    assert window.isMaximized()
    assert window.width() <= available[0]
    assert window.height() <= available[1]


def test_on_a_large_monitor_the_window_is_as_designed(qtbot: QtBot) -> None:
    window = placed(qtbot, (1920, 1040))
    assert not window.isMaximized()
    assert window.size() == DESIGN_SIZE


def test_a_monitor_smaller_than_the_least_size_is_not_filled(qtbot: QtBot) -> None:
    window = placed(qtbot, (800, 800))
    assert not window.isMaximized()
    assert window.size() == QSize(1024, 768)


def test_a_remembered_place_goes_before_filling(qtbot: QtBot, tmp_path: Path) -> None:
    before = QWidget()
    qtbot.addWidget(before)
    before.resize(1100, 620)
    WindowMemory(tmp_path / "window.ini").keep_geometry(before.saveGeometry())
    window = placed(qtbot, (1280, 720), memory=tmp_path / "window.ini")
    assert not window.isMaximized()
    assert window.height() == 620


def test_full_screen_goes_before_all(qtbot: QtBot) -> None:
    assert placed(qtbot, (1280, 720), full_screen=True).isFullScreen()
