"""Photos on the station's disk: files beside the record, named by the hash of what is in them.

When the disk fills, photos stop first: a reserve is left for facts.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from app.domain.digests import digest_of, is_digest
from app.domain.policy.asides import NoPhoto
from app.domain.refusal import Unavailable
from app.ledger.lasting import put_in_place
from app.station.setup import Shot
from app.station.space import RESERVE


def free_bytes(folder: Path) -> int:
    """What is left of the disk that a folder stands on."""
    return shutil.disk_usage(folder).free


class PhotoStore:
    """See the module.

    Args:
        folder: made when the first photo comes.
        free: asked before each photo.
    """

    def __init__(self, folder: Path, free: Callable[[Path], int] = free_bytes) -> None:
        self._folder = folder
        self._free = free

    def keep(self, data: bytes, kind: str) -> Shot:
        """Writes a photo, whole and safe from a power cut or not at all; the same photo is one file.

        Returns:
            Its address, 64 hexadecimal digits, or why it was not kept.
        """
        address = digest_of(data)
        whole = self._path(address, kind)
        # In its own folder, which a rename does not leave.
        part = whole.with_name(f".{whole.name}.part")
        try:
            whole.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self._free(whole.parent) - len(data) < RESERVE:
                return Shot(None, NoPhoto.DISK_FULL)
            if not whole.exists():
                with part.open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                put_in_place(part, whole)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            return Shot(None, NoPhoto.NOT_KEPT)
        return Shot(address)

    def read(self, address: str) -> bytes | None:
        """The photo of that address; None when it is not here, or no longer what it was."""
        try:
            return self.fetch(address)
        except Unavailable:
            return None

    def fetch(self, address: str) -> bytes | None:
        """The same, where it matters whether a file is gone or only not to be had now.

        Raises:
            Unavailable: the disk did not give it.
        """
        for path in self._files(address):
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                return None
            except OSError as world:
                raise Unavailable(f"The photo {path} cannot be read: {world.strerror}.") from world
            return data if digest_of(data) == address else None
        return None

    def remove(self, address: str) -> None:
        """The file goes; one that is not there is no mistake.

        Raises:
            Unavailable: the disk did not let it go.
        """
        for path in self._files(address):
            try:
                path.unlink(missing_ok=True)
            except OSError as world:
                raise Unavailable(f"The photo {path} cannot be removed: {world.strerror}.") from world

    def _files(self, address: str) -> list[Path]:
        return sorted((self._folder / address[:2]).glob(f"{address}.*")) if is_digest(address) else []

    def _path(self, address: str, kind: str) -> Path:
        return self._folder / address[:2] / f"{address}.{kind}"
