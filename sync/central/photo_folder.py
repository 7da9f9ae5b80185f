"""Photos on the centre's disk: files named by the hash of what is in them, and parts on their way to that.

A photo is in place only when it is whole, was held against its name and is safe from a power cut; then it
never changes. Each station's parts are its own, in a place of their own. Several processes may work on one
folder: what changes the parts of a station is done under that station's lock.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from app.domain.digests import digest_of, is_digest
from app.domain.refusal import Refused, Unavailable
from sync.wire.attachments import WRONG_DIGEST, WRONG_KIND, kind_of

RESERVE = 256 << 20
"""Bytes of the disk that photos leave free: facts may stand on the same one."""

_PARTS = "parts"
_LOCK_S = 10.0
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class NoRoom(Unavailable):
    """The disk has no room for photos now; they are kept where they are and sent again later."""


def free_bytes(folder: Path) -> int:
    """What is left of the disk that a folder stands on."""
    return shutil.disk_usage(folder).free


class PhotoFolder:
    """See the module.

    Args:
        folder: made when the first photo comes.
        free: asked before each piece.
    """

    def __init__(self, folder: Path, free: Callable[[Path], int] = free_bytes) -> None:
        self._folder = folder
        self._free = free

    def read(self, digest: str) -> bytes | None:
        """The photo of that name; None when it is not here, or is no longer what it was.

        Raises:
            Unavailable: the disk did not give it.
        """
        if not is_digest(digest):
            return None
        try:
            data = self._place(digest).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as world:
            raise Unavailable(f"The photo {digest} cannot be read: {world.strerror}.") from world
        return data if digest_of(data) == digest else None

    def size(self, digest: str) -> int | None:
        """How many bytes the photo of that name has; None when it is not here. It is not read."""
        try:
            return self._place(digest).stat().st_size if is_digest(digest) else None
        except OSError:
            return None

    def have(self, digest: str, station: str) -> int:
        """How many bytes of a photo have come from a station so far; 0 when none did."""
        try:
            return self._part(digest, station).stat().st_size
        except OSError:
            return 0

    def append(self, digest: str, station: str, offset: int, piece: bytes) -> int:
        """Adds a piece where the part ends; one that begins elsewhere changes nothing.

        Returns:
            How many bytes there are now: where the next piece has to begin.

        Raises:
            NoRoom: nothing of the piece was kept.
            Unavailable: the disk failed otherwise.
        """
        with _plain(), self._alone(station) as parts:
            path = parts / digest
            there = path.stat().st_size if path.exists() else 0
            if offset != there or not piece:
                return there
            if self._free(parts) - len(piece) < RESERVE:
                raise NoRoom("The disk has no room for photos.")
            with path.open("ab") as part:
                try:
                    part.write(piece)
                    part.flush()
                except OSError:
                    # Half a piece would be taken for the beginning of the next one.
                    with contextlib.suppress(OSError):
                        part.truncate(there)
                    raise
            return there + len(piece)

    def finish(self, digest: str, station: str) -> int:
        """Puts a part in its place as the photo it is; done already, it stays as it is.

        Returns:
            Its size in bytes.

        Raises:
            Refused: `attachment.digest` when the bytes have another digest, `attachment.kind` when they are
                no picture; the part is thrown away.
            Unavailable: the disk failed; the part is as it was.
        """
        with _plain(), self._alone(station) as parts:
            path, place = parts / digest, self._place(digest)
            if not path.exists() and (size := self.size(digest)) is not None:
                return size
            data = path.read_bytes()
            try:
                _judge(digest, data)
            except Refused:
                path.unlink()
                raise
            with path.open("rb+") as whole:
                os.fsync(whole.fileno())
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.replace(place)
            for folder in (place.parent, place.parent.parent, self._folder):
                _sync(folder)
            return len(data)

    def discard(self, digest: str, station: str) -> None:
        """Throws a part away, if there is one."""
        with _plain(), self._alone(station) as parts:
            (parts / digest).unlink(missing_ok=True)

    def _place(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest[2:4] / digest

    def _part(self, digest: str, station: str) -> Path:
        return self._folder / _PARTS / station / digest

    @contextmanager
    def _alone(self, station: str) -> Iterator[Path]:
        """The folder of a station's parts, which nobody else changes meanwhile."""
        parts = self._folder / _PARTS / station
        parts.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(parts / ".lock", timeout=_LOCK_S):
            yield parts


def _judge(digest: str, data: bytes) -> None:
    if digest_of(data) != digest:
        raise Refused(
            WRONG_DIGEST,
            f"Read {len(data)} bytes whose SHA-256 is {digest_of(data)}.",
            f"Expected those of {digest}.",
            "They were thrown away: send the attachment again from its beginning.",
        )
    if kind_of(data) is None:
        raise Refused(
            WRONG_KIND,
            f"Read an attachment that begins with {data[:8]!r}.",
            "Expected a PNG or a JPEG picture.",
            "It was thrown away; keep it at the station and have somebody look at it.",
        )


@contextmanager
def _plain() -> Iterator[None]:
    """Says what the disk said: there is no room, or it failed."""
    try:
        yield
    except Timeout as busy:
        raise Unavailable("Another piece of this station is being written.") from busy
    except OSError as world:
        if world.errno in _FULL:
            raise NoRoom("The disk has no room for photos.") from world
        raise Unavailable(f"The folder of photos failed: {world}.") from world


def _sync(folder: Path) -> None:
    """Makes a rename last; where folders cannot be opened, the system does so by itself."""
    if os.name != "posix":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
