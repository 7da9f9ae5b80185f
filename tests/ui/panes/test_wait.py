from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from app.workflows.view import Choice, Screen, WaitWork
from tests.ui.conftest import OpenWindow
from tests.ui.drawn import cut_texts, overlaps
from tests.ui.hands import find
from ui.gallery.screens import all_screens

WAYS_ON = (
    Choice("type_code", "Type a code", icon="hash", key="F2"),
    Choice("GONE", "Not in the box", icon="cross", key="NOT IN BOX"),
    Choice("DONE", "Done with this box", "what is open counts as missing", "tick", "Ctrl+Enter"),
    Choice("HOLD", "Park this box", icon="hold", key="F8"),
)


def waiting() -> Screen:
    screen = all_screens()["waiting"]
    work = screen.bench.work
    assert isinstance(work, WaitWork)
    return replace(screen, bench=replace(screen.bench, work=replace(work, choices=WAYS_ON)))


@pytest.mark.parametrize("opened", ["help", "show_status", "codes"])
def test_beside_a_drawer_no_way_on_is_lettered_smaller_than_the_others(
    open_window: OpenWindow, opened: str
) -> None:
    window, _ = open_window(waiting(), size=(1280, 720))
    window.run(opened)
    QApplication.processEvents()
    keys = [find(window, f"touch-{choice.command}") for choice in WAYS_ON]
    shares = [min(1.0, key.width() / key.sizeHint().width()) for key in keys]
    assert max(shares) - min(shares) < 0.02
    assert cut_texts(window) == []
    assert overlaps(window) == []


def test_where_there_is_room_the_ways_on_are_of_one_width(open_window: OpenWindow) -> None:
    window, _ = open_window(waiting(), size=(1920, 1080))
    widths = {find(window, f"touch-{choice.command}").width() for choice in WAYS_ON}
    assert max(widths) - min(widths) <= 1
