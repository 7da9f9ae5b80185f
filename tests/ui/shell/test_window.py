from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.workflows.view import Band, BandState, BenchView, Screen, Tone
from tests.ui.conftest import OpenWindow
from tests.ui.drawn import cut_texts, overlaps
from tests.ui.hands import click, drawer_lines, drawer_of, find
from tests.ui.keyboard import Keyboard
from tests.ui.live_port import LivePort
from ui.gallery.screens import all_screens
from ui.settings import UiSettings
from ui.shell.help_lines import help_lines
from ui.shell.window import BenchWindow, WindowParts
from ui.sound import SilentSounder
from ui.theme.theme import ThemeChoice
from ui.typeset import plain

SCREENS = all_screens()
Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def codes_shown(window: BenchWindow) -> bool:
    return any(found.isVisible() for found in window.findChildren(QWidget, "touch-code-0"))


def test_help_is_five_lines_beside_the_work_and_closes_again(open_window: OpenWindow) -> None:
    window, _ = open_window(SCREENS["stop"])
    keyboard = Keyboard(window)
    keyboard.stroke(Key.Key_F1)
    assert len(drawer_lines(window)) == 5
    assert window.frame.work.isVisible()
    keyboard.stroke(Key.Key_F1)
    assert window.frame.drawer is None


def test_help_of_the_view_goes_before_the_windows_own(open_window: OpenWindow) -> None:
    screen = SCREENS["stop"]
    window, _ = open_window(replace(screen, bench=replace(screen.bench, help=("Only this.",))))
    window.run("help")
    assert drawer_lines(window) == ["Only this."]


def test_a_code_touched_in_the_drawer_is_a_scan(open_window: OpenWindow) -> None:
    window, port = open_window(SCREENS["idle"])
    window.run("codes")
    click(find(window, "touch-code-1"))
    assert port.submitted == [("4006381333931", "screen")]
    assert window.frame.drawer is not None, "beside the work it stays"


def test_in_the_place_of_the_work_the_drawer_closes_by_itself(open_window: OpenWindow) -> None:
    settings = UiSettings(ThemeChoice.LIGHT, 200)
    window, port = open_window(SCREENS["idle"], settings, size=(1280, 720))
    window.run("codes")
    assert not window.frame.work.isVisible()
    click(find(window, "touch-code-0"))
    assert port.submitted == [("R-20871", "screen")]
    assert window.frame.drawer is None
    assert window.frame.work.isVisible()


def test_the_codes_come_back_when_what_lay_over_them_is_closed(open_window: OpenWindow) -> None:
    window, _ = open_window(SCREENS["idle"])
    window.run("codes")
    keyboard = Keyboard(window)
    keyboard.stroke(Key.Key_F1)
    assert len(drawer_lines(window)) == 5
    keyboard.stroke(Key.Key_Escape)
    assert codes_shown(window)
    keyboard.stroke(Key.Key_Escape)
    assert codes_shown(window), "Esc is a step back in the work, and the codes are no step of it"
    window.run("codes")
    assert window.frame.drawer is None
    click(find(window, "tab-codes"))
    assert codes_shown(window)


def test_larger_text_never_puts_the_codes_in_the_place_of_the_work(open_window: OpenWindow) -> None:
    window, _ = open_window(SCREENS["idle"], UiSettings(ThemeChoice.LIGHT), size=(1280, 720))
    window.run("codes")
    window.set_text_percent(200)
    QApplication.processEvents()
    assert window.frame.work.isVisible()
    assert not codes_shown(window)
    window.run("codes")
    QApplication.processEvents()
    assert codes_shown(window), "asked for, they are shown"
    window.set_text_percent(100)
    QApplication.processEvents()
    assert window.frame.work.isVisible()
    assert codes_shown(window)


def test_without_codes_there_is_no_tab_for_them(open_window: OpenWindow) -> None:
    window, _ = open_window(SCREENS["idle"], parts=WindowParts())
    assert window.findChild(QAbstractButton, "tab-codes") is None


