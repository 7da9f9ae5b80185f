from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from app.workflows.view import LastAction, Marker
from tests.ui.conftest import MakeTheme
from ui.actions import Action, by_id
from ui.captions import Captions
from ui.theme.theme import Theme
from ui.widgets.code_entry import CodeEntry
from ui.widgets.foot import Foot
from ui.widgets.last_action import LastActionText, wordings

LAST = LastAction(Marker.OK, "14:08:51", "Thermo bottle, A, RESTOCK", undo=True)


def action(name: str) -> Action:
    found = by_id(name)
    assert found is not None
    return found


KEYS = tuple(action(name) for name in ("help", "type_code", "reprint", "quantity", "hold"))


def make_foot(qtbot: QtBot, theme: Theme, width: int, last: LastAction | None = LAST) -> Foot:
    foot = Foot(theme, Captions(), action("undo"))
    qtbot.addWidget(foot)
    foot.resize(width, foot.height())
    foot.show_foot(last, KEYS)
    foot.show()
    return foot


def names(foot: Foot) -> list[str]:
    return [button.objectName() for button in foot.findChildren(QAbstractButton) if button.isVisible()]


def test_words_go_one_by_one_and_clauses_last() -> None:
    assert wordings(LAST, "Last") == (
        "Last **14:08:51**  Thermo bottle, A, RESTOCK",
        "**14:08:51**  Thermo bottle, A, RESTOCK",
        "Thermo bottle, A, RESTOCK",
        "Thermo bottle, A",
        "Thermo bottle",
    )


@pytest.mark.parametrize("marker", [Marker.STOP, Marker.ATTENTION])
def test_what_went_wrong_is_never_said_in_part(marker: Marker) -> None:
    last = LastAction(marker, "14:08:51", "Fan scan, not saved", undo=True)
    assert all(way.endswith("Fan scan, not saved") for way in wordings(last, "Last"))


@pytest.mark.parametrize("width", range(900, 1921, 60))
@pytest.mark.parametrize("percent", [100, 150])
def test_at_any_width_nothing_overlaps(qtbot: QtBot, make_theme: MakeTheme, width: int, percent: int) -> None:
    foot = make_foot(qtbot, make_theme(percent), width)
    assert foot.cut_texts() == []
    assert "foot-undo" in names(foot)
    text = foot.findChild(LastActionText)
    assert text is not None
    assert text.cut_texts() == []


def test_all_keys_are_shown_where_they_fit(qtbot: QtBot, theme: Theme) -> None:
    assert names(make_foot(qtbot, theme, 1366)) == [
        "foot-undo",
        "foot-help",
        "foot-type_code",
        "foot-reprint",
        "foot-quantity",
        "foot-hold",
    ]


def test_more_turns_through_all_keys_and_begins_again(qtbot: QtBot, make_theme: MakeTheme) -> None:
    foot = make_foot(qtbot, make_theme(200), 1280)
    first = names(foot)
    assert "foot-more" in first
    more = foot.findChild(QWidget, "foot-more")
    assert more is not None
    seen = set(first)
    for _ in KEYS:
        QTest.mouseClick(more, Qt.MouseButton.LeftButton)
        seen |= set(names(foot))
        if names(foot) == first:
            break
    assert names(foot) == first
    assert {f"foot-{key.id}" for key in KEYS} <= seen


def test_without_a_last_action_there_is_nothing_to_undo(qtbot: QtBot, theme: Theme) -> None:
    assert "foot-undo" not in names(make_foot(qtbot, theme, 1366, None))
    done = LastAction(Marker.SENT, "14:08:51", "Signed, sent", undo=False)
    assert "foot-undo" not in names(make_foot(qtbot, theme, 1366, done))


def test_the_same_keys_are_not_made_again(qtbot: QtBot, theme: Theme) -> None:
    foot = make_foot(qtbot, theme, 1366)
    before = foot.findChild(QWidget, "foot-help")
    foot.show_foot(LastAction(Marker.OK, "14:09:00", "Fan, B", undo=True), KEYS)
    assert foot.findChild(QWidget, "foot-help") is before


def test_typing_a_code_takes_the_foots_place_and_gives_it_back(qtbot: QtBot, theme: Theme) -> None:
    foot = make_foot(qtbot, theme, 1366)
    foot.open_entry()
    assert foot.entry.isVisible()
    assert "foot-undo" not in names(foot)
    foot.close_entry()
    assert "foot-undo" in names(foot)


def test_what_is_typed_is_trimmed_and_never_empty(qtbot: QtBot, theme: Theme) -> None:
    entry = CodeEntry(theme, Captions())
    qtbot.addWidget(entry)
    entry.show()
    heard: list[str] = []
    entry.entered.connect(heard.append)
    entry.field.setText("  R-20871 ")
    QTest.keyClick(entry.field, Qt.Key.Key_Return)
    entry.field.setText("   ")
    QTest.keyClick(entry.field, Qt.Key.Key_Return)
    use = entry.findChild(QAbstractButton, "touch-code-use")
    assert use is not None
    entry.field.setText("SN-1")
    QTest.mouseClick(use, Qt.MouseButton.LeftButton)
    assert heard == ["R-20871", "SN-1"]
    assert entry.field.text() == ""
