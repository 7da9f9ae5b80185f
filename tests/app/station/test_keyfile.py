from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app.domain.refusal import Refused
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
