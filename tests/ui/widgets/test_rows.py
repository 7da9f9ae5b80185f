from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.workflows.view import LineRow, Marker
from tests.ui.conftest import MakeTheme
from ui.gallery.asking import idle
from ui.gallery.content import JOB
from ui.theme.theme import Theme
from ui.widgets.recent_delegate import RecentDelegate, say_recent
from ui.widgets.row_delegate import RowDelegate, say_line, units
from ui.widgets.rows import ROW_ROLE, BenchList, RowPainter, RowsModel

ROW = JOB.rows[0]


def test_only_the_row_that_changed_is_touched() -> None:
    model: RowsModel[LineRow] = RowsModel(say_line)
    model.show_rows(JOB.rows)
    touched: list[int] = []
    model.dataChanged.connect(lambda first, last: touched.extend(range(first.row(), last.row() + 1)))
    model.modelReset.connect(lambda: touched.append(-1))
    changed = (JOB.rows[0], replace(JOB.rows[1], here=1), JOB.rows[2])
    model.show_rows(changed)
    assert touched == [1]
    model.show_rows(changed)
    assert touched == [1]


@given(st.lists(st.lists(st.integers(0, 3), max_size=6), max_size=6))
def test_the_model_keeps_qts_contract_through_any_changes(states: list[list[int]]) -> None:
    model: RowsModel[int] = RowsModel(str)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for rows in states:
        model.show_rows(rows)
        assert model.rows == tuple(rows)
        assert [model.index(at, 0).data(ROW_ROLE) for at in range(model.rowCount())] == rows


def test_a_row_is_read_out_in_words() -> None:
    model: RowsModel[LineRow] = RowsModel(say_line)
    model.show_rows(JOB.rows)
    said = model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Coffee grinder CG-80, Serial ..4417 matches, 0/1, Now"
    assert model.data(QModelIndex(), ROW_ROLE) is None
    work = idle().bench.work
    assert say_recent(work.recent[0]).startswith("14:02, R-20866, Hair dryer")  # type: ignore[union-attr]


def test_what_was_not_expected_is_not_counted_against_nothing() -> None:
    assert units(ROW) == "0/1"
    assert units(replace(ROW, here=1, expected=0)) == "1"


def job_list(qtbot: QtBot, theme: Theme, rows: tuple[LineRow, ...], width: int = 518) -> BenchList:
    shown = BenchList(theme, "lines")
    model: RowsModel[LineRow] = RowsModel(say_line)
    model.setParent(shown)
    model.show_rows(rows)
    shown.setModel(model)
    shown.setItemDelegate(RowDelegate(theme, shown))
    qtbot.addWidget(shown)
    shown.resize(width, 300)
    shown.show()
    return shown


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_long_titles_wrap_and_shrink_before_they_are_cut(
    qtbot: QtBot, make_theme: MakeTheme, percent: int
) -> None:
    rows = (
        replace(ROW, title="Stainless kettle 1.7 L with window", detail="Serial TS-20418856-EU expected"),
        replace(ROW, title="Rain jacket M navy", detail="", word="B, QUARANTINE"),
        replace(ROW, here=120, expected=120, word="Not in the box"),
    )
    shown = job_list(qtbot, make_theme(percent), rows, 518 * percent // 100)
    assert shown.cut_texts() == []


def test_a_title_without_end_is_said_to_be_cut(qtbot: QtBot, theme: Theme) -> None:
    shown = job_list(qtbot, theme, (replace(ROW, title="W" * 80),))
    assert shown.cut_texts() == ["W" * 80]


def test_rows_are_as_high_as_the_design(qtbot: QtBot, theme: Theme) -> None:
    rows = (
        ROW,
        replace(ROW, detail=""),
        replace(ROW, title="A very long title that needs two lines", detail=""),
    )
    shown = job_list(qtbot, theme, rows)
    assert [shown.sizeHintForRow(row) for row in range(3)] == [88, 64, 88]


@pytest.mark.parametrize("marker", Marker)
def test_every_marker_can_stand_in_a_row(qtbot: QtBot, theme: Theme, marker: Marker) -> None:
    shown = job_list(qtbot, theme, (replace(ROW, marker=marker),))
    assert shown.grab().toImage() != job_list(qtbot, theme, ()).grab().toImage()


def test_letters_are_left_to_the_window_and_arrows_scroll(qtbot: QtBot, theme: Theme) -> None:
    passed: list[int] = []

    class Parent(QWidget):
        def keyPressEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
            passed.append(event.key())  # type: ignore[attr-defined]

    parent = Parent()
    qtbot.addWidget(parent)
    shown = job_list(qtbot, theme, tuple(replace(ROW, title=f"Line {n}") for n in range(30)))
    shown.setParent(parent)
    parent.show()
    shown.show()
    QTest.keyClick(shown, Qt.Key.Key_L)
    QTest.keyClick(shown, Qt.Key.Key_1)
    assert passed == [Qt.Key.Key_L, Qt.Key.Key_1]
    QTest.keyClick(shown, Qt.Key.Key_End)
    assert passed == [Qt.Key.Key_L, Qt.Key.Key_1]
    assert shown.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff


@pytest.mark.parametrize("height", [130, 200, 260, 275, 281])
def test_a_list_of_even_rows_shows_no_part_of_one(qtbot: QtBot, theme: Theme, height: int) -> None:
    work = idle().bench.work
    delegate = RecentDelegate(theme)
    delegate.measure(work.recent, 56)  # type: ignore[union-attr]
    shown = BenchList(theme, "jobs")
    model = RowsModel(say_recent)
    model.setParent(shown)
    delegate.setParent(shown)
    model.show_rows(work.recent)  # type: ignore[union-attr]
    shown.setModel(model)
    shown.setItemDelegate(delegate)
    shown.show_whole_rows()
    qtbot.addWidget(shown)
    shown.resize(900, height)
    shown.show()
    assert shown.viewport().height() % 56 == 0
    assert shown.cut_texts() == []


def test_a_painter_of_rows_must_know_its_own(theme: Theme) -> None:
    assert RowDelegate(theme).cut_texts("something else", 500) == []
    assert RecentDelegate(theme).cut_texts("something else", 500) == []
    with pytest.raises(TypeError, match="draws no str"):
        RowPainter().cut_texts("anything", 500)
