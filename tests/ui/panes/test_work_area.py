from __future__ import annotations

import random
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from app.workflows.view import AnswerWork, Choice, QuantityWork, StopWork
from tests.ui.conftest import OpenWindow
from tests.ui.drawn import cut_texts, overlaps, small_targets
from ui.gallery.screens import all_screens
from ui.panes.parts import columns_for
from ui.settings import UiSettings
from ui.shell.help_lines import help_lines
from ui.shell.window import BenchWindow
from ui.theme.theme import ThemeChoice
from ui.theme.tokens import Role
from ui.widgets.rows import BenchList

SCREENS = all_screens()


def child(window: BenchWindow, name: str) -> QWidget:
    found = window.findChild(QWidget, name)
    assert found is not None, name
    return found


def test_the_list_stays_and_only_the_question_is_made_anew(open_window: OpenWindow) -> None:
    window, port = open_window(SCREENS["question"])
    lines = child(window, "job-lines")
    first = child(window, "touch-NI")
    port.push(SCREENS["grade"], 1)
    QApplication.processEvents()
    assert child(window, "job-lines") is lines
    assert not first.isVisible()
    assert child(window, "touch-GRI") is not first


def test_a_status_that_changes_touches_no_work(open_window: OpenWindow) -> None:
    window, port = open_window(SCREENS["question"])
    pane = window.frame.work.level[1]
    port.push(replace(SCREENS["question"], status=SCREENS["saved-offline"].status))
    QApplication.processEvents()
    assert window.frame.work.level[1] is pane


def test_a_job_that_changes_is_shown_without_a_new_question(open_window: OpenWindow) -> None:
    screen = SCREENS["question"]
    window, port = open_window(screen)
    pane = window.frame.work.level[1]
    assert screen.bench.job is not None
    job = replace(screen.bench.job, progress="2 of 3 done")
    port.push(replace(screen, bench=replace(screen.bench, job=job)))
    QApplication.processEvents()
    assert window.frame.work.level[1] is pane
    lines = window.findChild(BenchList, "job-lines")
    assert lines is not None
    assert lines.accessibleName() == "R-20871 2 of 3 done"


def test_the_list_goes_with_its_job_and_comes_with_the_next(open_window: OpenWindow) -> None:
    window, port = open_window(SCREENS["question"])
    for name, listed in (("idle", False), ("stop", True), ("idle-empty", False), ("saved", True)):
        port.push(SCREENS[name])
        QApplication.processEvents()
        assert window.frame.work.level[0] is listed


@pytest.mark.parametrize("name", SCREENS)
def test_any_screen_may_follow_any_other(open_window: OpenWindow, name: str, seeded: random.Random) -> None:
    window, port = open_window(SCREENS["idle"], size=(1280, 720))
    # All pairs are thousands; each screen meets some others in both orders, and never the same for all.
    for other in seeded.sample(sorted(SCREENS), 8):
        for shown in (name, other):
            port.push(SCREENS[shown])
            QApplication.processEvents()
            assert cut_texts(window) == [], f"{other} then {shown}"
            assert (window.width(), window.height()) == (1280, 720)


