"""A station's data folder: the record, the key, the labels, the lock that keeps a second program out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_data_path

from app.domain.refusal import Refused, Unavailable


@dataclass(frozen=True, slots=True)
class Folder:
    """Where a station keeps everything that is the user's."""

    path: Path

    @property
    def record(self) -> Path:
        """The station's database."""
        return self.path / "station.db"

    @property
    def key(self) -> Path:
        """The signing key."""
        return self.path / "station.key"

    @property
    def pepper(self) -> Path:
        """The pepper of approvers' keys, where no key store of the system holds it."""
        return self.path / "station.pepper"

    @property
    def founding(self) -> Path:
        """There while the station's first start is under way."""
        return self.path / "station.founding"

    @property
    def labels(self) -> Path:
        """Labels of the folder printer."""
        return self.path / "labels"

    @property
    def photos(self) -> Path:
        """Photos of units, each named by the hash of its bytes."""
        return self.path / "photos"

    @property
    def crashes(self) -> Path:
        """Reports of our own defects."""
        return self.path / "crashes"

    def make(self) -> Folder:
        """Makes the folder when it is not there.

        Raises:
            Unavailable: the disk or its permissions do not let us.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as world:
            raise Unavailable(f"The data folder {self.path} cannot be made: {world.strerror}.") from world
        return self

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps every other program out of this folder, which exists, until the block ends.

        Raises:
            Refused: another Backhaul works on the folder.
            Unavailable: the folder cannot be written.
        """
        lock = FileLock(self.path / "station.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise Refused(
                "folder.in_use",
                f"Another Backhaul station works on {self.path}.",
                "One program per data folder was expected.",
                "Use the window that is open, or give another folder with --data.",
            ) from None
        except OSError as world:
            raise Unavailable(f"The data folder {self.path} cannot be written: {world.strerror}.") from world
        try:
            yield
        finally:
            lock.release()


def default_folder() -> Path:
    """The platform's place for a user's data."""
    return user_data_path("backhaul", appauthor=False)
