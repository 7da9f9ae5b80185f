from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.workflows.view import Link, StationStatus
from tests.ui.conftest import MakeTheme
from ui.captions import Captions
from ui.gallery.content import OFFLINE, ONLINE, PRINTER_OUT, TRAINING
from ui.widgets.pill import Pill, PillLook
from ui.widgets.tabs import ScreenTab
from ui.widgets.top_bar import TopBar

TABS = (ScreenTab("bench", "Bench"), ScreenTab("INBND", "Receive", 3), ScreenTab("FIND", "Find"))
MakeBar = Callable[..., TopBar]


@pytest.fixture
def make_bar(qtbot: QtBot, make_theme: MakeTheme) -> MakeBar:
    def make(
        status: StationStatus = ONLINE,
        tabs: tuple[ScreenTab, ...] = TABS[:1],
        width: int = 1366,
        percent: int = 100,
    ) -> TopBar:
        bar = TopBar(make_theme(percent), tabs, "bench", Captions())
        qtbot.addWidget(bar)
        bar.resize(width, bar.height())
        bar.show_status(status)
        bar.show()
        return bar

    return make


def words(bar: TopBar) -> list[str]:
    return [pill.text() for pill in bar.pills]


def test_at_the_design_size_facts_stand_in_full(make_bar: MakeBar) -> None:
    bar = make_bar(OFFLINE, TABS)
    assert words(bar) == ["Offline since 13:52", "17 waiting, oldest 46 min", "Scanner ok"]
    assert bar.cut_texts() == []


def test_large_text_takes_short_words_and_keeps_the_long_ones_as_names(make_bar: MakeBar) -> None:
    bar = make_bar(OFFLINE, TABS, 1280, 200)
    assert words(bar) == ["Offline", "17, 46 min", "Devices ok"]
    assert [pill.accessibleName() for pill in bar.pills] == [
        "Offline since 13:52",
        "17 waiting, oldest 46 min",
        "Scanner ok",
    ]
    assert bar.cut_texts() == []


@pytest.mark.parametrize(
    "status", [ONLINE, OFFLINE, PRINTER_OUT, TRAINING], ids=["on", "off", "out", "train"]
)
@pytest.mark.parametrize(("width", "percent"), [(1280, 100), (1280, 150), (1280, 200), (1024, 100)])
def test_nothing_overlaps(make_bar: MakeBar, status: StationStatus, width: int, percent: int) -> None:
    assert make_bar(status, TABS[:1], width, percent).cut_texts() == []


def test_no_green_while_anything_waits(make_bar: MakeBar) -> None:
    link, waiting, _ = make_bar(replace(ONLINE, waiting=1, waiting_word="1 waiting")).pills
    assert waiting._look is PillLook.WAITING
    assert link._look is PillLook.GOOD
    assert make_bar(ONLINE).pills[1]._look is PillLook.QUIET


@pytest.mark.parametrize(
    ("link", "look"),
    [(Link.ONLINE, PillLook.GOOD), (Link.OFFLINE, PillLook.OFFLINE), (Link.NOT_JOINED, PillLook.QUIET)],
)
def test_each_link_has_its_look(make_bar: MakeBar, link: Link, look: PillLook) -> None:
    assert make_bar(replace(ONLINE, link=link)).pills[0]._look is look


def test_trouble_with_a_device_is_amber(make_bar: MakeBar) -> None:
    assert make_bar(PRINTER_OUT).pills[2]._look is PillLook.TROUBLE


def test_tabs_fold_into_one_when_the_text_is_large(make_bar: MakeBar) -> None:
    wide, narrow = make_bar(ONLINE, TABS, 1366), make_bar(OFFLINE, TABS, 1280, 200)
    assert shown_tabs(wide) == ["tab-FIND", "tab-INBND", "tab-bench"]
    assert shown_tabs(narrow) == ["tabs-folded"]


def shown_tabs(bar: TopBar) -> list[str]:
    names = [child.objectName() for child in bar.findChildren(QWidget) if child.isVisible()]
    return sorted(name for name in names if name.startswith("tab"))


def test_a_tab_says_its_action_and_its_badge(make_bar: MakeBar) -> None:
    bar = make_bar(ONLINE, TABS)
    heard: list[str] = []
    bar.triggered.connect(heard.append)
    tab = bar.findChild(QWidget, "tab-INBND")
    assert tab is not None
    assert tab.accessibleName() == "Receive 3"
    QTest.mouseClick(tab, Qt.MouseButton.LeftButton)
    assert heard == ["INBND"]


def test_the_hit_area_of_a_pill_is_the_whole_bar(make_bar: MakeBar) -> None:
    bar = make_bar()
    heard: list[str] = []
    bar.triggered.connect(heard.append)
    for pill in bar.pills:
        assert pill.height() >= 55
        QTest.mouseClick(pill, Qt.MouseButton.LeftButton)
    assert heard == ["show_status"] * 3


def test_a_pill_squeezed_says_so(make_bar: MakeBar) -> None:
    bar = make_bar(OFFLINE)
    pill: Pill = bar.pills[1]
    pill.resize(90, pill.height())
    assert pill.cut_texts() == ["17 waiting, oldest 46 min"]


def test_training_is_said_in_a_word(make_bar: MakeBar) -> None:
    assert make_bar(TRAINING).grab().toImage() != make_bar(replace(TRAINING, training=False)).grab().toImage()


def test_two_troubles_stand_on_one_line_and_large_text_names_the_first(make_bar: MakeBar) -> None:
    both = replace(
        PRINTER_OUT,
        device_word="Scanner: not plugged in\nPrinter: out of labels",
        short_device="Scanner",
    )
    assert words(make_bar(both))[2] == "Scanner: not plugged in, Printer: out of labels"
    large = make_bar(both, width=1280, percent=200)
    assert words(large)[2] == "Scanner"
    assert large.pills[2].accessibleName() == "Scanner: not plugged in, Printer: out of labels"
    assert large.cut_texts() == []