def test_a_pill_shows_the_three_facts_in_full(open_window: OpenWindow) -> None:
    window, _ = open_window(SCREENS["saved-offline"], UiSettings(ThemeChoice.LIGHT, 200), size=(1280, 720))
    click(find(window, "pill-waiting"))
    assert drawer_lines(window)[1:] == ["Offline since 13:52", "17 waiting, oldest 46 min", "Scanner ok"]


@pytest.mark.parametrize("percent", [100, 200])
def test_open_facts_follow_the_station(open_window: OpenWindow, qtbot: QtBot, percent: int) -> None:
    window, port = open_window(
        SCREENS["saved-offline"], UiSettings(ThemeChoice.LIGHT, percent), size=(1280, 720)
    )
    click(find(window, "pill-waiting"))
    drawer = drawer_of(window)
    broken = replace(
        SCREENS["saved"].status,
        devices_ok=False,
        device_word="Scanner: not plugged in\nPrinter: out of labels",
    )
    port.push(replace(SCREENS["saved"], status=broken))
    QApplication.processEvents()
    assert drawer_of(window) is drawer, "it is not opened anew, so that the focus in it stays"
    assert drawer_lines(window)[1:] == ["Online", broken.waiting_word, broken.device_word]
    qtbot.waitUntil(lambda: cut_texts(window) == [] == overlaps(window))


def test_open_help_follows_the_work(open_window: OpenWindow, qtbot: QtBot) -> None:
    window, port = open_window(SCREENS["question"])
    window.run("help")
    drawer = drawer_of(window)
    only = replace(SCREENS["stop"], bench=replace(SCREENS["stop"].bench, help=("Only this.",)))
    for screen, lines in ((only, ["Only this."]), (SCREENS["idle"], None), (only, ["Only this."])):
        port.push(screen)
        QApplication.processEvents()
        QApplication.processEvents()
        expected = [plain(line) for line in help_lines(screen.bench.work)] if lines is None else lines
        assert [line.text() for line in drawer.inside.findChildren(QLabel) if line.isVisible()] == expected
    assert drawer_of(window) is drawer
    qtbot.waitUntil(lambda: cut_texts(window) == [])


def test_text_size_keys_change_everything_and_are_remembered(open_window: OpenWindow, tmp_path: Path) -> None:
    settings = UiSettings(state_file=tmp_path / "window.ini")
    window, port = open_window(SCREENS["question"], settings)
    keyboard = Keyboard(window)
    for _ in range(9):
        keyboard.stroke(Key.Key_Equal, "=", CTRL)
        keyboard.now_ms += 500
        keyboard.stroke(Key.Key_Up)
    assert window.text_percent == 200
    assert window.frame.band.height() == 160
    again, _ = open_window(SCREENS["question"], settings)
    assert again.text_percent == 200
    again.close()
    window.activateWindow()
    keyboard.stroke(Key.Key_Minus, "-", CTRL)
    keyboard.stroke(Key.Key_Up)
    assert window.text_percent == 175
    assert port.quiet


def test_the_theme_can_be_changed_while_a_drawer_is_open(open_window: OpenWindow) -> None:
    window, _ = open_window(SCREENS["question"], UiSettings(ThemeChoice.LIGHT))
    window.run("help")
    window.set_theme(ThemeChoice.DARK)
    QApplication.processEvents()
    assert window.frame.theme.dark
    assert window.frame.drawer is not None
    assert window.frame.band.band == SCREENS["question"].bench.band


def test_full_screen_comes_and_goes(open_window: OpenWindow) -> None:
    window, _ = open_window(SCREENS["idle"])
    Keyboard(window).stroke(Key.Key_F11)
    assert window.isFullScreen()
    Keyboard(window).stroke(Key.Key_F11)
    assert not window.isFullScreen()


def test_after_full_screen_a_maximised_window_is_maximised_again(open_window: OpenWindow) -> None:
    window, _ = open_window(SCREENS["idle"])
    window.showMaximized()
    Keyboard(window).stroke(Key.Key_F11)
    assert window.isFullScreen()
    Keyboard(window).stroke(Key.Key_F11)
    assert not window.isFullScreen()
    assert window.isMaximized()


