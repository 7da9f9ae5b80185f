"""Photos on disk: named by what is in them, whole or not there, and the first to stop when the disk fills."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from app.domain.policy.asides import NoPhoto
from app.domain.refusal import Unavailable
from app.station.photos import PhotoStore
from app.station.setup import Shot
from app.station.space import RESERVE

DATA = b"\x89PNG\r\n\x1a\n a box"
ADDRESS = hashlib.sha256(DATA).hexdigest()


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_photo_is_a_file_named_by_its_hash_and_the_same_one_is_kept_once(tmp_path: Path) -> None:
    store = PhotoStore(tmp_path / "photos")
    assert [store.keep(DATA, "png"), store.keep(DATA, "png")] == [Shot(ADDRESS), Shot(ADDRESS)]
    assert files(tmp_path) == [f"{ADDRESS}.png"]
    assert store.read(ADDRESS) == DATA


@pytest.mark.parametrize("address", ["", "../../etc/passwd", ADDRESS.upper(), "0" * 64])
def test_what_is_not_an_address_of_a_photo_here_reads_as_nothing(tmp_path: Path, address: str) -> None:
    store = PhotoStore(tmp_path)
    store.keep(DATA, "png")
    assert store.read(address) is None


def test_a_file_that_was_changed_is_no_photo(tmp_path: Path) -> None:
    store = PhotoStore(tmp_path)
    store.keep(DATA, "png")
    path = next(path for path in tmp_path.rglob("*.png"))
    path.write_bytes(DATA + b"!")
    assert store.read(ADDRESS) is None
    path.unlink()
    path.mkdir()
    assert store.read(ADDRESS) is None


def test_photos_stop_while_facts_still_have_room(tmp_path: Path) -> None:
    free = [RESERVE + len(DATA) - 1, RESERVE + len(DATA)]
    store = PhotoStore(tmp_path, lambda _: free.pop(0))
    assert store.keep(DATA, "png") == Shot(None, NoPhoto.DISK_FULL)
    assert files(tmp_path) == []
    assert store.keep(DATA, "png") == Shot(ADDRESS)


def test_a_disk_that_fails_in_the_middle_leaves_no_half_a_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert PhotoStore(tmp_path).keep(DATA, "png") == Shot(None, NoPhoto.NOT_KEPT)
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "photos").touch()
    assert PhotoStore(tmp_path / "photos").keep(DATA, "png") == Shot(None, NoPhoto.NOT_KEPT)


def test_a_file_that_is_gone_is_told_from_one_that_cannot_be_had_now(tmp_path: Path) -> None:
    store = PhotoStore(tmp_path)
    store.keep(DATA, "png")
    assert store.fetch(ADDRESS) == DATA
    path = next(path for path in tmp_path.rglob("*.png"))
    store.remove(ADDRESS)
    store.remove(ADDRESS)
    assert (store.fetch(ADDRESS), files(tmp_path)) == (None, [])
    path.mkdir()
    for asked in (store.fetch, store.remove):
        with pytest.raises(Unavailable):
            asked(ADDRESS)
