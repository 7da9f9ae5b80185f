from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from app.bootstrap.first_picture import FirstPicture

# Each takes longer to load than a window to open.
HEAVY = ("alembic", "barcode", "biip", "fastapi", "http_message_signatures", "httpx", "PIL", "reportlab")


def owes(picture: FirstPicture) -> bool:
    """Whether somebody who waits now would be kept waiting."""
    return not picture._painted.is_set()


def test_without_a_window_nothing_is_owed() -> None:
    picture = FirstPicture()
    picture.owe()
    assert not owes(picture)
    picture.wait()


def test_others_wait_until_the_window_has_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.bootstrap.first_picture._MOST_S", 60)
    picture, order = FirstPicture(), list[str]()
    picture.expect_window()
    assert owes(picture)

    def work() -> None:
        picture.wait()
        order.append("worked")

    worker = threading.Thread(target=work)
    worker.start()
    order.append("painted")
    picture.painted()
    worker.join()
    assert order == ["painted", "worked"]
    picture.owe()
    assert owes(picture)


def test_a_window_that_never_paints_keeps_nobody_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.bootstrap.first_picture._MOST_S", 0)
    picture = FirstPicture()
    picture.expect_window()
    picture.wait()
    assert owes(picture)


def test_a_window_is_made_without_the_libraries_that_only_later_work_needs() -> None:
    said = "import sys, app.bootstrap.desktop, app.command.station; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout
    assert sorted({name.partition(".")[0] for name in loaded.split()} & set(HEAVY)) == []
