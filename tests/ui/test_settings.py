from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from ui.settings import UiSettings, WindowMemory
from ui.theme.theme import ThemeChoice


def test_the_defaults_keep_nothing_and_follow_the_desktop() -> None:
    settings = UiSettings()
    assert settings.state_file is None
    assert settings.theme is ThemeChoice.SYSTEM


def test_text_percent_is_remembered_for_each_monitor(tmp_path: Path) -> None:
    path = tmp_path / "window.ini"
    memory = WindowMemory(path)
    memory.keep_text_percent("DP-1", 150)
    memory.keep_text_percent("HDMI/2", 200)
    again = WindowMemory(path)
    assert again.text_percent("DP-1", 100) == 150
    assert again.text_percent("HDMI/2", 100) == 200
    assert again.text_percent("other", 125) == 125


@pytest.mark.parametrize("written", ["huge", "50", "900", ""])
def test_a_text_percent_that_cannot_be_is_not_used(tmp_path: Path, written: str) -> None:
    path = tmp_path / "window.ini"
    path.write_text(f"[text]\nDP-1={written}\n", encoding="utf-8")
    assert WindowMemory(path).text_percent("DP-1", 100) == 100


def test_geometry_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "window.ini"
    assert WindowMemory(path).geometry() is None
    WindowMemory(path).keep_geometry(QByteArray(b"place"))
    assert WindowMemory(path).geometry() == QByteArray(b"place")


def test_without_a_file_nothing_is_kept_anywhere(tmp_path: Path) -> None:
    memory = WindowMemory(None)
    memory.keep_text_percent("DP-1", 150)
    memory.keep_geometry(QByteArray(b"place"))
    assert memory.text_percent("DP-1", 100) == 100
    assert memory.geometry() is None
    assert list(tmp_path.iterdir()) == []
