from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app.domain.refusal import Refused, Unavailable
from app.station.keyfile import load_or_make
from app.station.system import SystemIds


def test_made_once_readable_by_its_user_alone_and_the_same_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "station.key"
    first = load_or_make(path, SystemIds())
    assert load_or_make(path, SystemIds()).public_key == first.public_key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["station.key"]


@pytest.mark.parametrize("content", ["", "not hex", "00ff"])
def test_a_file_that_is_no_key_is_refused_and_kept(tmp_path: Path, content: str) -> None:
    path = tmp_path / "station.key"
    path.write_text(content)
    with pytest.raises(Refused, match="signing key"):
        load_or_make(path, SystemIds())
    assert path.read_text() == content


def test_a_key_that_is_gone_is_not_made_anew_beside_its_record(tmp_path: Path) -> None:
    key, record = tmp_path / "station.key", tmp_path / "station.db"
    first = load_or_make(key, SystemIds(), record)
    record.write_bytes(b"what was signed")
    assert load_or_make(key, SystemIds(), record).public_key == first.public_key
    key.unlink()
    with pytest.raises(Refused, match=r"no key file .* there is a station\.db"):
        load_or_make(key, SystemIds(), record)
    assert [path.name for path in tmp_path.iterdir()] == ["station.db"]


def test_a_record_that_was_never_begun_does_not_need_its_key(tmp_path: Path) -> None:
    record = tmp_path / "station.db"
    record.write_bytes(b"")
    assert load_or_make(tmp_path / "station.key", SystemIds(), record)


def test_a_place_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "station.key").mkdir()
    for path in (tmp_path / "file" / "station.key", tmp_path / "station.key"):
        with pytest.raises(Unavailable, match="cannot be used"):
            load_or_make(path, SystemIds())
