from __future__ import annotations

from pathlib import Path

import pytest

from app.bootstrap.folder import Folder
from app.domain.refusal import Refused, Unavailable


def test_locked_inside_the_block_and_not_after_it(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    with folder.locked(), pytest.raises(Refused, match="Another Backhaul"), Folder(tmp_path).locked():
        pytest.fail("two programs worked on one folder")
    with folder.locked(), pytest.raises(Refused), Folder(tmp_path).locked():
        pytest.fail("the second lock let a third in")


def test_a_failure_inside_the_block_lets_the_lock_go(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), Folder(tmp_path).locked():
        raise ZeroDivisionError
    with Folder(tmp_path).locked():
        pass


def test_a_path_that_cannot_be_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot be made"):
        Folder(tmp_path / "file" / "data").make()
    with pytest.raises(Unavailable, match="cannot be written"), Folder(tmp_path / "file").locked():
        pytest.fail("locked a file")
