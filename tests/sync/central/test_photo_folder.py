"""Photos on the centre's disk: whole and proven or not there, in whatever order pieces come."""

from __future__ import annotations

import errno
import itertools
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from app.domain.digests import digest_of
from app.domain.refusal import Refused, Unavailable
from sync.central import photo_folder
from sync.central.photo_folder import RESERVE, NoRoom, PhotoFolder
from tests.architecture.source_rules import ROOT

PNG = b"\x89PNG\r\n\x1a\n"
WHOLE = PNG + bytes(range(100))
NAME = digest_of(WHOLE)
ONE, TWO = "1" * 32, "2" * 32


def files(folder: Path) -> list[str]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return sorted(str(path.relative_to(folder)) for path in found)


def test_a_photo_comes_in_pieces_and_is_in_place_when_it_is_whole(tmp_path: Path) -> None:
    folder = PhotoFolder(tmp_path)
    assert (folder.read(NAME), folder.size(NAME), folder.have(NAME, ONE)) == (None, None, 0)
    assert folder.append(NAME, ONE, 0, WHOLE[:40]) == 40
    assert (folder.have(NAME, ONE), folder.read(NAME)) == (40, None)
    assert folder.append(NAME, ONE, 40, WHOLE[40:]) == len(WHOLE)
    assert folder.finish(NAME, ONE) == len(WHOLE)
    assert (folder.read(NAME), folder.size(NAME), folder.have(NAME, ONE)) == (WHOLE, len(WHOLE), 0)
    assert files(tmp_path) == [f"{NAME[:2]}/{NAME[2:4]}/{NAME}"]
    assert folder.finish(NAME, ONE) == len(WHOLE), "done already"


@given(cuts=st.lists(st.integers(0, len(WHOLE)), max_size=6), order=st.randoms(use_true_random=False))
def test_pieces_in_any_order_and_any_number_of_times_make_the_same_photo(
    cuts: list[int], order: random.Random
) -> None:
    ends = sorted({0, *cuts, len(WHOLE)})
    pieces = list(itertools.pairwise(ends))
    with tempfile.TemporaryDirectory() as where:
        folder = PhotoFolder(Path(where))
        have = 0
        while have < len(WHOLE):
            shuffled = pieces * 2
            order.shuffle(shuffled)
            for start, end in shuffled:
                have = folder.append(NAME, ONE, start, WHOLE[start:end])
                assert have == folder.have(NAME, ONE)
                part = Path(where) / "parts" / ONE / NAME
                assert (part.read_bytes() if have else b"") == WHOLE[:have]
        folder.finish(NAME, ONE)
        assert folder.read(NAME) == WHOLE


@pytest.mark.parametrize(
    ("data", "code"), [(WHOLE + b"!", "attachment.digest"), (b"GIF89a", "attachment.kind")]
)
def test_what_is_not_what_it_says_or_no_picture_is_thrown_away(
    tmp_path: Path, data: bytes, code: str
) -> None:
    folder = PhotoFolder(tmp_path)
    name = NAME if code == "attachment.digest" else digest_of(data)
    folder.append(name, ONE, 0, data)
    with pytest.raises(Refused) as no:
        folder.finish(name, ONE)
    assert (no.value.code, files(tmp_path)) == (code, [])
    assert folder.append(name, ONE, 0, WHOLE) == len(WHOLE)


def test_a_stations_parts_are_its_own(tmp_path: Path) -> None:
    folder = PhotoFolder(tmp_path)
    folder.append(NAME, ONE, 0, b"rubbish")
    assert folder.have(NAME, TWO) == 0
    folder.append(NAME, TWO, 0, WHOLE)
    folder.finish(NAME, TWO)
    assert folder.read(NAME) == WHOLE
    folder.discard(NAME, ONE)
    folder.discard(NAME, ONE)
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize("name", ["", "../../etc/passwd", NAME.upper(), "parts"])
def test_what_is_no_digest_is_nothing(tmp_path: Path, name: str) -> None:
    assert (PhotoFolder(tmp_path).read(name), PhotoFolder(tmp_path).size(name)) == (None, None)


