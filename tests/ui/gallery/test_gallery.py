from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from app.workflows.texts import HEADLINE_MAX, HINT_MAX
from app.workflows.view import BandState, SavedWork, StopWork
from tests.ui.screens import LOOKS
from ui.gallery.__main__ import main
from ui.gallery.render import drawn_picture
from ui.gallery.screens import all_screens
from ui.typeset import plain


def test_writes_one_picture_a_screen(tmp_path: Path) -> None:
    assert main(["--out", str(tmp_path), "--only", "question", "--theme", "dark"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["question.png"]
    image = QImage(str(tmp_path / "question.png"))
    assert (image.width(), image.height()) == (1366, 768)


def test_size_and_text_are_obeyed(tmp_path: Path) -> None:
    assert main(["--out", str(tmp_path), "--only", "stop", "--size", "1280x720", "--text", "200"]) == 0
    assert QImage(str(tmp_path / "stop.png")).width() == 1280


def test_a_folder_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "question.png").mkdir()
    assert main(["--out", str(tmp_path), "--only", "question"]) == 1


def test_an_unknown_theme_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--out", str(tmp_path), "--theme", "sepia"])
    assert refused.value.code == 2


def test_every_band_state_has_an_example() -> None:
    states = {screen.bench.band.state for screen in all_screens().values()}
    assert states == set(BandState)


@pytest.mark.parametrize("name", all_screens())
def test_examples_keep_the_lengths_that_views_promise(name: str) -> None:
    band = all_screens()[name].bench.band
    assert len(band.headline) <= HEADLINE_MAX
    assert len(plain(band.hint)) <= HINT_MAX


def test_a_saved_example_shows_the_bars_of_its_own_label() -> None:
    work = all_screens()["saved"].bench.work
    assert isinstance(work, SavedWork)
    assert len(work.label.bars) % 2 == 1, "a symbol begins and ends with a bar"


def test_a_stop_proposes_nothing() -> None:
    work = all_screens()["stop"].bench.work
    assert isinstance(work, StopWork)
    assert not any(choice.proposed for choice in work.choices)


def test_drawn_pictures_are_there_and_others_are_not() -> None:
    assert drawn_picture("items/grinder")
    assert drawn_picture("items/nothing") is None


def test_the_screens_program_draws_both_themes_and_large_text() -> None:
    joined = [" ".join(options) for options in LOOKS.values()]
    assert any("dark" in options for options in joined)
    assert any("--text 200" in options for options in joined)