def test_the_place_of_the_window_comes_back(open_window: OpenWindow, tmp_path: Path) -> None:
    settings = UiSettings(state_file=tmp_path / "window.ini")
    window, _ = open_window(SCREENS["idle"], settings, size=(1300, 740))
    window.close()
    port = LivePort(SCREENS["idle"])
    again = BenchWindow(port, settings)
    # The platform without a screen is narrower than the window; the height is the one that was kept.
    assert again.height() == 740
    again.close()
    again.deleteLater()


def test_the_first_picture_is_told_once(qtbot: QtBot) -> None:
    window = BenchWindow(LivePort(SCREENS["idle"]), UiSettings())
    told: list[bool] = []
    window.first_painted.connect(lambda: told.append(True))
    with qtbot.waitSignal(window.first_painted):
        window.show()
    window.repaint()
    QApplication.processEvents()
    assert told == [True]
    window.close()
    window.deleteLater()


def test_updates_from_another_thread_are_drawn_in_the_windows_thread(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    painted: list[tuple[int, int]] = []

    def on_painted(scan: int, _at: float) -> None:
        painted.append((scan, threading.get_ident()))

    window, port = open_window(SCREENS["idle"], parts=WindowParts(on_painted=on_painted))

    def station() -> None:
        for number in range(50):
            port.push(SCREENS["question" if number % 2 else "grade"], number)

    worker = threading.Thread(target=station)
    worker.start()
    worker.join()
    assert window.screen_shown is SCREENS["idle"], "nothing is drawn from the station's thread"
    qtbot.waitUntil(lambda: len(painted) == 50)
    assert [scan for scan, _ in painted] == list(range(50))
    assert {thread for _, thread in painted} == {threading.get_ident()}
    assert window.screen_shown is SCREENS["question"]


def test_a_closed_window_takes_no_updates(open_window: OpenWindow) -> None:
    window, port = open_window(SCREENS["idle"])
    window.close()
    port.push(SCREENS["question"], 1)
    QApplication.processEvents()
    assert window.screen_shown is SCREENS["idle"]


def with_tone(screen: Screen, tone: Tone) -> Screen:
    return replace(screen, bench=replace(screen.bench, band=replace(screen.bench.band, tone=tone)))


def test_a_tone_is_asked_for_once_an_answer(open_window: OpenWindow) -> None:
    sounder = SilentSounder()
    window, port = open_window(SCREENS["idle"], parts=WindowParts(sounder=sounder))
    stop = with_tone(SCREENS["stop"], Tone.STOP)
    port.push(stop, 1)
    port.push(replace(stop, status=SCREENS["saved-offline"].status))
    port.push(stop, 2)
    QApplication.processEvents()
    assert sounder.played == [Tone.STOP, Tone.STOP], "a pill that changes is no new stop; a second scan is"
    assert window.screen_shown is stop


def test_nothing_modal_ever_opens(open_window: OpenWindow) -> None:
    window, _ = open_window(SCREENS["question"])
    for act in ("help", "codes", "show_status", "type_code", "back", "text_larger", "text_smaller"):
        window.run(act)
        QApplication.processEvents()
        assert QApplication.activeModalWidget() is None
        assert QApplication.activePopupWidget() is None
    assert window.findChildren(QDialog) == []


@pytest.mark.parametrize("name", SCREENS)
def test_every_control_has_a_name(open_window: OpenWindow, name: str) -> None:
    window, _ = open_window(SCREENS[name])
    window.run("type_code")
    for widget in window.findChildren(QWidget):
        if isinstance(widget, (QAbstractButton, QLineEdit)):
            assert widget.accessibleName(), widget.objectName()
            assert "**" not in widget.accessibleName()


def rest_screen() -> Screen:
    bench = SCREENS["idle"].bench
    band = Band(BandState.REST, "note", "Nothing is asked", "Read as long as you like.")
    view = BenchView(band, bench.work, None, None, ("help",))
    return Screen(view, SCREENS["idle"].status)


def test_a_rest_band_is_drawn_too(open_window: OpenWindow) -> None:
    window, _ = open_window(rest_screen())
    assert window.frame.band.grab().toImage().pixelColor(QPoint(400, 4)).name() == "#e3e8ed"
