"""The second copy without what was erased: whole events, damage and other files as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.envelope import Envelope, reopen
from app.domain.framing import MAGIC, framed, unframed
from app.ledger.copy_erasing import clean
from app.ledger.lasting import put_in_place
from tests.app.domain.examples import chain_of


def events() -> list[Envelope]:
    found = chain_of(4)
    assert all(one.private is not None for one in found)
    return found


def written(path: Path, frames: list[bytes]) -> Path:
    path.write_bytes(MAGIC + b"".join(frames))
    return path


def parts(path: Path) -> list[tuple[str, bool]]:
    """Which events a file holds, and whether with their private part."""
    with path.open("rb") as file:
        found = [reopen(o.header, o.facts, o.private, o.salt, o.sig) for o in unframed(file, lambda _: None)]
    return [(one.hash, one.private is not None) for one in found]


def test_only_what_was_erased_goes_and_every_event_stays(tmp_path: Path) -> None:
    chain = events()
    path = written(tmp_path / "a.events", [framed(one) for one in chain])
    other = written(tmp_path / "b.events", [framed(chain[0])])
    whole = other.read_bytes()
    clean([path, other], {chain[1].event_id, chain[3].event_id})
    assert parts(path) == [(one.hash, n in {0, 2}) for n, one in enumerate(chain)]
    assert other.read_bytes() == whole
    once = path.read_bytes()
    clean([path, other], {chain[1].event_id, chain[3].event_id})
    assert path.read_bytes() == once
    clean([path], ())
    assert path.read_bytes() == once
    assert sorted(tmp_path.iterdir()) == [path, other]


def test_what_is_damaged_stays_byte_by_byte(tmp_path: Path) -> None:
    chain = events()
    frames = [framed(one) for one in chain]
    torn = frames[1][:-9] + b"#" * 9
    path = written(tmp_path / "a.events", [frames[0], torn, frames[2], frames[3][:-5]])
    clean([path], {chain[2].event_id, chain[3].event_id})
    data = path.read_bytes()
    assert data.startswith(MAGIC + frames[0] + torn)
    assert data.endswith(frames[3][:-5])
    assert parts(path) == [(chain[0].hash, True), (chain[2].hash, False)]


def test_what_is_no_file_of_events_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "strange.events"
    path.write_bytes(b"something else")
    clean([path], {"any"})
    assert path.read_bytes() == b"something else"


def test_a_disk_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = events()
    path = written(tmp_path / "a.events", [framed(one) for one in chain])
    whole = path.read_bytes()

    def fails(_: Path, __: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("app.ledger.copy_erasing.put_in_place", fails)
    with pytest.raises(OSError, match="Input/output"):
        clean([path], {chain[0].event_id})
    assert path.read_bytes() == whole
    monkeypatch.setattr("app.ledger.copy_erasing.put_in_place", put_in_place)
    clean([path], {chain[0].event_id})
    assert parts(path)[0] == (chain[0].hash, False)