def edge_pixel(window: BenchWindow) -> str:
    image = window.frame.work.grab().toImage()
    return image.pixelColor(2, image.height() // 2).name()


def test_a_stop_frames_the_work_and_moves_nothing(open_window: OpenWindow) -> None:
    window, port = open_window(SCREENS["question"])
    before = child(window, "job").geometry()
    port.push(SCREENS["stop"])
    QApplication.processEvents()
    assert edge_pixel(window) == window.frame.theme.color(Role.STOP).name()
    assert child(window, "job").geometry() == before
    port.push(SCREENS["question"])
    QApplication.processEvents()
    assert edge_pixel(window) == window.frame.theme.color(Role.BG).name()


def test_training_is_hatched(open_window: OpenWindow) -> None:
    window, _ = open_window(SCREENS["training"])
    image = window.frame.work.grab().toImage()
    found = {image.pixelColor(3, y).name() for y in range(20, 200)}
    assert window.frame.theme.color(Role.TRAIN).name() in found
    assert len(found) > 2, "a hatch, not a plain colour"


@pytest.mark.parametrize("count", range(1, 10))
@pytest.mark.parametrize(("size", "percent"), [((1366, 768), 100), ((1280, 720), 200)])
def test_up_to_nine_answers_find_room(
    open_window: OpenWindow, count: int, size: tuple[int, int], percent: int
) -> None:
    screen = SCREENS["question"]
    work = screen.bench.work
    assert isinstance(work, AnswerWork)
    answers = tuple(Choice(f"N{n}", f"Answer {n}", key=str(n)) for n in range(1, count + 1))
    shown = replace(screen, bench=replace(screen.bench, work=replace(work, answers=answers, others=())))
    window, _ = open_window(shown, UiSettings(ThemeChoice.LIGHT, percent), size=size)
    assert cut_texts(window) == []
    assert overlaps(window) == []
    assert small_targets(window) == []


def test_the_smaller_keys_are_one_touch_away_when_folded(open_window: OpenWindow) -> None:
    window, _ = open_window(SCREENS["question"], UiSettings(ThemeChoice.LIGHT, 200), size=(1280, 720))
    assert not child(window, "touch-GRI").isVisible()
    turn = child(window, "touch-others")
    turn.click()  # type: ignore[attr-defined]
    assert child(window, "touch-GRI").isVisible()
    assert not child(window, "touch-NI").isVisible()
    assert cut_texts(window) == []
    assert overlaps(window) == []


@pytest.mark.parametrize(
    ("expected", "figures"), [("2", 2), ("of 2 expected", 1), ("", 1), ("12345", 1), ("1000", 2)]
)
def test_an_expected_number_is_a_figure_and_a_sentence_a_text(
    open_window: OpenWindow, expected: str, figures: int
) -> None:
    screen = SCREENS["quantity"]
    work = screen.bench.work
    assert isinstance(work, QuantityWork)
    bench = replace(screen.bench, work=replace(work, expected=expected))
    window, _ = open_window(replace(screen, bench=bench))
    assert len(window.findChildren(QWidget, "figure")) == figures
    assert cut_texts(window) == []


@pytest.mark.parametrize("figure", ["0", "88", "999", "1000000"])
@pytest.mark.parametrize(("size", "percent"), [((1366, 768), 100), ((1280, 720), 200)])
def test_large_numbers_are_shown_whole(
    open_window: OpenWindow, figure: str, size: tuple[int, int], percent: int
) -> None:
    screen = SCREENS["quantity"]
    work = screen.bench.work
    assert isinstance(work, QuantityWork)
    bench = replace(screen.bench, work=replace(work, figure=figure, expected=""))
    window, _ = open_window(replace(screen, bench=bench), UiSettings(ThemeChoice.LIGHT, percent), size=size)
    assert cut_texts(window) == []


def test_a_stop_without_comparison_says_why(open_window: OpenWindow) -> None:
    screen = SCREENS["stop"]
    work = screen.bench.work
    assert isinstance(work, StopWork)
    why = "This unit was already returned on R-20102 on 3 May. It cannot come back twice."
    bench = replace(screen.bench, work=replace(work, comparison=None, explanation=why))
    for size, percent in (((1366, 768), 100), ((1280, 720), 200)):
        window, _ = open_window(
            replace(screen, bench=bench), UiSettings(ThemeChoice.LIGHT, percent), size=size
        )
        assert cut_texts(window) == []
        assert window.findChild(QWidget, "serial-compare") is None


@pytest.mark.parametrize(
    ("widths", "room", "across"),
    [
        ([100, 100, 100], 400, 3),
        ([100] * 4, 350, 2),
        ([100] * 9, 350, 3),
        ([100] * 5, 350, 3),
        ([300], 100, 1),
        ([], 100, 1),
    ],
)
def test_keys_are_put_into_even_rows(widths: list[int], room: int, across: int) -> None:
    assert columns_for(widths, room, 8) == across


@pytest.mark.parametrize("name", SCREENS)
def test_help_is_five_lines_for_every_kind_of_work(name: str) -> None:
    lines = help_lines(SCREENS[name].bench.work)
    assert len(lines) == 5
    assert len(set(lines)) == 5


@pytest.mark.parametrize("name", ["receiving-open", "receiving-not-trusted"])
def test_a_receipt_is_finished_by_touch_where_the_lines_have_no_room(
    open_window: OpenWindow, name: str
) -> None:
    window, _ = open_window(SCREENS[name], UiSettings(text_percent=200), size=(1280, 720))
    assert child(window, "touch-DONE").isVisible()
    assert (cut_texts(window), overlaps(window)) == ([], [])
