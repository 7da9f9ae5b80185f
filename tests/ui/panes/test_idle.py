from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea

from app.workflows.view import Figure, HeldJob, IdleWork, LastAction, Marker, Screen
from tests.ui.conftest import OpenWindow
from tests.ui.drawn import box_of, cut_texts, leaves, overlaps, small_targets
from tests.ui.hands import click, find, foot_names
from ui.gallery.screens import all_screens
from ui.panes.parked import ParkedList
from ui.settings import UiSettings
from ui.shell.window import BenchWindow
from ui.theme.theme import ThemeChoice
from ui.widgets.figures import Figures
from ui.widgets.markers import Badge

SCREENS = all_screens()
LARGE = UiSettings(ThemeChoice.LIGHT, 200)


def parked(count: int, name: str = "idle") -> Screen:
    screen = SCREENS[name]
    work = screen.bench.work
    assert isinstance(work, IdleWork)
    held = tuple(HeldJob(f"R-2085{n}", f"13:2{n}, {n} of 9 done", f"resume:R-2085{n}") for n in range(count))
    choices = work.choices[:2]
    figures = (
        Figure("128", "units today"),
        Figure("34 s", "median per unit"),
        Figure("0", "waiting to send"),
    )
    ways = replace(work, held=held, held_note="", choices=choices, figures=figures)
    last = LastAction(Marker.OK, "08:19:01", "Kettle 1.7 L, A, RESTOCK", undo=True)
    keys = ("help", "type_code", "reprint", "blind")
    return replace(screen, bench=replace(screen.bench, work=ways, last=last, actions=keys))


def whole_rows(window: BenchWindow) -> list[str]:
    """The parked jobs whose Resume is wholly in sight."""
    found = [button for button in window.findChildren(QAbstractButton) if button.text() == "Resume"]
    return [
        button.accessibleName().removeprefix("Resume ")
        for button in found
        if button.isVisible() and button.visibleRegion().boundingRect() == button.rect()
    ]


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_parked_jobs_are_all_listed_and_the_rest_is_scrolled_to(open_window: OpenWindow, count: int) -> None:
    window, port = open_window(parked(count), size=(1280, 720))
    assert len(whole_rows(window)) == min(2, count), "as many as fit"
    area = window.findChild(ParkedList)
    assert area is not None
    bar = area.verticalScrollBar()
    assert bar.isVisible() == (count > 2)
    bar.setValue(bar.maximum())
    QApplication.processEvents()
    assert whole_rows(window)[-1] == f"R-2085{count - 1}"
    click(find(window, f"touch-resume:R-2085{count - 1}"))
    assert port.words == [f"resume:R-2085{count - 1}"]
    assert cut_texts(window) == []
    assert overlaps(window) == []
    assert small_targets(window) == []


def test_tab_brings_a_parked_job_that_is_out_of_sight_into_it(open_window: OpenWindow) -> None:
    window, _ = open_window(parked(4), size=(1280, 720))
    assert "R-20853" not in whole_rows(window)
    last = find(window, "touch-resume:R-20853")
    for _ in range(40):
        if last.hasFocus():
            break
        focused = QApplication.focusWidget() or window
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        assert not isinstance(focused, QScrollArea), "the list itself is no stop"
    QApplication.processEvents()
    assert "R-20853" in whole_rows(window)


@pytest.mark.parametrize("name", ["idle", "idle-empty"])
@pytest.mark.parametrize("size", [(1280, 720), (1280, 696), (1024, 600)])
@pytest.mark.parametrize("percent", [150, 200])
def test_large_text_cuts_nothing_beside_parked_jobs(
    open_window: OpenWindow, percent: int, size: tuple[int, int], name: str
) -> None:
    for count in (1, 3):
        window, _ = open_window(parked(count, name), UiSettings(ThemeChoice.LIGHT, percent), size=size)
        if size != (1024, 600):
            assert cut_texts(window) == []
            (figures,) = window.findChildren(Figures)
            assert figures.height() >= figures.minimumSizeHint().height()
        assert overlaps(window) == []
        work = window.frame.work
        inside = QRect(0, 0, work.width(), work.height())
        shown = [*leaves(work), *work.findChildren(Figures)]
        assert [part for part in shown if not inside.contains(box_of(part, work))] == []


def test_in_large_text_the_count_stays_and_every_parked_job_is_turned_to(open_window: OpenWindow) -> None:
    window, port = open_window(parked(3), LARGE, size=(1280, 720))
    seen = []
    for number in (1, 2, 3):
        turn = find(window, "touch-parked-next")
        assert turn.text() == f"{number} of 3"
        seen += whole_rows(window)
        turn.setFocus()
        click(turn)
    assert seen == ["R-20850", "R-20851", "R-20852"]
    assert find(window, "touch-parked-next").text() == "1 of 3"
    assert find(window, "touch-parked-next").hasFocus(), "the keyboard turns too"
    assert port.quiet, "turning is the window's own"
    assert cut_texts(window) == []


def test_a_single_parked_job_has_nothing_to_turn_to(open_window: OpenWindow) -> None:
    window, _ = open_window(parked(1), LARGE, size=(1280, 720))
    assert window.findChild(QAbstractButton, "touch-parked-next") is None


def test_at_normal_size_the_count_stands_beside_the_title(open_window: OpenWindow) -> None:
    window, _ = open_window(parked(3), size=(1280, 720))
    assert "3" in {badge.accessibleName() for badge in window.findChildren(Badge)}


def test_after_more_no_key_reaches_into_undo(open_window: OpenWindow) -> None:
    window, _ = open_window(parked(1), LARGE, size=(1280, 720))
    first = foot_names(window)
    for _ in range(6):
        click(find(window, "foot-more"))
        assert window.frame.foot.cut_texts() == []
        assert overlaps(window) == []
        if foot_names(window) == first:
            return
    pytest.fail("More never came back to the first keys")
