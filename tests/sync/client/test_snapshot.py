"""Fetching a snapshot: what was changed, cut or reordered is never taken; what broke off goes on."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.approvals import PolicyKey
from app.domain.feed import Cursor
from app.domain.refusal import Refused, Unavailable
from app.domain.snapshot import Snapshot, Table, line_of
from sync.client.snapshot import Expected, discard, download, lines
from sync.wire.snapshots import Offered, Piece
from tests.approvals.world import OTHER_POLICY, OTHER_ROOT, POLICY, ROOT

AT = datetime(2026, 11, 22, tzinfo=UTC)
GRANT = PolicyKey(1, POLICY.public_key, AT, AT.replace(year=2027)).signed(ROOT)
LINES = b"".join(line_of(n, "item", f"K-{n}", f'{{"n":{n * n}}}') for n in range(1, 400))
DATA = gzip.compress(LINES, mtime=0)
SAID = Snapshot(
    "c" * 32,
    "WH1",
    Cursor(1, 400),
    len(DATA),
    hashlib.sha256(DATA).hexdigest(),
    Table(399, hashlib.sha256(LINES).hexdigest()),
)
EXPECTED = Expected("WH1", ROOT.public_key, "c" * 32)
STEP = 700


class Paper:
    """A centre that hands out pieces of `data`, each changed by `spoil`; away after `most` pieces."""

    def __init__(self, data: bytes = DATA, said: Snapshot = SAID, most: int = 10_000) -> None:
        self.data, self.said, self.most = data, said, most
        self.asked: list[int] = []
        self.signer = POLICY

    def snapshot(self) -> Offered:
        return Offered(self.said.signed(self.signer), GRANT)

    def snapshot_piece(self, cursor: Cursor, offset: int) -> Piece:
        assert cursor == self.said.cursor
        if len(self.asked) == self.most:
            raise Unavailable("away")
        self.asked.append(offset)
        return Piece(self.data[offset : offset + STEP])


def test_a_whole_one_is_taken(tmp_path: Path) -> None:
    said, grant = download(Paper(), tmp_path / "side", EXPECTED)
    assert (said, grant) == (SAID, GRANT)
    assert b"".join(lines(tmp_path / "side")) == LINES
    discard(tmp_path / "side")
    assert list(tmp_path.iterdir()) == []


def test_one_that_broke_off_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        download(Paper(most=3), tmp_path / "side", EXPECTED)
    again = Paper()
    download(again, tmp_path / "side", EXPECTED)
    assert again.asked[0] == 3 * STEP
    # The same again asks for nothing but the manifest.
    once_more = Paper()
    download(once_more, tmp_path / "side", EXPECTED)
    assert once_more.asked == []
    with pytest.raises(Unavailable, match="goes on"):
        download(Paper(), tmp_path / "other", EXPECTED, lambda have, _size: have == 0)


def test_a_newer_snapshot_begins_anew(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        download(Paper(most=3), tmp_path / "side", EXPECTED)
    other = gzip.compress(LINES[: len(LINES) // 2], mtime=0)
    half = LINES[: len(LINES) // 2]
    said = replace(
        SAID,
        cursor=Cursor(1, 500),
        size=len(other),
        sha256=hashlib.sha256(other).hexdigest(),
        mirror=Table(len(half.splitlines()), hashlib.sha256(half).hexdigest()),
    )
    newer = Paper(other, said)
    assert download(newer, tmp_path / "side", EXPECTED)[0] == said
    assert newer.asked[0] == 0


def test_a_mark_that_the_disk_damaged_begins_anew(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        download(Paper(most=3), tmp_path / "side", EXPECTED)
    (tmp_path / "side.of").write_bytes(b"\xff\xfe" + SAID.sha256.encode()[2:])
    again = Paper()
    assert download(again, tmp_path / "side", EXPECTED)[0] == SAID
    assert again.asked[0] == 0


SPOILS: dict[str, Callable[[bytes], bytes]] = {
    "flipped": lambda data: data[:900] + bytes([data[900] ^ 4]) + data[901:],
    "cut": lambda data: data[:-3],
    "longer": lambda data: data + b"more",
    "reordered": lambda data: data[STEP : 2 * STEP] + data[:STEP] + data[2 * STEP :],
    "nothing": lambda _data: b"",
    "other lines, packed alike": lambda data: gzip.compress(LINES[::-1], mtime=0)[: len(data)],
}


@pytest.mark.parametrize("name", SPOILS)
def test_what_was_changed_on_the_way_is_never_taken(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unavailable, match="thrown away"):
        download(Paper(SPOILS[name](DATA)), tmp_path / "side", EXPECTED)
    assert list(tmp_path.iterdir()) == []


def test_lines_that_are_not_the_manifests_are_not_taken(tmp_path: Path) -> None:
    other = gzip.compress(LINES.replace(b"K-7", b"K-X"), mtime=0)
    told = replace(SAID, size=len(other), sha256=hashlib.sha256(other).hexdigest())
    with pytest.raises(Unavailable, match="thrown away"):
        download(Paper(other, told), tmp_path / "side", EXPECTED)
    plain = replace(SAID, size=len(LINES), sha256=hashlib.sha256(LINES).hexdigest())
    with pytest.raises(Unavailable, match="thrown away"):
        download(Paper(LINES, plain), tmp_path / "side", EXPECTED)


def test_a_manifest_that_is_nobodys_word_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    forged = Paper()
    forged.signer = OTHER_POLICY
    for centre, expected, code in (
        (forged, EXPECTED, "snapshot.unsigned"),
        (Paper(), replace(EXPECTED, root=OTHER_ROOT.public_key), "snapshot.unsigned"),
        (Paper(), replace(EXPECTED, site="WH2"), "snapshot.other"),
        (Paper(), replace(EXPECTED, centre_id="d" * 32), "snapshot.other"),
    ):
        with pytest.raises(Refused) as no:
            download(centre, tmp_path / "side", expected)
        assert (no.value.code, centre.asked) == (code, [])
    download(Paper(), tmp_path / "side", replace(EXPECTED, root=None, centre_id=""))


def test_a_disk_that_does_not_take_it_is_said_plainly(tmp_path: Path) -> None:
    side = tmp_path / "side"
    side.mkdir()
    with pytest.raises(Unavailable, match=r"The snapshot was not kept in .*side: "):
        download(Paper(), side, EXPECTED)
    # What cannot be removed is written over by the next.
    discard(side)
    side.rmdir()
    assert download(Paper(), side, EXPECTED)[0] == SAID
