"""Fetching a snapshot: the manifest first, then piece after piece into a side file, judged before it is used.

A download that broke off goes on where its file ends, as long as the manifest is of the same snapshot; what
does not fit in the end is thrown away. Nothing of it is believed before all of it was held against the
manifest, and the manifest against a policy key that the root vouches for.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.domain.approvals import POLICY_KEY_TAG, PolicyKey, Signed
from app.domain.feed import Cursor
from app.domain.refusal import Refused, Unavailable
from app.domain.snapshot import SNAPSHOT_TAG, Snapshot
from sync.wire.snapshots import Offered, Piece

LONGEST_LINE = 32 << 20
CHANGED = "The snapshot is not what its manifest says; it was thrown away."


class SnapshotCentre(Protocol):
    """What is needed of the centre; raises as `CentrePort` does."""

    def snapshot(self) -> Offered:
        """The manifest of a recent one."""

    def snapshot_piece(self, cursor: Cursor, offset: int) -> Piece:
        """Bytes of its file."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Of whom a snapshot is to be: which site, by which root (None before one is pinned), and which centre.

    `centre_id` is empty for a station that was told of none by a checkpoint yet.
    """

    site: str
    root: bytes | None
    centre_id: str = ""


def believed(offered: Offered, expected: Expected) -> Snapshot:
    """What an offered manifest says, once it is known to be signed and about this station's site.

    Raises:
        Refused: `snapshot.unsigned` or `snapshot.other`, or it cannot be read.
    """
    grant = PolicyKey.read(offered.grant)
    rooted = expected.root is None or offered.grant.holds(POLICY_KEY_TAG, expected.root)
    if not rooted or not offered.manifest.holds(SNAPSHOT_TAG, grant.public_key):
        raise Refused(
            "snapshot.unsigned",
            "Read a snapshot that no key of this station's centre signed.",
            "Expected the signature of a policy key that the pinned root vouches for.",
            "Ask the centre's administrator.",
        )
    said = Snapshot.read(offered.manifest)
    if (expected.centre_id or said.centre_id, expected.site) != (said.centre_id, said.site):
        raise Refused(
            "snapshot.other",
            f"Read a snapshot of centre {said.centre_id[:12]} for site {said.site!r}.",
            f"Expected centre {expected.centre_id[:12] or 'of any name'}, site {expected.site!r}.",
            "Ask the centre's administrator.",
        )
    return said


def download(
    centre: SnapshotCentre,
    side: Path,
    expected: Expected,
    on_piece: Callable[[int, int], bool] = lambda _have, _size: True,
) -> tuple[Snapshot, Signed]:
    """The whole file of a snapshot at `side`, proven; goes on with what an earlier try left there.

    `on_piece` is told how much is there of how much, and says False to break off.

    Raises:
        Unavailable: the world did not answer, it was broken off, or what came was changed on the way.
        Refused: the centre offers none, or what it offers is nobody's word.
    """
    offered = centre.snapshot()
    said = believed(offered, expected)
    try:
        _fetch(centre, side, said, on_piece)
        whole = _holds(side, said)
    except OSError as wrong:
        raise Unavailable(
            f"The snapshot was not kept in {side}: {wrong}. Check the disk and the space left."
        ) from wrong
    if not whole:
        discard(side)
        raise Unavailable(CHANGED)
    return said, offered.grant


def _fetch(centre: SnapshotCentre, side: Path, said: Snapshot, on_piece: Callable[[int, int], bool]) -> None:
    """What of the file is not there yet."""
    mark = side.with_name(f"{side.name}.of")
    # Bytes, because a disk may have made anything of them: what is not the name of this snapshot begins anew.
    if not mark.exists() or mark.read_bytes() != said.sha256.encode():
        side.unlink(missing_ok=True)
        mark.write_bytes(said.sha256.encode())
    with side.open("ab") as file:
        while (have := file.tell()) < said.size:
            if not on_piece(have, said.size):
                raise Unavailable("The snapshot was broken off; it goes on from there.")
            piece = centre.snapshot_piece(said.cursor, have).data
            if not piece or have + len(piece) > said.size:
                break
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def discard(side: Path) -> None:
    """Removes a download and what is known of it; what the disk does not let go the next one writes over."""
    for file in (side, side.with_name(f"{side.name}.of")):
        with suppress(OSError):
            file.unlink(missing_ok=True)


def lines(side: Path) -> Iterator[bytes]:
    """The lines of a downloaded file, one at a time.

    Raises:
        Unavailable: it is no packed file.
    """
    try:
        with gzip.open(side, "rb") as file:
            while line := file.readline(LONGEST_LINE):
                yield line
    except (OSError, EOFError, zlib.error) as broken:
        raise Unavailable(CHANGED) from broken


def _holds(side: Path, said: Snapshot) -> bool:
    """Whether the file, and every line in it, is what the manifest says."""
    if side.stat().st_size != said.size:
        return False
    with side.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != said.sha256:
            return False
    counted, rows = hashlib.sha256(), 0
    try:
        for line in lines(side):
            counted.update(line)
            rows += 1
    except Unavailable:
        return False
    return (rows, counted.hexdigest()) == (said.mirror.rows, said.mirror.sha256)
