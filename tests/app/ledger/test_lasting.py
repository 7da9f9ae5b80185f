from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from app.ledger.lasting import put_in_place, second_name
from tests.powercut.disk import Disk, images
from tests.powercut.log import logging


def after_a_cut(folder: Path, move: Callable[[Path, Path], object]) -> set[bytes | None]:
    """What is under the name when the power goes after a file was put there."""
    target, part = folder / "kept", folder / "kept.part"
    target.write_bytes(b"old")
    part.write_bytes(b"new")
    disk = Disk.of(folder)
    with logging(folder, 1) as log:
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        move(part, target)
    for entry in log.entries:
        disk.play(entry)
    left = images(disk, 0, random.Random(1), set())
    return {image.files.get(str(target)) for image in left}


def test_a_file_in_its_place_is_whole_and_stays_there(tmp_path: Path) -> None:
    assert after_a_cut(tmp_path, put_in_place) == {b"new"}


def test_a_rename_alone_may_be_gone_after_a_power_cut(tmp_path: Path) -> None:
    """So that it is known what the test above would see."""
    assert after_a_cut(tmp_path, lambda part, target: part.replace(target)) == {b"old", b"new"}


def test_what_is_not_there_is_the_disks_own_error(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("old")
    with pytest.raises(FileNotFoundError):
        put_in_place(tmp_path / "none", tmp_path / "kept")
    assert (tmp_path / "kept").read_text() == "old"


def test_a_second_name_lasts_though_the_first_goes_to_another_file(tmp_path: Path) -> None:
    target, part, aside = tmp_path / "kept", tmp_path / "kept.part", tmp_path / "aside"
    target.write_bytes(b"old")
    part.write_bytes(b"new")
    disk = Disk.of(tmp_path)
    with logging(tmp_path, 1) as log:
        second_name(target, aside)
        part.replace(target)
    for entry in log.entries:
        disk.play(entry)
    for image in images(disk, 0, random.Random(1), set()):
        assert image.files[str(aside)] == b"old"
        assert image.files[str(target)] in {b"old", b"new"}
