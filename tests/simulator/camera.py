"""A station's camera and its photos on their way: the real store, shelf and sender, pictures made up.

Every picture is another one, and the same in every run.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import cast

from app.bootstrap.photo_shelf import LedgerShelf
from app.ledger import photos
from app.ledger.writer import Ledger
from app.station.photos import PhotoStore
from app.station.runner import StationThread, T
from app.station.setup import Shot
from sync.client.photo_port import PhotoState
from sync.client.photos import PhotoClient
from sync.client.transport import HttpCentre

_MUCH = 1 << 40
_JPEG = b"\xff\xd8\xff\xe0"


class _Here:
    """The station's thread, which is the only one."""

    def ask(self, question: Callable[[], T]) -> T:
        """Answers at once."""
        return question()


class Camera:
    """See the module; `name` tells the lives of all stations apart."""

    def __init__(self, folder: Path, name: str, ledger: Ledger) -> None:
        self._folder, self._name, self._ledger = folder, name, ledger
        self._store = PhotoStore(folder, lambda _: _MUCH)
        self._taken = 0
        self.said: list[PhotoState] = []
        self._client: PhotoClient | None = None

    def join(self, way: HttpCentre, noise: random.Random) -> None:
        """From now on photos are sent that way."""
        shelf = LedgerShelf(cast(StationThread, _Here()), self._ledger, self._store)
        self._client = PhotoClient(shelf, way, noise=noise, on_state=self.said.append)

    def shoot(self) -> Shot:
        """A picture of whatever is in the hand."""
        self._taken += 1
        return self._store.keep(_JPEG + f"photo {self._taken} of {self._name}".encode(), "jpg")

    def send(self, now: datetime) -> float:
        """One tick; in how many seconds it wants the next one."""
        assert self._client is not None
        return self._client.tick(now)

    def spoil(self, rng: random.Random) -> str:
        """A file that was not sent yet is gone, or other bytes stand in it; its digest, empty for none."""
        waiting = [digest for digest in photos.waiting(self._ledger, 50) if self._file(digest) is not None]
        if not waiting:
            return ""
        digest = rng.choice(waiting)
        file = self._file(digest)
        assert file is not None
        if rng.random() < 0.5:
            file.unlink()
        else:
            file.write_bytes(b"another picture")
        return digest

    def waiting(self) -> int:
        """How many photos are to be sent."""
        return photos.count(self._ledger).waiting

    def _file(self, digest: str) -> Path | None:
        return next(iter(sorted(self._folder.glob(f"*/{digest}.*"))), None)