def test_a_file_that_was_changed_is_no_photo(tmp_path: Path) -> None:
    folder = PhotoFolder(tmp_path)
    folder.append(NAME, ONE, 0, WHOLE)
    folder.finish(NAME, ONE)
    (tmp_path / NAME[:2] / NAME[2:4] / NAME).write_bytes(WHOLE[:-1])
    assert folder.read(NAME) is None


def test_photos_leave_room_for_facts_and_a_refused_piece_leaves_nothing(tmp_path: Path) -> None:
    free = [RESERVE + len(WHOLE) - 1, RESERVE + len(WHOLE)]
    folder = PhotoFolder(tmp_path, lambda _: free.pop(0))
    with pytest.raises(NoRoom):
        folder.append(NAME, ONE, 0, WHOLE)
    assert folder.have(NAME, ONE) == 0
    assert folder.append(NAME, ONE, 0, WHOLE) == len(WHOLE)


@pytest.mark.parametrize(("number", "kind"), [(errno.ENOSPC, NoRoom), (errno.EIO, Unavailable)])
def test_a_disk_that_fails_is_said_and_the_part_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception]
) -> None:
    def fails(_: int) -> None:
        raise OSError(number, "the disk")

    folder = PhotoFolder(tmp_path)
    folder.append(NAME, ONE, 0, WHOLE)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fails)
        with pytest.raises(kind) as said:
            folder.finish(NAME, ONE)
        assert type(said.value) is kind
    assert (folder.have(NAME, ONE), folder.read(NAME)) == (len(WHOLE), None)
    folder.finish(NAME, ONE)
    assert folder.read(NAME) == WHOLE


def test_a_station_that_is_being_written_for_is_waited_for_only_so_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = PhotoFolder(tmp_path)
    folder.append(NAME, ONE, 0, WHOLE[:9])
    monkeypatch.setattr(photo_folder, "_LOCK_S", 0.01)
    with FileLock(tmp_path / "parts" / ONE / ".lock"), pytest.raises(Unavailable):
        folder.append(NAME, ONE, 9, WHOLE[9:])
    assert folder.append(NAME, TWO, 0, WHOLE) == len(WHOLE), "another station's is another lock"


_WRITER = """
import sys
from pathlib import Path
from sync.central.photo_folder import PhotoFolder
from app.domain.refusal import Unavailable
from tests.sync.central.test_photo_folder import ONE, large
folder, (name, data) = PhotoFolder(Path(sys.argv[1])), large()
sys.stdin.readline()
at = 0
while folder.size(name) is None:
    at = folder.append(name, ONE, at, data[at:at + 4096])
    if at >= len(data):
        try:
            folder.finish(name, ONE)
        except Unavailable:
            pass
"""


def large() -> tuple[str, bytes]:
    """A photo of some hundred pieces, and its name."""
    data = PNG + b"".join(number.to_bytes(4, "big") for number in range(100_000))
    return digest_of(data), data


def test_two_processes_that_send_the_same_photo_of_one_station_leave_it_whole(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _WRITER, str(tmp_path)]
    writers = [subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, text=True) for _ in range(3)]
    for writer in writers:
        writer.communicate("go\n", timeout=60)
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    name, data = large()
    assert PhotoFolder(tmp_path).read(name) == data


def test_a_process_killed_in_the_middle_leaves_a_part_that_goes_on(tmp_path: Path) -> None:
    name, data = large()
    program = _WRITER.replace("while folder", "print('go', flush=True)\nwhile folder")
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
        writer.stdout.readline()
        writer.kill()
    folder = PhotoFolder(tmp_path)
    if folder.size(name) is None:
        have = folder.have(name, ONE)
        while have < len(data):
            have = folder.append(name, ONE, have, data[have : have + 65_536])
        folder.finish(name, ONE)
    assert folder.read(name) == data
