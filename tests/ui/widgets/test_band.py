from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.workflows.view import Band as BandView
from app.workflows.view import BandState
from tests.ui.conftest import MakeTheme
from tests.ui.drawn import differing_share, grey
from ui.gallery.screens import all_screens
from ui.theme.theme import Theme
from ui.widgets.band import FILLS, Band, OnPainted

ICONS = {
    BandState.REST: "note",
    BandState.ASK: "ask",
    BandState.OK: "tick",
    BandState.ATTENTION: "bang",
    BandState.STOP: "cross",
}


def view(state: BandState = BandState.ASK, headline: str = "Is it whole?", hint: str = "Scan.") -> BandView:
    return BandView(state, ICONS[state], headline, hint)


MakeBand = Callable[..., Band]


@pytest.fixture
def make_band(qtbot: QtBot, make_theme: MakeTheme) -> MakeBand:
    def make(
        shown: BandView,
        width: int = 1366,
        percent: int = 100,
        *,
        dark: bool = False,
        on_painted: OnPainted | None = None,
    ) -> Band:
        band = Band(make_theme(percent, dark=dark), on_painted)
        qtbot.addWidget(band)
        band.resize(width, band.height())
        band.show_band(shown)
        band.show()
        return band

    return make


def picture(band: Band) -> QImage:
    return band.grab().toImage()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_states_differ_in_a_greyscale_print(make_band: MakeBand, dark: bool) -> None:
    shapes: dict[BandState, bytes] = {}
    for state in BandState:
        band = make_band(view(state, "", ""), dark=dark)
        # The left shape alone, with its icon: what tells the states apart without colour and without words.
        left = picture(band).copy(0, 0, 110, 96)
        shapes[state] = grey(left)
    for one, two in combinations(BandState, 2):
        assert differing_share(shapes[one], shapes[two]) > 0.05, f"{one} looks like {two}"


@pytest.mark.parametrize("state", BandState)
def test_the_ground_is_the_states_fill(make_band: MakeBand, theme: Theme, state: BandState) -> None:
    pixel = picture(make_band(view(state))).pixelColor(1200, 50)
    assert pixel == theme.color(FILLS[state].ground)


def first_ink(image: QImage, ground: QColor, left: int, rows: range) -> int:
    return next(x for x in range(left, image.width()) if any(image.pixelColor(x, y) != ground for y in rows))


@pytest.mark.parametrize("state", BandState)
def test_the_headline_starts_at_its_place_in_every_state(
    make_band: MakeBand, theme: Theme, state: BandState
) -> None:
    image = picture(make_band(view(state, "HEADLINE", "")))
    ink = first_ink(image, theme.color(FILLS[state].ground), 112, range(30, 60))
    assert 128 <= ink <= 134


@pytest.mark.parametrize(("width", "percent"), [(1366, 100), (1280, 200), (1024, 150)])
def test_the_longest_headline_is_never_cut(make_band: MakeBand, width: int, percent: int) -> None:
    band = make_band(view(headline="M" * 30 + "i" * 15), width, percent)
    assert band.cut_texts() == []


def test_a_long_hint_gives_way_in_whole_clauses(make_band: MakeBand) -> None:
    hint = "Read 4006381333931. Try another code on the box, or scan **UNKNOWN** to keep it."
    band = make_band(view(BandState.ATTENTION, "Not in the catalogue", hint), 1280, 200)
    assert band.cut_texts() == []


def test_context_stands_right_while_there_is_room_and_joins_the_hint_after(make_band: MakeBand) -> None:
    shown = replace(view(hint="Answer **1** to **3**."), context="Question 1 of 2", steps=(1, 2))
    wide, narrow = make_band(shown, 1366), make_band(shown, 1280, 200)
    assert not wide._context_folds()
    assert narrow._context_folds()
    assert narrow._folded_hint(lambda _text: True) == "Answer **1** to **3**. Question 1 of 2"


@pytest.mark.parametrize("state", [BandState.ATTENTION, BandState.STOP])
def test_what_to_do_about_trouble_goes_before_the_context(make_band: MakeBand, state: BandState) -> None:
    shown = replace(view(state, hint="Read X. Scan **UNDO**."), context="R-1")
    band = make_band(shown, 1280, 200)
    assert band._folded_hint(lambda text: "R-1" not in text) == shown.hint


def test_name_and_alert_tell_assistive_technology(
    make_band: MakeBand, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[QAccessible.Event] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: told.append(event.type()))
    band = make_band(view(headline="Is it whole?", hint="Answer **1**."))
    interface = QAccessible.queryAccessibleInterface(band)
    assert interface.text(QAccessible.Text.Name) == "Is it whole?. Answer 1."
    told.clear()
    band.show_band(band.band)
    assert QAccessible.Event.Alert not in told, "the same band again is no alert"
    band.show_band(view(BandState.STOP, "Stop"))
    assert QAccessible.Event.Alert in told


def test_the_hook_hears_each_scan_once_after_the_paint(make_band: MakeBand, qtbot: QtBot) -> None:
    painted: list[tuple[int, float]] = []
    band = make_band(view(), on_painted=lambda scan, at: painted.append((scan, at)))
    QApplication.processEvents()
    assert painted == []
    band.show_band(view(BandState.OK), 7)
    assert painted == [], "not before it is painted"
    band.show_band(view(BandState.OK), 8)
    qtbot.waitUntil(lambda: len(painted) == 2)
    assert [scan for scan, _ in painted] == [7, 8]
    assert painted[0][1] <= painted[1][1]
    band.update()
    QApplication.processEvents()
    assert len(painted) == 2


@pytest.mark.parametrize("name", all_screens())
def test_every_example_fits_at_the_design_size(make_band: MakeBand, name: str) -> None:
    assert make_band(all_screens()[name].bench.band).cut_texts() == []
